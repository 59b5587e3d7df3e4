/** Dockerfiles: their instructions and stages, and which stages end up in the image that is shipped. */
import {
  type Copy,
  DockerfileParser,
  type From,
  type Instruction,
  type PropertyInstruction,
} from "dockerfile-ast";
import { lineStarts } from "../base/text.ts";
import type { FileId, Span } from "./rule.ts";

/** `Dockerfile`, `Dockerfile.prod`, `api.dockerfile`, and what Podman calls it; not `Dockerfile.dockerignore`. */
export const DOCKERFILE =
  /^(?:(?:Docker|Container)file(?:\.(?!dockerignore$)[\w.-]+)?|[\w.-]+\.[Dd]ockerfile)$/;

export function isDockerfile(file: FileId): boolean {
  return DOCKERFILE.test(file.slice(file.lastIndexOf("/") + 1));
}

export interface DockerVariable {
  readonly name: string;
  /** Without quotes and escapes; undefined where none is given. */
  readonly value: string | undefined;
  readonly span: Span;
}

export interface DockerInstruction {
  /** In capitals. */
  readonly keyword: string;
  readonly span: Span;
  /** What follows the keyword. */
  readonly body: Span;
  /** Of `ENV` and `ARG`. */
  readonly variables: readonly DockerVariable[];
  /** Of `COPY` and `ADD`: what is copied, without what stands in the instruction itself. */
  readonly sources: readonly { readonly text: string; readonly span: Span }[];
  /** It takes from another stage or image. */
  readonly from: string | undefined;
  /** Of `--name=value` before the rest; "" without a value. */
  readonly flags: readonly { readonly name: string; readonly value: string; readonly span: Span }[];
}

export interface DockerStage {
  readonly name: string | undefined;
  readonly image: string;
  /** Where the image of its `FROM` stands. */
  readonly imageSpan: Span;
  /** The position of the stage that it is built on. */
  readonly base: number | undefined;
  readonly instructions: readonly DockerInstruction[];
  /** Its layers are in the image: it is the last stage, or one that is built on by it. */
  readonly ships: boolean;
}

export interface DockerText {
  /** `ARG` before the first stage, whose values are known to `FROM` only. */
  readonly before: readonly DockerInstruction[];
  readonly stages: readonly DockerStage[];
  readonly comments: readonly Span[];
}

export function dockerfile(text: string): DockerText {
  const starts = lineStarts(text);
  const spanOf = (range: Range): Span => ({
    start: (starts[range.start.line] ?? text.length) + range.start.character,
    end: (starts[range.end.line] ?? text.length) + range.end.character,
  });
  const file = DockerfileParser.parse(text);
  const before: DockerInstruction[] = [];
  const open: {
    name: string | undefined;
    image: string;
    imageSpan: Span;
    instructions: DockerInstruction[];
  }[] = [];
  for (const one of file.getInstructions()) {
    const instruction = instructionOf(one, spanOf);
    if (instruction.keyword === "FROM")
      open.push({
        name: (one as From).getBuildStage()?.toLowerCase(),
        image: (one as From).getImage() ?? "",
        imageSpan: spanOf((one as From).getImageRange() ?? one.getRange()),
        instructions: [],
      });
    (open.at(-1)?.instructions ?? before).push(instruction);
  }
  const baseOf = (at: number): number => {
    const base = open[at]?.image.toLowerCase();
    return open.slice(0, at).findLastIndex(({ name }) => name !== undefined && name === base);
  };
  const ships = new Set<number>();
  for (let at = open.length - 1; at >= 0; at = baseOf(at)) ships.add(at);
  return {
    before,
    stages: open.map((stage, at) => {
      const base = baseOf(at);
      return { ...stage, base: base < 0 ? undefined : base, ships: ships.has(at) };
    }),
    comments: file.getComments().map((one) => spanOf(one.getRange())),
  };
}

type Range = ReturnType<Instruction["getRange"]>;

function instructionOf(one: Instruction, spanOf: (range: Range) => Span): DockerInstruction {
  const keyword = one.getKeyword();
  const span = spanOf(one.getRange());
  const range = one.getArgumentsRange();
  const body = range === null ? { start: span.end, end: span.end } : spanOf(range);
  const flags = flagsOf(one, spanOf);
  const plain = { keyword, span, body, variables: [], sources: [], from: undefined, flags };
  if (keyword === "ENV" || keyword === "ARG")
    return {
      ...plain,
      variables: (one as PropertyInstruction).getProperties().map((property) => ({
        name: property.getName(),
        value: property.getValue() ?? undefined,
        span: spanOf(property.getRange()),
      })),
    };
  if (keyword !== "COPY" && keyword !== "ADD") return plain;
  const copy = one as Copy;
  const here = copy.getHeredocs().map((heredoc) => spanOf(heredoc.getStartRange()).start);
  const json = copy.getJSONStrings();
  const words = (json.length > 0 ? json : copy.getArguments()).map((word) => ({
    text: unquoted(word.getValue()),
    span: spanOf(word.getRange()),
  }));
  return {
    ...plain,
    from: flags.find(({ name }) => name === "from")?.value,
    sources: words
      .slice(0, -1)
      .filter((word) => !here.includes(word.span.start) && !word.text.startsWith("<<")),
  };
}

function flagsOf(
  one: Instruction,
  spanOf: (range: Range) => Span,
): readonly { readonly name: string; readonly value: string; readonly span: Span }[] {
  if (!("getFlags" in one)) return [];
  return (one as Copy).getFlags().map((flag) => ({
    name: flag.getName(),
    value: flag.getValue() ?? "",
    span: spanOf(flag.getRange()),
  }));
}

export interface ImageName {
  /** As it is written, without tag and digest. */
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}
/** `host:5000/team/app:1.2@sha256:...`, in its parts; the tag is "" where there is none. */
export function imageName(text: string): ImageName {
  const [whole = "", digest = ""] = text.split("@");
  const [, name = whole, tag = ""] = /^(.*?)(?::([\w][\w.-]*))?$/.exec(whole) ?? [];
  return { name, tag, digest };
}
/** Variables of `ARG` before the first stage put into a text; undefined where one has no value. */
export function filledIn(text: string, { before }: DockerText): string | undefined {
  const values = new Map(
    before.flatMap(({ variables }) => variables.map((one) => [one.name, one.value] as const)),
  );
  let isKnown = true;
  const out = text.replace(
    /\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})/g,
    (_all, plain: string | undefined, braced: string | undefined, other: string | undefined) => {
      const value = values.get(plain ?? braced ?? "") || other;
      if (value === undefined) isKnown = false;
      return value ?? "";
    },
  );
  return isKnown && !out.includes("$") ? out : undefined;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
