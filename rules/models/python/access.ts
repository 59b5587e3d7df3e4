/** Python web frameworks: which functions answer which addresses, what stands before them, and who asks who is calling. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";
import { accessWords } from "../access-words.ts";

const ROUTE: SinkKind = "route";
type Data = Readonly<Record<string, string | number | boolean>>;
/**
 * `role`: "route" (a function answers an address), "maker" (what makes the decorator of one), "router" (a router is made),
 * "guard" (something runs before all routes of a router) or "mount" (a router becomes part of another one). Argument specs: `path`,
 * `handler`, `methods`, `guards` (a list of what runs before), `guard`, `router`. `verb` is the method.
 */
const row = (path: string, data: Data) => ({ path, args: [], kind: ROUTE, data });

const FASTAPI = "{fastapi.FastAPI(),fastapi.APIRouter(),fastapi.routing.APIRouter()}";
const FLASK = "{flask.Flask(),flask.Blueprint(),quart.Quart(),quart.Blueprint()}";
const VERBS = ["get", "post", "put", "patch", "delete"];
const USER =
  "{user,user_id,userid,uid,username,email,account,account_id,logged_in,is_admin,role,authenticated}";
const SCHEMES =
  "{OAuth2PasswordBearer,OAuth2AuthorizationCodeBearer,HTTPBearer,HTTPBasic,HTTPDigest,APIKeyHeader,APIKeyQuery,APIKeyCookie,OpenIdConnect}";
const LOGIN_DECORATORS =
  "{login_required,permission_required,user_passes_test,login_required(),permission_required(),user_passes_test()}";

