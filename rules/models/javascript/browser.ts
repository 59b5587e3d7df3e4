/** What a page in a browser is given from outside: its address, cookies, storage, messages of other windows. */
import type { Model } from "../../../server/rule/rule.ts";

const ADDRESS = "the page's address";
const WINDOW = "{globalThis,globalThis.window,globalThis.self}";

const browser: Model = {
  language: "javascript",
  aliases: {
    "globalThis.self.location": "globalThis.location",
    "globalThis.window.document": "globalThis.document",
    "globalThis.window.localStorage": "globalThis.localStorage",
    "globalThis.window.sessionStorage": "globalThis.sessionStorage",
    "globalThis.window.history": "globalThis.history",
    "react-router.useParams": "react-router-dom.useParams",
    "react-router.useSearchParams": "react-router-dom.useSearchParams",
    "react-router.useLocation": "react-router-dom.useLocation",
  },
  types: {
    "dom.MessageEvent()": [`${WINDOW}.onmessage=.param(0)`],
  },
  sources: [
    {
      path: "globalThis.location.pathname",
      kind: "client",
      text: ADDRESS,
      clears: ["html"],
      of: "path",
    },
    {
      path: "globalThis.document.documentURI",
      kind: "client",
      text: ADDRESS,
      clears: ["html"],
      of: "address",
    },
    { path: "globalThis.window.name", kind: "client", text: "the window's name" },
    {
      path: "globalThis.{localStorage,sessionStorage}.getItem()",
      kind: "client",
      text: "what the page has stored",
      of: "sender",
    },
    {
      path: "globalThis.history.state",
      kind: "client",
      text: "the page's history",
      of: "sender",
    },
    { path: "dom.MessageEvent().data", kind: "client", text: "a message of another window" },
    // The event of a listener is a message's only if it listens to "message".
    {
      path: `${WINDOW}.addEventListener.arg(1).param(0)`,
      kind: "client",
      text: "a message of another window",
      only: "^message$",
    },
    {
      path: "react-router-dom.{useParams,useSearchParams}()",
      kind: "client",
      text: ADDRESS,
    },
    {
      path: "react-router-dom.useLocation().{search,hash,pathname}",
      kind: "client",
      text: ADDRESS,
      of: "path",
    },
    {
      path: "react-router-dom.useLocation().state",
      kind: "client",
      text: ADDRESS,
      of: "sender",
    },
  ],
};

export default browser;
