/** Settings per folder: asked from the client where it can be asked, else what it sent last. */
import type { Context } from "./context.ts";
import { readSettings } from "./settings.ts";

export interface Configuration {
  /** Reads all settings again; answers whether what is analysed may have changed. */
  refresh(): Promise<boolean>;
  /** `workspace/didChangeConfiguration`. */
  pushed(settings: unknown): void;
}

export function createConfiguration(context: Context, initial: unknown): Configuration {
  const { connection, client, engine, folders, log } = context;
  let pushed = section(initial);

  const ask = async (scopeUri: string | undefined): Promise<unknown> => {
    if (!client.configuration) return pushed;
    try {
      return await connection.workspace.getConfiguration(
        scopeUri === undefined ? { section: "skeptic" } : { scopeUri, section: "skeptic" },
      );
    } catch (error) {
      log.crash("reading the settings", error);
      return pushed;
    }
  };

  return {
    pushed(settings) {
      pushed = section(settings);
    },
    async refresh() {
      const problem = (message: string): void => log.problem(message);
      const roots = folders.all().map((folder) => ({ root: folder.root, uri: folder.uri }));
      const [outside, ...inside] = await Promise.all([
        ask(undefined),
        ...roots.map(({ uri }) => ask(uri)),
      ]);
      const settings = readSettings(outside, problem);
      let changed = folders.configure(undefined, settings, problem);
      log.problems(engine.configure(settings.engine));
      for (const [i, { root }] of roots.entries()) {
        const own = readSettings(inside[i], problem);
        changed = folders.configure(root, own, problem) || changed;
        log.problems(engine.configure(own.engine, root));
      }
      return changed;
    },
  };
}

/** Clients send `{ skeptic: {...} }` or the section's value itself. */
function section(settings: unknown): unknown {
  if (typeof settings === "object" && settings !== null && "skeptic" in settings)
    return settings.skeptic;
  return settings;
}
