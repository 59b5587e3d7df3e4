// Drawing at random, the same for the same seed.

/**
 * @template T
 * @param {readonly T[]} pool
 * @param {number} count
 * @param {number} seed
 * @returns {T[]}
 */
export function drawn(pool, count, seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return pool
    .map((one) => ({ one, number: random() }))
    .sort((a, b) => a.number - b.number)
    .slice(0, count)
    .map(({ one }) => one);
}
