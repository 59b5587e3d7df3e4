/** Python template engines: whether they escape what is put into a page. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const KIND: SinkKind = "autoescape";
/**
 * `does` is "engine" (it keeps the setting), "text" (a template's text is argument `source`) or "name" (a template is asked for
 * by argument `source`). `flag` is where the setting is, `off` the value that switches escaping off, `usual` what holds without
 * it. `pages`: whatever it renders is shown by browsers. `chooser` is a function that makes the setting, by the ends of names.
 */
const row = (path: string, data: Readonly<Record<string, string | boolean>>) => ({
  path,
  args: [],
  kind: KIND,
  data,
});

const ENVIRONMENT =
  "{jinja2.Environment,jinja2.sandbox.SandboxedEnvironment,jinja2.sandbox.ImmutableSandboxedEnvironment}";
const MADE =
  "{jinja2.Environment(),jinja2.sandbox.SandboxedEnvironment(),jinja2.sandbox.ImmutableSandboxedEnvironment()}";
const FLAG = {
  api: "Jinja",
  flag: "autoescape",
  off: false,
  usual: "off",
  chooser: "jinja2.select_autoescape",
};

const autoescape: Model = {
  language: "python",
  sinks: [
    row(ENVIRONMENT, { ...FLAG, does: "engine" }),
    row("jinja2.Template", { ...FLAG, does: "engine", source: "0|source" }),
    row(`${MADE}.{get_template,select_template}`, {
      does: "name",
      source: "0|name|template_name_or_list|names",
    }),
    row(`${MADE}.from_string`, { does: "text", source: "0|source" }),
    // `kwargs.setdefault("autoescape", True)`
    row("aiohttp_jinja2.setup", { ...FLAG, does: "engine", usual: "on", pages: true }),
    row("%module.TEMPLATES=", { does: "engine", api: "Django", option: "autoescape" }),
  ],
};

export default autoescape;
