// Waits for an answer, but not for ever. Nothing of the editor is needed here.

/** The answer, or undefined when `milliseconds` are over first; what comes later, an error included, is dropped. */
export function within<T>(answer: PromiseLike<T>, milliseconds: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    answer.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
