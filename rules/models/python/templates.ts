/** Python template engines: which argument is the text of the template, not a value that is put into it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const TEMPLATE: SinkKind = "template";
/** `can` is what a template may do: "code" runs it, "read" shows what the program gave it and more of it. */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  can: "code" | "read",
) => ({ path, args, kind: TEMPLATE, data: { api, can } });

const templates: Model = {
  language: "python",
  aliases: {
    "quart.render_template_string": "flask.render_template_string",
    "jinja2.environment.{Template}": "jinja2.Template",
    "jinja2.environment.{Environment}": "jinja2.Environment",
    "mako.template.Template": "mako.Template",
  },
  types: {
    "jinja2.Environment()": ["flask.Flask().jinja_env", "jinja2.nativetypes.NativeEnvironment()"],
  },
  sinks: [
    row("flask.render_template_string", [0, "source"], "render_template_string", "code"),
    row("jinja2.Template", [0, "source"], "jinja2.Template", "code"),
    row("jinja2.Environment().{from_string,compile}", [0, "source"], "from_string", "code"),
    // Attributes that begin with an underscore are out of reach; what it was given is not.
    row("jinja2.sandbox.SandboxedEnvironment().from_string", [0, "source"], "from_string", "read"),
    row("mako.Template", [0, "text"], "mako.Template", "code"),
    row("tornado.template.Template", [0, "template_string"], "tornado.template.Template", "code"),
    // Calls nothing with arguments, but reads settings and whatever its context leads to.
    row("django.template.Template", [0, "template_string"], "django.template.Template", "read"),
    row("django.template.engines[*].from_string", [0, "template_code"], "from_string", "read"),
  ],
};

export default templates;
