/** What starts JavaScript code but is no request of a web framework: sockets, messages, the command line, tools of a model, cloud functions. */
import type { Model } from "../../../server/rule/rule.ts";

const SAID = "a message of the client";
const MESSAGE = "a message of a queue";
const TOOL = "what the model passes to its tool";
const TYPED = "an argument of the command line";
const MCP = "@modelcontextprotocol/sdk/server/mcp.js.McpServer()";
const COMMANDER =
  "{command,option,requiredOption,argument,arguments,description,summary,name,version,action,alias,usage,addOption,addArgument,addCommand,allowUnknownOption,allowExcessArguments,helpOption,hook,parse,parseAsync,storeOptionsAsProperties}";
const YARGS =
  "{option,options,command,usage,help,alias,demandOption,demandCommand,positional,scriptName,strict,version,default,describe,boolean,string,number,array,example,epilogue,wrap,env,config,middleware,coerce,choices,group,recommendCommands}";

const entryPoints: Model = {
  language: "javascript",
  aliases: {
    "process.argv": "globalThis.process.argv",
    "socket.io.default": "socket.io.Server",
    "amqplib/callback_api.connect": "amqplib.connect",
  },
  types: {
    "ws.WebSocketServer()": ["ws.Server()", "ws.default.Server()"],
    "ws.WebSocket()": ["ws.WebSocketServer().on.arg(1).param(0)"],
    "node.IncomingMessage()": ["ws.WebSocketServer().on.arg(1).param(1)"],
    "socket.io.Socket()": [
      "socket.io.Server().on.arg(1).param(0)",
      "socket.io.Server().of().on.arg(1).param(0)",
    ],
    "bullmq.Job()": ["bullmq.Worker.arg(1).param(0)", "bull().process.arg(*).param(0)"],
    "kafkajs.Consumer()": ["kafkajs.Kafka().consumer()"],
    "kafkajs.Payload()": ["kafkajs.Consumer().run.arg(0.eachMessage).param(0)"],
    "kafkajs.Batch()": ["kafkajs.Consumer().run.arg(0.eachBatch).param(0)"],
    "amqplib.Channel()": ["amqplib.connect().{createChannel,createConfirmChannel}()"],
    "amqplib.Message()": ["amqplib.Channel().consume.arg(1).param(0)", "amqplib.Channel().get()"],
    "redis.Client()": ["redis.createClient()", "redis.Client().duplicate()"],
    "ioredis()": ["ioredis.{default,Redis}()", "ioredis().duplicate()"],
    "commander.Command()": [
      "commander.program",
      "commander.{createCommand,default}()",
      `commander.Command().${COMMANDER}()`,
    ],
    "yargs.Argv()": ["yargs()", `yargs.Argv().${YARGS}()`],
    "mcp.Request()": [
      "@modelcontextprotocol/sdk/server/index.js.Server().setRequestHandler.arg(1).param(0)",
    ],
    "aws.Event()": [
      "aws.handler.param(0)",
      "aws-lambda.{APIGatewayProxyEvent,APIGatewayProxyEventV2,APIGatewayEvent}()",
      "aws-lambda.{APIGatewayProxyHandler,APIGatewayProxyHandlerV2}().param(0)",
    ],
  },
  sources: [
    {
      path: "ws.WebSocket().on.arg(1).param(0)",
      kind: "remote",
      text: SAID,
      only: "^message$",
    },
    {
      path: "socket.io.Socket().on.arg(1).param(*)",
      kind: "remote",
      text: SAID,
      only: "^(?!disconnect|error$)",
    },
    { path: "socket.io.Socket().handshake.{query,headers,auth}", kind: "remote", text: SAID },
    { path: "bullmq.Job().data", kind: "message", text: MESSAGE },
    { path: "kafkajs.Payload().message.{value,key,headers}", kind: "message", text: MESSAGE },
    { path: "kafkajs.Batch().batch.messages", kind: "message", text: MESSAGE },
    { path: "amqplib.Message().content", kind: "message", text: MESSAGE },
    {
      path: "redis.Client().{subscribe,pSubscribe,sSubscribe}.arg(1).param(0)",
      kind: "message",
      text: MESSAGE,
    },
    { path: "ioredis().on.arg(1).param(1)", kind: "message", text: MESSAGE, only: "^message" },
    { path: "ioredis().on.arg(1).param(2)", kind: "message", text: MESSAGE, only: "^pmessage" },
    {
      path: "@aws-sdk/client-sqs.{SQSClient().send,SQS().receiveMessage}()",
      kind: "message",
      text: MESSAGE,
    },
    { path: "globalThis.process.argv", kind: "command-line", text: TYPED },
    { path: "util.parseArgs()", kind: "command-line", text: TYPED },
    { path: "commander.Command().action.arg(0).param(*)", kind: "command-line", text: TYPED },
    { path: "commander.Command().{opts,optsWithGlobals}()", kind: "command-line", text: TYPED },
    { path: "commander.Command().{args,processedArgs}", kind: "command-line", text: TYPED },
    { path: "yargs.Argv().{parse,parseSync,parseAsync}()", kind: "command-line", text: TYPED },
    { path: "yargs.Argv().argv", kind: "command-line", text: TYPED },
    { path: `${MCP}.{tool,prompt}.arg(*).param(0)`, kind: "model", text: TOOL },
    { path: `${MCP}.{registerTool,registerPrompt}.arg(2).param(0)`, kind: "model", text: TOOL },
    { path: `${MCP}.registerResource.arg(3).of2.param(0)`, kind: "model", text: TOOL },
    { path: "mcp.Request().params.{arguments,name,uri}", kind: "model", text: TOOL },
    { path: "ai.{tool,dynamicTool}.arg(0.execute).param(0)", kind: "model", text: TOOL },
    {
      path: "@langchain/core/tools.{tool.arg(0),DynamicTool.arg(0.func),DynamicStructuredTool.arg(0.func)}.param(0)",
      kind: "model",
      text: TOOL,
    },
    {
      path: "aws.Event().{body,queryStringParameters,multiValueQueryStringParameters,pathParameters,headers,multiValueHeaders,rawPath,rawQueryString,path,cookies}",
      kind: "remote",
      text: "the event",
    },
  ],
  conventions: [{ exports: ["handler"], taker: "aws.handler" }],
};

export default entryPoints;
