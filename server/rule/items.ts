/** The functions of a file: their names, and how to get from one to the others. */
import type { Code } from "./rule.ts";

/** The name under which the function is known: declared, or of the variable or property that holds it. */
export function nameOf(code: Code): string {
  if (code.ir.kind === "module") return "";
  const own = /[#./]([\w$]+)(?:~\d+)?$/.exec(code.item)?.[1];
  return own ?? code.ir.name;
}

/** Ids of the functions in an item, by hole. */
export function childrenOf(parent: Code): ReadonlyMap<number, string> {
  const out = new Map<number, string>();
  const seen = new Map<string, number>();
  parent.ir.holes.forEach((hole, i) => {
    const name = hole.name || "<function>";
    const own = hole.className === "" ? name : `${hole.className}.${name}`;
    const base = `${parent.item}${parent.item.endsWith("#") ? "" : "/"}${own}`;
    const n = seen.get(base) ?? 0;
    seen.set(base, n + 1);
    out.set(i, n === 0 ? base : `${base}~${n}`);
  });
  return out;
}

/** The module and all functions of its file. */
export function itemsOf(code: Code): readonly Code[] {
  const module = code.other(`${code.file}#`) ?? code;
  const out: Code[] = [module];
  for (let at = 0; at < out.length && out.length < 500; at++)
    for (const id of childrenOf(out[at] as Code).values()) {
      const child = code.other(id);
      if (child !== undefined) out.push(child);
    }
  return out;
}
