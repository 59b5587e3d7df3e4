/** A random id in JavaScript, written in one way throughout a file, whichever fixes meet in it. */
import type { Code, Edit } from "../rule.ts";
import { binds, importEdit } from "./imports.ts";
import { isStandard } from "./standard-modules.ts";

/** By what the file imports already; else by an import where it is one for Node, and by the global of browsers and workers. */
export function randomId(code: Code): { readonly text: string; readonly edits: readonly Edit[] } {
  const named = importEdit(code, { module: "crypto", name: "randomUUID" });
  if (named.edit === undefined) return { text: `${named.local}()`, edits: [] };
  const whole = importEdit(code, { module: "crypto" });
  if (whole.edit === undefined) return { text: `${whole.local}.randomUUID()`, edits: [] };
  return isForNode(code) || binds(code, "crypto") !== undefined
    ? { text: `${named.local}()`, edits: [named.edit] }
    : { text: "crypto.randomUUID()", edits: [] };
}

function isForNode(code: Code): boolean {
  const module = code.other(`${code.file}#`) ?? code;
  return (
    /\brequire\s*\(/.test(code.fileText) ||
    module.ir.ops.some((op) => op.op === "import" && isStandard("javascript", op.module))
  );
}
