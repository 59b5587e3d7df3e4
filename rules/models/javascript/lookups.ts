/** Object mappers, query builders and document stores for JavaScript: which calls find, change or delete stored objects, and which make them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LOOKUP: SinkKind = "lookup";
/** As in the Python rows. */
const row = (path: string, data: Readonly<Record<string, string | boolean>> = {}) => ({
  path,
  args: [],
  kind: LOOKUP,
  data,
});

const PRISMA =
  "{findUnique,findUniqueOrThrow,findFirst,findFirstOrThrow,findMany,update,updateMany,upsert,delete,deleteMany,count}";

const lookups: Model = {
  language: "javascript",
  sinks: [
    row(`@prisma/client.Delegate().${PRISMA}`),
    row("@prisma/client.Delegate().{create,createMany}", { makes: true }),
    // A client that is made in a file that is not there: nothing else has methods of these names.
    row("*.{findUnique,findUniqueOrThrow,findFirst,findFirstOrThrow,findMany}"),
    row("mongoose.Model().{findById,findByIdAndUpdate,findByIdAndDelete}", { id: "0" }),
    row(
      "{mongoose.Model(),mongodb.Collection()}.{find,findOne,findOneAndUpdate,findOneAndReplace,findOneAndDelete,updateOne,updateMany,replaceOne,deleteOne,deleteMany}",
    ),
    row("mongoose.Query().{where,find,findOne}"),
    row("mongoose.Model().{create,insertMany}", { makes: true }),
    row("mongoose.Model()", { makes: true }),
    row("mongodb.Collection().{insertOne,insertMany}", { makes: true }),
    row("*.{findByIdAndUpdate,findByIdAndDelete}", { id: "0" }),
    row("sequelize.Model.findByPk", { id: "0" }),
    row("sequelize.Model.{findOne,findAll,update,destroy}"),
    row("sequelize.Model.{create,build,bulkCreate}", { makes: true }),
    row(
      "typeorm.Repository().{findOne,findOneBy,findOneOrFail,findOneByOrFail,find,findBy,update}",
    ),
    row("typeorm.Repository().{delete,softDelete}", { id: "0" }),
    row(
      "typeorm.DataSource().{findOne,findOneBy,findOneOrFail,findOneByOrFail,find,findBy,update}",
    ),
    row("typeorm.DataSource().{delete,softDelete}", { id: "1" }),
    row("typeorm.QueryBuilder().{where,andWhere}"),
    row("typeorm.Repository().{create,insert,save}", { makes: true }),
    row("drizzle-orm.Select().where"),
    row("drizzle-orm.Database().delete().where"),
    row("drizzle-orm.Database().update().set().where"),
    row("drizzle-orm.Relations().{findFirst,findMany}"),
    row("drizzle-orm.Database().insert().values", { makes: true }),
    row("knex.QueryBuilder().{where,andWhere}"),
    row("knex.QueryBuilder().insert", { makes: true }),
  ],
};

export default lookups;
