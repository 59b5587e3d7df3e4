// ESLint with the recommended rules of eslint-plugin-security, for all files. Read from where ESLint is installed.
import security from "eslint-plugin-security";
import { parser } from "typescript-eslint";

const files = ["**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}"];
export default [
  { files, languageOptions: { parser }, linterOptions: { noInlineConfig: true } },
  { files, ...security.configs.recommended },
];
