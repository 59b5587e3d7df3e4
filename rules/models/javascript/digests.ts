/** JavaScript: hash functions, and what signs with one. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const DIGEST: SinkKind = "digest";
/** The fields are those of the Python rows. */
const row = (path: string, data: Readonly<Record<string, string | boolean>>) => ({
  path,
  args: [],
  kind: DIGEST,
  data,
});

const digests: Model = {
  language: "javascript",
  sinks: [
    row("crypto.createHash", { named: "0", input: "" }),
    row("crypto.hash", { named: "0", input: "1" }),
    row("crypto.createSign", { named: "0", signs: true }),
    row("crypto.createVerify", { named: "0", signs: true, checks: true }),
    row("crypto.sign", { named: "0", signs: true }),
    row("crypto.verify", { named: "0", signs: true, checks: true }),
    row("crypto.{scrypt,scryptSync,pbkdf2,pbkdf2Sync,argon2,argon2Sync}", { slow: true }),
    row("{globalThis.crypto,crypto.webcrypto}.subtle.digest", {
      named: "0|0.name",
      input: "1",
    }),
    row("{md5,blueimp-md5}", { hash: "MD5", input: "0" }),
    row("{js-md5,js-md5.md5}", { hash: "MD5", input: "0" }),
    row("{sha1,js-sha1,js-sha1.sha1}", { hash: "SHA-1", input: "0" }),
    row("{crypto-js.MD5,crypto-js/md5}", { hash: "MD5", input: "0" }),
    row("{crypto-js.SHA1,crypto-js/sha1}", { hash: "SHA-1", input: "0" }),
    row("crypto-js.{SHA224,SHA256,SHA384,SHA512}", { hash: "SHA-2", input: "0" }),
    row("crypto-js/{sha224,sha256,sha384,sha512}", { hash: "SHA-2", input: "0" }),
    row("{crypto-js.SHA3,crypto-js/sha3}", { hash: "SHA-3", input: "0" }),
    row("{bcrypt,bcryptjs}.{hash,hashSync,compare,compareSync}", { slow: true }),
    row("{argon2,@node-rs/argon2}.{hash,hashSync,verify,verifySync}", { slow: true }),
    row("@node-rs/bcrypt.{hash,hashSync,compare,verify}", { slow: true }),
  ],
};

export default digests;
