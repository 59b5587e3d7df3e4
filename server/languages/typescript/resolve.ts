/** Where an import leads. */
import type { FileId } from "../../base/brand.ts";
import type { FileSet, Resolution } from "../language.ts";

export function resolve(_from: FileId, specifier: string, _files: FileSet): Resolution {
  return { kind: "package", path: specifier };
}
