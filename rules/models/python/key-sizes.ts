/** Python that makes keys: where their size or their curve is said. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const SIZE: SinkKind = "key-size";
/**
 * `bits` is where the size is, `curve` where the curve is; `kind` names the key, or `named` says where its kind is, which must be
 * one of `only`.
 */
const row = (path: string, data: Readonly<Record<string, string>>) => ({
  path,
  args: [],
  kind: SIZE,
  data,
});

const ASYMMETRIC = "cryptography.hazmat.primitives.asymmetric";

const keySizes: Model = {
  language: "python",
  sinks: [
    row(`${ASYMMETRIC}.rsa.generate_private_key`, { kind: "RSA", bits: "1|key_size" }),
    row(`${ASYMMETRIC}.dsa.{generate_private_key,generate_parameters}`, {
      kind: "DSA",
      bits: "0|key_size",
    }),
    row(`${ASYMMETRIC}.dh.generate_parameters`, { kind: "Diffie-Hellman", bits: "1|key_size" }),
    row(`${ASYMMETRIC}.ec.generate_private_key`, { kind: "EC", curve: "0|curve" }),
    row("{Crypto,Cryptodome}.PublicKey.RSA.generate", { kind: "RSA", bits: "0|bits" }),
    row("{Crypto,Cryptodome}.PublicKey.DSA.generate", { kind: "DSA", bits: "0|bits" }),
    row("{Crypto,Cryptodome}.PublicKey.ECC.generate", { kind: "EC", curve: "curve" }),
    row("rsa.newkeys", { kind: "RSA", bits: "0|nbits" }),
    row("paramiko.RSAKey.generate", { kind: "RSA", bits: "0|bits" }),
    row("paramiko.DSSKey.generate", { kind: "DSA", bits: "0|bits" }),
    row("OpenSSL.crypto.PKey().generate_key", { kind: "RSA", bits: "1|bits" }),
    row("jwcrypto.jwk.JWK.generate", { named: "kty", only: "RSA", bits: "size" }),
    row("joserfc.jwk.RSAKey.generate_key", { kind: "RSA", bits: "0|key_size" }),
  ],
};

export default keySizes;
