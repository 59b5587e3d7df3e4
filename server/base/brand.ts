/** Names for strings that get mixed up; each is made in one place. */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A file: any string with "/" separators (a relative path on the command line, a URI in the editor). */
export type FileId = string;

export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
