/** Where a new module of a JavaScript project stands, how another one imports it, and its text without `import`. */
import type { Code, Context, FileId } from "../rule.ts";
import { below, folderOf, isIn, joined } from "./file-places.ts";
import { writesCommonJs } from "./imports.ts";

/**
 * `src` of the package; else the package's own folder where code stands in it, so that no folder whose files a framework takes for
 * pages gets one more; else the folder of the package that the file is in.
 */
export function javascriptFolder(code: Code, context: Context): FileId {
  const own = folderOf(code.file);
  const manifest = context.around.above("package.json");
  if (manifest === undefined) return own;
  const root = folderOf(manifest);
  if (!isIn(own, root) || own === root) return root;
  const [first = ""] = below(own, root).split("/");
  const hasCode = context.files.inFolder(root).some((one) => /\.[cm]?[jt]sx?$/.test(one));
  if (first !== "src" && hasCode && !listsFiles(context)) return root;
  return joined(root, BY_FILE.test(first) ? BESIDE : first);
}
/** Folders of which frameworks and hosts take each file for a page or a function. */
const BY_FILE = /^(?:pages|api|routes|functions|middleware)$/;
const BESIDE = "lib";

/** What is published is named folder by folder. */
function listsFiles(context: Context): boolean {
  try {
    const manifest: unknown = JSON.parse(context.around.textAbove("package.json") ?? "");
    return Array.isArray((manifest as { readonly files?: unknown } | null)?.files);
  } catch {
    return false;
  }
}

/** How the file is written in an import; undefined for one that cannot be imported here, or belongs to another package. */
export function specifierOf(code: Code, context: Context, file: FileId): string | undefined {
  const isModule = /^export\b/m.test(context.files.text(file) ?? "");
  if (isModule && isCommonJs(code, code.file) && /\.m?js$/.test(file)) return undefined;
  if (packageOf(context, file) !== packageOf(context, code.file)) return undefined;
  const stem = file.replace(/\.[cm]?[jt]s$/, "");
  const ending = writtenEnding(code, context, file);
  return relative(folderOf(code.file), stem) + ending;
}

/** A file beside this one is written with `require`, too. */
export function isCommonJs(code: Code, file: FileId): boolean {
  return file.endsWith(".cjs") || (!file.endsWith(".mjs") && writesCommonJs(code));
}

/** A module's text with `require` and `module.exports` in the place of `import` and `export`. */
export function commonJsText(text: string): string {
  const names: string[] = [];
  const body = text
    .replace(
      /^import \{ (.*) \} from (".*");$/gm,
      (_all, list: string, from: string) =>
        `const { ${list.replace(/(\w+) as (\w+)/g, "$1: $2")} } = require(${from});`,
    )
    .replace(/^export ((?:async )?function (\w+))/gm, (_all, head: string, name: string) => {
      names.push(name);
      return head;
    });
  return `${body}\nmodule.exports = { ${names.join(", ")} };\n`;
}

/** As the neighbours write it: nothing, the ending of the source, or that of what is made of it. */
function writtenEnding(code: Code, context: Context, file: FileId): string {
  const ending = /\.[cm]?[jt]s$/.exec(file)?.[0] ?? "";
  const isTyped = ending.endsWith("ts");
  const made = isTyped ? ending.replace("ts", "js") : ending;
  const beside = [code.file, ...context.files.inFolder(folderOf(code.file))];
  for (const one of beside) {
    const module = context.code(`${one}#`);
    if (module === undefined || module.language !== "javascript") continue;
    const seen = module.ir.ops.flatMap((op) =>
      op.op === "import" && /^\.\.?\//.test(op.module) ? [op.module] : [],
    );
    if (seen.some((path) => /\.[cm]?tsx?$/.test(path))) return isTyped ? ending : made;
    if (seen.some((path) => /\.[cm]?jsx?$/.test(path))) return made;
    if (seen.some((path) => !/\.\w+$/.test(path))) return /\.[cm]/.test(made) ? made : "";
  }
  if (/\.[cm]/.test(made)) return made;
  if (isTyped)
    return /"module(?:Resolution)?"\s*:\s*"node(?:16|18|20|next)"/i.test(
      context.around.textAbove("tsconfig.json") ?? "",
    )
      ? made
      : "";
  return isCommonJs(code, code.file) ? "" : made;
}

function packageOf(context: Context, file: FileId): FileId | undefined {
  const root = context.files.rootOf(file);
  for (let at = folderOf(file); ; at = folderOf(at)) {
    const manifest = joined(at, "package.json");
    if (context.files.has(manifest)) return manifest;
    if (at === root || at === "") return undefined;
  }
}

function relative(from: FileId, to: FileId): string {
  const a = from === "" ? [] : from.split("/");
  const b = to.split("/");
  let same = 0;
  while (same < a.length && same < b.length - 1 && a[same] === b[same]) same++;
  const up = a.length - same;
  return `${up === 0 ? "./" : "../".repeat(up)}${b.slice(same).join("/")}`;
}
