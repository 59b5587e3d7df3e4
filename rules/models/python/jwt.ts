/** Python token libraries: how they sign and verify, and what they do when something is left out. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const TOKEN: SinkKind = "token";
const row = (path: string, data: Readonly<Record<string, string | number | boolean>>) => ({
  path,
  args: [],
  kind: TOKEN,
  data,
});

/**
 * Data of a row: `does` verifies, signs, decodes (reads without a check) or holds (is given the key for later). Argument specs with "|" between alternatives:
 * token, key, payload, algorithms or algorithm, expiry. `missing` says what happens without a list of algorithms ("refuses",
 * "any", "by-key"), `none` what happens to an unsigned token ("refuses", "without-key", "accepts"), `every` names lists of
 * everything, `refused` the exception for a token that is not valid, `signature` the switch that turns the check off, `claims` those for single claims ("spec=value off:word").
 */
const jwt: Model = {
  language: "python",
  aliases: { "jwt.api_jwt": "jwt", "jwt.PyJWT()": "jwt", "jwt.api_jwt.PyJWT()": "jwt" },
  sinks: [
    row("jwt.{decode,decode_complete}", {
      does: "verifies",
      library: "PyJWT",
      api: "jwt.decode",
      refused: "jwt#InvalidTokenError",
      token: "0|jwt",
      key: "1|key",
      algorithms: "2|algorithms",
      missing: "refuses",
      none: "refuses",
      every: "jwt.algorithms.get_default_algorithms()",
      signature: "options.verify_signature|3.verify_signature|verify",
      claims:
        "options.verify_exp=false:expiry,options.verify_aud=false:audience,options.verify_iss=false:issuer,options.verify_nbf=false:start",
    }),
    row("jwt.encode", {
      does: "signs",
      library: "PyJWT",
      api: "jwt.encode",
      payload: "0|payload",
      key: "1|key",
      algorithm: "2|algorithm",
      usual: "HS256",
    }),
    row("jose.jwt.decode", {
      does: "verifies",
      library: "python-jose",
      api: "jwt.decode",
      refused: "jose#JWTError",
      token: "0|token",
      key: "1|key",
      algorithms: "2|algorithms",
      missing: "any",
      none: "refuses",
      every:
        "jose.constants.ALGORITHMS.ALL|jose.constants.ALGORITHMS.SUPPORTED|jose.jws.ALGORITHMS.ALL|jose.jws.ALGORITHMS.SUPPORTED",
      signature: "options.verify_signature|3.verify_signature",
      claims:
        "options.verify_exp=false:expiry,options.verify_aud=false:audience,options.verify_iss=false:issuer,options.verify_nbf=false:start",
    }),
    row("jose.jwt.encode", {
      does: "signs",
      library: "python-jose",
      api: "jwt.encode",
      payload: "0|claims",
      key: "1|key",
      algorithm: "2|algorithm",
      usual: "HS256",
    }),
    row("{jose.jwt.get_unverified_claims,jose.jws.get_unverified_claims}", {
      does: "decodes",
      library: "python-jose",
      api: "get_unverified_claims",
      refused: "jose#JWTError",
      token: "0|token",
    }),
    row("fastapi_login.LoginManager", {
      does: "holds",
      library: "fastapi-login",
      api: "LoginManager",
      key: "0|secret",
    }),
    row("authlib.jose.JsonWebToken", {
      does: "verifies",
      library: "Authlib",
      api: "JsonWebToken",
      algorithms: "0|algorithms",
      none: "accepts",
    }),
    row("{authlib.jose.jwt,authlib.jose.JsonWebToken()}.encode", {
      does: "signs",
      library: "Authlib",
      api: "jwt.encode",
      payload: "1|payload",
      key: "2|key",
      algorithm: "0.alg|header.alg",
    }),
    row("{authlib.jose.jwt,authlib.jose.JsonWebToken()}.decode", {
      does: "verifies",
      library: "Authlib",
      api: "jwt.decode",
      token: "0|s",
      key: "1|key",
      validate: "validate",
    }),
  ],
  passes: [
    {
      path: "{jose.jwt.get_unverified_claims,jose.jws.get_unverified_claims,jwt.get_unverified_header,jose.jwt.get_unverified_header}()",
      from: [0],
    },
  ],
};

export default jwt;
