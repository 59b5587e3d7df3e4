/** Fixes for paths: a containment check in front of the statement that uses the path. */

import { isWholePath } from "../path.ts";
import type { Code, Context, Edit, Fix, Match, Op, ValueId } from "../rule.ts";
import { hole } from "./holes.ts";
import { importEdits } from "./imports.ts";
import { endsStatements, refusal } from "./refusal.ts";
import { freshName, insertBefore } from "./statements.ts";

const TITLE = "Refuse paths outside the folder";

export function containmentFixes(match: Match, code: Code, context: Context): readonly Fix[] {
  const hit = match.hit;
  const refuse = (why: string): readonly Fix[] => [
    {
      title: TITLE,
      grade: "manual",
      edits: [],
      reason: `${code.language === "python" ? "Check Path(...).resolve().is_relative_to(folder)" : "Check that path.resolve(...) starts with folder + path.sep"} before the call. No edit is offered: ${why}.`,
    },
  ];
  if (hit === undefined) return refuse("the call cannot be seen as a whole");
  const argOp = hit.arg >= 0 ? code.op(hit.arg) : receiver(code, hit.site.op);
  if (argOp === undefined) return refuse("the path cannot be seen here");
  const path = code.text(argOp.span);
  if (argOp.op === "record" || /\bawait\b|\byield\b|[\r\n]|\b(pop|shift|next|read)\(/.test(path))
    return refuse("the path is computed in the call; give it a name first");
  // Where the data begins the path, what stands at its front is no folder of the program's.
  const base = isWholePath(hit) ? undefined : baseOf(code, argOp, 0);
  const isPython = code.language === "python";
  const refused = refusal(code, context, "Invalid path", hit.site.op);
  const { edits: imports, locals } = importEdits(code, [
    isPython ? { module: "pathlib", name: "Path" } : { module: "path" },
    ...refused.wanted,
  ]);
  const [p, ...names] = locals;
  const edits: Edit[] = [...imports];
  // What was cut out of something else is only known to be checked under a name of its own.
  const isCut = !["same", "resolved"].includes(hit.derive) && argOp.op !== "load";
  const checked = isCut ? freshName(code, "target") : path;
  if (isCut) edits.push({ ...code.absolute(argOp.span), newText: checked });
  const named = isPython
    ? `${checked} = ${path}`
    : `const ${checked} = ${path}${endsStatements(code) ? ";" : ""}`;
  const body = refused.lines(names).map((line) => `\t${line}`);
  // Where no folder is written, one is to be named; until then every path is refused.
  const folder = base ?? freshName(code, isPython ? "allowed_folder" : "allowedFolder");
  const end = endsStatements(code) ? ";" : "";
  const note = "fill in: the folder that these paths stay in";
  const open = base === undefined;
  const lines = isPython
    ? [
        ...(open ? [`${folder} = "${hole("")}"  # ${note}`] : []),
        `if ${open ? `not ${folder} or ` : ""}not ${p}(${checked}).resolve().is_relative_to(${p}(${folder}).resolve()):`,
        ...body,
      ]
    : [
        ...(open ? [`const ${folder} = "${hole("")}"${end} // ${note}`] : []),
        `if (${open ? `!${folder} || ` : ""}!${p}.resolve(${checked}).startsWith(${p}.resolve(${folder}) + ${p}.sep)) {`,
        ...body,
        "}",
      ];
  const guard = insertBefore(code, hit.site.span, isCut ? [named, ...lines] : lines);
  if (guard === undefined) return refuse("the check has no place in front of the call");
  edits.push(guard);
  return open
    ? [
        {
          title: "Refuse paths outside a folder",
          grade: "placeholder",
          edits: [{ file: code.file, edits }],
        },
      ]
    : [{ title: TITLE, grade: "suggested", edits: [{ file: code.file, edits }] }];
}

function receiver(code: Code, call: ValueId): Op | undefined {
  const op = code.op(call);
  const callee = op.op === "call" ? code.op(op.callee) : undefined;
  return callee?.op === "member" ? code.op(callee.object) : undefined;
}

/** The source text of the folder at the front of a path expression. */
function baseOf(code: Code, op: Op, depth: number): string | undefined {
  if (depth > 12) return undefined;
  const next = (id: ValueId): string | undefined => baseOf(code, code.op(id), depth + 1);
  switch (op.op) {
    case "annotate":
    case "await":
      return next(op.value);
    case "load": {
      const stores = code.ir.ops.filter(
        (o): o is Op & { op: "store" } => o.op === "store" && o.slot === op.slot,
      );
      return stores.length === 1 && stores[0] !== undefined ? next(stores[0].value) : undefined;
    }
    case "binary":
      if (op.operator === "/")
        return below(
          code,
          pathText(code, op.left),
          op.right,
          (base, folder) => `${base} / ${folder}`,
        );
      if (op.operator !== "+") return undefined;
      return (
        behindText(code, op.left) ??
        next(op.left) ??
        // `path + ".bak"` is beside the path, not in it.
        (isEnding(code, op.right) ? undefined : folderText(code, op.left))
      );
    case "join": {
      const first = op.parts[0];
      const second = op.parts[1];
      if (first?.kind === "text") {
        const cut = first.text.lastIndexOf("/");
        return cut > 0 && /^[\w./@ -]*$/.test(first.text)
          ? quoted(code, first.text.slice(0, cut))
          : undefined;
      }
      if (first?.kind !== "hole" || second?.kind !== "text" || !/^[/\\]/.test(second.text))
        return undefined;
      const base = pathText(code, first.value);
      const folder = second.text.slice(0, second.text.lastIndexOf("/"));
      if (base === undefined || folder === "") return base;
      if (!isFolder(folder.slice(1))) return undefined;
      return code.language === "python" ? `f"{${base}}${folder}"` : `\`\${${base}}${folder}\``;
    }
    case "call": {
      const callee = code.op(op.callee);
      const name =
        callee.op === "member"
          ? callee.name
          : callee.op === "free"
            ? callee.name
            : callee.op === "load"
              ? code.ir.slots[callee.slot]
              : undefined;
      const first = op.args[0];
      if (first === undefined) return undefined;
      // With more parts between, the folder meant is deeper than the first: no guess.
      if ((name === "join" || name === "resolve" || name === "Path") && op.args.length > 1)
        return op.args.length !== 2
          ? undefined
          : below(
              code,
              pathText(code, first.value),
              op.args[1]?.value ?? first.value,
              (base, folder) => `${code.text(callee.span)}(${base}, ${folder})`,
            );
      if (name === "joinpath" && callee.op === "member")
        return below(
          code,
          pathText(code, callee.object),
          first.value,
          (base, folder) => `${base}.joinpath(${folder})`,
        );
      if (name === "resolve" && callee.op === "member" && op.args.length === 0)
        return next(callee.object);
      return [
        "Path",
        "str",
        "fspath",
        "realpath",
        "abspath",
        "normpath",
        "normalize",
        "resolve",
      ].includes(name ?? "")
        ? next(first.value)
        : undefined;
    }
    default:
      return undefined;
  }
}
/** `a / b / c`: the folder is `a`; a name, a constant, a member or a call without the attacker's data is taken as written. */
function pathText(code: Code, id: ValueId): string | undefined {
  const op = code.op(id);
  if (op.op === "binary" && op.operator === "/") return pathText(code, op.left);
  const text = code.text(op.span);
  if (/[\r\n]|\bawait\b/.test(text)) return undefined;
  if (op.op === "const")
    return typeof op.value === "string" && op.value !== "" && op.value !== "/" ? text : undefined;
  return op.op === "load" || op.op === "free" || op.op === "member" || op.op === "call"
    ? text
    : undefined;
}
/** `join(BASE, "sub/" + name)`: the folder meant is `join(BASE, "sub")`. Undefined where it climbs or begins anew. */
function below(
  code: Code,
  base: string | undefined,
  rest: ValueId,
  joined: (base: string, folder: string) => string,
): string | undefined {
  const head = headOf(code, rest);
  const folder = head.slice(0, Math.max(head.lastIndexOf("/"), 0));
  if (base === undefined || head.startsWith("/")) return undefined;
  if (folder === "") return base;
  return isFolder(folder) ? joined(base, quoted(code, folder)) : undefined;
}
/** The constant text at the front of an expression. */
function headOf(code: Code, id: ValueId): string {
  const op = code.op(id);
  if (op.op === "const") return typeof op.value === "string" ? op.value : "";
  if (op.op === "annotate") return headOf(code, op.value);
  if (op.op === "binary" && op.operator === "+") return headOf(code, op.left);
  const first = op.op === "join" ? op.parts[0] : undefined;
  return first?.kind === "text" ? first.text : "";
}
function isFolder(text: string): boolean {
  return /^[\w./@ -]+$/.test(text) && !text.split("/").includes("..");
}
/** `BASE + "/sub/"` in front of the name: `BASE + "/sub"`. */
function behindText(code: Code, id: ValueId): string | undefined {
  const op = code.op(id);
  if (op.op !== "binary" || op.operator !== "+") return undefined;
  const text = code.op(op.right);
  const base = pathText(code, op.left);
  if (text.op !== "const" || typeof text.value !== "string" || base === undefined) return undefined;
  const folder = text.value.slice(0, text.value.lastIndexOf("/"));
  return folder.startsWith("/") && isFolder(folder.slice(1))
    ? `${base} + ${quoted(code, folder)}`
    : undefined;
}
/** Text that goes on with a name instead of beginning one. */
function isEnding(code: Code, id: ValueId): boolean {
  const op = code.op(id);
  return op.op === "const" && typeof op.value === "string" && !/^[/\\]/.test(op.value);
}
function folderText(code: Code, id: ValueId): string | undefined {
  const op = code.op(id);
  if (op.op === "const" && typeof op.value === "string") {
    const cut = op.value.lastIndexOf("/");
    return cut > 0 ? quoted(code, op.value.slice(0, cut)) : undefined;
  }
  return op.op === "free" || op.op === "load" ? pathText(code, id) : undefined;
}
function quoted(code: Code, text: string): string {
  const single =
    code.language === "javascript" &&
    /'[^'\n]*'/.test(code.fileText) &&
    !/"[^"\n]*"/.test(code.fileText);
  return single ? `'${text}'` : `"${text}"`;
}
