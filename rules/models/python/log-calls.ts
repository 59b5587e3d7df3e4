/** Python calls that write to a log, for rules that look at what is given to them. What a program prints for its user is none. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LOGGING: SinkKind = "logging";
const row = (path: string) => ({ path, args: [], kind: LOGGING, data: { api: "the log" } });
/**
 * The text that is written, and what `%s` in it stands for. structlog is none: what it writes are records, whose values are quoted.
 */
const text = (path: string, format: "percent" | "braces") => ({
  path,
  args: [0, 1, 2, 3, 4, 5, 6, "msg"],
  kind: TEXT,
  data: { format },
});
const TEXT: SinkKind = "log";
const LEVELS = "{debug,info,warning,warn,error,critical,exception,log}";

// The text of `log` is its second argument.
const TEXT_LEVELS = "{debug,info,warning,warn,error,critical,exception}";
const LOGURU_LEVELS = "{trace,debug,info,success,warning,error,critical,exception}";

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
    text(`logging.${TEXT_LEVELS}`, "percent"),
    text(`logging.Logger().${TEXT_LEVELS}`, "percent"),
    text(`loguru.logger.${LOGURU_LEVELS}`, "braces"),
    row(`structlog.%logger().${LEVELS}`),
    row("loguru.logger.{trace,debug,info,success,warning,error,critical,exception,log}"),
    row(
      "loguru.logger.{bind,opt}().{trace,debug,info,success,warning,error,critical,exception,log}",
    ),
  ],
};

export default logCalls;
