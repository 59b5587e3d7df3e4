// ESLint with the recommended rules of eslint-plugin-sonarjs, for all files. Read from where ESLint is installed.
import sonarjs from "eslint-plugin-sonarjs";
import { parser } from "typescript-eslint";

const files = ["**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}"];
export default [
  { files, languageOptions: { parser }, linterOptions: { noInlineConfig: true } },
  { files, ...sonarjs.configs.recommended },
];
