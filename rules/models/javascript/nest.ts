/** NestJS and tRPC: parameters that decorators declare, and procedures with an input. */
import type { Model } from "../../../server/rule/rule.ts";

const nest: Model = {
  language: "javascript",
  types: {
    "express.Request()": ["@nestjs/common.{Req,Request}().default"],
    "express.Response()": ["@nestjs/common.{Res,Response}().default"],
    "trpc.Root()": [
      "@trpc/server.initTRPC.create()",
      "@trpc/server.initTRPC.{context,meta}().create()",
      "@trpc/server.initTRPC.{context,meta}().{context,meta}().create()",
    ],
    "trpc.Procedure()": [
      "trpc.Root().procedure",
      "trpc.Procedure().{input,output,use,meta,concat,unstable_concat}()",
    ],
    "trpc.Options()": [
      "trpc.Procedure().{query,mutation,subscription,use}.arg(0).param(0)",
      "trpc.Root().middleware.arg(0).param(0)",
    ],
  },
  sources: [
    {
      path: "@nestjs/common.{Body,Query,Param,Headers,RawBody,Cookies,SignedCookies,HostParam}().default",
      kind: "remote",
      text: "a request parameter",
    },
    {
      path: "@nestjs/common.{UploadedFile,UploadedFiles}().default.buffer",
      kind: "remote",
      text: "the uploaded content",
    },
    {
      path: "@nestjs/websockets.MessageBody().default",
      kind: "remote",
      text: "a message of the client",
    },
    { path: "@nestjs/graphql.Args().default", kind: "remote", text: "an argument of the query" },
    {
      path: "@nestjs/microservices.Payload().default",
      kind: "message",
      text: "a message of another service",
    },
    { path: "trpc.Options().{input,rawInput}", kind: "remote", text: "the procedure's input" },
    { path: "trpc.Options().getRawInput()", kind: "remote", text: "the procedure's input" },
  ],
  scalars: [
    "@nestjs/common.{ParseIntPipe,ParseFloatPipe,ParseBoolPipe,ParseUUIDPipe,ParseEnumPipe,ParseDatePipe}",
    "@nestjs/websockets.ConnectedSocket().default",
    "@nestjs/microservices.Ctx().default",
  ],
};

export default nest;
