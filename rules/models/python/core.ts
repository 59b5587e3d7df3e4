/** Python built-ins and the standard library: what keeps, changes and clears the taint of a value. */
import type { Model } from "../../../server/rule/rule.ts";

const SAME_TEXT =
  "{strip,lstrip,rstrip,lower,upper,casefold,title,capitalize,swapcase,expandtabs,zfill,ljust,rjust,center,encode,decode,copy,tobytes}";
const PARTS =
  "{split,rsplit,splitlines,partition,rpartition,removeprefix,removesuffix,format,format_map,translate,replace,group,groups,groupdict,items,values,keys,read,readline,readlines,getvalue,dict,model_dump,model_dump_json,to_dict,json}";

const core: Model = {
  language: "python",
  sources: [
    {
      path: "builtins.%exception()",
      kind: "exception",
      text: "the exception holds internal details",
    },
    {
      path: "traceback.{format_exc,format_exception,format_tb,format_stack}()",
      kind: "stack",
      text: "the stack trace",
    },
    { path: "os.environ", kind: "environment", text: "the whole environment" },
    { path: "os.environ.copy()", kind: "environment", text: "the whole environment" },
  ],
  passes: [
    {
      path: "builtins.{int,float,bool,complex,len,ord,hash,id,isinstance,issubclass,callable,hasattr,all,range,round,abs,memoryview}()",
      from: [0],
      scalar: true,
    },
    { path: "builtins.any()", from: [0], scalar: true, someElement: true },
    { path: "builtins.{str,repr,ascii,bytes,bytearray}()", from: [0], same: true },
    {
      path: "builtins.{list,tuple,set,frozenset,dict,sorted,reversed,zip,map,filter,iter,next,min,max,sum,vars}()",
      from: ["*"],
    },
    { path: "builtins.enumerate()", from: [0], numbered: true },
    { path: "builtins.{format,getattr}()", from: [0] },
    { path: "builtins.{type,print,super,object}()", from: [] },
    { path: `*.${SAME_TEXT}()`, from: ["recv"], same: true },
    {
      path: "*.split()",
      from: ["recv"],
      derive: "part",
      clears: ["piece"],
      needs: { arg: 0, is: "only-separator" },
    },
    { path: `*.${PARTS}()`, from: ["recv", "*"], derive: "part" },
    {
      path: "*.{get,getlist,getone,getall,pop,setdefault}()",
      from: ["recv"],
      field: 0,
      converter: "type",
    },
    { path: "*.popitem()", from: ["recv"] },
    { path: "*.join()", from: ["recv", 0], restores: ["piece"] },
    { path: "*.{append,add,insert,appendleft,extend,update}()", from: ["*"], to: "recv" },
    {
      path: "*.{isdigit,isnumeric,isdecimal,isalnum,isalpha,isidentifier,isspace,startswith,endswith,find,rfind,index,count,hexdigest,is_absolute,exists,is_file,is_dir}()",
      from: [],
      scalar: true,
    },
    { path: "json.{loads,load,dumps}()", from: [0] },
    { path: "copy.{copy,deepcopy}()", from: [0] },
    {
      path: "{uuid.UUID,datetime.datetime.fromisoformat,datetime.date.fromisoformat,decimal.Decimal}()",
      from: [0],
      scalar: true,
    },
    { path: "uuid.{uuid1,uuid4}()", from: [], scalar: true },
    {
      path: "{time.time,random.random,random.randint,secrets.token_hex,secrets.token_urlsafe,datetime.datetime.now,datetime.datetime.utcnow}()",
      from: [],
      scalar: true,
    },
    { path: "html.escape()", from: [0], clears: ["html"] },
    { path: "shlex.quote()", from: [0], clears: ["shell"] },
    {
      path: "urllib.parse.{quote,quote_plus}()",
      from: [0],
      clears: ["url", "path", "html", "redirect", "header"],
    },
    { path: "urllib.parse.{unquote,unquote_plus}()", from: [0], same: true },
    { path: "urllib.parse.urljoin()", from: [1, 0, "url", "base"], same: true },
    { path: "urllib.parse.{urlparse,urlsplit}()", from: [0], same: true },
    {
      path: "urllib.parse.{urlparse,urlsplit}().{hostname,netloc}",
      from: ["recv"],
      derive: "host",
    },
    {
      path: "re.sub()",
      from: [2],
      clears: ["path", "sql", "shell", "html", "header", "log"],
      needs: { arg: 0, is: "negated-class" },
    },
    { path: "re.{sub,subn}()", from: [1, 2], derive: "part" },
    { path: "re.escape()", from: [0] },
    {
      path: "{hashlib.sha256,hashlib.sha512,hashlib.md5,hashlib.sha1,hmac.new}()",
      from: [],
      scalar: true,
    },
  ],
  guards: [
    {
      path: "*.{isdigit,isnumeric,isdecimal,isalnum,isalpha,isidentifier}()",
      subject: "recv",
      proves: "true",
      clears: "all",
    },
    {
      path: "re.{fullmatch}()",
      subject: 1,
      proves: "true",
      clears: "all",
      needs: { arg: 0, is: "constant" },
    },
    {
      path: "re.{match,search}()",
      subject: 1,
      proves: "true",
      clears: "all",
      needs: { arg: 0, is: "anchored" },
    },
    { path: "re.compile().fullmatch()", subject: 0, proves: "true", clears: "all" },
    { path: "*.startswith()", subject: "recv", proves: "true", clears: [] },
    { path: "*.endswith()", subject: "recv", proves: "true", clears: [] },
    {
      path: "{uuid.UUID,ipaddress.ip_address,ipaddress.ip_network}()",
      subject: 0,
      proves: "return",
      clears: ["sql", "path", "shell", "code", "html", "response", "template", "header", "log"],
    },
  ],
  forwards: {
    "{asyncio.to_thread,anyio.to_thread.run_sync,starlette.concurrency.run_in_threadpool,fastapi.concurrency.run_in_threadpool}()": 0,
    "*.run_in_executor()": 1,
  },
  imports: { "importlib.import_module()": 0, "builtins.__import__()": 0 },
  ends: ["sys.exit()", "os._exit()", "os.abort()", "builtins.{exit,quit}()"],
  scalars: [
    "builtins.{int,float,bool,complex}",
    "{uuid.UUID,datetime.datetime,datetime.date,datetime.time,datetime.timedelta,decimal.Decimal,enum.Enum,enum.IntEnum,enum.StrEnum,ipaddress.IPv4Address,ipaddress.IPv6Address}",
    "pydantic.{PositiveInt,NonNegativeInt,PositiveFloat,UUID4,UUID1,conint,confloat}",
  ],
};

export default core;
