/** Tells the engine what day it is, for as long as the server runs: suppressions may end overnight. */
import { dayOf } from "../base/day.ts";
import type { Engine } from "../engine/api.ts";

const LOOK_MS = 60_000;

/** `turned` runs when a new day has begun. Returns what ends it. */
export function keepToday(engine: Engine, turned: () => void): () => void {
  let today = dayOf(new Date());
  engine.setToday(today);
  const timer = setInterval(() => {
    const now = dayOf(new Date());
    if (now === today) return;
    today = now;
    engine.setToday(now);
    turned();
  }, LOOK_MS);
  // On Node, a timer by itself would keep the process alive.
  (timer as { unref?: () => void }).unref?.();
  return () => clearInterval(timer);
}
