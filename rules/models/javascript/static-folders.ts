/** JavaScript servers: calls that hand out the files of a folder. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const KIND: SinkKind = "static-folder";
/** `folder` is where the folder is named; `hides`: files that begin with a dot are not handed out. */
const row = (path: string, data: Readonly<Record<string, string | boolean>>) => ({
  path,
  args: [],
  kind: KIND,
  data,
});

const staticFolders: Model = {
  language: "javascript",
  sinks: [
    row("express.static", { api: "express.static", folder: "0", hides: true }),
    row("serve-static", { api: "serve-static", folder: "0", hides: true }),
    row("koa-static", { api: "koa-static", folder: "0", hides: true }),
    // Outside of development sirv leaves out files that begin with a dot.
    row("sirv", { api: "sirv", folder: "0", hides: true }),
    row("@fastify/static.passed", { api: "@fastify/static", folder: "1.root" }),
    row("@nestjs/serve-static.ServeStaticModule.forRoot", {
      api: "ServeStaticModule",
      folder: "0.rootPath",
      hides: true,
    }),
  ],
};

export default staticFolders;
