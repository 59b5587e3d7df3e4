/** Python HTTP clients, sockets and browsers: which argument is the address, and whether redirects are followed. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const URL: SinkKind = "url";
const VERBS = "{get,post,put,patch,delete,head,options}";

/** `option` is the argument that steers redirects, `off` the value that stops them, `follows` what happens without it. */
interface Facts {
  readonly api: string;
  readonly follows?: boolean;
  readonly option?: string;
  readonly off?: string;
  /** The argument is a host name, not a URL. */
  readonly host?: boolean;
  /** Members of the response that take all of it into memory. */
  readonly whole?: string;
  /** The client of rules/helpers with the same calls. */
  readonly twin?: string;
  /** With one of these options the response is not read, or not without a limit. */
  readonly capped?: string;
}
const row = (path: string, args: readonly (number | string)[], facts: Facts) => ({
  path,
  args,
  kind: URL,
  data: { follows: false, option: "", off: "", host: false, ...facts },
});
const REQUESTS: Facts = {
  api: "requests",
  follows: true,
  option: "allow_redirects",
  off: "False",
  whole: "text|content|json",
  capped: "stream",
};
const HTTPX: Facts = {
  api: "httpx",
  follows: false,
  option: "follow_redirects",
  off: "False",
  twin: "httpx",
  whole: "text|content|json|read|aread",
};
const AIOHTTP: Facts = {
  api: "aiohttp",
  follows: true,
  option: "allow_redirects",
  off: "False",
  whole: "text|read|json",
};
const URLLIB3: Facts = { api: "urllib3", follows: true, option: "redirect", off: "False" };

const http: Model = {
  language: "python",
  aliases: {
    "requests.sessions.Session": "requests.Session",
    "httpx._client.AsyncClient": "httpx.AsyncClient",
    "aiohttp.client.ClientSession": "aiohttp.ClientSession",
  },
  types: {
    "requests.Session()": [
      "requests.session()",
      "requests_html.HTMLSession()",
      "requests_futures.sessions.FuturesSession()",
      "cloudscraper.create_scraper()",
    ],
    "httpx.Client()": ["httpx.AsyncClient()"],
    "urllib3.PoolManager()": ["urllib3.ProxyManager()"],
    "playwright.Page()": [
      "playwright.sync_api.Browser().new_page()",
      "playwright.async_api.Page()",
      "playwright.sync_api.Page()",
    ],
    "urllib.parse.Parts()": [
      "urllib.parse.{urlparse,urlsplit}()",
      "yarl.URL()",
      "httpx.URL()",
      "furl.furl()",
    ],
    "urllib.parse.Parts().host": [
      "urllib.parse.Parts().{hostname,netloc,authority}",
      "urllib.parse.Parts()[1]",
    ],
  },
  sinks: [
    row(`requests.${VERBS}`, [0, "url"], { ...REQUESTS, twin: "requests" }),
    row("requests.request", [1, "url"], { ...REQUESTS, twin: "requests" }),
    row(`requests.Session().${VERBS}`, [0, "url"], REQUESTS),
    row("requests.Session().request", [1, "url"], REQUESTS),
    row(`httpx.${VERBS}`, [0, "url"], HTTPX),
    row("httpx.{request,stream}", [1, "url"], HTTPX),
    row(`httpx.Client().${VERBS}`, [0, "url"], HTTPX),
    row("httpx.Client().{request,stream}", [1, "url"], HTTPX),
    row(`aiohttp.ClientSession().${VERBS}`, [0, "url"], AIOHTTP),
    row("aiohttp.ClientSession().ws_connect", [0, "url"], { api: "aiohttp" }),
    row("{aiohttp.ClientSession().request,aiohttp.request}", [1, "url"], AIOHTTP),
    row("urllib.request.{urlopen,urlretrieve}", [0, "url"], {
      api: "urllib.request",
      follows: true,
      whole: "read",
    }),
    row("urllib3.PoolManager().{request,urlopen}", [1, "url"], URLLIB3),
    row("urllib3.request", [1, "url"], URLLIB3),
    row("http.client.{HTTPConnection,HTTPSConnection}", [0, "host"], {
      api: "http.client",
      host: true,
    }),
    row("tornado.httpclient.{AsyncHTTPClient,HTTPClient}().fetch", [0, "request"], {
      api: "tornado",
      follows: true,
      option: "follow_redirects",
      off: "False",
    }),
    row("playwright.Page().goto", [0, "url"], { api: "playwright", follows: true }),
    row("selenium.webdriver.{Chrome,Firefox,Edge,Remote}().get", [0], {
      api: "selenium",
      follows: true,
    }),
    row("pdfkit.from_url", [0, "url"], { api: "pdfkit", follows: true }),
  ],
  passes: [
    {
      path: "{urllib.request.Request,tornado.httpclient.HTTPRequest}()",
      from: [0, "url"],
      same: true,
    },
    {
      path: "urllib.parse.{urlencode,parse_qs,parse_qsl}()",
      from: [0],
      derive: "part",
      restores: ["redirect"],
    },
    { path: "urllib.parse.{urlunparse,urlunsplit}()", from: [0] },
    { path: "{yarl.URL,httpx.URL,furl.furl}()", from: [0], same: true },
    {
      path: "urllib.parse.Parts().{scheme,query,params,username,password,userinfo,query_string}",
      from: ["recv"],
      derive: "part",
    },
    // They name no site.
    {
      path: "urllib.parse.Parts().{path,fragment,raw_path}",
      from: ["recv"],
      derive: "part",
      clears: ["redirect"],
    },
    {
      path: "urllib.parse.Parts().{hostname,netloc,authority,host}",
      from: ["recv"],
      derive: "host",
    },
    { path: "urllib.parse.Parts().port", from: [], scalar: true },
    { path: "urllib.parse.Parts().{geturl,human_repr}()", from: ["recv"], same: true },
    {
      path: "{tldextract.extract,socket.gethostbyname,socket.getaddrinfo,dns.resolver.resolve,ipaddress.ip_address,ipaddress.ip_network}()",
      from: [0],
      derive: "part",
    },
  ],
  guards: [
    {
      path: "*.startswith()",
      subject: "recv",
      proves: "true",
      clears: ["url", "redirect"],
      needs: { arg: 0, is: "origin" },
    },
    {
      path: "urllib.parse.Parts().host.endswith()",
      subject: "recv",
      proves: "true",
      clears: ["url", "redirect"],
      needs: { arg: 0, is: "domain" },
    },
    {
      path: "django.utils.http.url_has_allowed_host_and_scheme()",
      subject: 0,
      proves: "true",
      clears: ["url", "redirect"],
    },
    // True, or an error that counts as false. A host whose name has the right form may be one inside.
    {
      path: "validators.{domain,hostname,url,ipv4,ipv6,email}()",
      subject: 0,
      proves: "true",
      clears: [],
    },
    { path: "validators.{uuid,slug}()", subject: 0, proves: "true", clears: "all" },
  ],
  hints: {
    httpx: ["httpx"],
    aiohttp: ["aiohttp"],
    urlparse: ["urllib.parse.urlparse"],
  },
};

export default http;
