/** JavaScript HTTP clients, sockets and browsers: which argument is the address, and whether redirects are followed. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const URL: SinkKind = "url";
const VERBS = "{get,post,put,patch,delete,head,options}";

/** `option` is the property that steers redirects ("1.redirect"), `off` the value that stops them, `follows` what happens without it. */
interface Facts {
  readonly api: string;
  readonly follows?: boolean;
  readonly option?: string;
  readonly off?: string;
  /** The argument is a host name, not a URL. */
  readonly host?: boolean;
  /** Members of the response that take all of it into memory; "" if the call does. */
  readonly whole?: string;
  /** The client of rules/helpers with the same calls. */
  readonly twin?: string;
  /** With one of these options the response is not read, or not without a limit. */
  readonly capped?: string;
  /** The one of them that sets a limit: "1.maxContentLength". */
  readonly cap?: string;
}
const row = (path: string, args: readonly (number | string)[], facts: Facts) => ({
  path,
  args,
  kind: URL,
  noRecord: true,
  data: { follows: false, option: "", off: "", host: false, ...facts },
});
const FETCH: Facts = {
  api: "fetch",
  follows: true,
  option: "1.redirect",
  off: '"error"',
  whole: "text|json|arrayBuffer|blob|bytes|formData|buffer",
  capped: "size",
};
/** https://axios-http.com/docs/req_config: there is no limit unless one is set. */
const AXIOS: Facts = {
  api: "axios",
  follows: true,
  option: "1.maxRedirects",
  off: "0",
  whole: "",
  capped: "maxContentLength|responseType",
  cap: "1.maxContentLength",
};
const AXIOS_ALL = { option: "0.maxRedirects", cap: "0.maxContentLength" };
const AXIOS_BODY: Facts = { ...AXIOS, option: "2.maxRedirects", cap: "2.maxContentLength" };
const GOT: Facts = {
  api: "got",
  follows: true,
  option: "1.followRedirect",
  off: "false",
  whole: "",
  capped: "isStream|downloadLimit",
};

const http: Model = {
  language: "javascript",
  types: {
    "axios.Instance()": ["axios.create()", "axios.default", "axios.default.create()"],
    "got.Instance()": ["got.extend()", "got.default", "got.got"],
    "ky.Instance()": ["ky.create()", "ky.extend()", "ky.default"],
    "browser.Page()": [
      "{puppeteer,puppeteer-core,playwright,@playwright/test}.Browser().newPage()",
      "{puppeteer,puppeteer-core}.launch().newPage()",
      "playwright.{chromium,firefox,webkit}.launch().newPage()",
      "playwright.{chromium,firefox,webkit}.launch().newContext().newPage()",
    ],
    "globalThis.URL().hostname": ["globalThis.URL().host"],
  },
  aliases: {
    "{url.URL,node:url.URL,globalThis.window.URL}": "globalThis.URL",
    "globalThis.{global.fetch,globalThis.fetch}": "globalThis.fetch",
  },
  sinks: [
    row("globalThis.fetch", [0], { ...FETCH, twin: "fetch" }),
    row("{undici.fetch,node-fetch,cross-fetch,isomorphic-fetch,node-fetch-commonjs}", [0], FETCH),
    row("undici.{request,stream,pipeline}", [0], { api: "undici" }),
    row("{axios,axios.Instance()}", [0], AXIOS),
    row("{axios,axios.Instance()}", ["0.url"], { ...AXIOS, ...AXIOS_ALL }),
    row("{axios,axios.Instance()}.{get,delete}", [0], AXIOS),
    row("{axios,axios.Instance()}.{head,options}", [0], { ...AXIOS, capped: "*" }),
    row("{axios,axios.Instance()}.{post,put,patch}", [0], AXIOS_BODY),
    row("{axios,axios.Instance()}.request", ["0.url"], { ...AXIOS, ...AXIOS_ALL }),
    row("{got,got.Instance()}", [0, "0.url"], GOT),
    row(`{got,got.Instance()}.{get,post,put,patch,delete}`, [0], GOT),
    row("{got,got.Instance()}.{head,stream}", [0], { ...GOT, capped: "*" }),
    row("{ky,ky.Instance()}", [0], { ...FETCH, api: "ky" }),
    row(`{ky,ky.Instance()}.${VERBS}`, [0], { ...FETCH, api: "ky" }),
    row("{ofetch.ofetch,ofetch.$fetch}", [0], { ...FETCH, api: "ofetch" }),
    row(`superagent.${VERBS}`, [0], { api: "superagent", follows: true }),
    row(`needle.${VERBS}`, [0], { api: "needle" }),
    row("needle", [1], { api: "needle" }),
    row("request", [0, "0.url", "0.uri"], { api: "request", follows: true }),
    row("request.del", [0, "0.url", "0.uri"], { api: "request", follows: true }),
    row(`request.${VERBS}`, [0, "0.url", "0.uri"], { api: "request", follows: true }),
    row("{http,https}.{get,request}", [0, "0.hostname", "0.host"], { api: "http" }),
    row("http2.connect", [0], { api: "http2" }),
    row("{net,tls}.{connect,createConnection}", ["0.host", 1], { api: "net", host: true }),
    row("browser.Page().goto", [0], { api: "the headless browser", follows: true }),
    row("link-preview-js.getLinkPreview", [0], { api: "link-preview-js", follows: true }),
    row("open-graph-scraper", ["0.url"], { api: "open-graph-scraper", follows: true }),
    row("jose.createRemoteJWKSet", [0], { api: "jose" }),
  ],
  passes: [
    {
      path: "globalThis.URL().{protocol,port,username,password}",
      from: ["recv"],
      derive: "part",
    },
    // They name no site.
    {
      path: "globalThis.URL().{pathname,search,hash}",
      from: ["recv"],
      derive: "part",
      clears: ["redirect"],
    },
    {
      path: "globalThis.URL().searchParams",
      from: ["recv"],
      derive: "part",
      restores: ["html"],
    },
    { path: "globalThis.URL().{hostname,host,origin}", from: ["recv"], derive: "host" },
    { path: "globalThis.URL().{toString,toJSON}()", from: ["recv"], same: true },
    { path: "globalThis.URL.parse()", from: [0, 1] },
    { path: "globalThis.Request()", from: [0], same: true },
    { path: "url.{parse,resolve}()", from: [0, 1] },
    { path: "url.parse().{hostname,host}", from: ["recv"], derive: "host" },
    {
      path: "url.parse().{protocol,port,pathname,path,search,query,hash,auth}",
      from: ["recv"],
      derive: "part",
    },
    { path: "dns.{lookup,resolve,resolve4,resolve6}()", from: [0], derive: "part" },
    { path: "dns/promises.{lookup,resolve,resolve4,resolve6}()", from: [0], derive: "part" },
    { path: "dns.promises.{lookup,resolve,resolve4,resolve6}()", from: [0], derive: "part" },
    { path: "net.{isIP,isIPv4,isIPv6}()", from: [], scalar: true },
  ],
  guards: [
    {
      path: "*.startsWith()",
      subject: "recv",
      proves: "true",
      clears: ["url", "redirect"],
      needs: { arg: 0, is: "origin" },
    },
    {
      path: "globalThis.URL().hostname.endsWith()",
      subject: "recv",
      proves: "true",
      clears: ["url", "redirect"],
      needs: { arg: 0, is: "domain" },
    },
  ],
  hints: {
    axios: ["axios"],
    got: ["got"],
  },
};

export default http;
