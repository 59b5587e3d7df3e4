/** Python: what encrypts. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const CIPHER: SinkKind = "cipher";
/**
 * `cipher` is what the call stands for, or `named` where its name is; `weak` if it is one that should be used no more, with `severity`;
 * `mode` the mode, or `modeAt` where it is; `iv` where the starting value is; `key` where the key is; `repeats`: what happens if a
 * starting value comes twice ("all": both texts can be read, "start": it shows that they begin alike). `encrypts`: the call is for nothing else;
 * of others what is done with the result says so.
 */
const row = (path: string, data: Readonly<Record<string, string | boolean>>) => ({
  path,
  args: [],
  kind: CIPHER,
  data,
});

const AEAD = "cryptography.hazmat.primitives.ciphers.aead";
const MODES = "cryptography.hazmat.{primitives,decrepit}.ciphers.modes";
const ALGORITHMS = "cryptography.hazmat.{primitives,decrepit}.ciphers.algorithms";

const ciphers: Model = {
  language: "python",
  sinks: [
    // PyCryptodome: https://www.pycryptodome.org/src/cipher/classic
    row("{Crypto,Cryptodome}.Cipher.AES.new", {
      cipher: "AES",
      modeAt: "1|mode",
      iv: "2|iv|IV|nonce",
      key: "0|key",
    }),
    row("{Crypto,Cryptodome}.Cipher.DES.new", { cipher: "DES", weak: true }),
    row("{Crypto,Cryptodome}.Cipher.ARC4.new", { cipher: "RC4", weak: true }),
    row("{Crypto,Cryptodome}.Cipher.ARC2.new", { cipher: "RC2", weak: true }),
    row("{Crypto,Cryptodome}.Cipher.{DES3,Blowfish,CAST}.new", {
      cipher: "A cipher with blocks of 64 bits",
      weak: true,
      severity: "medium",
    }),
    row("{Crypto,Cryptodome}.Cipher.{ChaCha20,ChaCha20_Poly1305}.new", {
      cipher: "ChaCha20",
      iv: "nonce",
      key: "key",
      repeats: "all",
    }),
    // https://cryptography.io/en/latest/hazmat/primitives/symmetric-encryption/
    row(`${ALGORITHMS}.ARC4`, { cipher: "RC4", weak: true }),
    row(`${ALGORITHMS}.{TripleDES,Blowfish,CAST5,IDEA,RC2}`, {
      cipher: "A cipher with blocks of 64 bits",
      weak: true,
      severity: "medium",
    }),
    row(`${ALGORITHMS}.ChaCha20`, { cipher: "ChaCha20", iv: "1|nonce", repeats: "all" }),
    row(`${MODES}.ECB`, { mode: "ECB" }),
    row(`${MODES}.CBC`, { mode: "CBC", iv: "0|initialization_vector", repeats: "start" }),
    row(`${MODES}.{CFB,CFB8}`, { mode: "CFB", iv: "0|initialization_vector", repeats: "start" }),
    row(`${MODES}.{OFB,GCM}`, { mode: "GCM", iv: "0|initialization_vector", repeats: "all" }),
    row(`${MODES}.CTR`, { mode: "CTR", iv: "0|nonce", repeats: "all" }),
    row(`${AEAD}.{AESGCM,AESCCM,AESOCB3,ChaCha20Poly1305}().encrypt`, {
      mode: "GCM",
      iv: "0|nonce",
      repeats: "all",
      encrypts: true,
    }),
  ],
};

export default ciphers;
