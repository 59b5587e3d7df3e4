/** "skeptic/status": what the server does, at most a few times a second. */
import { whySkipped } from "../engine/classify.ts";
import { maskSecrets } from "../engine/mask.ts";
import { type Context, shortPath } from "./context.ts";
import { visible } from "./plain.ts";
import type { SkepticStatus } from "./protocol.ts";

const INTERVAL_MS = 150;

/** What a person should know of although the server works, the worst first. */
export function notices(
  context: Context,
  settings: readonly string[],
  budget: { readonly short: string; readonly full: string } | undefined,
): Pick<SkepticStatus, "notice" | "message"> {
  const skipped = [...context.documents.values()].filter(({ skipped }) => skipped !== undefined);
  const shorts: string[] = [];
  if (settings.length > 0)
    shorts.push(settings.length === 1 ? "setting ignored" : `${settings.length} settings ignored`);
  if (skipped.length > 0)
    shorts.push(
      skipped.length === 1 ? "open file skipped" : `${skipped.length} open files skipped`,
    );
  if (budget !== undefined) shorts.push(budget.short);
  const [notice] = shorts;
  if (notice === undefined) return {};
  const texts = [
    ...settings.map(context.secrets.maskFault),
    ...skipped.map(
      ({ file, skipped }) => `${shortPath(context, file)} is not analysed: ${whySkipped(skipped)}`,
    ),
    ...(budget === undefined ? [] : [budget.full]),
  ];
  return { notice, message: texts.map((text) => visible(maskSecrets(text))).join("\n") };
}

export interface StatusReporter {
  /** Something may have changed. */
  update(): void;
  dispose(): void;
}

export function createStatusReporter(
  current: () => SkepticStatus,
  send: (status: SkepticStatus) => void,
): StatusReporter {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = "";
  let disposed = false;

  const report = (): void => {
    timer = undefined;
    if (disposed) return;
    const status = current();
    const text = JSON.stringify(status);
    if (text === last) return;
    last = text;
    send(status);
  };
  return {
    update() {
      if (disposed) return;
      timer ??= setTimeout(report, last === "" ? 0 : INTERVAL_MS);
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
    },
  };
}
