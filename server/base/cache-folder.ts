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
