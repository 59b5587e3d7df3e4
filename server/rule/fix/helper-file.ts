/**
 * A file of the project that fixes call: the one that is there, wherever it stands, or a new one beside the sources, imported in
 * the manner of its neighbours. It is found by a mark in its text, and believed as long as its code refuses addresses.
 */

import { refusesAddresses } from "../connector.ts";
import type { Code, Context, Edit, FileId, NewFile } from "../rule.ts";
import { folderOf, nameOf } from "./file-places.ts";
import { commonJsText, isCommonJs, javascriptFolder, specifierOf } from "./helper-javascript.ts";
import { pythonFolder, pythonImport, unnameable } from "./helper-python.ts";
import { importEdits, type Wanted } from "./imports.ts";

export interface Helper {
  readonly language: Code["language"];
  /** Of its file, without an ending. */
  readonly name: string;
  /** What is imported; absent: the module as a whole. */
  readonly exported?: string;
  readonly mark: string;
  /** What of it refuses addresses. A file with the mark is taken for the helper only if each of these still does, whoever changed it. */
  readonly refuses: readonly string[];
  /** `typed` is for TypeScript. Of JavaScript, as a module. */
  readonly texts: { readonly plain: string; readonly typed?: string };
}

export interface HelperUse {
  /** How it is written at the place of the fix. */
  readonly local: string;
  /** The import, if it is not there yet. */
  readonly edits: readonly Edit[];
  /** The file, if it is not there yet. */
  readonly creates: readonly NewFile[];
  /** Last part of the file's path. */
  readonly name: string;
}

/** How the code of an item can use it, or why it cannot. */
export function useHelper(code: Code, context: Context, helper: Helper): HelperUse | string {
  if (code.parts !== undefined)
    return "the code is a part of a document, which other files are not found from";
  if (/\bexport\s+const\s+runtime\s*=\s*["'](?:experimental-)?edge["']/.test(code.fileText))
    return "it needs Node, and this file asks for another runtime";
  const there = context.files
    .holding(code.file, helper.mark)
    .filter((file) => stillRefuses(context, helper, file))
    .flatMap((file) => imported(code, context, helper, file) ?? [])[0];
  if (there !== undefined) return there;
  const file = newFile(code, context, helper);
  if (context.files.has(file)) return `${nameOf(file)} is there, and has not been read yet`;
  const made = imported(code, context, helper, file);
  if (made === undefined) {
    const folder = code.language === "python" ? unnameable(nameOf(folderOf(file))) : undefined;
    return folder === undefined
      ? "where a new file would be found from here is not plain"
      : `the file is in ${folder}, which is no name that an import can hold`;
  }
  const text = textOf(code, helper, file);
  return { ...made, creates: [{ file, text: text.replaceAll("\n", code.newline) }] };
}

function stillRefuses(context: Context, helper: Helper, file: FileId): boolean {
  const module = context.code(`${file}#`);
  return (
    module !== undefined && helper.refuses.every((name) => refusesAddresses(context, module, name))
  );
}

function imported(
  code: Code,
  context: Context,
  helper: Helper,
  file: FileId,
): HelperUse | undefined {
  const wanted = wantedOf(code, context, helper, file);
  if (wanted === undefined) return undefined;
  const { edits, locals } = importEdits(code, [wanted]);
  return { local: locals[0] as string, edits, creates: [], name: nameOf(file) };
}

function wantedOf(code: Code, context: Context, helper: Helper, file: FileId): Wanted | undefined {
  if (file === code.file || !isOf(helper, file)) return undefined;
  if (code.language === "python") return pythonImport(code, context, file);
  const module = specifierOf(code, context, file);
  if (module === undefined) return undefined;
  return { module, ...(helper.exported === undefined ? {} : { name: helper.exported }) };
}

function isOf(helper: Helper, file: FileId): boolean {
  return helper.language === "python" ? file.endsWith(".py") : /\.[cm]?[jt]s$/.test(file);
}

/** A name that nothing bears in the folder of the sources, or the first of a file that may be the helper: it was not read. */
function newFile(code: Code, context: Context, helper: Helper): FileId {
  const { files, around } = context;
  const isPython = code.language === "python";
  const folder = isPython ? pythonFolder(code, context) : javascriptFolder(code, context);
  const start = folder === "" ? "" : `${folder}/`;
  const endings = isPython
    ? [".py", ".pyi", "/__init__.py"]
    : [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", "/index.ts", "/index.js"];
  const ending = isPython ? ".py" : endingBeside(code.file);
  for (let n = 1; ; n++) {
    const name = n === 1 ? helper.name : `${helper.name}${isPython ? "_" : "-"}${n}`;
    const file = `${start}${name}${ending}`;
    const isThere = endings.some((one) => files.has(`${start}${name}${one}`));
    if (!isThere && !around.leavesOut(name)) return file;
    if (files.has(file) && files.text(file) === undefined) return file;
  }
}

function endingBeside(file: FileId): string {
  return (/\.[cm]?[jt]sx?$/.exec(file)?.[0] ?? ".js").replace(/x$/, "");
}

function textOf(code: Code, helper: Helper, file: FileId): string {
  const { plain, typed } = helper.texts;
  if (/\.[cm]?ts$/.test(file)) return typed ?? plain;
  return code.language === "javascript" && isCommonJs(code, file) ? commonJsText(plain) : plain;
}
