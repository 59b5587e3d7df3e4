/** JavaScript that makes keys: where their size or their curve is said. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const SIZE: SinkKind = "key-size";
/** As in the Python model. */
const row = (path: string, data: Readonly<Record<string, string>>) => ({
  path,
  args: [],
  kind: SIZE,
  data,
});

const SUBTLE = "{globalThis.crypto.subtle,crypto.subtle,crypto.webcrypto.subtle}";

const keySizes: Model = {
  language: "javascript",
  sinks: [
    row("crypto.{generateKeyPair,generateKeyPairSync}", {
      named: "0",
      only: "rsa|rsa-pss|dsa|ec",
      bits: "1.modulusLength",
      curve: "1.namedCurve",
    }),
    row("crypto.createDiffieHellman", { kind: "Diffie-Hellman", bits: "0" }),
    row(`${SUBTLE}.generateKey`, { kind: "RSA", bits: "0.modulusLength" }),
    row("node-forge.pki.rsa.{generateKeyPair,createKeyPairGenerationState}", {
      kind: "RSA",
      bits: "0.bits|0",
    }),
    row("node-forge.rsa.generateKeyPair", { kind: "RSA", bits: "0.bits|0" }),
    row("node-rsa", { kind: "RSA", bits: "0.b" }),
    row("keypair", { kind: "RSA", bits: "0.bits" }),
    row("selfsigned.generate", { kind: "RSA", bits: "1.keySize" }),
    row("jsrsasign.KEYUTIL.generateKeypair", { named: "0", only: "RSA", bits: "1" }),
  ],
};

export default keySizes;
