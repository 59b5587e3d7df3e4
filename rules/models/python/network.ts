/** What leaves the machine from Python, and what on it is worth stealing. */
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
const file = (path: string, arg: number | "recv") => ({
  path,
  kind: "environment" as const,
  text: "a file of credentials",
  when: { arg, matches: CREDENTIALS },
});
const BODY = ["data", "json", "content", "files", "params", "headers"];
const VERBS = "{get,post,put,patch,delete,head,options}";

const network: Model = {
  language: "python",
  sources: [
    file("builtins.open()", 0),
    file("io.open()", 0),
    file("{pathlib.Path(),pathlib.Resolved()}.{read_text,read_bytes,open}()", "recv"),
    { path: "os.environb", kind: "environment", text: "the whole environment" },
  ],
  sinks: [
    row(`requests.${VERBS}`, [0, 1, 2, ...BODY], "requests"),
    row(`requests.Session().${VERBS}`, [0, 1, 2, ...BODY], "requests"),
    row("{requests,requests.Session()}.request", [1, ...BODY], "requests"),
    row(`{httpx,httpx.Client()}.${VERBS}`, [0, ...BODY], "httpx"),
    row("{httpx,httpx.Client()}.request", [1, ...BODY], "httpx"),
    row(`aiohttp.ClientSession().${VERBS}`, [0, ...BODY], "aiohttp"),
    row("aiohttp.ClientSession().request", [1, ...BODY], "aiohttp"),
    row("urllib.request.{urlopen,Request}", [0, 1, "data", "headers"], "urllib.request"),
    row(
      "urllib3.PoolManager().{request,request_encode_body}",
      [1, "fields", "body", "headers"],
      "urllib3",
    ),
    row(
      "http.client.{HTTPConnection,HTTPSConnection}().request",
      [1, 2, "body", 3, "headers"],
      "http.client",
    ),
    row("http.client.{HTTPConnection,HTTPSConnection}().send", [0], "http.client"),
    row("socket.socket().{send,sendall,sendto}", [0], "a socket"),
    row("socket.create_connection().{send,sendall}", [0], "a socket"),
    row("socket.{gethostbyname,getaddrinfo}", [0], "a DNS query"),
    row("smtplib.{SMTP,SMTP_SSL}().{sendmail,send_message}", [0, 2], "mail"),
    row("ftplib.FTP().{storbinary,storlines}", [1], "FTP"),
  ],
  passes: [{ path: "{base64.encodebytes,zlib.compress,gzip.compress,bz2.compress}()", from: [0] }],
};

export default network;
