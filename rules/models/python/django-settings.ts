/** Settings of Django that take a protection away. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const SETTING: SinkKind = "setting";
/** As for other settings: any module may have a variable of such a name. */
const DJANGO = {
  beside: "\\b(?:INSTALLED_APPS|ROOT_URLCONF|WSGI_APPLICATION)\\b",
  files: "(?:^|/)settings(?:/\\w+)?\\.py$",
};
/**
 * `fault` is what to look for: a list that has the `entry`; an origin that is `anywhere`; a list that `has` one entry and `lacks` another;
 * a `text`, to be written `instead`; `false`; an `empty` list; the `first` of a list is one of the `weak` ones. `add` is put in front.
 */
const row = (name: string, data: Readonly<Record<string, string | boolean>>) => ({
  path: `%module.${name}=`,
  args: [],
  kind: SETTING,
  data: { setting: name, ...data, ...DJANGO },
});

// https://docs.djangoproject.com/en/5.2/ref/settings/
const settings: Model = {
  language: "python",
  sinks: [
    row("ALLOWED_HOSTS", { fault: "entry", entry: "*" }),
    row("CSRF_TRUSTED_ORIGINS", { fault: "anywhere" }),
    row("SECURE_CONTENT_TYPE_NOSNIFF", { fault: "false" }),
    row("AUTH_PASSWORD_VALIDATORS", { fault: "empty" }),
    row("SESSION_SERIALIZER", {
      fault: "text",
      text: "django.contrib.sessions.serializers.PickleSerializer",
      instead: "django.contrib.sessions.serializers.JSONSerializer",
    }),
    row("PASSWORD_HASHERS", {
      fault: "first",
      weak: "django.contrib.auth.hashers.MD5PasswordHasher|django.contrib.auth.hashers.SHA1PasswordHasher|django.contrib.auth.hashers.UnsaltedMD5PasswordHasher|django.contrib.auth.hashers.UnsaltedSHA1PasswordHasher|django.contrib.auth.hashers.CryptPasswordHasher",
      add: "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    }),
    row("MIDDLEWARE", {
      fault: "lacks",
      has: "django.contrib.auth.middleware.AuthenticationMiddleware",
      lacks: "django.middleware.security.SecurityMiddleware",
      add: "django.middleware.security.SecurityMiddleware",
    }),
  ],
};

export default settings;
