/** Settings per folder: asked from the client where it can be asked, else what it sent last. */
import type { Context } from "./context.ts";
import { readSettings } from "./settings.ts";

export interface Configuration {
  /** Reads all settings again; answers whether what is analysed may have changed. */
  refresh(): Promise<boolean>;
  /** What is wrong with the settings as they were read last. */
  problems(): readonly string[];
  /** `workspace/didChangeConfiguration`. */
  pushed(settings: unknown): void;
}

export function createConfiguration(context: Context, initial: unknown): Configuration {
  const { connection, client, engine, folders, log } = context;
  let pushed = section(initial);
  let wrong: readonly string[] = [];

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
    problems: () => wrong,
    async refresh() {
      const found = new Set<string>();
      const problem = (message: string): void => {
        found.add(message);
        log.problems([{ message }]);
      };
      const roots = folders.all().map((folder) => ({ root: folder.root, uri: folder.uri }));
      const [outside, ...inside] = await Promise.all([
        ask(undefined),
        ...roots.map(({ uri }) => ask(uri)),
      ]);
      const settings = readSettings(outside, problem);
      let changed = folders.configure(undefined, settings, problem);
      for (const { message } of engine.configure(settings.engine)) problem(message);
      for (const [i, { root }] of roots.entries()) {
        const own = readSettings(inside[i], problem);
        changed = folders.configure(root, own, problem) || changed;
        for (const { message } of engine.configure(own.engine, root)) problem(message);
      }
      wrong = [...found];
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
