/** Cookies that sign somebody in, by their name. */
import { constantOf, given } from "./given.ts";
import type { Observation } from "./rule.ts";
import { words } from "./secret-names.ts";
import type { Data } from "./tokens.ts";

/** Whoever has the value is the user. */
const SESSION =
  /^(?:sid|ssid|session|sessionid|sessid|auth|token|jwt|bearer|credential|credentials|phpsessid|jsessionid)$/;
/** Values that the page's scripts are meant to read. */
const READABLE =
  /^(?:csrf|xsrf|theme|lang|language|locale|consent|count|expiry|expires|exists|flag|hint|status|type|color|redirect|expired|timeout|url|state)$/;

/** By its name, which has to be known; one that is taken away has no value. */
export function isSessionCookie(call: Observation, data: Data): boolean {
  const name = constantOf(given(call, data.name));
  if (typeof name !== "string") return false;
  const value = constantOf(given(call, data.value));
  if (value === "" || given(call, data.value).kind === "absent") return false;
  const all = words(name);
  const signsIn = all.some((word) => SESSION.test(word)) || all.join(" ").startsWith("remember me");
  return signsIn && !all.some((word) => READABLE.test(word));
}
