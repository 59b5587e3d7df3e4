/** Python calls that write to a log, for rules that look at what is given to them. What a program prints for its user is none. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LOGGING: SinkKind = "logging";
const row = (path: string) => ({ path, args: [], kind: LOGGING, data: { api: "the log" } });
const LEVELS = "{debug,info,warning,warn,error,critical,exception,log}";

const logCalls: Model = {
  language: "python",
  types: {
    "logging.Logger()": [
      "logging.getLogger()",
      "logging.LoggerAdapter()",
      "logging.Logger().getChild()",
      "{flask.Flask(),quart.Quart(),flask.current_app}.logger",
    ],
    "structlog.%logger()": [
      "structlog.{get_logger,getLogger}()",
      "structlog.stdlib.get_logger()",
      "structlog.%logger().{bind,new,unbind}()",
    ],
  },
  sinks: [
    row(`logging.${LEVELS}`),
    row(`logging.Logger().${LEVELS}`),
    row(`structlog.%logger().${LEVELS}`),
    row("loguru.logger.{trace,debug,info,success,warning,error,critical,exception,log}"),
    row(
      "loguru.logger.{bind,opt}().{trace,debug,info,success,warning,error,critical,exception,log}",
    ),
  ],
};

export default logCalls;
