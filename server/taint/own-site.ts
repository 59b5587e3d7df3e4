/** The address at which a request came: a browser takes it from where it goes, so no other site chooses it. */
import { spread } from "./fields.ts";
import { kindBit } from "./kinds.ts";
import { isSymbolic } from "./labels.ts";
import type { Run } from "./run.ts";
import type { Value } from "./value.ts";

/** What a comparison with it proves of the other side. */
export const OWN_SITE = kindBit("redirect");

/** The side that is the address at which the request came, if data is compared with it. */
export function ownSiteOf(run: Run, left: Value, right: Value): Value | undefined {
  if (left.taint.length === 0 || right.taint.length === 0) return undefined;
  const isLeft = isOwnSite(run, left);
  const isRight = isOwnSite(run, right);
  // Joined to that address, data is compared with the address itself.
  if (isLeft && isRight) return symbols(left) <= symbols(right) ? left : right;
  return isLeft ? left : isRight ? right : undefined;
}
function symbols(value: Value): number {
  return spread(value).filter((t) => isSymbolic(t.label)).length;
}

/** Nothing but the address at which the request came, which a browser takes from where it goes. */
export function isOwnSite(run: Run, value: Value): boolean {
  const all = spread(value).filter((t) => t.label.startsWith("source:"));
  return (
    all.length > 0 &&
    all.every(({ label, derive }) => {
      const [, path = "", kind, field = ""] = label.split("|");
      const is = run.facts.knowledge.source(path).find((row) => row.kind === kind)?.of;
      if (is === "sender") return /^(?:http_)?host$/i.test(field);
      return (
        is !== undefined &&
        is !== "path" &&
        derive !== "part" &&
        derive !== "pieces" &&
        OF_ADDRESS.has(field)
      );
    })
  );
}
const OF_ADDRESS = new Set(["", "host", "hostname", "netloc", "origin", "href"]);
