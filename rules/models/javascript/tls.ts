/** JavaScript clients: where the check of a server's certificate is switched off. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const TLS: SinkKind = "tls";
/** The fields are those of the Python rows. */
const row = (path: string, data: Readonly<Record<string, string | number | boolean>>) => ({
  path,
  args: [],
  kind: TLS,
  data,
});

const tls: Model = {
  language: "javascript",
  sinks: [
    row("https.Agent", { api: "https.Agent", flag: "0.rejectUnauthorized" }),
    row("https.{request,get}", {
      api: "https.request",
      flag: "0.rejectUnauthorized|1.rejectUnauthorized",
      url: "0|0.hostname|0.host",
    }),
    row("tls.connect", {
      api: "tls.connect",
      flag: "0.rejectUnauthorized|1.rejectUnauthorized|2.rejectUnauthorized",
      url: "0.host|1",
    }),
    row("undici.{Agent,Client,Pool}", {
      api: "undici",
      flag: "0.connect.rejectUnauthorized|1.connect.rejectUnauthorized",
      url: "0",
    }),
    row("undici.{ProxyAgent,EnvHttpProxyAgent}", {
      api: "undici",
      flag: "0.requestTls.rejectUnauthorized|0.proxyTls.rejectUnauthorized",
    }),
    row("{got,got.got}", { api: "got", flag: "1.https.rejectUnauthorized", url: "0" }),
    row("{got,got.got}.{get,post,put,patch,delete,head,stream}", {
      api: "got",
      flag: "1.https.rejectUnauthorized",
      url: "0",
    }),
    row("{got,got.got}.extend", { api: "got", flag: "0.https.rejectUnauthorized" }),
    row("{request,request-promise,request-promise-native}", {
      api: "request",
      flag: "0.strictSSL|0.rejectUnauthorized|1.strictSSL|1.rejectUnauthorized",
      url: "0|0.url|0.uri",
    }),
    row(
      "{request,request-promise,request-promise-native}.{get,post,put,patch,del,delete,head,options,defaults}",
      {
        api: "request",
        flag: "0.strictSSL|0.rejectUnauthorized|1.strictSSL|1.rejectUnauthorized",
        url: "0|0.url|0.uri",
      },
    ),
    row("ws.{WebSocket,default}", {
      api: "ws",
      flag: "1.rejectUnauthorized|2.rejectUnauthorized",
      url: "0",
    }),
    row("ws", { api: "ws", flag: "1.rejectUnauthorized|2.rejectUnauthorized", url: "0" }),
    row("nodemailer.createTransport", {
      api: "nodemailer",
      flag: "0.tls.rejectUnauthorized",
      url: "0.host",
    }),
    row("mqtt.{connect,connectAsync}", {
      api: "mqtt",
      flag: "0.rejectUnauthorized|1.rejectUnauthorized",
      url: "0",
    }),
    row("pg.{Client,Pool}", {
      api: "pg",
      flag: "0.ssl.rejectUnauthorized",
      url: "0.host",
      severity: "medium",
    }),
    row("{mysql2,mysql2/promise,mysql}.{createConnection,createPool}", {
      api: "mysql",
      flag: "0.ssl.rejectUnauthorized",
      url: "0.host",
      severity: "medium",
    }),
    row("{ioredis,ioredis.Redis}", {
      api: "ioredis",
      flag: "0.tls.rejectUnauthorized|1.tls.rejectUnauthorized|2.tls.rejectUnauthorized",
      severity: "medium",
    }),
    row("redis.createClient", {
      api: "redis",
      flag: "0.socket.rejectUnauthorized",
      severity: "medium",
    }),
    row("mongodb.MongoClient", {
      api: "MongoClient",
      flag: "1.tlsAllowInvalidCertificates|1.tlsInsecure",
      off: true,
      severity: "medium",
    }),
    row("@elastic/elasticsearch.Client", {
      api: "Elasticsearch",
      flag: "0.tls.rejectUnauthorized|0.ssl.rejectUnauthorized",
      url: "0.node",
      severity: "medium",
    }),
    row("globalThis.process.env.NODE_TLS_REJECT_UNAUTHORIZED=", {
      api: "NODE_TLS_REJECT_UNAUTHORIZED",
      off: "0",
      on: "1",
      process: true,
    }),
  ],
};

export default tls;
