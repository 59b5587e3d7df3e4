/** How tests say what is wrong. */

/** An error whose message is the report; a stack would only be noise. */
export function plain(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}

/** What of `from` is not in `these`, as often as it is missing. */
export function without(from: readonly string[], these: readonly string[]): string[] {
  const left = [...these];
  return from.filter((entry) => {
    const at = left.indexOf(entry);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
