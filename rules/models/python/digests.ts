/** Python: hash functions, and what signs with one. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const DIGEST: SinkKind = "digest";
/**
 * `hash` is the function's name, or `named` where the call says it; `input` where the data is, which also comes by `update`;
 * `harmless` a switch that is false where no security hangs on it. `signs`: the result is a signature, `checks`: it is compared with
 * one. `slow`: made for passwords. `made`: gives no digest, but what others are told to use.
 */
const row = (path: string, data: Readonly<Record<string, string | boolean>>) => ({
  path,
  args: [],
  kind: DIGEST,
  data,
});
// https://docs.python.org/3/library/hashlib.html#constructors
const standard = (name: string, hash: string) =>
  row(`hashlib.${name}`, { hash, input: "0|string|data", harmless: "usedforsecurity" });

const digests: Model = {
  language: "python",
  sinks: [
    standard("md5", "MD5"),
    standard("sha1", "SHA-1"),
    standard("{sha224,sha256,sha384,sha512}", "SHA-2"),
    standard("{sha3_224,sha3_256,sha3_384,sha3_512}", "SHA-3"),
    standard("{blake2b,blake2s}", "BLAKE2"),
    row("hashlib.new", { named: "0|name", input: "1|data", harmless: "usedforsecurity" }),
    row("hashlib.{scrypt,pbkdf2_hmac}", { slow: true }),
    // PyCryptodome: https://www.pycryptodome.org/src/hash/hash
    row("{Crypto,Cryptodome}.Hash.MD5.new", { hash: "MD5", input: "0|data" }),
    row("{Crypto,Cryptodome}.Hash.{SHA,SHA1}.new", { hash: "SHA-1", input: "0|data" }),
    row("{Crypto,Cryptodome}.Hash.{SHA224,SHA256,SHA384,SHA512}.new", {
      hash: "SHA-2",
      input: "0|data",
    }),
    // https://cryptography.io/en/latest/hazmat/primitives/cryptographic-hashes/
    row("cryptography.hazmat.primitives.hashes.MD5", { hash: "MD5", made: true }),
    row("cryptography.hazmat.primitives.hashes.SHA1", { hash: "SHA-1", made: true }),
    row("bcrypt.{hashpw,checkpw,kdf}", { slow: true }),
    row("argon2.PasswordHasher().{hash,verify}", { slow: true }),
    row("argon2.low_level.{hash_secret,hash_secret_raw}", { slow: true }),
    row(
      "passlib.hash.{argon2,bcrypt,bcrypt_sha256,scrypt,pbkdf2_sha256,pbkdf2_sha512}.{hash,verify}",
      {
        slow: true,
      },
    ),
    row("passlib.context.CryptContext().{hash,verify}", { slow: true }),
    row("werkzeug.security.{generate_password_hash,check_password_hash}", { slow: true }),
    row("django.contrib.auth.hashers.{make_password,check_password}", { slow: true }),
    // https://passlib.readthedocs.io/en/stable/lib/passlib.hash.html: unsalted hashes, and texts as they are.
    row("passlib.hash.{hex_md5,ldap_md5,ldap_hex_md5,ldap_salted_md5,postgres_md5}.hash", {
      hash: "MD5",
      password: "0|secret",
    }),
    row("passlib.hash.{hex_sha1,ldap_sha1,ldap_hex_sha1,ldap_salted_sha1,mysql41}.hash", {
      hash: "SHA-1",
      password: "0|secret",
    }),
    row("passlib.hash.{hex_sha256,hex_sha512,ldap_salted_sha256,ldap_salted_sha512}.hash", {
      hash: "SHA-2",
      password: "0|secret",
    }),
  ],
};

export default digests;
