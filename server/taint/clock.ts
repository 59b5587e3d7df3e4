/** Until when work goes on, and whether it may stop: something that is kept must have been done since it began. */

/** Thrown out of work that would take longer than its slice; what was finished before is kept. */
export class Interrupted extends Error {}
/** Thrown thousands of times: where from is of no interest. */
export const INTERRUPTED = new Interrupted("the slice is over");

export interface Clock {
  /** Work begins; it is broken off after this moment (`performance.now()`). */
  readonly deadline: (at: number) => void;
  /** Something was finished that is kept. */
  readonly moved: () => void;
  /** Something was, since the work began. */
  readonly hasMoved: () => boolean;
  /** To be asked before something is begun: throws when time is up. */
  readonly before: () => void;
  /** Time is up: to be asked where all that was done so far is kept. */
  readonly isOver: () => boolean;
}

export function createClock(): Clock {
  let stopAt = Number.POSITIVE_INFINITY;
  let hasMoved = false;
  const isOver = (): boolean => performance.now() >= stopAt;
  return {
    deadline(at) {
      stopAt = at;
      hasMoved = false;
    },
    moved() {
      hasMoved = true;
    },
    hasMoved: () => hasMoved,
    before() {
      if (hasMoved && isOver()) throw INTERRUPTED;
    },
    isOver,
  };
}
