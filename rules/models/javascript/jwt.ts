/** JavaScript token libraries: how they sign and verify, and what they do when something is left out. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const TOKEN: SinkKind = "token";
/** The fields are those of the Python rows. */
const row = (path: string, data: Readonly<Record<string, string | number | boolean>>) => ({
  path,
  args: [],
  kind: TOKEN,
  data,
});

const CHAIN =
  "{setProtectedHeader,setIssuedAt,setIssuer,setAudience,setSubject,setJti,setNotBefore}";

const jwt: Model = {
  language: "javascript",
  types: {
    "jose.SignJWT()": [`jose.SignJWT().${CHAIN}()`],
    "jose.SignJWT().%expiring": [
      "jose.SignJWT().setExpirationTime()",
      `jose.SignJWT().%expiring.${CHAIN}()`,
      "jose.SignJWT().%expiring.setExpirationTime()",
    ],
  },
  aliases: {
    "jose/jwt/verify": "jose",
    "jose/jwt/sign": "jose",
    "jwt-decode.{default,jwt_decode,jwtDecode}": "jwt-decode",
    "express-jwt.{expressjwt,expressJwt}": "express-jwt",
  },
  sinks: [
    row("jsonwebtoken.verify", {
      does: "verifies",
      library: "jsonwebtoken",
      api: "jwt.verify",
      token: "0",
      key: "1",
      algorithms: "2.algorithms",
      missing: "by-key",
      // From here on an unset secret lets no unsigned token pass, and the kind of the key decides.
      byKeyType: "9.0.0",
      none: "without-key",
      claims: "2.ignoreExpiration=true:expiry,2.ignoreNotBefore=true:start",
    }),
    row("jsonwebtoken.sign", {
      does: "signs",
      library: "jsonwebtoken",
      api: "jwt.sign",
      payload: "0",
      key: "1",
      algorithm: "2.algorithm",
      expiry: "2.expiresIn",
      usual: "HS256",
      expires: "expiresIn",
    }),
    row("jsonwebtoken.decode", {
      does: "decodes",
      library: "jsonwebtoken",
      api: "jwt.decode",
      token: "0",
      verify: "verify",
      // Options behind the token: what `verify` takes as well, and what its declared type is without.
      keeps: "complete",
      typed: "json=JwtPayload",
    }),
    row("jwt-decode", {
      does: "decodes",
      library: "jwt-decode",
      api: "jwtDecode",
      token: "0",
      header: "1.header",
    }),
    row("jose.decodeJwt", { does: "decodes", library: "jose", api: "decodeJwt", token: "0" }),
    row("jose.UnsecuredJWT.decode", {
      does: "verifies",
      library: "jose",
      api: "UnsecuredJWT.decode",
      token: "0",
      unsigned: true,
    }),
    row("jose.UnsecuredJWT", {
      does: "signs",
      library: "jose",
      api: "UnsecuredJWT",
      payload: "0",
      unsigned: true,
      chained: true,
    }),
    row("jose.jwtVerify", {
      does: "verifies",
      library: "jose",
      api: "jwtVerify",
      token: "0",
      key: "1",
      algorithms: "2.algorithms",
      missing: "by-key-type",
      keySets: "jose.createRemoteJWKSet()|jose.createLocalJWKSet()",
      none: "refuses",
    }),
    row("jose.SignJWT().sign", {
      does: "signs",
      library: "jose",
      api: "SignJWT",
      key: "0",
      chained: true,
      chain: "SignJWT",
    }),
    row("jose.SignJWT().%expiring.sign", {
      does: "signs",
      library: "jose",
      api: "SignJWT",
      key: "0",
      chained: true,
      chain: "SignJWT",
      expires: true,
    }),
    row("@nestjs/jwt.JwtModule.register", {
      does: "holds",
      library: "@nestjs/jwt",
      api: "JwtModule.register",
      key: "0.secret|0.secretOrPrivateKey",
    }),
    row("@nestjs/jwt.JwtService().{sign,signAsync,verify,verifyAsync}", {
      does: "holds",
      library: "@nestjs/jwt",
      api: "JwtService",
      key: "1.secret",
    }),
    row("@nestjs/jwt.JwtService", {
      does: "holds",
      library: "@nestjs/jwt",
      api: "JwtService",
      key: "0.secret",
    }),
    row("@fastify/jwt.passed", {
      does: "holds",
      library: "@fastify/jwt",
      api: "@fastify/jwt",
      key: "1.secret",
    }),
    row("hono/jwt.{sign,verify}", {
      does: "holds",
      library: "hono/jwt",
      api: "hono/jwt",
      key: "1",
    }),
    row("hono/jwt.jwt", { does: "holds", library: "hono/jwt", api: "hono/jwt", key: "0.secret" }),
    row("express-jwt", {
      does: "verifies",
      library: "express-jwt",
      api: "expressjwt",
      key: "0.secret",
      algorithms: "0.algorithms",
      missing: "refuses",
      none: "refuses",
    }),
    row("{koa-jwt}", {
      does: "verifies",
      library: "koa-jwt",
      api: "koa-jwt",
      key: "0.secret",
      algorithms: "0.algorithms",
      missing: "by-key",
      none: "refuses",
    }),
    row("passport-jwt.Strategy", {
      does: "verifies",
      library: "passport-jwt",
      api: "Strategy",
      key: "0.secretOrKey",
      algorithms: "0.algorithms",
      missing: "by-key",
      none: "refuses",
      claims: "0.ignoreExpiration=true:expiry",
    }),
  ],
  passes: [
    {
      path: "{jsonwebtoken.decode,jwt-decode,jose.decodeJwt,jose.decodeProtectedHeader}()",
      from: [0],
    },
  ],
  hints: {
    jwt: ["jsonwebtoken"],
    jsonwebtoken: ["jsonwebtoken"],
    jwtDecode: ["jwt-decode"],
    jwt_decode: ["jwt-decode"],
    jwtVerify: ["jose.jwtVerify"],
    SignJWT: ["jose.SignJWT"],
    decodeJwt: ["jose.decodeJwt"],
  },
};

export default jwt;
