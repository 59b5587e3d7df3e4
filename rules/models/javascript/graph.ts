/** JavaScript clients of graph databases and GraphQL: which argument is the text of the query, and how values are passed beside it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const GRAPH: SinkKind = "graph";
/** As in the Python model: `params` is the position of the values, `told` says that only the text itself tells what the call is. */
const row = (
  path: string,
  args: readonly (number | string)[],
  lang: "Cypher" | "AQL" | "Gremlin" | "GraphQL",
  data: Readonly<Record<string, string | number | boolean>> = {},
) => ({ path, args, kind: GRAPH, data: { lang, ...data } });

const RECORD = { params: 1 };

const graph: Model = {
  language: "javascript",
  types: {
    "neo4j-driver.Driver()": ["{neo4j-driver,neo4j-driver-lite}.driver()"],
    "neo4j-driver.Session()": ["neo4j-driver.Driver().session()"],
    "neo4j-driver.Transaction()": [
      "neo4j-driver.Session().beginTransaction()",
      "neo4j-driver.Session().{executeRead,executeWrite,readTransaction,writeTransaction}.arg(0).param(0)",
      "neo4j-driver.ManagedTransaction()",
    ],
    "arangojs.Database()": [],
    "falkordb.Graph()": ["falkordb.FalkorDB.connect().selectGraph()"],
    "graphql-request.GraphQLClient()": [],
  },
  sinks: [
    row("{neo4j-driver.Session(),neo4j-driver.Transaction()}.run", [0, "0.text"], "Cypher", RECORD),
    row("neo4j-driver.Driver().executeQuery", [0], "Cypher", RECORD),
    row("{nest-neo4j,nest-neo4j/dist}.Neo4jService().{read,write}", [0], "Cypher", RECORD),
    row("falkordb.Graph().{query,roQuery}", [0], "Cypher", {
      advice: "write $name in the text and pass { params: { name: value } }",
    }),
    row("arangojs.Database().query", [0, "0.query"], "AQL", {
      advice: "use the tag aql, or write @name in the text and pass { name: value }",
    }),
    row("gremlin.driver.Client().submit", [0], "Gremlin", {
      advice: "write the name of a variable in the script and pass { name: value }",
    }),
    row("graphql-request.{request,rawRequest}", [1], "GraphQL"),
    row("graphql-request.GraphQLClient().{request,rawRequest}", [0], "GraphQL"),
    row("{axios,axios.Instance()}.post", ["1.query"], "GraphQL", { told: true }),
    row("{*.graphql,@octokit/graphql.graphql}", [0], "GraphQL", { told: true }),
  ],
  passes: [
    // The tag binds its values.
    { path: "{arangojs.aql,arangojs/aql.aql}()", from: [] },
    { path: "graphql-request.gql()", from: ["*"] },
  ],
};

export default graph;
