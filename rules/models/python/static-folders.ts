/** Python servers: calls that hand out the files of a folder. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const KIND: SinkKind = "static-folder";
/** `folder` is where the folder is named, `name` where one file of it is. */
const row = (path: string, data: Readonly<Record<string, string | boolean>>) => ({
  path,
  args: [],
  kind: KIND,
  data,
});

const staticFolders: Model = {
  language: "python",
  sinks: [
    row("{fastapi,starlette}.staticfiles.StaticFiles", {
      api: "StaticFiles",
      folder: "0|directory",
    }),
    // Relative to the folder of the module.
    row("{flask.Flask,flask.Blueprint,quart.Quart,quart.Blueprint}", {
      api: "static_folder",
      folder: "static_folder",
    }),
    row("{flask.send_from_directory,quart.send_from_directory}", {
      api: "send_from_directory",
      folder: "0|directory",
      name: "1|path|filename|file_name",
    }),
    row("bottle.static_file", {
      api: "static_file",
      folder: "1|root",
      name: "0|filename",
    }),
    row("aiohttp.web.static", { api: "web.static", folder: "1|path" }),
    row("aiohttp.web.Application().router.add_static", { api: "add_static", folder: "1|path" }),
    row("django.views.static.serve", {
      api: "django.views.static.serve",
      folder: "2|document_root",
      name: "1|path",
    }),
  ],
};

export default staticFolders;
