/** Which findings a report counts. */
import type { Finding } from "../engine/api.ts";

/** Notes on suppressions speak of comments, not of code. */
export function isCounted({ category }: Pick<Finding, "category">): boolean {
  return category !== "suppression";
}
