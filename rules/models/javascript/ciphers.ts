/** JavaScript: what encrypts. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const CIPHER: SinkKind = "cipher";
/** The fields are those of the Python rows. `password`: the key is made of a text, without a salt and by MD5. */
const row = (path: string, data: Readonly<Record<string, string | boolean>>) => ({
  path,
  args: [],
  kind: CIPHER,
  data: { encrypts: true, ...data },
});

const ciphers: Model = {
  language: "javascript",
  sinks: [
    // https://nodejs.org/docs/latest-v20.x/api/crypto.html#cryptocreatecipheralgorithm-password-options: no longer in Node 22.
    row("crypto.createCipher", { password: true }),
    row("crypto.createCipheriv", { named: "0", iv: "2", key: "1" }),
    row("{globalThis.crypto,crypto.webcrypto}.subtle.encrypt", {
      named: "0.name",
      iv: "0.iv|0.counter",
    }),
    // https://cryptojs.gitbook.io/docs/#ciphers
    row("{crypto-js.AES,crypto-js/aes}.encrypt", {
      cipher: "AES",
      modeAt: "2.mode",
      iv: "2.iv",
      key: "1",
      repeats: "start",
    }),
    row("crypto-js.DES.encrypt", { cipher: "DES", weak: true }),
    row("{crypto-js.RC4,crypto-js.RC4Drop,crypto-js/rc4}.encrypt", { cipher: "RC4", weak: true }),
    row("{crypto-js.TripleDES,crypto-js/tripledes}.encrypt", {
      cipher: "A cipher with blocks of 64 bits",
      weak: true,
      severity: "medium",
    }),
  ],
};

export default ciphers;
