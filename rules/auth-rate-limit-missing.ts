/** A route that tries a password or a code, in a project in which nothing counts the tries. */
import { childrenOf, nameOf } from "../server/rule/items.ts";
import { namesIn } from "../server/rule/lookups.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import { type Route, routesOf } from "../server/rule/routes.ts";
import {
  type AllCalls,
  type Code,
  type Context,
  type Match,
  type Observation,
  rule,
} from "../server/rule/rule.ts";
import { words } from "../server/rule/secret-names.ts";
import { rowData } from "../server/rule/tokens.ts";

/** Words of an address or a function where somebody says who he is. */
const TRIES = /^(?:login|signin|authenticate|otp|totp|mfa|2fa|passcode|forgot)$/;
const TRIES_TWO =
  /\b(?:log in|sign in|reset password|password reset|verify code|verify otp|verify pin)\b/;
/** Names of what counts tries, or makes them slow. */
const COUNTS =
  /^(?:throttle|throttled|throttling|ratelimit|limiter|attempts?|lockout|locked|failures|failed|captcha|recaptcha|turnstile|hcaptcha|backoff|cooldown)$/;

export default rule({
  id: "auth-rate-limit-missing",
  title: "Passwords or codes can be tried without end",
  category: "authentication",
  severity: "low",
  cwe: [307],
  owasp: ["A07:2021", "A07:2025"],
  project: { sinks: ["route", "rate-limit"], deeds: true, check },
  say: ({ facts }) => ({
    what: `Nothing in this project counts how often ${String(facts?.route)} is tried.`,
    why: "An attacker tries the passwords of other sites' leaks, or all codes of six digits, some hundred in a second, until one is right.",
    fix:
      facts?.python === true
        ? "Limit the tries for each account and address: Flask-Limiter, slowapi."
        : "Limit the tries for each account and address: express-rate-limit, rate-limiter-flexible.",
  }),
  fixes: ({ facts }) => [
    {
      title: "Limit the tries",
      grade: "manual",
      edits: [],
      reason: `Add a limiter (${facts?.python === true ? "Flask-Limiter, slowapi" : "express-rate-limit"}) in front of this route, some ten tries in a quarter of an hour. No edit is offered: it needs a package, and a store that all workers share.`,
    },
  ],
});

function check(calls: readonly Observation[], context: Context, all: AllCalls): readonly Match[] {
  if (isTest(context.file) || isSample(context.file) || isDevelopment(context.file)) return [];
  const own = calls.filter((call) => rowData(call, "route") !== undefined);
  if (own.length === 0 || all.shared(isLimited)) return [];
  const suspects = routesOf(own, context).routes.filter((route) => tries(route, context));
  if (suspects.length === 0) return [];
  return suspects.flatMap((route): readonly Match[] => {
    if (route.before.some(({ text, refs }) => counts([text ?? "", ...refs]))) return [];
    const verb = route.verbs.includes("post") ? "POST" : (route.verbs[0] ?? "post").toUpperCase();
    return [
      {
        item: route.call.site.item,
        span: route.call.site.span,
        op: route.call.site.op,
        call: route.call,
        // A proxy in front may count them.
        confidence: "low",
        facts: {
          route: route.path === undefined ? "this route" : `${verb} ${route.path}`,
          python: route.code.language === "python",
        },
      },
    ];
  });
}

function isLimited(calls: readonly Observation[]): boolean {
  return calls.some((call) => rowData(call, "rate-limit") !== undefined);
}

/** By its address or its function's name; what it does must not say that it counts. */
function tries(route: Route, context: Context): boolean {
  if (!route.verbs.some((verb) => verb === "post" || verb === "put")) return false;
  const handlers = route.handlers.flatMap((ref) =>
    ref.startsWith("fn:") ? (context.code(ref.slice(3)) ?? []) : [],
  );
  const named = [route.path ?? "", ...handlers.map(nameOf)];
  const isTry = named.some((name) => {
    const all = words(name);
    return all.some((word) => TRIES.test(word)) || TRIES_TWO.test(all.join(" "));
  });
  return isTry && handlers.length > 0 && !handlers.some((code) => counts(namesOf(code)));
}
function namesOf(code: Code): readonly string[] {
  const inside = [...childrenOf(code).values()].flatMap((id) => {
    const child = code.other(id);
    return child === undefined ? [] : namesOf(child);
  });
  return [...namesIn(code, code.ir.ops), ...inside];
}
function counts(names: readonly string[]): boolean {
  return names.some((name) => {
    const all = words(name);
    return all.some((word) => COUNTS.test(word)) || /\brate limit/.test(all.join(" "));
  });
}
