/** Settings of Django that take away a protection which its own start project has. */
import { conditionsAt } from "../server/rule/conditions.ts";
import { quoted } from "../server/rule/fix/arguments.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { knownStrings } from "../server/rule/given.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import {
  type Code,
  type Edit,
  type Fix,
  type Match,
  onlyConst,
  rule,
  type Severity,
  type StoreView,
} from "../server/rule/rule.ts";
import { bare, type Data, isSetting, rowData } from "../server/rule/tokens.ts";

/** Made for development: what it decides is not what is shipped. */
const SWITCH = /\bDEBUG\b|\bdebug\b|\b(?:is|in)?_?dev|\bis_?prod|production|\btest/i;

interface Kind {
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly title: string;
}
const KINDS: Readonly<Record<string, Kind>> = {
  ALLOWED_HOSTS: {
    severity: "medium",
    what: "Requests for any host name are answered.",
    why: "An attacker asks for a new password of somebody else with his own name in the Host header: the link in the mail leads to him, with its token. Caches can be filled with such answers, too.",
    fix: "List the names under which the site is reached.",
    title: "Read the host names from the environment",
  },
  CSRF_TRUSTED_ORIGINS: {
    severity: "medium",
    what: "Forms on any website count as your own.",
    why: "A page of somebody else sends a form in the visitor's browser, with his session, and the check lets it pass.",
    fix: "List your own origins, with at most a subdomain left open: https://*.example.org.",
    title: "List your own origins",
  },
  SECURE_CONTENT_TYPE_NOSNIFF: {
    severity: "low",
    what: "Browsers may take a file for something else than the server says it is.",
    why: "An upload that is sent as a picture and looks like a page runs as a page of your site.",
    fix: "Leave it on, as it is without this line.",
    title: "Leave it on",
  },
  AUTH_PASSWORD_VALIDATORS: {
    severity: "low",
    what: "Every password is accepted, however short or common.",
    why: 'The first hundred of the usual list ("123456", the user name) open some accounts of any site that lets them.',
    fix: "Use Django's validators: length, common passwords, likeness to the user, not only digits.",
    title: "Use Django's validators",
  },
  SESSION_SERIALIZER: {
    severity: "high",
    what: "Sessions are read by pickle, which runs what a session tells it to.",
    why: "Who can write into the store of sessions, or knows SECRET_KEY where sessions are cookies, runs code on the server.",
    fix: "Use the JSONSerializer, and keep only plain values in sessions.",
    title: "Use the JSONSerializer",
  },
  PASSWORD_HASHERS: {
    severity: "high",
    what: "New passwords are kept by a hash that is made to be fast.",
    why: "Who gets the table tries some billion passwords in a second, and has most of them in days.",
    fix: "Put PBKDF2, scrypt or Argon2 first. Django hashes old passwords anew at the next login.",
    title: "Put PBKDF2 first",
  },
  MIDDLEWARE: {
    severity: "low",
    what: "SecurityMiddleware is not in the list: none of the SECURE_ settings has an effect.",
    why: "No redirect to HTTPS, no HSTS, no X-Content-Type-Options, no Referrer-Policy, whatever the settings say.",
    fix: "Put django.middleware.security.SecurityMiddleware first.",
    title: "Put SecurityMiddleware first",
  },
};

export default rule({
  id: "django-insecure-settings",
  title: "Django setting that takes a protection away",
  category: "configuration",
  severity: "medium",
  cwe: [16, 1188],
  owasp: ["A05:2021", "A02:2025"],
  stores: {
    sinks: ["setting"],
    check(store, context) {
      const data = rowData(store, "setting");
      const code = context.code(store.site.item);
      if (data === undefined || code === undefined || !isShipped(code) || !isSetting(code, data))
        return undefined;
      const kind = KINDS[String(data.setting)];
      if (kind === undefined || !isAtFault(store, data, code)) return undefined;
      if (conditionsAt(code, store.site.op).some((c) => SWITCH.test(c.text))) return undefined;
      if (isSetAgain(store, code)) return undefined;
      return {
        item: code.item,
        op: store.site.op,
        span: store.site.span,
        severity: kind.severity,
        facts: {
          setting: String(data.setting),
          add: String(data.add ?? ""),
          instead: String(data.instead ?? ""),
        },
      };
    },
  },
  say: ({ facts }) => {
    const { what, why, fix } = KINDS[String(facts?.setting)] as Kind;
    return { what, why, fix };
  },
  fixes: (match, code) => fixes(match, code),
});

