/** JavaScript template engines: which argument is the text of the template, not a value that is put into it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

/** Packages of engines that read options from the same object as the template's variables, and of those that do not. */
const MIXING = "ejs pug hbs express-handlebars eta squirrelly express-ejs-layouts";
const APART = "nunjucks mustache-express liquidjs liquid-express-views";
const TEMPLATE: SinkKind = "template";
const row = (path: string, api: string, can: "code" | "read" = "code") => ({
  path,
  args: [0],
  kind: TEMPLATE,
  data: { api, can },
});

const FIELDS: SinkKind = "fields";
/** Takes an object that is the template's variables and the engine's options in one. */
const locals = (path: string, api: string) => ({
  path,
  args: [1],
  kind: FIELDS,
  data: { api, rule: "express-render-locals", mixing: MIXING, apart: APART },
});

const templates: Model = {
  language: "javascript",
  types: {
    "nunjucks.Environment()": ["nunjucks.configure()"],
    "handlebars.Handlebars": ["handlebars.create()"],
  },
  sinks: [
    locals("express.Response().render", "res.render"),
    locals("express().render", "app.render"),
    locals("fastify.Reply().{view,viewAsync}", "reply.view"),
    locals("koa.Context().render", "ctx.render"),
    locals("{ejs,pug}.{renderFile,render}", "the engine"),
    row("ejs.{render,compile}", "ejs"),
    row("pug.{render,compile,compileClient}", "pug"),
    row("{nunjucks,nunjucks.Environment()}.renderString", "nunjucks"),
    row("nunjucks.{compile,Template}", "nunjucks"),
    row("{lodash.template,lodash/template,underscore.template}", "template"),
    row("dot.{template,compile}", "doT"),
    row("eta.Eta().{renderString,renderStringAsync,compile}", "Eta"),
    // Since 4.6 it gets no further than what it is given: https://handlebarsjs.com/api-reference/runtime-options.html.
    row("{handlebars,handlebars.Handlebars}.{compile,precompile}", "handlebars", "read"),
  ],
};

export default templates;
