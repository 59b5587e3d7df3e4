/** Uploaded files in JavaScript: what the client says about them (name, type, size), and where they are stored. */
import type { Model } from "../../../server/rule/rule.ts";

const NAME = "{upload.Name(),upload.BareName()}";
const FORM =
  "{formidable(),formidable.formidable(),formidable.IncomingForm(),formidable.default()}.parse";
const FIELDS = "{file,files,image,avatar,upload,photo,document,attachment,sampleFile,picture}";

const uploads: Model = {
  language: "javascript",
  types: {
    "multer.File()": [
      "express.Request().file",
      "express.Request().files[*]",
      `express.Request().files.${FIELDS}`,
      "multer.File()[*]",
      "multer.{diskStorage,memoryStorage}.arg(0.{filename,destination}).param(1)",
      "multer.arg(0.fileFilter).param(1)",
    ],
    "multer.Stored()": ["multer.diskStorage.arg(0.{filename,destination}).param(2)"],
    "fastify.Part()": [
      "fastify.Request().file()",
      "fastify.Request().files()[*]",
      "fastify.Request().parts()[*]",
    ],
    "formidable.File()": [
      `${FORM}.arg(1).param(2).${FIELDS}`,
      `${FORM}.arg(1).param(2)[*]`,
      "formidable.File()[*]",
    ],
    "upload.DeclaredType()": ["{multer.File(),fastify.Part(),formidable.File()}.mimetype"],
    "upload.Name()": [
      "formidable.File().originalFilename",
      "upload.Name().{toLowerCase,trim,toString}()",
    ],
    // Their parsers keep the last part of what the client sent.
    "upload.BareName()": [
      "multer.File().{originalname,name}",
      "fastify.Part().filename",
      "{busboy(),busboy.default(),@fastify/busboy()}.on.arg(1).param(2).filename",
      "upload.BareName().{toLowerCase,trim,toString}()",
    ],
    "upload.Size()": ["multer.File().{size,buffer.length,buffer.byteLength}"],
  },
  sources: [
    { path: "multer.File().buffer", kind: "remote", text: "the uploaded content" },
    { path: "upload.DeclaredType()", kind: "remote", text: "the type the client declared" },
    { path: "upload.Name()", kind: "upload-name", text: "the file name the client sent" },
    {
      path: "upload.BareName()",
      kind: "upload-name",
      text: "the client's file name, without folders",
    },
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
    { path: `${NAME}.{split,match}()`, from: ["recv", "*"], derive: "part" },
    { path: `${NAME}.{includes,indexOf}()`, from: [], scalar: true },
  ],
  sinks: [
    {
      path: "multer.Stored()",
      args: [1],
      kind: "path",
      data: { api: "multer", does: "writes", replaces: true },
    },
    {
      path: "multer.File().mv",
      args: [0],
      kind: "path",
      data: { api: "express-fileupload", does: "writes", replaces: true },
    },
    // Keeps the upload in memory before the handler sees its size, unless it is given this option; its error for a larger one.
    {
      path: "multer",
      args: [],
      kind: "upload-parser",
      data: { limit: "0.limits", error: "MulterError", code: "LIMIT_FILE_SIZE" },
    },
  ],
  hints: {
    multer: ["multer"],
  },
};

export default uploads;
