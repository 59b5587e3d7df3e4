/** Names that share most words with a name that does not exist, and begin like it: "sql-inject" is near "sql-injection". */
export function nearNames(name: string, known: Iterable<string>): readonly string[] {
  const words = name
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 1);
  const alike = (a: string, b: string): boolean =>
    a === b || (Math.min(a.length, b.length) > 3 && (a.startsWith(b) || b.startsWith(a)));
  const startOf = (other: string): number => {
    const at = [...other].findIndex((letter, i) => letter !== name[i]);
    return at < 0 ? other.length : at;
  };
  return [...known]
    .map((other) => ({
      other,
      shared: other.split("-").filter((word) => words.some((one) => alike(one, word))).length,
    }))
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.shared - a.shared || startOf(b.other) - startOf(a.other))
    .slice(0, 3)
    .map(({ other }) => other);
}
