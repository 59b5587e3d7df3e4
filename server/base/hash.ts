/** A synchronous 128-bit content hash (four 32-bit lanes, MurmurHash3-style mixing) over UTF-16 code units: cache keys, not cryptography. */

/** 32 lower-case hexadecimal digits. Equal texts give equal hashes on every platform. */
export function hash128(text: string): string {
  let a = 0x9e3779b9 | 0;
  let b = 0x85ebca6b | 0;
  let c = 0xc2b2ae35 | 0;
  let d = 0x27d4eb2f | 0;
  const n = text.length;
  for (let i = 0; i < n; i++) {
    const u = text.charCodeAt(i);
    a = Math.imul(a ^ u, 0x85ebca6b);
    b = Math.imul(b ^ u, 0xc2b2ae35) + a;
    c = Math.imul(c ^ (u + (a >>> 15)), 0x27d4eb2f);
    d = Math.imul(d ^ (u + (b >>> 13)), 0x165667b1) + c;
  }
  a = finish(a ^ n);
  b = finish(b + a);
  c = finish(c ^ b);
  d = finish(d + c);
  a = finish(a + d);
  return hex(a) + hex(b) + hex(c) + hex(d);
}

function finish(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function hex(x: number): string {
  return (x >>> 0).toString(16).padStart(8, "0");
}
