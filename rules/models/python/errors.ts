/** Python calls of which an exception says no more than what was wrong with the input. */
import type { Model } from "../../../server/rule/rule.ts";

/** https://peps.python.org/pep-0249/#exceptions, and what SQLAlchemy wraps them in, with the statement and its parameters. */
const DATABASE_ERRORS = [
  "sqlalchemy.exc.SQLAlchemyError",
  "sqlalchemy.exc.DBAPIError",
  "sqlalchemy.exc.StatementError",
  "sqlite3.Error",
  "sqlite3.DatabaseError",
  "psycopg2.Error",
  "psycopg2.DatabaseError",
  "psycopg.Error",
  "psycopg.DatabaseError",
  "pymysql.Error",
  "pymysql.MySQLError",
  "mysql.connector.Error",
  "asyncpg.PostgresError",
  "django.db.Error",
  "django.db.DatabaseError",
  "pymongo.errors.PyMongoError",
];

const errors: Model = {
  language: "python",
  anyException: ["builtins.{Exception,BaseException}"],
  quiet: [
    "builtins.{int,float,bool,complex,str,repr,bytes,bytearray,len,ord,chr,abs,round,range,dict,format,print,type,hasattr,isinstance,issubclass,callable,super,enumerate,zip}()",
    "builtins.{Exception,ValueError,TypeError,KeyError,IndexError,LookupError,RuntimeError,PermissionError,NotImplementedError,AttributeError,AssertionError}()",
    // "Expecting value: line 1 column 1 (char 0)"
    "json.{loads,dumps}()",
    // The body of a request: not JSON, not a form, or the client has gone.
    "starlette.requests.Request().{json,body,form}()",
    "flask.request.get_json()",
    "aiohttp.web.Request().{json,text,read,post}()",
    "{uuid.UUID,decimal.Decimal,fractions.Fraction}()",
    "uuid.{uuid1,uuid4}()",
    "datetime.{date,time,datetime,timedelta}()",
    "datetime.datetime.{now,utcnow,fromisoformat,fromtimestamp,strptime}()",
    "datetime.date.{today,fromisoformat}()",
    "time.{time,monotonic,perf_counter,strptime,strftime}()",
    "re.{compile,match,search,fullmatch,sub,split,findall}()",
    "base64.{b64decode,b64encode,urlsafe_b64decode,urlsafe_b64encode,b32decode,b16decode,decodebytes}()",
    "binascii.{unhexlify,hexlify,a2b_hex,b2a_hex}()",
    "hashlib.{md5,sha1,sha256,sha384,sha512,blake2b,blake2s}()",
    "ipaddress.{ip_address,ip_network,ip_interface}()",
    "urllib.parse.{urlparse,urlsplit,urljoin,quote,quote_plus,unquote,parse_qs,parse_qsl,urlencode}()",
    "os.path.{join,basename,dirname,normpath,splitext,abspath,realpath,expanduser,expandvars,exists,lexists,isfile,isdir,islink,isabs,commonpath}()",
    "{logging,logging.getLogger(),logging.Logger(),loguru.logger}.{debug,info,warning,warn,error,exception,critical,log}()",
    "logging.getLogger()",
    // A ValidationError: which field, which value, what it should have been.
    "pydantic.{BaseModel,RootModel,TypeAdapter}()",
    "{fastapi.HTTPException,werkzeug.exceptions.HTTPException,django.http.Http404}()",
    "flask.abort()",
    // A session connects with its first statement; closing it gives the connection back.
    "{sqlalchemy.orm.sessionmaker,sqlalchemy.ext.asyncio.async_sessionmaker}()()",
    "sqlalchemy.orm.{Session,session.Session}()",
    "sqlalchemy.orm.Session().{add,add_all,close,expunge,expunge_all,__enter__,__aenter__}()",
    "contextlib.{suppress,nullcontext}()",
    "contextlib.{suppress,nullcontext}().__enter__()",
    // "Cannot parse: 1:3: x ="
    "black.{format_str,format_file_contents,Mode,FileMode}()",
    // Methods of texts, dictionaries and models.
    "*.{strip,lstrip,rstrip,lower,upper,casefold,title,capitalize,startswith,endswith,removeprefix,removesuffix,split,rsplit,splitlines,partition,isdigit,isalnum,isoformat,keys,values,items,setdefault,append}()",
    "*.{model_validate,model_validate_json,model_dump,model_dump_json}()",
  ],
  guards: [
    // What the program's own classes say was written by it.
    {
      path: "builtins.isinstance()",
      subject: 0,
      proves: "true",
      clears: ["response"],
      needs: { arg: 1, is: "own-type" },
    },
    // What is left when the errors of the database have been answered otherwise.
    {
      path: "builtins.isinstance()",
      subject: 0,
      proves: "false",
      clears: ["response"],
      needs: { arg: 1, is: "type", values: DATABASE_ERRORS },
    },
  ],
  quotingErrors: [
    ...DATABASE_ERRORS,
    "requests.{RequestException,ConnectionError,HTTPError}",
    "requests.exceptions.{RequestException,ConnectionError,HTTPError}",
    "httpx.{HTTPError,RequestError,HTTPStatusError}",
    "aiohttp.{ClientError,ClientConnectionError,ClientConnectorError}",
    "urllib.error.{URLError,HTTPError}",
    "botocore.exceptions.{ClientError,BotoCoreError}",
    "builtins.OSError",
  ],
  // What asks a database or the disk but is given no text of the program's.
  quoting: [
    "{pathlib.Path(),pathlib.Resolved()}.{iterdir,stat,lstat,glob,rglob,walk,touch}()",
    "os.{listdir,scandir,stat,lstat,makedirs,mkdir,rmdir,getcwd,chdir,statvfs}()",
    "sqlalchemy.orm.Session().{commit,flush,refresh,merge,get,get_one,exec,execute,scalar,scalars,query}()",
  ],
  madeQuietly: ["*.{model_dump,model_dump_json}()"],
};

export default errors;
