/** Uploaded files in Python: what the client says about them (name, type), their content, and where they are stored. */
import type { Model } from "../../../server/rule/rule.ts";

const NAME = "upload.Name()";
const UPLOAD =
  "{starlette.datastructures.UploadFile(),werkzeug.FileStorage(),django.UploadedFile(),aiohttp.web.FileField(),litestar.datastructures.UploadFile()}";

const uploads: Model = {
  language: "python",
  aliases: {
    "werkzeug.datastructures.FileStorage": "werkzeug.FileStorage",
    "django.core.files.uploadedfile.{UploadedFile,InMemoryUploadedFile,TemporaryUploadedFile}":
      "django.UploadedFile",
    "django.core.files.UploadedFile": "django.UploadedFile",
  },
  types: {
    "werkzeug.FileStorage()": ["flask.Request().files[*]", "flask.Request().files.getlist()[*]"],
    "django.UploadedFile()": [
      "django.http.HttpRequest().FILES[*]",
      "django.http.HttpRequest().FILES.get()",
      "rest_framework.request.Request().FILES[*]",
      "rest_framework.request.Request().FILES.get()",
    ],
    "upload.DeclaredType()": [`${UPLOAD}.{content_type,mimetype}`],
    "upload.Name()": [
      "{starlette.datastructures.UploadFile(),werkzeug.FileStorage(),aiohttp.web.FileField(),litestar.datastructures.UploadFile()}.filename",
      "upload.Name().{lower,strip,casefold}()",
    ],
    "upload.read": [
      `${UPLOAD}.read`,
      "starlette.datastructures.UploadFile().file.read",
      "werkzeug.FileStorage().stream.read",
    ],
  },
  sources: [
    { path: "upload.read()", kind: "remote", text: "the uploaded content" },
    {
      path: "django.UploadedFile().{chunks,readlines}()",
      kind: "remote",
      text: "the uploaded content",
    },
    { path: "upload.DeclaredType()", kind: "remote", text: "the type the client declared" },
    { path: "upload.Name()", kind: "upload-name", text: "the file name the client sent" },
  ],
  // As of any text: the rule about extensions watches these calls.
  passes: [
    {
      path: `${NAME}.split()`,
      from: ["recv"],
      derive: "part",
      clears: ["piece", "path"],
      needs: { arg: 0, is: "only-slash" },
    },
    {
      path: `${NAME}.split()`,
      from: ["recv"],
      derive: "part",
      clears: ["piece", "no-climb"],
      needs: { arg: 0, is: "only-dot" },
    },
    { path: `${NAME}.split()`, from: ["recv", "*"], derive: "part" },
    { path: `${NAME}.{find,index,count}()`, from: [], scalar: true },
  ],
  sinks: [
    {
      path: "werkzeug.FileStorage().save",
      args: [0, "dst"],
      kind: "path",
      data: {
        api: "FileStorage.save",
        does: "writes",
        replaces: true,
        writer: 'with open(ARG, "xb") as TARGET:\nOBJECT.save(TARGET)',
      },
    },
  ],
};

export default uploads;
