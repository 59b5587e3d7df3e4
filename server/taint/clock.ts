/** Until when work goes on, and whether it may stop: something that is kept must have been done since it began. */

/** Thrown out of work that would take longer than its slice; what was finished before is kept. */
export class Interrupted extends Error {}

export interface Clock {
  /** Work begins; it is broken off after this moment (`performance.now()`). */
  readonly deadline: (at: number) => void;
  /** Something was finished that is kept. */
  readonly moved: () => void;
  /** To be asked before something is begun: throws when time is up. */
  readonly before: () => void;
  /** To be asked where all that was done so far is kept: throws when time is up. */
  readonly between: () => void;
}

export function createClock(): Clock {
  let stopAt = Number.POSITIVE_INFINITY;
  let hasMoved = false;
  const between = (): void => {
    if (performance.now() >= stopAt) throw new Interrupted("the slice is over");
  };
  return {
    deadline(at) {
      stopAt = at;
      hasMoved = false;
    },
    moved() {
      hasMoved = true;
    },
    before() {
      if (hasMoved) between();
    },
    between,
  };
}
