/** JavaScript text that a browser reads as HTML: on the server, in the document, in React; and what makes it harmless. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const HTML: SinkKind = "html";
const RAW: SinkKind = "raw-html";
/**
 * `sort` is "server", "dom" or "react"; `as` says when an answer is HTML: "text" (any text), "markup" (a text that begins with a
 * tag), "typed" (only with that content type); `property` is an assignment that can be one to `textContent`.
 */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  data: Readonly<Record<string, string | boolean>>,
) => ({ path, args, kind: HTML, data: { api, ...data } });
const dom = (path: string, args: readonly (number | string)[], api: string) =>
  row(path, args, api, { sort: "dom" });

/** What marks a text as HTML, as for Python. */
const marks = (path: string, html: string, api: string, mend: string) => ({
  path,
  args: [],
  kind: RAW,
  data: { html, api, mend },
});
const PURIFY =
  "Let the framework show it as text; HTML that must stay HTML goes through DOMPurify.sanitize first.";

const html: Model = {
  language: "javascript",
  aliases: {
    "{globalThis.DOMPurify,globalThis.window.DOMPurify,isomorphic-dompurify,dompurify.default,isomorphic-dompurify.default}":
      "dompurify",
  },
  types: {
    "dom.Element()": [
      "globalThis.document.{getElementById,querySelector,createElement}()",
      "globalThis.document.{querySelectorAll,getElementsByClassName,getElementsByTagName}()[*]",
      "globalThis.document.{body,head,documentElement}",
      "globalThis.{Element,HTMLElement,HTMLDivElement,HTMLInputElement}()",
      "dom.Element().{querySelector,closest}()",
      "dom.Element().{parentElement,firstElementChild,lastElementChild,nextElementSibling}",
    ],
    "jquery()": [
      "globalThis.{$,jQuery}()",
      "globalThis.window.{$,jQuery}()",
      "jquery().{find,eq,first,last,parent,parents,children,closest,next,prev,siblings,filter,not,add,end,addClass,removeClass,toggleClass,show,hide,empty,on,off,attr,css}()",
    ],
  },
  sinks: [
    row("express.Response().send", [0], "res.send", { sort: "server", as: "text" }),
    row("express.Response().{end,write}", [0], "res.end", { sort: "server", as: "markup" }),
    row("fastify.Reply().send", [0], "reply.send", { sort: "server", as: "typed" }),
    row("koa.Context().body=", [], "ctx.body", { sort: "server", as: "markup" }),
    row("koa.Context().response.body=", [], "ctx.body", { sort: "server", as: "markup" }),
    row("hono.Context().html", [0], "c.html", { sort: "server", as: "always" }),
    row("hono/html.raw", [0], "raw", { sort: "server", as: "always" }),
    row("node.ServerResponse().{end,write}", [0], "res.end", { sort: "server", as: "markup" }),
    row("globalThis.Response", [0], "Response", { sort: "server", as: "typed" }),
    row("next/server.NextResponse", [0], "NextResponse", { sort: "server", as: "typed" }),
    row("handlebars.SafeString", [0], "SafeString", { sort: "server", as: "always" }),
    row("*.{innerHTML,outerHTML}=", [], "innerHTML", { sort: "dom", property: true }),
    row("*.srcdoc=", [], "srcdoc", { sort: "dom" }),
    dom("{*,dom.Element()}.insertAdjacentHTML", [1], "insertAdjacentHTML"),
    dom("*.createContextualFragment", [0], "createContextualFragment"),
    dom("{*,dom.Element()}.setHTMLUnsafe", [0], "setHTMLUnsafe"),
    dom("*.bypassSecurityTrustHtml", [0], "bypassSecurityTrustHtml"),
    dom("globalThis.document.{write,writeln}", ["*"], "document.write"),
    dom("jquery().html", [0], "html"),
    dom("jquery().{append,prepend,before,after,replaceWith,wrap}", [0], "append"),
    dom("{lit/directives/unsafe-html,lit/directives/unsafe-html.js}.unsafeHTML", [0], "unsafeHTML"),
    marks(
      "handlebars.SafeString",
      "0",
      "SafeString",
      "Escape it with Handlebars.escapeExpression before it is put into the markup.",
    ),
    marks("*.bypassSecurityTrustHtml", "0", "bypassSecurityTrustHtml", PURIFY),
    marks(
      "{lit/directives/unsafe-html,lit/directives/unsafe-html.js}.unsafeHTML",
      "0",
      "unsafeHTML",
      PURIFY,
    ),
    marks("vue.h", "1.innerHTML", "innerHTML", PURIFY),
    row("globalThis.%jsx", ["1.dangerouslySetInnerHTML.__html"], "dangerouslySetInnerHTML", {
      sort: "react",
    }),
    row(
      "{react,preact}.{createElement,h}",
      ["1.dangerouslySetInnerHTML.__html"],
      "dangerouslySetInnerHTML",
      { sort: "react" },
    ),
  ],
  passes: [
    { path: "{dompurify,dompurify()}.sanitize()", from: [0], clears: ["html"] },
    {
      path: "{sanitize-html,xss,xss.filterXSS,escape-html,html-escaper.escape,lodash.escape,lodash/escape,lodash.escape.default,underscore.escape,validator.escape,he.encode,he.escape,html-entities.encode,entities.escape,entities.encodeHTML,entities.escapeUTF8,serialize-javascript,hono/html.html,insane}()",
      from: ["*"],
      clears: ["html"],
    },
    {
      path: "{lodash.unescape,lodash/unescape,lodash.unescape.default,underscore.unescape,validator.unescape,he.decode,he.unescape,html-entities.decode,entities.decode,entities.decodeHTML}()",
      from: [0],
      same: true,
      restores: ["html"],
    },
    {
      path: "*.{replace,replaceAll}()",
      from: ["recv", 1],
      clears: ["html"],
      derive: "part",
      needs: { arg: 0, is: "markup" },
    },
    { path: "jquery().{text,val,attr,data,css,prop}()", from: [] },
    // Compiled templates escape what they are given.
    {
      path: "{handlebars.compile()(),pug.renderFile(),ejs.renderFile(),nunjucks.render()}",
      from: ["*"],
      clears: ["html"],
    },
  ],
};

export default html;
