/** JavaScript frameworks: switches and middleware that show internals to whoever asks. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const DEBUG: SinkKind = "debug";

const settings: Model = {
  language: "javascript",
  sinks: [
    {
      path: "errorhandler",
      args: [],
      kind: DEBUG,
      data: { api: "errorhandler()", library: "errorhandler", shows: "trace", always: true },
    },
    {
      path: "{@apollo/server.ApolloServer,apollo-server.ApolloServer,apollo-server-express.ApolloServer}",
      args: [],
      kind: DEBUG,
      data: {
        flag: "0.includeStacktraceInErrorResponses|0.debug",
        api: "ApolloServer",
        library: "Apollo",
        shows: "trace",
      },
    },
  ],
  hints: { errorhandler: ["errorhandler"] },
};

export default settings;
