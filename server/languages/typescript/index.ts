/** TypeScript and JavaScript. */
import type { Language } from "../language.ts";
import { lower } from "./lower.ts";
import { resolve } from "./resolve.ts";
import { bodyOf } from "./syntax.ts";

export const javascript: Language = {
  id: "javascript",
  methodsTakeSelf: false,
  mainExport: "default",
  isHidden: (name) => name === "default",
  bodyOf,
  lower,
  resolve,
};
