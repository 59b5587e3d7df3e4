/** "skeptic/status": what the server does, at most a few times a second. */
import type { SkepticStatus } from "./protocol.ts";

const INTERVAL_MS = 150;

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
