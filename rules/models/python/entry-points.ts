/** What starts Python code but is no request of a web framework: messages, the command line, tools of a model, functions in a cloud. */
import type { Model } from "../../../server/rule/rule.ts";

const MESSAGE = "a message of a queue";
const TOOL = "what the model passes to its tool";
const TYPED = "an argument of the command line";
const MCP = "{mcp.server.fastmcp.FastMCP(),mcp.server.mcpserver.MCPServer(),fastmcp.FastMCP()}";
const CLICK =
  "{click.command(),click.Group(),click.Group().command(),typer.Typer().command(),typer.Typer().callback()}";

const entryPoints: Model = {
  language: "python",
  aliases: {
    "mcp.server.FastMCP": "mcp.server.fastmcp.FastMCP",
    "mcp.server.MCPServer": "mcp.server.mcpserver.MCPServer",
    "mcp.server.Server": "mcp.server.lowlevel.Server",
    "mcp.server.lowlevel.server.Server": "mcp.server.lowlevel.Server",
    "fastmcp.server.FastMCP": "fastmcp.FastMCP",
    "langchain.tools.tool": "langchain_core.tools.tool",
    "langchain.agents.tool": "langchain_core.tools.tool",
    "kafka.consumer.KafkaConsumer": "kafka.KafkaConsumer",
    "celery.app.shared_task": "celery.shared_task",
  },
  types: {
    "celery.Celery()": ["celery.app.Celery()", "celery.Celery.instance()"],
    "confluent_kafka.Consumer()": ["confluent_kafka.DeserializingConsumer()"],
    "confluent_kafka.Message()": [
      "confluent_kafka.Consumer().poll()",
      "confluent_kafka.Consumer().consume()[*]",
    ],
    "kafka.Record()": [
      "{kafka.KafkaConsumer(),aiokafka.AIOKafkaConsumer()}[*]",
      "aiokafka.AIOKafkaConsumer().getone()",
      "kafka.KafkaConsumer().__next__()",
    ],
    "pika.Channel()": ["pika.{BlockingConnection,SelectConnection}().channel()"],
    "redis.PubSub()": [
      "redis.{Redis,StrictRedis,from_url,asyncio.Redis,asyncio.from_url}().pubsub()",
      "redis.Redis.from_url().pubsub()",
    ],
    // A function under `@click.group()` is a group itself.
    "click.Group()": ["click.group()", "click.Group()()", "click.Group().group()"],
  },
  sources: [
    { path: "celery.Celery().task.arg(0).param(*)", kind: "message", text: MESSAGE },
    { path: "celery.Celery().task().arg(0).param(*)", kind: "message", text: MESSAGE },
    { path: "celery.shared_task.arg(0).param(*)", kind: "message", text: MESSAGE },
    { path: "celery.shared_task().arg(0).param(*)", kind: "message", text: MESSAGE },
    { path: "kafka.Record().{value,key,headers}", kind: "message", text: MESSAGE },
    { path: "kafka.KafkaConsumer().poll()", kind: "message", text: MESSAGE },
    { path: "aiokafka.AIOKafkaConsumer().getmany()", kind: "message", text: MESSAGE },
    { path: "confluent_kafka.Message().{value,key,headers}()", kind: "message", text: MESSAGE },
    {
      path: "pika.Channel().basic_consume.arg({1,on_message_callback}).param(3)",
      kind: "message",
      text: MESSAGE,
    },
    { path: "pika.Channel().{basic_get,consume}()", kind: "message", text: MESSAGE },
    { path: "redis.PubSub().{listen,get_message}()", kind: "message", text: MESSAGE },
    // Of the clients of boto3 only that of SQS has it.
    { path: "boto3.client().receive_message()", kind: "message", text: MESSAGE },
    { path: "boto3.resource().Queue().receive_messages()", kind: "message", text: MESSAGE },
    { path: "sys.{argv,orig_argv}", kind: "command-line", text: TYPED },
    { path: "sys.stdin", kind: "command-line", text: "what is typed in" },
    { path: "builtins.{input,raw_input}()", kind: "command-line", text: "what is typed in" },
    {
      path: "argparse.ArgumentParser().{parse_args,parse_known_args,parse_intermixed_args}()",
      kind: "command-line",
      text: TYPED,
    },
    { path: `${CLICK}.arg(0).param(*)`, kind: "command-line", text: TYPED },
    { path: `typer.run.arg(0).param(*)`, kind: "command-line", text: TYPED },
    { path: `${MCP}.{tool,resource,prompt}().arg(0).param(*)`, kind: "model", text: TOOL },
    { path: `${MCP}.{tool,resource,prompt}.arg(0).param(*)`, kind: "model", text: TOOL },
    { path: `${MCP}.add_tool.arg(0).param(*)`, kind: "model", text: TOOL },
    {
      path: "mcp.server.lowlevel.Server().{call_tool,read_resource,get_prompt}().arg(0).param(*)",
      kind: "model",
      text: TOOL,
    },
    { path: "langchain_core.tools.tool.arg(0).param(*)", kind: "model", text: TOOL },
    { path: "langchain_core.tools.tool().arg(0).param(*)", kind: "model", text: TOOL },
    { path: "agents.function_tool.arg(0).param(*)", kind: "model", text: TOOL },
    { path: "agents.function_tool().arg(0).param(*)", kind: "model", text: TOOL },
    { path: "aws.lambda.param(0)", kind: "remote", text: "the event" },
  ],
  passes: [{ path: "pydantic.Field()", from: [0, "pattern"], schema: "pattern" }],
  conventions: [{ exports: ["lambda_handler"], taker: "aws.lambda" }],
  // The context that a tool gets beside its arguments.
  // The engine of pydantic 2 has no "$" before a last line end; `regex` is the word of pydantic 1.
  patterns: {
    "{pydantic.Field,pydantic.constr,pydantic.StringConstraints,fastapi.Query,fastapi.Path,fastapi.Body,fastapi.Form,fastapi.Header,fastapi.Cookie}":
      ["pattern", "regex"],
  },
  scalars: [
    "{mcp.server.fastmcp.Context,mcp.server.mcpserver.Context,fastmcp.Context,click.Context,typer.Context}",
  ],
};

export default entryPoints;
