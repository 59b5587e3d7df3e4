/**
 * The one loop of the background: everything that is not an answer to a request happens here, in slices, most urgent
 * first. It runs when woken and stops when nothing is left.
 */
import type { Log } from "./log.ts";

export interface Loop {
  /** Runs a slice after waiting messages had their turn. */
  wake(): void;
  /** Runs a slice in `delay` milliseconds; calls while one waits count once. */
  wakeIn(delay: number): void;
  dispose(): void;
}

/** `slice` works for a few milliseconds and answers whether more waits. */
export function createLoop(slice: () => boolean, later: (run: () => void) => void, log: Log): Loop {
  let scheduled = false;
  let disposed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAt = 0;

  const wake = (): void => {
    if (scheduled || disposed) return;
    scheduled = true;
    later(run);
  };
  const run = (): void => {
    scheduled = false;
    if (disposed) return;
    let more = false;
    try {
      more = slice();
    } catch (error) {
      log.crash("the background work", error);
    }
    if (more) wake();
  };
  return {
    wake,
    wakeIn(delay) {
      if (disposed) return;
      const at = Date.now() + delay;
      if (timer !== undefined && timerAt <= at) return;
      clearTimeout(timer);
      timerAt = at;
      timer = setTimeout(() => {
        timer = undefined;
        wake();
      }, delay);
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
    },
  };
}
