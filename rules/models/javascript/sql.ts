/** JavaScript database drivers and query builders: which argument is SQL text, and how values are bound. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const SQL: SinkKind = "sql";
/**
 * Prisma sends a text as a text, which PostgreSQL does not compare with a number
 * (https://www.prisma.io/docs/orm/prisma-client/using-raw-sql/raw-queries#type-casting-of-the-input-values-in-postgresql). MySQL
 * refuses LIMIT '5'.
 */
const NUMBERS: Readonly<Record<string, "all" | "counts">> = {
  prisma: "all",
  mysql2: "counts",
  knex: "counts",
  sequelize: "counts",
};
/**
 * `clause` is what stands in front of a text that is a piece of a statement, `ends` what stands behind it; `in.NAME` the same for a text that is an argument of a
 * method, or stands under a key, of that name. `raw`: it is the library's way around its own binding of values.
 */
const row = (
  path: string,
  args: readonly (number | string)[],
  driver: string,
  style: string,
  params: number | string = 1,
  more: Readonly<Record<string, string | boolean>> = {},
) => ({
  path,
  args,
  kind: SQL,
  noRecord: true,
  data: { driver, style, params, numbers: NUMBERS[driver] ?? "", ...more },
});

/** Gives a query that goes on. */
const TYPEORM_MORE =
  "{select,addSelect,from,where,andWhere,orWhere,having,andHaving,orHaving,orderBy,addOrderBy,groupBy,addGroupBy,leftJoin,innerJoin,leftJoinAndSelect,innerJoinAndSelect,take,skip,limit,offset,setParameter,setParameters,distinct,withDeleted}";

/** Texts of which no call has parameters of its own. */
const advised = (
  path: string,
  args: readonly (number | string)[],
  driver: string,
  advice: string,
  more: Readonly<Record<string, string | boolean>> = {},
) => ({
  path,
  args,
  kind: SQL,
  noRecord: true,
  data: { driver, style: "none", params: 1, advice, ...more },
});
/** What a raw piece stands behind where a query builder takes it. */
const INSIDE = {
  raw: true,
  "in.orderBy": "ORDER BY",
  "in.addOrderBy": "ORDER BY",
  "in.order": "ORDER BY",
  "in.groupBy": "GROUP BY",
  "in.group": "GROUP BY",
};
const COLUMN =
  "a column cannot be a parameter, map the value through a constant dictionary of allowed names";
const KNEX = "{knex.Knex(),knex.QueryBuilder()}";
const TAG = "put the value into the tagged template, which binds it";

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
    "knex.QueryBuilder()": [
      "knex.Knex()()",
      "knex.Knex().{select,from,table,into,where,transacting,withSchema}()",
      "knex.QueryBuilder().*()",
    ],
    "sequelize.Sequelize()": [],
    "typeorm.DataSource()": [
      "typeorm.{getConnection,getManager}()",
      "typeorm.DataSource().manager",
      "typeorm.DataSource().createQueryRunner()",
    ],
    "typeorm.Repository()": ["{typeorm.DataSource(),typeorm}.{getRepository,getTreeRepository}()"],
    "typeorm.SelectQueryBuilder()": [
      "{typeorm.DataSource(),typeorm.Repository(),typeorm}.createQueryBuilder()",
      `typeorm.SelectQueryBuilder().${TYPEORM_MORE}()`,
    ],
    "mssql.ConnectionPool()": ["mssql.connect()", "mssql.ConnectionPool().connect()"],
    "mssql.Request()": [
      "mssql.ConnectionPool().request()",
      "mssql.Request().{input,output}()",
      "mssql.Transaction().request()",
    ],
    "postgres.Sql()": ["postgres()", "postgres.default()"],
    "@libsql/client.Client()": [
      "{@libsql/client,@libsql/client/web,@libsql/client/http}.createClient()",
      "@libsql/client.Client().transaction()",
    ],
    "@vercel/postgres.sql": ["@vercel/postgres.{createPool,createClient}()"],
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
      { raw: true },
    ),
    // Its `??` is a name, which it quotes: https://knexjs.org/guide/raw.html#raw-parameter-binding.
    row(`${KNEX}.{raw,joinRaw}`, [0], "knex", "?", 1, INSIDE),
    row(`${KNEX}.{whereRaw,andWhereRaw,orWhereRaw}`, [0], "knex", "?", 1, {
      raw: true,
      clause: "WHERE",
    }),
    row(`${KNEX}.havingRaw`, [0], "knex", "?", 1, { raw: true, clause: "HAVING" }),
    row(`${KNEX}.orderByRaw`, [0], "knex", "?", 1, { raw: true, clause: "ORDER BY" }),
    row(`${KNEX}.groupByRaw`, [0], "knex", "?", 1, { raw: true, clause: "GROUP BY" }),
    row("sequelize.Sequelize().query", [0, "0.query"], "sequelize", ":name", "replacements"),
    row(
      "{sequelize,sequelize.Sequelize,sequelize.Sequelize()}.literal",
      [0],
      "sequelize",
      "unknown",
      1,
      INSIDE,
    ),
    row("typeorm.DataSource().query", [0], "typeorm", "$n"),
    // Values are bound by name: https://typeorm.io/docs/query-builder/select-query-builder#using-parameters-to-escape-data.
    ...["where", "having"].map((clause) =>
      advised(
        `typeorm.SelectQueryBuilder().${clause === "where" ? "{where,andWhere,orWhere}" : "{having,andHaving,orHaving}"}`,
        [0],
        "typeorm",
        "write :name in the text and pass { name: value } as the second argument",
        { raw: true, clause: clause.toUpperCase() },
      ),
    ),
    advised("typeorm.SelectQueryBuilder().{orderBy,addOrderBy}", [0], "typeorm", COLUMN, {
      raw: true,
      clause: "ORDER BY",
    }),
    advised("typeorm.SelectQueryBuilder().{groupBy,addGroupBy}", [0], "typeorm", COLUMN, {
      raw: true,
      clause: "GROUP BY",
    }),
    advised("typeorm.SelectQueryBuilder().{select,addSelect}", [0], "typeorm", COLUMN, {
      raw: true,
      clause: "SELECT",
      ends: "FROM",
    }),
    // https://github.com/tediousjs/node-mssql#query-command-callback
    {
      ...advised(
        "{mssql,mssql.ConnectionPool(),mssql.Request()}.{query,batch}",
        [0],
        "mssql",
        "write @name in the text and bind it with request.input",
      ),
      tagBinds: true,
    },
    // The tagged template of each of these binds its values; these are its ways around that.
    row("postgres.Sql().unsafe", [0], "postgres", "$n", 1, INSIDE),
    row("@neondatabase/serverless.neon().query", [0], "neon", "$n"),
    advised("@neondatabase/serverless.neon().unsafe", [0], "neon", TAG, INSIDE),
    row("@vercel/postgres.sql.query", [0, "0.text"], "vercel", "$n"),
    advised("drizzle-orm.sql.raw", [0], "drizzle", TAG, INSIDE),
    advised("kysely.sql.raw", [0], "kysely", TAG, INSIDE),
    // https://www.prisma.io/docs/orm/prisma-client/using-raw-sql/raw-queries#raw-query-helpers: "raw" is not escaped.
    advised("@prisma/client.Prisma.raw", [0], "prisma", TAG, INSIDE),
    row("@libsql/client.Client().{execute,executeMultiple}", [0, "0.sql"], "libsql", "?"),
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
