/** Python clients: where the check of a server's certificate is switched off. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const TLS: SinkKind = "tls";
/**
 * `flag` is where the switch is, `off` the value that turns the check off (false if absent), `on` the text that turns it on,
 * `url` where the address is, `severity` that of a service inside the network.
 */
const row = (path: string, data: Readonly<Record<string, string | number | boolean>>) => ({
  path,
  args: [],
  kind: TLS,
  data,
});

const VERBS = "{get,post,put,patch,delete,head,options,request}";

const tls: Model = {
  language: "python",
  types: {
    "requests.Session()": ["requests.session()"],
    "ssl.SSLContext()": ["ssl.create_default_context()", "ssl.create_stdlib_context()"],
  },
  sinks: [
    row(`{requests,requests.Session()}.${VERBS}`, {
      api: "requests",
      flag: "verify",
      url: "0|1|url",
    }),
    row("requests.Session().verify=", { api: "requests", flag: "" }),
    row(`httpx.{get,post,put,patch,delete,head,options,request,stream}`, {
      api: "httpx",
      flag: "verify",
      url: "0|1|url",
    }),
    row("httpx.{Client,AsyncClient,HTTPTransport,AsyncHTTPTransport}", {
      api: "httpx",
      flag: "verify",
      url: "base_url",
    }),
    row("aiohttp.TCPConnector", { api: "aiohttp", flag: "ssl|verify_ssl" }),
    row(`aiohttp.ClientSession().{get,post,put,patch,delete,head,options,request,ws_connect}`, {
      api: "aiohttp",
      flag: "ssl|verify_ssl",
      url: "0|1|url",
    }),
    row("urllib3.{PoolManager,ProxyManager,HTTPSConnectionPool}", {
      api: "urllib3",
      flag: "cert_reqs",
      off: "CERT_NONE",
      on: "CERT_REQUIRED",
    }),
    row("ssl._create_unverified_context", {
      api: "ssl._create_unverified_context",
      always: true,
      instead: "create_default_context",
    }),
    row("ssl._create_default_https_context=", {
      api: "ssl._create_default_https_context",
      off: "_create_unverified_context",
      on: "create_default_context",
    }),
    row("ssl.SSLContext().verify_mode=", {
      api: "ssl.SSLContext",
      off: "CERT_NONE",
      on: "CERT_REQUIRED",
    }),
    row("ssl.SSLContext().check_hostname=", { api: "ssl.SSLContext", host: true }),
    row("pymongo.{MongoClient,AsyncMongoClient}", {
      api: "MongoClient",
      flag: "tlsAllowInvalidCertificates|tlsInsecure",
      off: true,
      severity: "medium",
    }),
    row("elasticsearch.{Elasticsearch,AsyncElasticsearch}", {
      api: "Elasticsearch",
      flag: "verify_certs",
      severity: "medium",
    }),
    row("{boto3,boto3.Session()}.{client,resource}", { api: "boto3", flag: "verify" }),
    row("ldap3.Tls", { api: "ldap3", flag: "validate", off: "CERT_NONE", on: "CERT_REQUIRED" }),
  ],
};

export default tls;
