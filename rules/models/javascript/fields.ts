/** JavaScript records that are stored: what takes all fields of an object at once. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const FIELDS: SinkKind = "fields";
/** `row`: the fields go into an object, which counts only if it is a row that was found before; `saves`: such a row may be given. */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  data: Readonly<Record<string, boolean>> = {},
) => ({ path, args, kind: FIELDS, noRecord: true, data: { api, ...data } });

const fields: Model = {
  language: "javascript",
  sinks: [
    row("globalThis.Object.assign", [1, 2], "Object.assign", { row: true }),
    row("{lodash.assign,lodash.merge,lodash.extend}", [1, 2], "the merge", { row: true }),
    row(
      "@prisma/client.Delegate().{create,update,upsert,createMany,updateMany}",
      ["0.data", "0.create", "0.update"],
      "Prisma",
    ),
    row("mongoose.Model()", [0], "the model"),
    row("mongoose.Model().{create,insertMany}", [0], "the model"),
    row(
      "mongoose.Model().{findByIdAndUpdate,findOneAndUpdate,updateOne,updateMany,findOneAndReplace,replaceOne}",
      [1, "1.$set"],
      "the model",
    ),
    row("mongodb.Collection().{insertOne,insertMany}", [0], "the collection"),
    row(
      "mongodb.Collection().{updateOne,updateMany,findOneAndUpdate}",
      ["1.$set"],
      "the collection",
    ),
    row("sequelize.Model.{create,build,bulkCreate,upsert,update}", [0], "the model"),
    row("typeorm.Repository().save", [0], "the repository", { saves: true }),
    row("typeorm.Repository().{create,insert}", [0], "the repository"),
    row("typeorm.Repository().{merge,update}", [1], "the repository"),
    row("drizzle-orm.Database().insert().values", [0], "values"),
    row("drizzle-orm.Database().update().set", [0], "set"),
    row("knex.QueryBuilder().{insert,update}", [0], "knex"),
    row("@supabase/supabase-js.createClient().from().{insert,update,upsert}", [0], "Supabase"),
  ],
  passes: [
    { path: "{lodash.pick,lodash/pick,underscore.pick}()", from: [0], clears: ["fields"] },
    // What was stored comes back.
    {
      path: "@prisma/client.Delegate().{create,update,upsert,createMany,updateMany}()",
      from: ["0.data", "0.create", "0.update"],
    },
    { path: "mongoose.Model()()", from: [0] },
    { path: "mongoose.Model().{create,insertMany}()", from: [0] },
    { path: "sequelize.Model.{create,build,bulkCreate,upsert,update}()", from: [0] },
    { path: "typeorm.Repository().{save,create,insert}()", from: [0] },
    { path: "typeorm.Repository().{merge,update}()", from: [1] },
    { path: "drizzle-orm.Database().insert().values()", from: [0] },
    { path: "drizzle-orm.Database().update().set()", from: [0] },
    { path: "knex.QueryBuilder().{insert,update}()", from: [0] },
  ],
};

export default fields;
