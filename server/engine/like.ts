/** Two plain structures of records, lists and primitive values say the same. */
export function isLike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        isLike((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
