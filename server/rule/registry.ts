/** Where packages are fetched from. */

/** Registries that anybody uses: others must be the project's own. */
export const PUBLIC_REGISTRIES: ReadonlySet<string> = new Set([
  "registry.npmjs.org",
  "registry.yarnpkg.com",
  "npm.jsr.io",
  "pypi.org",
  "files.pythonhosted.org",
  "pypi.python.org",
]);

/** In small letters, without a port; "" for what is no address. */
export function hostOf(address: string): string {
  return (/^[a-z+]+:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(address)?.[1] ?? "").toLowerCase();
}
