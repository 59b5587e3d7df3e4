/** What leaves the machine from JavaScript, and what on it is worth stealing. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const NETWORK: SinkKind = "network";
const row = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: NETWORK,
  data: { api },
});
const CREDENTIALS =
  "(^|[/\\\\~])(\\.npmrc|\\.pypirc|\\.netrc|\\.git-credentials|\\.aws[/\\\\](credentials|config)|\\.ssh[/\\\\]id_\\w+|\\.docker[/\\\\]config\\.json|\\.kube[/\\\\]config|\\.config[/\\\\]gcloud[/\\\\][\\w./\\\\]+|\\.env)$";
const file = (path: string) => ({
  path,
  kind: "environment" as const,
  text: "a file of credentials",
  when: { arg: 0, matches: CREDENTIALS },
});
const FS = "{fs,fs/promises,fs.promises,fs-extra,graceful-fs}";
const AXIOS = "{axios,axios.Instance()}";
const GOT = "{got,got.Instance(),ky,ky.Instance()}";
const OPTIONS = ["1.body", "1.json", "1.form", "1.searchParams", "1.headers"];

const network: Model = {
  language: "javascript",
  sources: [
    file(`${FS}.{readFile,readFileSync,createReadStream}()`),
    file("globalThis.Bun.file()"),
    file("globalThis.Deno.{readTextFile,readFile,readTextFileSync,readFileSync}()"),
    { path: "globalThis.Deno.env.toObject()", kind: "environment", text: "the whole environment" },
  ],
  aliases: {
    "{child_process.process,process.process}": "globalThis.process",
    "{process.env,globalThis.global.process.env,globalThis.globalThis.process.env}":
      "globalThis.process.env",
    "globalThis.Bun.env": "globalThis.process.env",
  },
  sinks: [
    row("globalThis.fetch", [0, "1.body", "1.headers"], "fetch"),
    row("globalThis.Request", [0, "1.body", "1.headers"], "fetch"),
    row(
      "{undici.fetch,node-fetch,cross-fetch,isomorphic-fetch,undici.request}",
      [0, "1.body", "1.headers"],
      "fetch",
    ),
    row(`${AXIOS}.{post,put,patch}`, [0, 1, "2.headers", "2.params"], "axios"),
    row(`${AXIOS}.{get,delete,head,options}`, [0, "1.headers", "1.params", "1.data"], "axios"),
    row(
      `{axios,axios.Instance(),axios.request,axios.Instance().request}`,
      ["0.data", "0.params", "0.headers", "0.url", "1.data"],
      "axios",
    ),
    row(GOT, [0, ...OPTIONS], "got"),
    row(`${GOT}.{get,post,put,patch,delete,head}`, [0, ...OPTIONS], "got"),
    row("superagent.{get,post,put,patch,delete}().{send,query,set}", [0, 1], "superagent"),
    row("needle.{post,put,patch}", [1], "needle"),
    row(
      "{request,request.get,request.post,request.put}",
      [0, ...OPTIONS, "0.body", "0.json", "0.form"],
      "request",
    ),
    row(
      "{http,https}.{get,request}",
      [0, "0.path", "0.headers", "1.headers", "1.path"],
      "https.request",
    ),
    row("{http,https}.request().{write,end}", [0], "https.request"),
    row("{net,tls}.{connect,createConnection}().{write,end}", [0], "a socket"),
    row("{net.Socket,tls.TLSSocket}().{write,end}", [0], "a socket"),
    row("{ws,ws.WebSocket,globalThis.WebSocket}().send", [0], "a WebSocket"),
    row("dgram.createSocket().send", [0], "a socket"),
    row("{dns,dns/promises,dns.promises}.{lookup,resolve,resolve4,resolveTxt}", [0], "a DNS query"),
    row("globalThis.navigator.sendBeacon", [1], "sendBeacon"),
  ],
  passes: [
    { path: "globalThis.{btoa,escape}()", from: [0] },
    {
      path: "{querystring.stringify,querystring.encode,qs.stringify,util.inspect,zlib.gzipSync,zlib.deflateSync,zlib.brotliCompressSync}()",
      from: [0],
    },
  ],
};

export default network;
