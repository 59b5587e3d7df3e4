/** Uploaded files in Python: what the client says about them (name, type), their content, and where they are stored. */
import type { Model } from "../../../server/rule/rule.ts";

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
    {
      path: "aiohttp.web.FileField().filename",
      kind: "upload-name",
      text: "the file name the client sent",
    },
    {
      path: "litestar.datastructures.UploadFile().filename",
      kind: "upload-name",
      text: "the file name the client sent",
    },
    {
      path: "werkzeug.FileStorage().filename",
      kind: "upload-name",
      text: "the file name the client sent",
    },
  ],
  sinks: [
    {
      path: "werkzeug.FileStorage().save",
      args: [0, "dst"],
      kind: "path",
      data: { api: "FileStorage.save", does: "writes" },
    },
  ],
};

export default uploads;
