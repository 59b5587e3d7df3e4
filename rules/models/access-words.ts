/** What names alone say of a function: whether it may ask who is calling, and whether it may write. */
import type { Model } from "../../server/rule/rule.ts";

export const accessWords: NonNullable<Model["deedWords"]> = [
  {
    does: "may-check",
    of: "call",
    words: [
      ..."auth authenticate authenticated authenticator authorize authorized authorization".split(
        " ",
      ),
      ..."permission permissions forbidden login signin jwt signature guard acl rbac".split(" "),
      ..."credentials captcha recaptcha turnstile verify protect protected secure".split(" "),
      ...["require user", "require admin", "require role", "require session", "require token"],
      ...["ensure user", "ensure admin", "ensure role", "ensure owner", "ensure member"],
      ...["check user", "check admin", "check role", "check owner", "check access", "check token"],
      ...["is admin", "is owner", "is member", "has role", "has access", "can access"],
      ...["current user", "validate session", "validate token"],
      ...["with user", "with session", "admin only", "validate request", "api key", "owned by"],
    ],
  },
  {
    does: "may-check",
    of: "field",
    words: [
      ..."authorization signature token apikey captcha secret password passcode otp nonce".split(
        " ",
      ),
      ...["api key", "current user", "is admin", "is authenticated"],
    ],
  },
  {
    does: "asks-to-sign-in",
    of: "field",
    words: [
      ..."401 unauthorized unauthenticated login signin".split(" "),
      ...["not authenticated", "not logged", "logged in", "log in", "sign in"],
    ],
  },
  {
    does: "refuses",
    of: "field",
    words: [
      ..."401 403 unauthorized unauthenticated forbidden login signin".split(" "),
      ...["not authenticated", "not authorized", "not logged", "logged in", "log in", "sign in"],
    ],
  },
  {
    does: "limits",
    of: "call",
    words: [
      ..."permission permissions role roles admin superuser staff policy policies ability forbidden".split(
        " ",
      ),
      ..."owner ownership owns owned rbac acl authorize authorized allowed".split(" "),
      ...[
        "can access",
        "can edit",
        "can delete",
        "can view",
        "can read",
        "can manage",
        "can update",
      ],
      ...["has access", "check access", "verify access", "ensure access", "require access"],
      ...["is member", "is author", "is creator", "belongs to"],
    ],
  },
  {
    does: "limits",
    of: "field",
    words: [
      ..."403 forbidden admin superuser staff role roles permission permissions scopes".split(" "),
      ..."owner author creator tenant ownership".split(" "),
      ...["not allowed", "belongs to"],
    ],
  },
  { does: "checks-origin", of: "call", words: ["csrf", "xsrf", "check origin", "verify origin"] },
  {
    does: "checks-origin",
    of: "field",
    words: [
      "csrf",
      "xsrf",
      "origin",
      "referer",
      "referrer",
      "sec fetch",
      "requested with",
      "same site",
      "samesite",
    ],
  },
  {
    does: "signs-in",
    of: "call",
    words: ["sign up", "sign in", "sign out", "log out", "log in", "login user"],
  },
  { does: "signs-in", of: "call", words: ["logout", "signup", "signout"] },
  {
    does: "may-write",
    of: "call",
    words: [
      ..."create insert update delete remove destroy save commit write".split(" "),
      ..."upsert store execute executemany put unlink rename publish enqueue".split(" "),
      ..."approve ban grant revoke transfer pay charge refund cancel import upload send".split(" "),
    ],
  },
];
