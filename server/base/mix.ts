/**
 * Keys of structures as numbers below 2^53, put together from the keys of their parts: no text is built. Two different
 * structures of one project get the same key about as often as two texts get the same short hash; the answers they stand for
 * depend on content only, so they are the same in every run.
 */

const HIGH = 0x100000000;
const LOW_MASK = 0x1fffff;

/** The key of a sequence that goes on with `next`. Order counts. */
export function mix(key: number, next: number): number {
  let low = Math.imul((key >>> 0) ^ 0x9e3779b1, 0x85ebca6b) ^ (next >>> 0);
  let high = (((key / HIGH) | 0) ^ Math.imul((next / HIGH) | 0, 0x27d4eb2f)) + (low >>> 11);
  low = Math.imul(low ^ (low >>> 15), 0xc2b2ae35);
  high = Math.imul(high ^ (high >>> 13) ^ low, 0x165667b1);
  low ^= high >>> 16;
  return ((high >>> 7) & LOW_MASK) * HIGH + (low >>> 0);
}

/** The key of a set that also holds `next`. Order does not count. */
export function gather(key: number, next: number): number {
  const high = (((key / HIGH) | 0) + ((next / HIGH) | 0)) & LOW_MASK;
  return high * HIGH + (((key >>> 0) + (next >>> 0)) >>> 0);
}

/** Keys of texts are asked for again and again; forgetting them costs only time. */
const MOST_TEXTS = 200_000;
const texts = new Map<string, number>();

export function textKey(text: string): number {
  let key = texts.get(text);
  if (key !== undefined) return key;
  let low = 0x811c9dc5 | 0;
  let high = 0x1b873593 | 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b) ^ (high >>> 13);
  }
  key = (high & LOW_MASK) * HIGH + ((low ^ (high >>> 21)) >>> 0);
  if (texts.size >= MOST_TEXTS) texts.clear();
  texts.set(text, key);
  return key;
}
