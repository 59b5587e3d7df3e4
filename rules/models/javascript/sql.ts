/** JavaScript database drivers and query builders: which argument is SQL text, and how values are bound. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const SQL: SinkKind = "sql";
const row = (
  path: string,
  args: readonly (number | string)[],
  driver: string,
  style: string,
  params: number | string = 1,
) => ({ path, args, kind: SQL, noRecord: true, data: { driver, style, params } });

const sql: Model = {
  language: "javascript",
  aliases: {
    "mysql2/promise.{createConnection}": "mysql2.createConnection",
    "mysql2/promise.{createPool}": "mysql2.createPool",
    "mysql.{createConnection}": "mysql2.createConnection",
    "mysql.{createPool}": "mysql2.createPool",
  },
  types: {
    "pg.Client()": ["pg.Pool()", "pg.Pool().connect()", "pg.default.{Pool,Client}()"],
    "mysql2.Connection()": [
      "mysql2.{createConnection,createPool}()",
      "mysql2.Connection().{promise,getConnection}()",
    ],
    "sqlite3.Database()": [
      "better-sqlite3()",
      "sqlite3.verbose().Database()",
      "node:sqlite.DatabaseSync()",
      "sqlite.open()",
      "sqlite.DatabaseSync()",
    ],
    "@prisma/client.PrismaClient()": [],
    "knex.Knex()": ["knex()", "knex.knex()"],
    "sequelize.Sequelize()": [],
    "typeorm.DataSource()": [
      "typeorm.{getConnection,getManager}()",
      "typeorm.DataSource().manager",
      "typeorm.DataSource().createQueryRunner()",
    ],
  },
  passes: [
    // https://github.com/mysqljs/sqlstring: values are quoted, so are names; in a format only the values are.
    {
      path: "{mysql,mysql2,mysql2/promise,promise-mysql,sqlstring}.{escape,escapeId}()",
      from: [0],
      clears: ["sql"],
    },
    { path: "{mysql,mysql2,mysql2/promise,promise-mysql,sqlstring}.{format,raw}()", from: [0] },
    { path: "pg.{escapeIdentifier,escapeLiteral}()", from: [0], clears: ["sql"] },
  ],
  sinks: [
    row("pg.Client().query", [0, "0.text"], "pg", "$n"),
    row("mysql2.Connection().{query,execute}", [0, "0.sql"], "mysql2", "?"),
    row("sqlite3.Database().{prepare}", [0], "sqlite", "prepare"),
    row("sqlite3.Database().exec", [0], "sqlite", "none"),
    row("sqlite3.Database().{all,get,run,each}", [0], "sqlite", "?"),
    row(
      "@prisma/client.PrismaClient().{$queryRawUnsafe,$executeRawUnsafe}",
      [0],
      "prisma",
      "$n",
      "spread",
    ),
    row(
      "{knex.Knex(),knex.QueryBuilder()}.{raw,whereRaw,andWhereRaw,orWhereRaw,orderByRaw,havingRaw,joinRaw,groupByRaw}",
      [0],
      "knex",
      "?",
    ),
    row("sequelize.Sequelize().query", [0, "0.query"], "sequelize", ":name", "replacements"),
    row("sequelize.literal", [0], "sequelize", "unknown"),
    row("typeorm.DataSource().query", [0], "typeorm", "$n"),
    row(
      "any.Database().{query,execute,raw,$queryRawUnsafe,$executeRawUnsafe}",
      [0, "0.text", "0.sql"],
      "unknown",
      "unknown",
    ),
  ],
  hints: {
    db: ["any.Database()"],
    database: ["any.Database()"],
    conn: ["any.Database()"],
    connection: ["any.Database()"],
    pool: ["any.Database()"],
    client: ["any.Database()"],
    prisma: ["any.Database()"],
    knex: ["any.Database()"],
    sequelize: ["any.Database()"],
  },
};

export default sql;