function isShipped(code: Code): boolean {
  return !isDevelopment(code.file) && !isTest(code.file) && !isSample(code.file);
}
/** The last one counts: `if not DEBUG: ALLOWED_HOSTS = [...]`. */
function isSetAgain(store: StoreView, code: Code): boolean {
  const own = code.op(store.site.op);
  return (
    own.op === "store" &&
    code.ir.ops.some((op, id) => op.op === "store" && op.slot === own.slot && id !== store.site.op)
  );
}

function isAtFault(store: StoreView, data: Data, code: Code): boolean {
  const op = bare(code, store.valueOp);
  const texts = knownStrings(store.value);
  switch (data.fault) {
    case "entry":
      return op.op === "sequence" && texts.includes(String(data.entry));
    case "anywhere":
      return (
        op.op === "sequence" && texts.some((text) => /^(?:https?:\/\/)?\*(?:\.[a-z]+)?$/.test(text))
      );
    case "false":
      return op.op === "const" && onlyConst(store.value)?.value === false;
    case "empty":
      return op.op === "sequence" && op.elements.length === 0;
    case "text":
      return op.op === "const" && onlyConst(store.value)?.value === data.text;
    case "first": {
      const first = op.op === "sequence" ? op.elements[0] : undefined;
      const name = first === undefined || first.spread ? undefined : code.op(first.value);
      return name?.op === "const" && String(data.weak).split("|").includes(String(name.value));
    }
    case "lacks":
      // What cannot be read may be the one that is missing.
      return (
        op.op === "sequence" &&
        texts.length === op.elements.length &&
        texts.includes(String(data.has)) &&
        !texts.some((text) => text.split(".").at(-1) === String(data.lacks).split(".").at(-1))
      );
    default:
      return false;
  }
}

function fixes(match: Match, code: Code): readonly Fix[] {
  const { title } = KINDS[String(match.facts?.setting)] as Kind;
  const one = (
    edits: readonly Edit[],
    grade: "safe" | "suggested" | "placeholder" = "suggested",
  ): readonly Fix[] => [{ title, grade, edits: [{ file: code.file, edits }] }];
  const op = code.op(match.op ?? 0);
  const value = op.op === "store" ? bare(code, op.value) : undefined;
  const at = value === undefined ? undefined : code.absolute(value.span);
  const setting = match.facts?.setting;
  if (value === undefined || at === undefined) return [];
  if (setting === "ALLOWED_HOSTS") {
    const { edit, local } = importEdit(code, { module: "os" });
    const read = `${local}.environ.get(${quoted(code, "DJANGO_ALLOWED_HOSTS")}, ${quoted(code, "")}).split(${quoted(code, ",")})`;
    const edits = [{ ...at, newText: `[host for host in ${read} if host]` }];
    return one([...(edit === undefined ? [] : [edit]), ...edits], "placeholder");
  }
  if (setting === "SECURE_CONTENT_TYPE_NOSNIFF") return one([{ ...at, newText: "True" }]);
  if (setting === "SESSION_SERIALIZER")
    return one([{ ...at, newText: quoted(code, String(match.facts?.instead)) }]);
  if ((setting === "MIDDLEWARE" || setting === "PASSWORD_HASHERS") && value.op === "sequence") {
    const first = value.elements[0];
    if (first !== undefined) {
      const place = code.absolute(code.op(first.value).span).start;
      const isOwnLine = /[\r\n]/.test(code.fileText.slice(at.start, place));
      const newText = `${quoted(code, String(match.facts?.add))},${isOwnLine ? `${code.newline}${code.indent(place)}` : " "}`;
      // The hasher of the passwords that are kept stays in the list: who could sign in can.
      const grade = setting === "PASSWORD_HASHERS" ? "safe" : "suggested";
      return one([{ start: place, end: place, newText }], grade);
    }
  }
  if (setting === "AUTH_PASSWORD_VALIDATORS") {
    const names = ["UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword"];
    const lines = names.map(
      (name) =>
        `    {${quoted(code, "NAME")}: ${quoted(code, `django.contrib.auth.password_validation.${name}Validator`)}},`,
    );
    return one([{ ...at, newText: ["[", ...lines, "]"].join(code.newline) }]);
  }
  return [
    {
      title,
      grade: "manual",
      edits: [],
      reason:
        "Write the origins of your own sites into the list. No edit is offered: they are not known here.",
    },
  ];
}
