/** JavaScript calls that write to a log, for rules that look at what is given to them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LOGGING: SinkKind = "logging";
/** `console` may also be how a program talks with its user. */
const row = (path: string, api = "the log") => ({ path, args: [], kind: LOGGING, data: { api } });
/** What is written as text. pino and bunyan are none: they write JSON. winston does, unless it is told otherwise (`form`). */
const text = (path: string, data: Readonly<Record<string, string>> = {}) => ({
  path,
  args: [0, 1, 2, 3, 4, 5, 6],
  kind: TEXT,
  noRecord: true,
  data: { format: "plain", ...data },
});
const TEXT: SinkKind = "log";
const LEVELS = "{trace,debug,info,warn,error,fatal}";

const logCalls: Model = {
  language: "javascript",
  types: {
    "winston.%logger()": ["winston.createLogger()", "winston.%logger().child()"],
    "pino()": ["pino.pino()", "pino().child()", "fastify().log", "fastify.Request().log"],
    "bunyan.%logger()": ["bunyan.createLogger()", "bunyan.%logger().child()"],
    "loglevel.%logger()": ["loglevel.getLogger()"],
  },
  sinks: [
    row("globalThis.console.{log,info,debug,warn,error,trace,dir}", "console"),
    text("globalThis.console.{log,info,debug,warn,error,trace}"),
    text("{winston,winston.%logger()}.{error,warn,info,http,verbose,debug,silly}", {
      form: "printf|simple|cli|prettyPrint",
    }),
    text("log4js.getLogger().{trace,debug,info,warn,error,fatal,mark}"),
    text("loglevel.{trace,debug,info,warn,error}"),
    text("{@nestjs/common.Logger,@nestjs/common.Logger()}.{log,error,warn,debug,verbose,fatal}"),
    row("{winston,winston.%logger()}.{error,warn,info,http,verbose,debug,silly,log}"),
    row(`pino().${LEVELS}`),
    row(`bunyan.%logger().${LEVELS}`),
    row("log4js.getLogger().{trace,debug,info,warn,error,fatal,log,mark}"),
    row("{loglevel,loglevel.%logger()}.{trace,debug,info,warn,error,log}"),
    row("{@nestjs/common.Logger,@nestjs/common.Logger()}.{log,error,warn,debug,verbose,fatal}"),
  ],
};

export default logCalls;
