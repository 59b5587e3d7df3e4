/** Where a user's programs keep what they can make again. Pure: who asks brings the environment. */

export interface Machine {
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `$XDG_CACHE_HOME/skeptic/NAME`, or the like of it on other systems. */
export function cacheFolder({ platform, home, env }: Machine, name: string): string {
  if (platform === "win32")
    return `${env.LOCALAPPDATA ?? `${home}\\AppData\\Local`}\\skeptic\\${name}`;
  if (platform === "darwin") return `${home}/Library/Caches/skeptic/${name}`;
  const cache = env.XDG_CACHE_HOME;
  return `${cache === undefined || cache === "" ? `${home}/.cache` : cache}/skeptic/${name}`;
}

/** Where the lists of package names are kept that the user has brought: `SKEPTIC_NAMES`, or a file in the cache. */
export function ownNamesFile(machine: Machine): string {
  const own = machine.env.SKEPTIC_NAMES;
  if (own !== undefined && own !== "") return own;
  const folder = cacheFolder(machine, "names");
  return machine.platform === "win32" ? `${folder}\\names.bin` : `${folder}/names.bin`;
}
