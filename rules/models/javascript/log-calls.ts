/** JavaScript calls that write to a log, for rules that look at what is given to them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LOGGING: SinkKind = "logging";
/** `console` may also be how a program talks with its user. */
const row = (path: string, api = "the log") => ({ path, args: [], kind: LOGGING, data: { api } });
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
    row("{winston,winston.%logger()}.{error,warn,info,http,verbose,debug,silly,log}"),
    row(`pino().${LEVELS}`),
    row(`bunyan.%logger().${LEVELS}`),
    row("log4js.getLogger().{trace,debug,info,warn,error,fatal,log,mark}"),
    row("{loglevel,loglevel.%logger()}.{trace,debug,info,warn,error,log}"),
    row("{@nestjs/common.Logger,@nestjs/common.Logger()}.{log,error,warn,debug,verbose,fatal}"),
  ],
};

export default logCalls;
