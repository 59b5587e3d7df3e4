/** Python as the engine sees it. */
import type { Language } from "../language.ts";
import { lower } from "./lower.ts";
import { resolve } from "./resolve.ts";
import { bodyOf } from "./syntax.ts";

export const python: Language = {
  id: "python",
  methodsTakeSelf: true,
  isHidden: (name) => name.startsWith("_"),
  within: (specifier, name) => `${specifier}${specifier.endsWith(".") ? "" : "."}${name}`,
  ownPackage: (file) => (/(^|\/)__init__\.pyi?$/.test(file) ? "." : undefined),
  bodyOf,
  lower,
  resolve,
};
