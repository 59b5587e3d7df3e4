/** JavaScript web frameworks: which functions answer which addresses, what stands before them, and who asks who is calling. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";
import { accessWords } from "../access-words.ts";

const ROUTE: SinkKind = "route";
type Data = Readonly<Record<string, string | number | boolean>>;
/** The fields are those of the Python rows. `chain`: the arguments behind the address are what runs one after the other, the last answers. */
const row = (path: string, data: Data) => ({ path, args: [], kind: ROUTE, data });

const VERBS = ["get", "post", "put", "patch", "delete"];
const EXPRESS = "{express(),express.Router()}";
const ROUTED = "{express().route(),express.Router().route()}";
const KOA = "{@koa/router(),koa-router(),@koa/router.Router()}";
const HONO = "hono.Hono()";
const USER =
  "{user,userId,userID,user_id,uid,username,email,account,accountId,isAdmin,role,isLoggedIn,loggedIn,loggedin,authenticated,isAuthenticated,passport}";
const HOOKS = "1.onRequest|1.preValidation|1.preHandler";

const access: Model = {
  language: "javascript",
  deedWords: [
    ...accessWords,
    {
      does: "may-check",
      of: "call",
      words: ["get user", "get session", "use session", "server session", "fetch user"],
    },
  ],
  sinks: [
    ...VERBS.flatMap((verb) => [
      row(`${EXPRESS}.${verb}`, { role: "route", verb, path: "0", chain: 1 }),
      row(`${ROUTED}.${verb}`, { role: "route", verb, chain: 0 }),
      row(`${KOA}.${verb}`, { role: "route", verb, path: "0", chain: 1 }),
      row(`${HONO}.${verb}`, { role: "route", verb, path: "0", chain: 1 }),
      row(`fastify().${verb}`, { role: "route", verb, path: "0", chain: 1, guards: HOOKS }),
    ]),
    row(`${KOA}.del`, { role: "route", verb: "delete", path: "0", chain: 1 }),
    row("fastify().route", {
      role: "route",
      verb: "get",
      path: "0.url",
      methods: "0.method",
      handler: "0.handler",
      guards: "0.onRequest|0.preValidation|0.preHandler",
    }),
    row(`{${EXPRESS.slice(1, -1)},koa(),${KOA.slice(1, -1)},${HONO}}.use`, {
      role: "mount",
      chain: 0,
    }),
    row(`${ROUTED}.all`, { role: "mount", chain: 0 }),
    row(`${EXPRESS}.all`, { role: "mount", chain: 0 }),
    row(`${HONO}.route`, { role: "mount", chain: 0 }),
    row("fastify().register", { role: "mount", chain: 0 }),
    row("fastify().addHook", { role: "guard", guard: "1" }),
    row("next.route", { role: "route", convention: "next" }),
    row("next.action", { role: "action" }),
    row("next.middleware", { role: "guard", convention: "next" }),
  ],
  deeds: [
    ...[
      "express.Request().{user,auth,oidc,currentUser,userId,isAuthenticated()}",
      `express.Request().session.${USER}`,
      "fastify.Request().{user,jwtVerify(),session.user,session.userId}",
      "koa.Context().{state.user,isAuthenticated(),session.user,session.userId}",
      "passport.authenticate()",
      "{express-jwt(),express-jwt.expressjwt(),express-oauth2-jwt-bearer.auth(),express-openid-connect.requiresAuth(),express-basic-auth(),koa-jwt()}",
      "{hono/jwt.jwt(),hono/basic-auth.basicAuth(),hono/bearer-auth.bearerAuth()}",
      "{jsonwebtoken.verify(),jose.jwtVerify(),jose.jwtDecrypt(),hono/jwt.verify()}",
      "{next-auth.getServerSession(),next-auth/next.getServerSession(),next-auth.unstable_getServerSession(),next-auth/jwt.getToken(),next-auth().auth()}",
      "{@clerk/nextjs,@clerk/nextjs/server}.{auth(),currentUser(),getAuth(),auth.protect()}",
      "@clerk/express.{requireAuth(),getAuth()}",
      "{@supabase/supabase-js.createClient(),@supabase/ssr.createServerClient(),@supabase/auth-helpers-nextjs.createServerActionClient(),@supabase/auth-helpers-nextjs.createRouteHandlerClient(),@supabase/auth-helpers-nextjs.createServerComponentClient()}.auth.{getUser(),getSession(),getClaims()}",
      "better-auth.betterAuth().api.getSession()",
      "@auth0/nextjs-auth0/server.Auth0Client().getSession()",
      "{iron-session.getIronSession(),@kinde-oss/kinde-auth-nextjs/server.getKindeServerSession(),@auth0/nextjs-auth0.getSession(),@auth0/nextjs-auth0.withApiAuthRequired()}",
      "*.{verifyIdToken,verifySessionCookie,validateSession,validateSessionToken}()",
    ].map((path) => ({ path, does: "identifies" as const })),
    {
      path: "hono.Context().get()",
      does: "identifies",
      when: { arg: 0, among: ["user", "userId", "session", "jwtPayload", "auth", "currentUser"] },
    },
    ...["express.Request().session", "koa.Context().session", "fastify.Request().session"].map(
      (path) => ({ path, does: "may-check" as const }),
    ),
    // Row level security decides who may do what.
    ...[
      "@supabase/ssr.createServerClient()",
      "@supabase/auth-helpers-nextjs.{createServerActionClient,createRouteHandlerClient,createServerComponentClient}()",
    ].map((path) => ({ path, does: "may-check" as const })),
    ...[
      "next/navigation.{unauthorized,forbidden}()",
      "@nestjs/common.{UnauthorizedException,ForbiddenException}()",
      "http-errors.{Unauthorized,Forbidden}()",
    ].map((path) => ({ path, does: "refuses" as const })),
    ...[
      "next/navigation.unauthorized()",
      "@nestjs/common.UnauthorizedException()",
      "http-errors.Unauthorized()",
    ].map((path) => ({ path, does: "asks-to-sign-in" as const })),
    ...[
      "{bcrypt,bcryptjs}.{hash,hashSync,compare,compareSync}()",
      "{argon2,@node-rs/argon2,@node-rs/bcrypt}.{hash,verify,compare}()",
      "jsonwebtoken.sign()",
      "jose.SignJWT()",
      "express.Request().{logIn,login,logOut,logout}()",
      "express.Request().session.{destroy,regenerate}()",
      "express.Response().clearCookie()",
      "next/headers.cookies().{set,delete}()",
    ].map((path) => ({ path, does: "signs-in" as const })),
    ...[
      "express.{json,urlencoded,raw,text,static}()",
      "{multer(),express-fileupload(),cors(),helmet(),compression(),morgan(),body-parser.json(),body-parser.urlencoded()}",
      "{express-rate-limit(),express-rate-limit.rateLimit(),express-slow-down(),express-slow-down.slowDown(),express-async-handler()}",
      "express-validator.{body,param,query,check,header,cookie,checkSchema,oneOf}()",
      "{celebrate.celebrate(),zod-express-middleware.validateRequest(),zod-express-middleware.processRequest()}",
      "{hono/cors.cors,hono/logger.logger,hono/body-limit.bodyLimit,hono/validator.validator,@hono/zod-validator.zValidator,hono/timeout.timeout}()",
    ].map((path) => ({ path, does: "prepares" as const })),
    ...["crypto.timingSafeEqual()", "*.constructEvent()", "svix.Webhook().verify()"].map(
      (path) => ({ path, does: "checks-signature" as const }),
    ),
  ],
};

export default access;
