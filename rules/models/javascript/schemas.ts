/** JavaScript schemas: what a value that was parsed by one of zod, joi, yup or valibot can be. */
import type { Model } from "../../../server/rule/rule.ts";

/** https://zod.dev/api: values that are no text, and texts whose format leaves no room for anything else. */
const ZOD_CLEAN =
  "{number,int,int32,float32,bigint,boolean,stringbool,date,nan,literal,enum,nativeEnum,null,undefined,void,never,uuid,uuidv4,guid,cuid,cuid2,ulid,nanoid,iso.date,iso.datetime,iso.time,ipv4}";
const ZOD_TEXT =
  "{string,any,unknown,record,map,instanceof,custom,email,url,base64,lazy,set,preprocess}";
const ZOD_SAME =
  "{optional,nullable,nullish,default,catch,prefault,min,max,length,nonempty,trim,toLowerCase,toUpperCase,refine,superRefine,check,describe,meta,brand,readonly,strict,strip,strictObject,passthrough,partial,deepPartial,required,pick,omit,email,url,startsWith,endsWith,includes,gt,gte,lt,lte,positive,negative,nonnegative,nonpositive,int,finite,safe,multipleOf,unwrap}";
const ZOD_FORMAT = "{uuid,guid,cuid,cuid2,ulid,nanoid,datetime,date,time,ip,ipv4}";

/** https://joi.dev/api */
const JOI_SAME =
  "{required,optional,allow,default,min,max,length,trim,lowercase,uppercase,email,uri,label,messages,message,integer,positive,negative,precision,port,unknown,options,description,error,when,strict,empty,unique,truncate,insensitive,with,without,and,or,xor,presence}";
const JOI_FORMAT = "{guid,uuid,alphanum,hex,token,isoDate,creditCard}";

/** https://github.com/jquense/yup#api */
const YUP_SAME =
  "{required,optional,notRequired,nullable,defined,nonNullable,default,min,max,length,trim,lowercase,uppercase,email,url,label,strict,noUnknown,integer,positive,negative,moreThan,lessThan,test,when,ensure,meta,typeError,strip}";

