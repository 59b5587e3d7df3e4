/** Names that say that a value is a secret: what a person would keep from others. A name alone is a hint, never proof. */
import { words } from "../base/words.ts";

export { words };

/**
 * What the name says: "secret" (a password, a token, a key), "identifier" (of a session: who knows it is that user), "code"
 * (short, typed in once) or "salt".
 */
export type SecretKind = "secret" | "identifier" | "code" | "salt";

const MAKES = /^(?:generate|gen|make|create|new|build|random|get|compute|issue|produce)$/;
const OTHER_THINGS =
  /^(?:count|counts|counter|total|num|number|max|min|limit|length|len|size|width|type|types|name|names|label|field|form|input|hint|placeholder|title|text|message|url|uri|path|file|index|idx|id|ids|policy|rule|regex|pattern|strength|score|expiry|expires|expiration|ttl|age|timeout|time|at|date|usage|price|cost|budget|bucket|buckets|rate|rates|delay|list|error|errors|state|status|visible|valid|column|prefix|suffix|header|param|params|store|manager|service|client|class|handler|provider|option|options|config|enabled|required|verified|changed|match)$/;
const PURPOSES =
  /^(?:reset|auth|access|refresh|bearer|csrf|xsrf|session|invite|invitation|verification|verify|confirm|confirmation|activation|api|signing|signed|login|magic|unsubscribe|remember|secret|security|jwt|oauth|personal|share)$/;
const CODES =
  /^(?:verification|verify|reset|auth|login|invite|invitation|confirm|confirmation|activation|recovery|backup|security|sms|access|totp|mfa|coupon|voucher|redeem|pin|one|time)$/;

export interface SecretName {
  readonly kind: SecretKind;
  /** Says what it is for ("reset_token"): a "token" alone may be a word of a text, too. */
  readonly exact: boolean;
}

export function secretName(name: string): SecretName | undefined {
  const all = words(name).filter((word, i) => i > 0 || !MAKES.test(word));
  const last = all[all.length - 1]?.replace(/\d+$/, "");
  if (last === undefined) return undefined;
  const before = all.slice(0, -1);
  const has = (pattern: RegExp): boolean => before.some((word) => pattern.test(word));
  if (/^(?:id|key|identifier)$/.test(last) && before[before.length - 1] === "session")
    return { kind: "identifier", exact: true };
  if (last === "sid" || last === "sessid" || last === "sessionid")
    return { kind: "identifier", exact: true };
  if (before.some((word) => /^(?:max|min|num|n|total|count|next|prev|input|output)$/.test(word)))
    return undefined;
  if (OTHER_THINGS.test(last)) return undefined;
  if (/^(?:password|passwd|passphrase|pwd|secret|passcode|apikey|csrf|xsrf)$/.test(last))
    return { kind: "secret", exact: true };
  if (last === "token") return { kind: "secret", exact: has(PURPOSES) };
  if (
    last === "key" &&
    has(/^(?:api|secret|private|signing|encryption|access|master|auth|jwt|hmac|shared)$/)
  )
    return { kind: "secret", exact: true };
  if (/^(?:otp|totp)$/.test(last)) return { kind: "code", exact: true };
  if (/^(?:code|pin)$/.test(last) && (has(CODES) || all.includes("otp")))
    return { kind: "code", exact: true };
  if (last === "nonce" || last === "salt") return { kind: "salt", exact: true };
  return undefined;
}

/** Bundlers write the values of variables with these prefixes into what browsers are sent. */
export const PUBLIC_PREFIX =
  /^(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|GATSBY|VUE_APP|NG_APP|PLASMO_PUBLIC|PUBLIC)_(?=.)/;
/** Keys that are made to be seen, some of them called tokens or keys. */
const MEANT_TO_BE_SEEN =
  /^(?:anon|publishable|public|site|client|maps?|mapbox|mapkit|firebase|sentry|posthog|analytics|measurement|recaptcha|turnstile|hcaptcha|captcha|algolia|search|vapid|amplitude|mixpanel|segment|rollbar|logrocket|datadog|cesium|growthbook|launchdarkly)$/;
/** A word of the name says that it is made to be seen. */
export function isSeen(name: string): boolean {
  return words(name).some((word) => MEANT_TO_BE_SEEN.test(word));
}
