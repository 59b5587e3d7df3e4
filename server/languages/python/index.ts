/** Python as the engine sees it. */
import type { Language } from "../language.ts";
import { lower } from "./lower.ts";
import { resolve } from "./resolve.ts";
import { bodyOf } from "./syntax.ts";

export const python: Language = { id: "python", methodsTakeSelf: true, bodyOf, lower, resolve };