const access: Model = {
  language: "python",
  deedWords: accessWords,
  sinks: [
    ...VERBS.flatMap((verb) => [
      row(`${FASTAPI}.${verb}`, { role: "maker", path: "0|path", guards: "dependencies" }),
      row(`${FASTAPI}.${verb}()`, { role: "route", verb, handler: "0" }),
      row(`${FLASK}.${verb}`, { role: "maker", path: "0|rule" }),
      row(`${FLASK}.${verb}()`, { role: "route", verb, handler: "0" }),
    ]),
    row(`${FLASK}.route`, { role: "maker", path: "0|rule", methods: "methods" }),
    row(`${FLASK}.route()`, { role: "route", verb: "get", handler: "0" }),
    row(`${FLASK}.add_url_rule`, {
      role: "route",
      verb: "get",
      path: "0|rule",
      handler: "2|view_func",
      methods: "methods",
    }),
    row(`${FASTAPI}.api_route`, {
      role: "maker",
      path: "0|path",
      guards: "dependencies",
      methods: "methods",
    }),
    row(`${FASTAPI}.api_route()`, { role: "route", verb: "get", handler: "0" }),
    row(`${FASTAPI}.add_api_route`, {
      role: "route",
      verb: "get",
      path: "0|path",
      handler: "1|endpoint",
      guards: "dependencies",
      methods: "methods",
    }),
    row("{fastapi.FastAPI,fastapi.APIRouter,fastapi.routing.APIRouter}", {
      role: "router",
      guards: "dependencies",
    }),
    row(`${FASTAPI}.include_router`, {
      role: "mount",
      router: "0|router",
      guards: "dependencies",
    }),
    row("{flask.Flask(),quart.Quart()}.register_blueprint", { role: "mount", router: "0" }),
    row("{flask.Blueprint(),quart.Blueprint()}.register_blueprint", { role: "mount", router: "0" }),
    row(`${FLASK}.before_request`, { role: "guard", guard: "0" }),
    row("{flask.Blueprint(),quart.Blueprint()}.before_app_request", {
      role: "guard",
      guard: "0",
      everywhere: true,
    }),
    row("fastapi.FastAPI().add_middleware", { role: "guard", guard: "0" }),
    row("fastapi.FastAPI().middleware()", { role: "guard", guard: "0" }),
    row("fastapi.FastAPI().mount", { role: "mount", router: "1" }),
    // A view that asks for itself; its address stands elsewhere.
    row("django.contrib.auth.decorators.login_required", {
      role: "route",
      verb: "get",
      handler: "0",
      asks: true,
    }),
  ],
  deeds: [
    ...[
      `flask.session.${USER}`,
      `flask.g.${USER}`,
      "flask.g.current_user",
      "flask_login.{current_user,login_required,fresh_login_required}",
      "flask_jwt_extended.{current_user,get_jwt_identity(),get_current_user(),get_jwt(),verify_jwt_in_request(),jwt_required()}",
      "flask_httpauth.{HTTPBasicAuth,HTTPDigestAuth,HTTPTokenAuth,MultiAuth}().{login_required,login_required(),current_user()}",
      "flask_security.{current_user,auth_required(),login_required,roles_required(),roles_accepted(),permissions_required()}",
      `fastapi.security.${SCHEMES}()`,
      `fastapi.security.oauth2.${SCHEMES}()`,
      `fastapi.security.http.${SCHEMES}()`,
      `fastapi.security.api_key.${SCHEMES}()`,
      "fastapi_users.FastAPIUsers().current_user()",
      "starlette.requests.Request().{user,auth}",
      `starlette.requests.Request().session.${USER}`,
      "starlette.authentication.requires()",
      "jwt.{decode,decode_complete}()",
      "jose.jwt.decode()",
      "google.oauth2.id_token.{verify_oauth2_token,verify_firebase_token}()",
      "firebase_admin.auth.{verify_id_token,verify_session_cookie}()",
      "django.http.HttpRequest().user",
      `django.contrib.auth.decorators.${LOGIN_DECORATORS}`,
    ].map((path) => ({ path, does: "identifies" as const })),
    ...["flask.session", "flask.session[*]", "starlette.requests.Request().session"].map(
      (path) => ({
        path,
        does: "may-check" as const,
      }),
    ),
    ...[
      "{fastapi,starlette}.status.{HTTP_401_UNAUTHORIZED,HTTP_403_FORBIDDEN,WS_1008_POLICY_VIOLATION}",
      "http.HTTPStatus.{UNAUTHORIZED,FORBIDDEN}",
      "werkzeug.exceptions.{Unauthorized,Forbidden}",
      "django.core.exceptions.PermissionDenied",
    ].map((path) => ({ path, does: "refuses" as const })),
    ...[
      "{fastapi,starlette}.status.{HTTP_401_UNAUTHORIZED,WS_1008_POLICY_VIOLATION}",
      "http.HTTPStatus.UNAUTHORIZED",
      "werkzeug.exceptions.Unauthorized",
    ].map((path) => ({ path, does: "asks-to-sign-in" as const })),
    ...[
      "django.contrib.admin.views.decorators.staff_member_required",
      "rest_framework.permissions.IsAdminUser",
    ].flatMap((path) => [
      { path, does: "admits-administrators" as const },
      { path, does: "refuses" as const },
    ]),
    ...[
      "werkzeug.security.{generate_password_hash,check_password_hash}()",
      "passlib.context.CryptContext().{hash,verify,verify_and_update}()",
      "pwdlib.PasswordHash().{hash,verify,verify_and_update}()",
      "pwdlib.PasswordHash.recommended().{hash,verify,verify_and_update}()",
      "bcrypt.{hashpw,checkpw}()",
      "argon2.PasswordHasher().{hash,verify}()",
      "flask_bcrypt.Bcrypt().{generate_password_hash,check_password_hash}()",
      "flask_login.{login_user,logout_user}()",
      "flask_jwt_extended.{create_access_token,create_refresh_token,unset_jwt_cookies}()",
      "{jwt,jose.jwt}.encode()",
      "fastapi.security.{OAuth2PasswordRequestForm,OAuth2PasswordRequestFormStrict}()",
      "django.contrib.auth.{authenticate,login,logout}()",
    ].map((path) => ({ path, does: "signs-in" as const })),
    ...[
      "flask_limiter.Limiter().{limit,exempt,shared_limit}()",
      "slowapi.Limiter().{limit,shared_limit}()",
      "{flask_cors.cross_origin(),flask_caching.Cache().cached(),fastapi_limiter.depends.RateLimiter(),fastapi_cache.decorator.cache()}",
    ].map((path) => ({ path, does: "prepares" as const })),
    ...[
      "{hmac,secrets}.compare_digest()",
      "stripe.Webhook.construct_event()",
      "svix.webhooks.Webhook().verify()",
      "twilio.request_validator.RequestValidator().validate()",
    ].map((path) => ({ path, does: "checks-signature" as const })),
  ],
};

export default access;
