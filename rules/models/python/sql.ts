/** Python database drivers and toolkits: which argument is SQL text, and how values are bound. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const SQL: SinkKind = "sql";
/**
 * Drivers that send a text as a text, which the database does not compare with a number. asyncpg: DataError
 * (https://magicstack.github.io/asyncpg/current/usage.html#type-conversion); SQLAlchemy writes a cast, `$1::VARCHAR`, for
 * asyncpg and psycopg. MySQL refuses LIMIT '5'.
 */
const NUMBERS: Readonly<Record<string, "all" | "counts">> = {
  asyncpg: "all",
  databases: "all",
  sqlalchemy: "all",
  pymysql: "counts",
  django: "counts",
};
/**
 * `style` is the driver's placeholder: "?", "%s", "$n", ":name". `params` is the position or keyword of the values; `wrap` a call the text must be wrapped in.
 * `clause` is what stands in front of a text that is a piece of a statement; `in.NAME` the same for a text that is an argument of a
 * method of that name. `raw`: it is the library's way around its own binding of values.
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
  data: { driver, style, params, numbers: NUMBERS[driver] ?? "", ...more },
});
const EXTRA = {
  raw: true,
  driver: "django",
  style: "none",
  advice:
    "write %s in the text and pass the value in params (of select: in select_params), or use filter",
};

const sql: Model = {
  language: "python",
  aliases: {
    "sqlite3.dbapi2.{connect}": "sqlite3.connect",
    "sqlalchemy.sql.{text}": "sqlalchemy.text",
    "sqlalchemy.sql.expression.{text}": "sqlalchemy.text",
    "sqlalchemy.sql.{literal_column}": "sqlalchemy.literal_column",
    "sqlalchemy.sql.expression.{literal_column}": "sqlalchemy.literal_column",
    "databases.core.Database": "databases.Database",
  },
  types: {
    "sqlite3.Connection()": ["sqlite3.connect()", "aiosqlite.connect()"],
    "sqlite3.Cursor()": ["sqlite3.Connection().{cursor,execute,executemany}()"],
    "psycopg2.connection()": [
      "psycopg2.connect()",
      "psycopg2.pool.{SimpleConnectionPool,ThreadedConnectionPool}().getconn()",
    ],
    "psycopg2.cursor()": ["psycopg2.connection().cursor()"],
    "psycopg.Connection()": [
      "psycopg.connect()",
      "psycopg.AsyncConnection.connect()",
      "psycopg.Connection.connect()",
      "psycopg_pool.{ConnectionPool,AsyncConnectionPool}().connection()",
    ],
    "psycopg.Cursor()": ["psycopg.Connection().{cursor,execute}()"],
    "asyncpg.Connection()": ["asyncpg.connect()", "asyncpg.Pool().acquire()"],
    "asyncpg.Pool()": ["asyncpg.create_pool()"],
    "pymysql.Connection()": [
      "pymysql.connect()",
      "MySQLdb.connect()",
      "mysql.connector.connect()",
      "aiomysql.connect()",
      "flask_mysqldb.MySQL().connection",
    ],
    "pymysql.Cursor()": ["pymysql.Connection().cursor()"],
    "pyodbc.Connection()": ["pyodbc.connect()"],
    "pyodbc.Cursor()": ["pyodbc.Connection().{cursor,execute}()", "pyodbc.Cursor().execute()"],
    "pymssql.Cursor()": ["pymssql.connect().cursor()"],
    "oracledb.Connection()": [
      "{oracledb,cx_Oracle}.connect()",
      "oracledb.create_pool().acquire()",
      "cx_Oracle.SessionPool().acquire()",
    ],
    "oracledb.Cursor()": ["oracledb.Connection().cursor()"],
    "peewee.Database()": [
      "peewee.{SqliteDatabase,PostgresqlDatabase,MySQLDatabase}()",
      "{playhouse.pool,playhouse.db_url}.{PooledPostgresqlDatabase,PooledMySQLDatabase,connect}()",
    ],
    "sqlalchemy.Engine()": [
      "sqlalchemy.create_engine()",
      "sqlalchemy.ext.asyncio.create_async_engine()",
      "flask_sqlalchemy.SQLAlchemy().engine",
    ],
    "sqlalchemy.Connection()": ["sqlalchemy.Engine().{connect,begin}()"],
    "sqlalchemy.orm.Session()": [
      "sqlalchemy.orm.session.Session()",
      "{sqlalchemy.orm.sessionmaker,sqlalchemy.ext.asyncio.async_sessionmaker}()()",
      "{sqlalchemy.orm.sessionmaker,sqlalchemy.ext.asyncio.async_sessionmaker}().begin()",
      // A scoped session is called to get the session, and is one itself.
      "{sqlalchemy.orm.scoped_session,sqlalchemy.ext.asyncio.async_scoped_session}()",
      "sqlalchemy.orm.Session()()",
      "sqlalchemy.ext.asyncio.{AsyncSession,session.AsyncSession}()",
      "flask_sqlalchemy.SQLAlchemy().session",
      "sqlmodel.Session()",
      "sqlmodel.ext.asyncio.session.AsyncSession()",
    ],
    "django.db.Cursor()": ["django.db.connection.cursor()", "django.db.connections[*].cursor()"],
    "duckdb.Connection()": ["duckdb.connect()"],
  },
  sinks: [
    row(
      "{sqlite3.Connection(),sqlite3.Cursor()}.{execute,executemany}",
      [0, "sql"],
      "sqlite3",
      "?",
    ),
    row("{sqlite3.Connection(),sqlite3.Cursor()}.executescript", [0], "sqlite3", "none"),
    row("psycopg2.cursor().{execute,executemany,mogrify}", [0, "query"], "psycopg2", "%s"),
    row(
      "{psycopg.Connection(),psycopg.Cursor()}.{execute,executemany,stream}",
      [0, "query"],
      "psycopg",
      "%s",
    ),
    row(
      "{asyncpg.Connection(),asyncpg.Pool()}.{fetch,fetchrow,fetchval,execute,executemany,cursor}",
      [0, "query"],
      "asyncpg",
      "$n",
      "spread",
    ),
    row("pymysql.Cursor().{execute,executemany}", [0, "query"], "pymysql", "%s"),
    row("{pyodbc.Connection(),pyodbc.Cursor()}.{execute,executemany}", [0, "sql"], "pyodbc", "?"),
    row("pymssql.Cursor().{execute,executemany}", [0, "operation"], "pymssql", "%s"),
    row("oracledb.Cursor().{execute,executemany}", [0, "statement"], "oracledb", ":name"),
    // The placeholder is that of the database: "?" for SQLite, "%s" for the others.
    ...["peewee.Database().execute_sql", "peewee.SQL"].map((path) => ({
      path,
      args: [0, "sql"],
      kind: SQL,
      data: {
        driver: "peewee",
        style: "none",
        advice: "write a placeholder (? or %s) in the text and pass a list of the values after it",
        ...(path === "peewee.SQL" ? { raw: true } : {}),
      },
    })),
    {
      path: "peewee.Model.raw",
      args: [0, "sql"],
      kind: SQL,
      data: {
        driver: "peewee",
        style: "none",
        advice: "write a placeholder (? or %s) in the text and pass the values after it",
      },
    },
    row(
      "databases.Database().{fetch_all,fetch_one,fetch_val,execute,execute_many,iterate}",
      [0, "query"],
      "databases",
      ":name",
      "values",
    ),
    row("sqlalchemy.text", [0, "text"], "sqlalchemy", ":name", "bind", {
      raw: true,
      "in.order_by": "ORDER BY",
      "in.group_by": "GROUP BY",
    }),
    // https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.literal_column: rendered as it is.
    row("sqlalchemy.literal_column", [0, "text"], "sqlalchemy", "none", 1, {
      raw: true,
      clause: "ORDER BY",
      advice: "use sqlalchemy.column, which quotes the name",
    }),
    row(
      "{sqlalchemy.Connection(),sqlalchemy.orm.Session(),sqlalchemy.Engine()}.{execute,exec_driver_sql,scalar,scalars}",
      [0, "statement"],
      "sqlalchemy",
      "text:name",
    ),
    row("django.db.Cursor().{execute,executemany}", [0, "sql"], "django", "%s"),
    // https://docs.djangoproject.com/en/5.2/topics/db/sql/ and, for extra, ref/models/querysets/#extra: its pieces are SQL text as
    // they are, and only their own "params" and "select_params" are bound.
    row("django.db.models.QuerySet().raw", [0, "raw_query"], "django", "%s"),
    {
      path: "django.db.models.QuerySet().extra",
      args: [0, 1, 3, "select", "where", "tables"],
      kind: SQL,
      data: EXTRA,
    },
    {
      path: "django.db.models.QuerySet().extra",
      args: [4, "order_by"],
      kind: SQL,
      data: { ...EXTRA, clause: "ORDER BY" },
    },
    row("django.db.models.expressions.RawSQL", [0, "sql"], "django", "%s", 1, {
      raw: true,
      "in.order_by": "ORDER BY",
    }),
    row("duckdb.Connection().{execute,sql,query}", [0, "query"], "duckdb", "?"),
    row("pandas.{read_sql,read_sql_query}", [0, "sql"], "pandas", "unknown"),
    row(
      "any.Database().{execute,executemany,fetch_all,fetch_one,fetch_val,fetchrow,fetch,query}",
      [0],
      "unknown",
      "unknown",
    ),
  ],
  passes: [
    // What is bound to a text, too, is a value and no SQL.
    { path: "sqlalchemy.text()", from: [], clears: ["sql"] },
    { path: "sqlalchemy.text().{bindparams,columns}()", from: [], clears: ["sql"] },
    { path: "{psycopg,psycopg2}.sql.SQL()", from: [0] },
    { path: "psycopg2.sql.{Identifier,Literal}()", from: [0], clears: ["sql"] },
    { path: "psycopg.sql.{Identifier,Literal}()", from: [0], clears: ["sql"] },
  ],
  hints: {
    db: ["any.Database()"],
    database: ["databases.Database()"],
    conn: ["any.Database()"],
    connection: ["any.Database()"],
    cur: ["any.Database()"],
    cursor: ["any.Database()"],
    session: ["any.Database()"],
    engine: ["any.Database()"],
  },
};

export default sql;
