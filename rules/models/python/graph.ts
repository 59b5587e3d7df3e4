/** Python clients of graph databases and GraphQL: which argument is the text of the query, and how values are passed beside it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const GRAPH: SinkKind = "graph";
/**
 * `lang` is the language of the text. `params` is where values go for which the text has a `$name`: "names" are keyword arguments, a
 * number is the position of a record. `told` says that only the text itself tells what the call is.
 */
const row = (
  path: string,
  args: readonly (number | string)[],
  lang: "Cypher" | "AQL" | "SPARQL" | "Gremlin" | "GraphQL",
  data: Readonly<Record<string, string | number | boolean>> = {},
) => ({ path, args, kind: GRAPH, data: { lang, ...data } });

const NAMES = { params: "names" };
const RECORD = { params: 1 };

const graph: Model = {
  language: "python",
  types: {
    "neo4j.Driver()": [
      "neo4j.{GraphDatabase,AsyncGraphDatabase}.{driver,bolt_driver,neo4j_driver}()",
      "neo4j.AsyncDriver()",
    ],
    "neo4j.Session()": ["neo4j.Driver().session()", "neo4j.AsyncSession()"],
    "neo4j.Transaction()": [
      "neo4j.Session().begin_transaction()",
      "neo4j.Session().{execute_read,execute_write,read_transaction,write_transaction}.arg(0).param(0)",
      "neo4j.{ManagedTransaction,AsyncManagedTransaction,AsyncTransaction}()",
    ],
    "py2neo.Graph()": ["py2neo.Graph().begin()", "py2neo.database.Graph()"],
    "falkordb.Graph()": [
      "falkordb.FalkorDB().select_graph()",
      "falkordb.asyncio.FalkorDB().select_graph()",
      "redis.Redis().graph()",
    ],
    "gqlalchemy.Memgraph()": ["gqlalchemy.Neo4j()"],
    "arango.Database()": ["arango.ArangoClient().db()"],
    "rdflib.Graph()": ["rdflib.{ConjunctiveGraph,Dataset}()"],
  },
  sinks: [
    row("{neo4j.Session(),neo4j.Transaction()}.run", [0, "query"], "Cypher", NAMES),
    row("neo4j.Driver().execute_query", [0, "query_"], "Cypher", NAMES),
    row("py2neo.Graph().{run,evaluate,query,update}", [0, "cypher"], "Cypher", NAMES),
    row("neomodel.{db,adb}.cypher_query", [0, "query"], "Cypher", RECORD),
    row(
      "{langchain_neo4j.Neo4jGraph,langchain_community.graphs.Neo4jGraph}().query",
      [0, "query"],
      "Cypher",
      RECORD,
    ),
    row("falkordb.Graph().{query,ro_query}", [0, "q"], "Cypher", RECORD),
    row("kuzu.Connection().execute", [0, "query"], "Cypher", RECORD),
    row("gqlalchemy.Memgraph().{execute,execute_and_fetch}", [0, "query"], "Cypher", RECORD),
    row("arango.Database().aql.execute", [0, "query"], "AQL", {
      advice: "write @name in the text and pass bind_vars",
    }),
    row("rdflib.Graph().query", [0, "query_object"], "SPARQL", {
      advice: "write ?name in the text and pass initBindings",
    }),
    row("rdflib.Graph().update", [0, "update_object"], "SPARQL", {
      advice: "write ?name in the text and pass initBindings",
    }),
    row("SPARQLWrapper.SPARQLWrapper().setQuery", [0, "query"], "SPARQL", {
      advice: "check the value against an anchored pattern, since the service takes a text only",
    }),
    row("gremlin_python.driver.client.Client().{submit,submit_async}", [0, "message"], "Gremlin", {
      advice: "write the name of a variable in the script and pass bindings",
    }),
    row("gql.gql", [0, "request_string"], "GraphQL"),
    row("{requests,httpx}.post", ["json.query"], "GraphQL", { told: true }),
    row(
      "{requests.Session(),httpx.Client(),aiohttp.ClientSession()}.post",
      ["json.query"],
      "GraphQL",
      { told: true },
    ),
  ],
  // What stands behind the function is passed on behind the transaction, which runs queries as the session does.
  callbacks: (["recv", 1, 2, 3, 4] as const).map((from, param) => ({
    path: "neo4j.Session().{execute_read,execute_write,read_transaction,write_transaction}()",
    arg: 0,
    param,
    from,
  })),
  hints: { tx: ["neo4j.Transaction()"], neo4j_session: ["neo4j.Session()"] },
  passes: [{ path: "neo4j.Query()", from: [0, "text"], same: true }],
};

export default graph;
