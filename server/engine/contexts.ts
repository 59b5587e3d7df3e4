/** What rules may ask while they look at a file, and what they may ask of the whole program. */
import type { FileId } from "../base/brand.ts";
import { fileOf, type Program } from "../project/program.ts";
import type { Code, Context, ProgramContext } from "../rule/rule.ts";
import { deedsOfPath } from "../taint/deeds.ts";
import { deedBit } from "../taint/kinds.ts";
import type { Knowledge } from "../taint/knowledge.ts";
import type { SourceRow } from "../taint/model.ts";
import type { ItemId, Ref } from "../taint/value.ts";
import { codeOf } from "./code.ts";
import type { FindingsInput } from "./input.ts";
import { requirementOf } from "./requirements.ts";

export function contextOf(input: FindingsInput): Context {
  const { file, program, around } = input;
  return {
    ...programContextOf(input),
    file,
    around,
    files: input.files,
    requirement: (name) => requirementOf(program.files, file, name),
  };
}

/** Of the file that asks, only its language and the models that hold for it count. */
export function programContextOf(input: FindingsInput): ProgramContext {
  const { program, partsOf } = input;
  const codes = new Map<ItemId, Code | undefined>();
  const known = knowledgeOf(input);
  return {
    code: (item) => {
      let code = codes.get(item);
      if (code === undefined) {
        code = codeOf(program, item, partsOf);
        codes.set(item, code);
      }
      return code;
    },
    imported: (from, specifier) => importedFile(program, from, specifier),
    does: (ref, deed) => {
      const all = deedsOf(input, known, ref);
      return all === undefined ? undefined : (all & deedBit(deed)) !== 0;
    },
    source: (label) => sourceOf(known, label),
    isText: (path) => asks(known, path, (knowledge, at) => knowledge.isText(at)) ?? false,
    holdsTexts: (path) => asks(known, path, (knowledge, at) => knowledge.holdsTexts(at)) ?? false,
    refusals: (item) => refusalsOf(input, item),
    refusalsOf: (path) =>
      asks(known, path, (knowledge, at) => {
        const own = knowledge.refusals(path);
        return own.length > 0 ? own : knowledge.refusals(at);
      }) ?? [],
  };
}

/** The models of the file's language; undefined for a file that is no code. */
export function knowledgeOf({ program, file, knowledge }: FindingsInput): Knowledge | undefined {
  const language = program.file(file)?.language.id;
  return language === undefined ? undefined : knowledge(file, language);
}

/** Of a function, a class by its methods, or a path of a library. */
function deedsOf(
  { deedsOf, program }: FindingsInput,
  known: Knowledge | undefined,
  ref: Ref,
): number | undefined {
  const id = ref.slice(ref.indexOf(":") + 1);
  if (ref.startsWith("fn:")) {
    // With the functions in it: a decorator is what it puts in the place of the function.
    const own = deedsOf(id);
    const inside = program.file(fileOf(id))?.items.filter((item) => item.id.startsWith(`${id}/`));
    return own === undefined
      ? undefined
      : inside?.reduce((bits, item) => bits | (deedsOf(item.id) ?? 0), own);
  }
  if (ref.startsWith("class:") || ref.startsWith("inst:")) {
    const methods = program.file(fileOf(id))?.items.filter((item) => item.id.startsWith(`${id}.`));
    return methods?.reduce((bits, item) => bits | (deedsOf(item.id) ?? 0), 0);
  }
  return ref.startsWith("lib:") && known !== undefined ? deedsOfPath(known, id) : undefined;
}

/** Of "source:ITEM|PATH|KIND|FIELDS"; undefined for a parameter that a framework fills. */
function sourceOf(known: Knowledge | undefined, label: string): SourceRow | undefined {
  const [, path, kind] = label.split("|");
  return path === undefined ? undefined : known?.source(path).find((row) => row.kind === kind);
}

/** How a function refuses its caller: by who takes it, else by the types of its parameters. */
function refusalsOf(input: FindingsInput, item: ItemId): ReturnType<ProgramContext["refusals"]> {
  const language = input.program.file(fileOf(item))?.language.id;
  if (language === undefined) return [];
  const models = input.knowledge(fileOf(item), language);
  const entry = input.entryOf(item);
  const own = entry.refusals.map((row) => ({ row }));
  const byType = entry.params.flatMap((param, parameter) =>
    (param?.refs ?? [])
      .filter((ref) => ref.startsWith("lib:"))
      .flatMap((ref) => models.refusals(ref.slice(4)).map((row) => ({ row, parameter }))),
  );
  return [...own, ...byType];
}

/** Asks the models of the file's language about a path as a file writes it: each of its steps may have another name. */
function asks<T>(
  models: Knowledge | undefined,
  path: string,
  question: (knowledge: Knowledge, path: string) => T,
): T | undefined {
  if (models === undefined) return undefined;
  const [first, ...rest] = path.split(".");
  let at = first === "%" ? models.globals : (first as string);
  for (const step of rest) at = models.canon(models.member(at, step));
  return question(models, at);
}

function importedFile(program: Program, from: FileId, specifier: string): FileId | undefined {
  const to = program.file(from)?.language.resolve(from, specifier, program.files);
  return to?.kind === "file" ? to.file : undefined;
}
