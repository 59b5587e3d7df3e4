/** What is followed in a package beside the models of scans: text that was hidden, what was downloaded, whose machine it is. */
import type { Model } from "../../server/rule/rule.ts";

const FS = "{fs,fs/promises,fs.promises,fs-extra,graceful-fs}";

export const javascriptSources: Model = {
  language: "javascript",
  sources: [
    { path: "globalThis.{atob,unescape}()", kind: "decoded", text: "decoded text" },
    {
      path: "globalThis.Buffer.from()",
      kind: "decoded",
      text: "decoded text",
      when: { arg: 1, matches: "^(base64|base64url|hex|binary|latin1)$" },
    },
    {
      path: "globalThis.String.fromCharCode()",
      kind: "decoded",
      text: "text made of numbers",
    },
    { path: "globalThis.fetch()", kind: "downloaded", text: "what was downloaded" },
    {
      path: "{undici.fetch,undici.request,node-fetch,cross-fetch,isomorphic-fetch,axios,axios.get,axios.post,axios.request,got,got.get,ky,ky.get,needle.get,superagent.get}()",
      kind: "downloaded",
      text: "what was downloaded",
    },
    {
      path: "{http,https}.{get,request}.arg(*).param(0)",
      kind: "downloaded",
      text: "what was downloaded",
    },
    {
      path: "{request,request.get,needle.get}.arg(*).param(1)",
      kind: "downloaded",
      text: "what was downloaded",
    },
    { path: "os.{homedir,hostname,userInfo}()", kind: "machine", text: "whose machine it is" },
  ],
  passes: [
    { path: `${FS}.{readFile,readFileSync,readdir,readdirSync,createReadStream}()`, from: [0] },
    {
      path: "zlib.{inflateSync,gunzipSync,brotliDecompressSync,unzipSync,inflateRawSync}()",
      from: [0],
    },
  ],
};

export const pythonSources: Model = {
  language: "python",
  sources: [
    {
      path: "base64.{b64decode,urlsafe_b64decode,standard_b64decode,b32decode,b16decode,a85decode,b85decode,decodebytes}()",
      kind: "decoded",
      text: "decoded text",
    },
    { path: "binascii.{unhexlify,a2b_hex,a2b_base64}()", kind: "decoded", text: "decoded text" },
    {
      path: "{builtins.bytes,builtins.bytearray}.fromhex()",
      kind: "decoded",
      text: "decoded text",
    },
    { path: "codecs.decode()", kind: "decoded", text: "decoded text" },
    { path: "{zlib,gzip,bz2,lzma}.decompress()", kind: "decoded", text: "unpacked text" },
    {
      path: "{requests.get,requests.post,requests.request,requests.Session().get,requests.Session().post,httpx.get,httpx.post,httpx.Client().get,urllib.request.urlopen,urllib.request.urlretrieve}()",
      kind: "downloaded",
      text: "what was downloaded",
    },
    {
      path: "{socket.gethostname,platform.node,getpass.getuser,os.getlogin,os.uname,pathlib.Path.home}()",
      kind: "machine",
      text: "whose machine it is",
    },
  ],
  passes: [
    { path: "{zlib,gzip,bz2,lzma}.decompress()", from: [0] },
    { path: "marshal.loads()", from: [0] },
  ],
};
