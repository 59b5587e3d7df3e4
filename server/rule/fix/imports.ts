/**
 * Adds an import once, in the right place: Python after shebang, comments, docstring and `from __future__`; JavaScript after
 * directives, in the module system the file uses. An import that is already there is used under its own name.
 */
import type { Code, Edit } from "../rule.ts";

export interface Wanted {
  readonly module: string;
  /** The imported name; absent: the module itself. For JavaScript "default" is the default export. */
  readonly name?: string;
  /** Name to bind when there is none yet; absent: the name, or the module's last part. */
  readonly alias?: string;
}
export interface ImportEdit {
  /** Absent when the import is already there. */
  readonly edit?: Edit;
  /** How the thing is called in this file. */
  readonly local: string;
}

export function importEdit(code: Code, wanted: Wanted): ImportEdit {
  const local =
    wanted.alias ??
    (wanted.name === undefined || wanted.name === "default"
      ? lastPart(wanted.module)
      : wanted.name);
  const there = boundAs(code, wanted);
  if (there !== undefined) return { local: there };
  return code.language === "python"
    ? pythonImport(code, wanted, local)
    : javascriptImport(code, wanted, local);
}

function lastPart(module: string): string {
  return (module.split(/[/:.]/).pop() ?? module).replace(/\W/g, "_");
}

/** The variable of the module that already holds it. */
function boundAs(code: Code, wanted: Wanted): string | undefined {
  const module = code.other(`${code.file}#`);
  if (module === undefined) return undefined;
  for (const op of module.ir.ops) {
    if (op.op !== "store") continue;
    const value = module.op(op.value);
    if (value.op !== "import") continue;
    const same =
      value.module === wanted.module ||
      value.module === `node:${wanted.module}` ||
      `node:${value.module}` === wanted.module;
    if (!same) continue;
    const name = value.name === "default" ? undefined : value.name;
    if (name === (wanted.name === "default" ? undefined : wanted.name))
      return module.ir.slots[op.slot];
  }
  return undefined;
}

function pythonImport(code: Code, wanted: Wanted, local: string): ImportEdit {
  const line =
    wanted.name === undefined
      ? `import ${wanted.module}${local === wanted.module || local === lastPart(wanted.module) ? "" : ` as ${local}`}`
      : `from ${wanted.module} import ${wanted.name}${local === wanted.name ? "" : ` as ${local}`}`;
  const text = code.fileText;
  const offset = pythonImportPlace(text);
  const needsBreak = offset > 0 && !/[\r\n]$/.test(text.slice(0, offset));
  // A file that begins with code keeps a blank line between the import and the code.
  const blank =
    /^(import |from )/.test(text.slice(offset)) ||
    text.slice(offset).trim() === "" ||
    /^\s*[\r\n]/.test(text.slice(offset))
      ? ""
      : code.newline;
  const dotted =
    wanted.name === undefined && wanted.module.includes(".") && local === lastPart(wanted.module);
  return {
    edit: {
      start: offset,
      end: offset,
      newText: `${needsBreak ? code.newline : ""}${line}${code.newline}${blank}`,
    },
    local: dotted ? wanted.module : local,
  };
}

/** Offset of the line where a first import may stand. */
function pythonImportPlace(text: string): number {
  let at = 0;
  let place = 0;
  let docstringSeen = false;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end).trim();
    if (line === "" || line.startsWith("#")) {
      // Comments at the very top (shebang, encoding, licence) stay in front; blank lines do not move the place.
      if (line.startsWith("#")) place = end;
      at = end;
      continue;
    }
    const quote = /^[rRuU]?("""|'''|"|')/.exec(line);
    if (quote !== null && !docstringSeen) {
      docstringSeen = true;
      const delimiter = quote[1] as string;
      const open = text.indexOf(delimiter, at);
      const close = text.indexOf(delimiter, open + delimiter.length);
      if (close < 0) return place;
      at = lineEnd(text, close);
      place = at;
      continue;
    }
    if (/^from\s+__future__\s+import\b/.test(line)) {
      let stop = end;
      if (line.includes("(") && !line.includes(")"))
        stop = lineEnd(text, Math.max(end, text.indexOf(")", at)));
      at = stop;
      place = stop;
      continue;
    }
    break;
  }
  return place;
}

function javascriptImport(code: Code, wanted: Wanted, local: string): ImportEdit {
  const text = code.fileText;
  const module = code.other(`${code.file}#`);
  const commonJs =
    module !== undefined &&
    !/^\s*(import|export)\b/m.test(text) &&
    (/\brequire\(/.test(text) || /\.cjs$/.test(code.file));
  const quote = /(?:from|require\()\s*'/.test(text) ? "'" : '"';
  const semicolon =
    /(?:import|require)[^\n]*;\s*$/m.test(text) || !/(?:import |require\()/.test(text) ? ";" : "";
  const from = `${quote}${wanted.module}${quote}`;
  let line: string;
  if (commonJs)
    line =
      wanted.name === undefined || wanted.name === "default"
        ? `const ${local} = require(${from})${semicolon}`
        : `const { ${wanted.name}${local === wanted.name ? "" : `: ${local}`} } = require(${from})${semicolon}`;
  else
    line =
      wanted.name === undefined || wanted.name === "default"
        ? `import ${local} from ${from}${semicolon}`
        : `import { ${wanted.name}${local === wanted.name ? "" : ` as ${local}`} } from ${from}${semicolon}`;
  const offset = javascriptImportPlace(text);
  return { edit: { start: offset, end: offset, newText: `${line}${code.newline}` }, local };
}

function javascriptImportPlace(text: string): number {
  let at = text.startsWith("#!") ? lineEnd(text, 0) : 0;
  for (;;) {
    const rest = text.slice(at);
    const directive = /^\s*(["'])use [a-z]+\1;?[ \t]*(\r\n|\n|\r|$)/.exec(rest);
    if (directive !== null) {
      at += directive[0].length;
      continue;
    }
    const comment =
      at === 0 || /["'];?\s*$/.test(text.slice(0, at))
        ? /^\/\*[\s\S]*?\*\/[ \t]*(\r\n|\n|\r|$)/.exec(rest)
        : null;
    if (comment !== null && comment[0].length > 0) {
      at += comment[0].length;
      continue;
    }
    return at;
  }
}

function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === "\n") return i + 1;
    if (text[i] === "\r") return text[i + 1] === "\n" ? i + 2 : i + 1;
  }
  return text.length;
}
