/** The mode of a file lets every account of the machine write it. */
import { DOCKERFILE, dockerfile } from "../server/rule/dockerfile.ts";
import { constantOf, type Given, given, origin, written } from "../server/rule/given.ts";
import { isTest } from "../server/rule/place.ts";
import { refsOf } from "../server/rule/router.ts";
import {
  type Code,
  type Context,
  type Fix,
  type ManifestFile,
  type Match,
  rule,
  type Span,
  type ValueId,
} from "../server/rule/rule.ts";
import { commands, programOf, type Word } from "../server/rule/shell.ts";
import { rowData, spanOf } from "../server/rule/tokens.ts";

const OTHERS_WRITE = 0o002;
const GROUP_WRITES = 0o020;
/** In a folder with this bit nobody removes or renames the files of others, as in /tmp. */
const STICKY = 0o1000;

export default rule({
  id: "file-permission-world",
  title: "File or folder that every account may write",
  category: "files",
  severity: "medium",
  cwe: [732],
  owasp: ["A01:2021", "A01:2025"],
  calls: {
    sinks: ["file-mode"],
    check(call, context) {
      const data = rowData(call, "file-mode");
      const code = context.code(call.site.item);
      if (data === undefined || code === undefined || isTest(code.file)) return undefined;
      const found = given(call, data.mode);
      const mode = modeOf(found) ?? namedMode(code, found, data.bits, context);
      if (mode === undefined || (mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0)
        return undefined;
      const [file] = call.args;
      // Whoever may connect to a socket needs the right to write it: mostly that is what it is for.
      const isSocket = file !== undefined && /sock/i.test(code.text(code.op(file.op).span));
      return {
        item: call.site.item,
        op: call.site.op,
        call,
        span: spanOf(call, code, found),
        ...(isSocket ? { severity: "low" as const } : {}),
        confidence: call.guessed ? "medium" : "high",
        facts: { mode: mode.toString(8).padStart(3, "0") },
      };
    },
  },
  manifest: {
    names: DOCKERFILE,
    check: inImage,
    fixes: ({ span, facts }, file) => [
      {
        title: "Let only the owner write it",
        grade: "suggested",
        edits: [{ file: file.file, edits: [{ ...span, newText: String(facts?.less) }] }],
      },
    ],
  },
  say: ({ facts }) =>
    facts?.image === true
      ? {
          what: `Every account in the container may write these files (mode ${String(facts.mode)}).`,
          why: "Whoever gets the program to write a file changes its own code or settings, also where it runs as a user without rights.",
          fix: "Give the few folders that the program writes to its account (COPY --chown, chown), and leave the others as they are.",
        }
      : {
          what: `Every account of this machine may write this file (mode ${String(facts?.mode)}).`,
          why: "Another user, or any service that an attacker got into, changes it: a script or a setting then does what they wrote, as the user of this program.",
          fix: "Let only the owner write it: 0o755 for folders and programs, 0o644 for other files, 0o600 for secrets.",
        },
  fixes: (match, code, context) => fixes(match, code, context),
});

/** `RUN chmod -R 777 /app` and `COPY --chmod=777` of a Dockerfile. */
function inImage(file: ManifestFile): readonly Match[] {
  const told = (span: Span, mode: string, less: string): Match => ({
    item: `${file.file}#`,
    span,
    severity: "low",
    confidence: "high",
    facts: { image: true, mode, less },
  });
  return dockerfile(file.text).stages.flatMap(({ instructions }) =>
    instructions.flatMap(({ keyword, body, flags }): readonly Match[] => {
      if (keyword !== "RUN")
        return flags.flatMap(({ name, value, span }) => {
          const less = name === "chmod" ? lessOf(value) : undefined;
          return less === undefined ? [] : [told(span, value, `--chmod=${less}`)];
        });
      return commands(file.text.slice(body.start, body.end)).flatMap((command) => {
        const mode = modeWord(programOf(command));
        const less = mode === undefined ? undefined : lessOf(mode.text);
        if (mode === undefined || less === undefined) return [];
        const span = { start: body.start + mode.start, end: body.start + mode.end };
        return [told(span, mode.text, less)];
      });
    }),
  );
}
function modeWord(words: readonly Word[]): Word | undefined {
  const [program, ...rest] = words;
  if (program?.text.replace(/^.*\//, "") !== "chmod") return undefined;
  const mode = rest.find(({ text }) => !/^-(?:[RcfvHLP]+|-[\w-]+)$/.test(text));
  const files = mode === undefined ? [] : rest.slice(rest.indexOf(mode) + 1);
  // What lies there is gone with the container, or nobody's.
  return files.every(({ text }) => /^\/(?:tmp|var\/tmp|dev\/shm)(?:\/|$)/.test(text))
    ? undefined
    : mode;
}
/** The same mode without the right of others to write; undefined if they have none. */
function lessOf(mode: string): string | undefined {
  if (/^[0-7]{3,4}$/.test(mode)) {
    const bits = Number.parseInt(mode, 8);
    if ((bits & OTHERS_WRITE) === 0 || (bits & STICKY) !== 0) return undefined;
    return (bits & ~OTHERS_WRITE & ~GROUP_WRITES).toString(8).padStart(mode.length, "0");
  }
  // `a+rwx`, `o+w`; `+w` alone leaves it to the umask.
  const [, who = "", sign = "", what = ""] = /^([ugoa]+)([+=])([rwxX]+)$/.exec(mode) ?? [];
  if (sign === "" || !/[oa]/.test(who) || !what.includes("w")) return undefined;
  const rest = what.replace("w", "");
  return rest === "" ? `u${sign}w` : `u${sign}${what},go${sign}${rest}`;
}

/** A number, or its octal digits as a text. */
function modeOf(found: Given): number | undefined {
  const mode = constantOf(found);
  if (typeof mode === "number") return Number.isSafeInteger(mode) && mode >= 0 ? mode : undefined;
  if (typeof mode !== "string" || !/^(?:0o?)?[0-7]{3,4}$/.test(mode)) return undefined;
  return Number.parseInt(mode.replace(/^0o?/, ""), 8);
}

/** `stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO`: those of its bits that matter; undefined where none is named. */
function namedMode(code: Code, found: Given, names: unknown, context: Context): number | undefined {
  const known = new Map(
    String(names ?? "")
      .split(",")
      .map((one) => one.split(":"))
      .map(([name, bits]) => [`lib:${name}`, Number(bits)]),
  );
  const place = written(code, found, context);
  const bits = (at: Code, id: ValueId, depth: number): number => {
    const op = at.op(id);
    if (depth > 12) return 0;
    if (op.op === "binary" && op.operator === "|")
      return bits(at, op.left, depth + 1) | bits(at, op.right, depth + 1);
    return refsOf(at, id, context).reduce((sum, ref) => sum | (known.get(ref) ?? 0), 0);
  };
  return place === undefined ? undefined : bits(place.code, place.id, 0) || undefined;
}

function fixes({ call }: Match, code: Code, context: Context): readonly Fix[] {
  const title = "Let only the owner write it";
  const data = call === undefined ? undefined : rowData(call, "file-mode");
  const found = call === undefined || data === undefined ? undefined : given(call, data.mode);
  const place =
    found?.kind === "given"
      ? origin({ code, op: code.op(found.argument.op), id: found.argument.op }, context)
      : undefined;
  const at = place?.code.absolute(place.op.span);
  const text =
    at === undefined ? "" : (place as { code: Code }).code.fileText.slice(at.start, at.end);
  const digits = /^(["']?)(0o|0)?([0-7]{3,4})\1$/i.exec(text);
  if (place === undefined || at === undefined || place.code.file !== code.file || digits === null)
    return [
      {
        title,
        grade: "manual",
        edits: [],
        reason:
          "Take the right to write away from all but the owner. No edit is offered: the mode is not written as a number here.",
      },
    ];
  const [, quote, prefix = "", octal = ""] = digits;
  const mode = Number.parseInt(octal, 8) & ~(OTHERS_WRITE | GROUP_WRITES);
  const newText = `${quote}${prefix}${mode.toString(8).padStart(octal.length, "0")}${quote}`;
  return [{ title, grade: "suggested", edits: [{ file: code.file, edits: [{ ...at, newText }] }] }];
}