const schemas: Model = {
  language: "javascript",
  aliases: {
    "{zod.z,zod.default,zod/v3,zod/v3.z,zod/v4,zod/v4.z}": "zod",
    "{joi.default,@hapi/joi,@hapi/joi.default}": "joi",
    "yup.default": "yup",
  },
  types: {
    "zod.Schema()": [
      `zod.${ZOD_CLEAN}()`,
      `zod.${ZOD_TEXT}()`,
      "zod.{object,looseObject,strictObject,array,tuple,union,discriminatedUnion,intersection,optional,nullable}()",
      "zod.coerce.{number,boolean,bigint,date,string}()",
      `zod.Schema().${ZOD_SAME}()`,
      `zod.Schema().${ZOD_FORMAT}()`,
      "zod.Schema().{regex,array,or,and,extend,merge,safeExtend,transform,pipe}()",
    ],
    "joi.Schema()": [
      "joi.{object,array,string,number,boolean,bool,date,any,alternatives,binary}()",
      `joi.Schema().${JOI_SAME}()`,
      `joi.Schema().${JOI_FORMAT}()`,
      "joi.Schema().{valid,equal,pattern,regex,keys,append,items}()",
    ],
    "yup.Schema()": [
      "yup.{object,array,string,number,boolean,bool,date,mixed}()",
      `yup.Schema().${YUP_SAME}()`,
      "yup.Schema().{uuid,oneOf,matches,shape,concat,of}()",
    ],
    "valibot.Schema()": [
      "valibot.{object,array,string,number,bigint,boolean,date,picklist,enum,literal,optional,nullable,nullish}()",
    ],
  },
  passes: [
    { path: `zod.${ZOD_CLEAN}()`, from: [], schema: "clean" },
    { path: "zod.{string,email,url,base64}()", from: [], schema: "text", clears: ["nosql"] },
    { path: "zod.coerce.string()", from: [], schema: "text", clears: ["nosql"] },
    { path: "zod.coerce.{number,boolean,bigint,date}()", from: [], schema: "clean" },
    { path: "zod.{object,looseObject,strictObject}()", from: [0], schema: "record" },
    { path: "zod.array()", from: [0], schema: "list" },
    { path: "zod.{optional,nullable}()", from: [0], schema: "same" },
    { path: "zod.union()", from: [0], schema: "either" },
    { path: "zod.discriminatedUnion()", from: [1], schema: "either" },
    { path: "zod.intersection()", from: [0, 1], schema: "extended" },
    { path: `zod.Schema().${ZOD_SAME}()`, from: ["recv"], schema: "same" },
    { path: `zod.Schema().${ZOD_FORMAT}()`, from: [], schema: "clean" },
    { path: "zod.Schema().regex()", from: ["recv", 0], schema: "pattern" },
    { path: "zod.Schema().array()", from: ["recv"], schema: "list" },
    { path: "zod.Schema().or()", from: ["recv", 0], schema: "either" },
    {
      path: "zod.Schema().{and,extend,merge,safeExtend}()",
      from: ["recv", 0],
      schema: "extended",
    },
    { path: "zod.Schema().{parse,parseAsync}()", from: ["recv", 0], schema: "parse" },
    {
      path: "zod.Schema().{safeParse,safeParseAsync,spa}()",
      from: ["recv", 0],
      schema: "parse",
      as: "data",
    },
    { path: "joi.{number,boolean,bool,date}()", from: [], schema: "clean" },
    { path: "joi.string()", from: [], schema: "text", clears: ["nosql"] },
    { path: "joi.object()", from: [0], schema: "record" },
    { path: `joi.Schema().${JOI_SAME}()`, from: ["recv"], schema: "same" },
    { path: `joi.Schema().${JOI_FORMAT}()`, from: [], schema: "clean" },
    { path: "joi.Schema().{valid,equal}()", from: ["recv"], schema: "among" },
    { path: "joi.Schema().{pattern,regex}()", from: ["recv", 0], schema: "pattern" },
    { path: "joi.Schema().{keys,append}()", from: ["recv", 0], schema: "extended" },
    { path: "joi.Schema().items()", from: [0], schema: "list" },
    { path: "joi.Schema().validate()", from: ["recv", 0], schema: "parse", as: "value" },
    { path: "joi.Schema().validateAsync()", from: ["recv", 0], schema: "parse" },
    { path: "joi.{attempt,assert}()", from: [1, 0], schema: "parse" },
    { path: "yup.{number,boolean,bool,date}()", from: [], schema: "clean" },
    { path: "yup.string()", from: [], schema: "text", clears: ["nosql"] },
    { path: "yup.object()", from: [0], schema: "record" },
    { path: "yup.array()", from: [0], schema: "list" },
    { path: `yup.Schema().${YUP_SAME}()`, from: ["recv"], schema: "same" },
    { path: "yup.Schema().uuid()", from: [], schema: "clean" },
    { path: "yup.Schema().oneOf()", from: ["recv"], schema: "among" },
    { path: "yup.Schema().matches()", from: ["recv", 0], schema: "pattern" },
    { path: "yup.Schema().shape()", from: ["recv", 0], schema: "extended" },
    { path: "yup.Schema().of()", from: [0], schema: "list" },
    {
      path: "yup.Schema().{validate,validateSync,cast}()",
      from: ["recv", 0],
      schema: "parse",
    },
    {
      path: "valibot.{number,bigint,boolean,date,picklist,enum,literal}()",
      from: [],
      schema: "clean",
    },
    { path: "valibot.string()", from: [], schema: "text", clears: ["nosql"] },
    { path: "valibot.object()", from: [0], schema: "record" },
    { path: "valibot.array()", from: [0], schema: "list" },
    { path: "valibot.{optional,nullable,nullish}()", from: [0], schema: "same" },
    { path: "valibot.{parse,parseAsync}()", from: [0, 1], schema: "parse" },
    { path: "valibot.{safeParse,safeParseAsync}()", from: [0, 1], schema: "parse", as: "output" },
  ],
};

export default schemas;
