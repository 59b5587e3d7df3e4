/** Hashes as the model rows of kind "digest" describe them: of what they are made, by the names of it, and what for. */

import { constantOf, given } from "./given.ts";
import type { Code, Observation, Op, ValueId } from "./rule.ts";
import { secretName, words } from "./secret-names.ts";
import { madeFrom } from "./slice.ts";
import { storesOf } from "./stores.ts";
import { bare, type Data, rowData } from "./tokens.ts";
import { sameAs } from "./uses.ts";

/** Of a variable that is set again and again the first values tell enough. */
const MOST_STORES = 16;

export interface Digest {
  readonly call: Observation;
  readonly data: Data;
  /** "MD5", "SHA-1", "SHA-2". */
  readonly hash: string;
  readonly isWeak: boolean;
}

export function digestOf(call: Observation): Digest | undefined {
  const data = rowData(call, "digest");
  if (data === undefined || data.slow === true) return undefined;
  const hash =
    data.named === undefined ? String(data.hash) : hashNamed(constantOf(given(call, data.named)));
  return hash === undefined
    ? undefined
    : { call, data, hash, isWeak: /^(?:MD[245]|SHA-1)$/.test(hash) };
}

/** "RSA-SHA1", "sha1WithRSAEncryption", "SHA-1" are one. */
function hashNamed(name: string | number | boolean | undefined): string | undefined {
  const text = String(name ?? "")
    .toLowerCase()
    .replace(/[-_]/g, "");
  const found = /md[245]|sha3|sha512256|sha(?:224|256|384|512)|sha1|blake2|(?:ripemd|rmd)160/.exec(
    text,
  )?.[0];
  if (found === undefined) return text === "sha" ? "SHA-1" : undefined;
  if (found.startsWith("md")) return found.toUpperCase();
  if (found === "sha1") return "SHA-1";
  return found.startsWith("sha") ? (found === "sha3" ? "SHA-3" : "SHA-2") : found.toUpperCase();
}

/** All that goes into the hash: the argument, and what `update` adds. */
export function hashedBy({ call, data }: Digest, code: Code): readonly ValueId[] {
  const out: ValueId[] = [];
  const first = given(call, data.input);
  if (first.kind === "given") out.push(first.argument.op);
  const chain = new Set<ValueId>(sameAs(code, call.site.op));
  for (let size = -1; size !== chain.size; ) {
    size = chain.size;
    code.ir.ops.forEach((op, id) => {
      if (op.op !== "call") return;
      const callee = code.op(op.callee);
      if (callee.op !== "member" || callee.name !== "update" || !chain.has(callee.object)) return;
      if (chain.has(id)) return;
      chain.add(id);
      for (const same of sameAs(code, id)) chain.add(same);
      const arg = op.args[0];
      if (arg !== undefined) out.push(arg.value);
    });
  }
  return out;
}

/** A piece of what is hashed: something with a name, a constant, or a call. */
export interface Piece {
  readonly id: ValueId;
  readonly kind: "name" | "const" | "call" | "other";
  /** Of a name the name itself; of a call what is called. */
  readonly name: string;
}

/** Calls whose result is their object or argument in another form. */
const CONVERTS =
  /^(?:encode|decode|from|concat|join|format|String|str|repr|bytes|bytearray|toString|trim|strip|lower|upper|toLowerCase|toUpperCase|casefold|normalize|Buffer|Uint8Array|TextEncoder|TextDecoder|parse|to_bytes)$/;
/** Calls that give what is kept under the text they are given. */
const READS = /^(?:get|getenv|getlist|pop|getOrThrow|env|config|getItem|getAll)$/;

