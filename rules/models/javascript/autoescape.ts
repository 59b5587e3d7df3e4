/** JavaScript template engines: whether they escape what is put into a page. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const KIND: SinkKind = "autoescape";
/** The fields are those of the Python rows; `page` is an option that only servers of pages give. */
const row = (path: string, data: Readonly<Record<string, string | boolean>>) => ({
  path,
  args: [],
  kind: KIND,
  data,
});

const NUNJUCKS = "{nunjucks,nunjucks.Environment()}";

const autoescape: Model = {
  language: "javascript",
  sinks: [
    row("nunjucks.configure", {
      does: "engine",
      api: "Nunjucks",
      flag: "1.autoescape|0.autoescape",
      off: false,
      usual: "on",
      page: "1.express|0.express",
    }),
    row("nunjucks.Environment", {
      does: "engine",
      api: "Nunjucks",
      flag: "1.autoescape",
      off: false,
      usual: "on",
    }),
    row(`${NUNJUCKS}.{render,getTemplate}`, { does: "name", source: "0" }),
    row(`${NUNJUCKS}.renderString`, { does: "text", source: "0" }),
    row("{handlebars,handlebars.Handlebars}.compile", {
      does: "engine",
      api: "Handlebars",
      flag: "1.noEscape",
      off: true,
      usual: "on",
      source: "0",
    }),
    // These options go to Handlebars as they are, for the pages that Express shows.
    row("{express-handlebars.engine,express-handlebars.create,express-handlebars}", {
      does: "engine",
      api: "express-handlebars",
      flag: "0.compilerOptions.noEscape",
      off: true,
      usual: "on",
      pages: true,
    }),
    row("eta.Eta", {
      does: "engine",
      api: "Eta",
      flag: "0.autoEscape",
      off: false,
      usual: "on",
    }),
    row("eta.Eta().{render,renderAsync}", { does: "name", source: "0" }),
    row("eta.Eta().{renderString,renderStringAsync}", { does: "text", source: "0" }),
  ],
};

export default autoescape;