/** What a value is put together from, through texts, conversions and variables. */
export function piecesOf(code: Code, from: readonly ValueId[]): readonly Piece[] {
  const out: Piece[] = [];
  const seen = new Set<ValueId>();
  const todo = [...from];
  const add = (id: ValueId, kind: Piece["kind"], name: string): void => {
    out.push({ id, kind, name });
  };
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    if (id < 0 || seen.has(id)) continue;
    seen.add(id);
    const op = code.op(id);
    switch (op.op) {
      case "const":
        add(id, "const", String(op.value));
        break;
      case "annotate":
      case "await":
        todo.push(op.value);
        break;
      case "binary":
        todo.push(op.left, op.right);
        break;
      case "slice":
        todo.push(op.object);
        break;
      case "join":
        for (const part of op.parts) if (part.kind === "hole") todo.push(part.value);
        break;
      case "sequence":
        todo.push(...op.elements.map((e) => e.value));
        break;
      case "load": {
        const name = slotName(code, op.slot);
        const stores = storesOf(code, op.slot).slice(0, MOST_STORES);
        if (name.startsWith("%")) todo.push(...stores);
        else {
          add(id, "name", name);
          // What a variable was made from says more where its own name says little.
          todo.push(...stores);
        }
        break;
      }
      case "member":
      case "free":
        add(id, "name", op.name);
        break;
      case "param":
        add(id, "name", code.ir.params[op.index]?.name ?? "");
        break;
      case "index": {
        const key = code.op(op.key);
        if (key.op === "const" && typeof key.value === "string") add(id, "name", key.value);
        else add(id, "other", "");
        break;
      }
      case "call": {
        const name = calleeName(code, op);
        const key = op.args[0] === undefined ? undefined : bare(code, op.args[0].value);
        if (READS.test(name) && key?.op === "const" && typeof key.value === "string")
          add(id, "name", key.value);
        else if (CONVERTS.test(name)) {
          const callee = code.op(op.callee);
          if (callee.op === "member") {
            const object = code.op(callee.object);
            // `Buffer.from(x)`: the object is no piece, it only does the work.
            if (!(object.op === "free" && /^[A-Z]/.test(object.name))) todo.push(callee.object);
          }
          todo.push(...op.args.filter((a) => a.name === undefined).map((a) => a.value));
        } else add(id, "call", name);
        break;
      }
      default:
        add(id, "other", "");
    }
  }
  return out;
}
function slotName(code: Code, slot: number): string {
  return (code.ir.slots[slot] ?? "").replace(/#\d+$/, "");
}
function calleeName(code: Code, op: Op & { readonly op: "call" }): string {
  const callee = code.op(op.callee);
  if (callee.op === "member" || callee.op === "free") return callee.name;
  return callee.op === "load" ? slotName(code, callee.slot) : "";
}

/** The secret that is hashed together with data. */
export function keyOf(digest: Digest, code: Code): Piece | undefined {
  const pieces = piecesOf(code, hashedBy(digest, code));
  const secret = pieces.find((p) => p.kind === "name" && isSigningSecret(p.name));
  if (secret === undefined) return undefined;
  const others = pieces.filter(
    (p) => p.kind !== "const" && p !== secret && !isPartOf(code, secret, p),
  );
  return others.length === 0 || others.some((p) => isPasswordLike(p.name)) ? undefined : secret;
}
function isSigningSecret(name: string): boolean {
  const found = secretName(name);
  return found?.kind === "secret" && found.exact && !isPasswordLike(name) && !isCsrf(name);
}
function isCsrf(name: string): boolean {
  return words(name).some((word) => word === "csrf" || word === "xsrf");
}
function isPasswordLike(name: string): boolean {
  return words(name).some((word) =>
    /^(?:pass|password|passwd|pwd|passphrase|passcode|realm)$/.test(word),
  );
}
/** The variable that holds the secret, and what it was made from. */
function isPartOf(code: Code, secret: Piece, other: Piece): boolean {
  return (
    other.name === secret.name ||
    madeFrom(code, secret.id).includes(code.op(other.id)) ||
    madeFrom(code, other.id).includes(code.op(secret.id))
  );
}

/** What only tells things apart: whoever makes two alike harms nobody but himself. */
const TELLS_APART =
  /^(?:etags?|cache|cached|caching|checksums?|fingerprints?|dedupe|dedup|duplicate|avatar|gravatar|thumbnail|memo|shard|bucket|partition)$/;
/** The same of what a name ends with. */
const IDENTIFIES =
  /^(?:ids?|uid|uuid|guid|keys?|path|file|filename|folder|dir|name|slug|version|revision|rev|index|color|colour|seed|chunk|build)$/;
export function tellsApart(name: string): boolean {
  if (secretName(name) !== undefined) return false;
  const all = words(name);
  return all.some((word) => TELLS_APART.test(word)) || IDENTIFIES.test(all.at(-1) ?? "");
}
