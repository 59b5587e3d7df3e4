/** JavaScript built-ins: what keeps, changes and clears the taint of a value. */
import type { Model } from "../../../server/rule/rule.ts";

const core: Model = {
  language: "javascript",
  sources: [
    {
      path: "globalThis.%exception()",
      kind: "exception",
      text: "the error holds internal details",
    },
    { path: "globalThis.%exception().stack", kind: "stack", text: "the stack trace" },
    { path: "globalThis.process.env", kind: "environment", text: "the whole environment" },
    { path: "globalThis.location.{search,hash,href}", kind: "client", text: "the page's address" },
    { path: "globalThis.document.{cookie,referrer,URL}", kind: "client", text: "data of the page" },
  ],
  aliases: {
    process: "globalThis.process",
    "globalThis.window.location": "globalThis.location",
    "globalThis.document.location": "globalThis.location",
  },
  passes: [
    { path: "*.{length,size,byteLength}", from: [], scalar: true },
    {
      path: "globalThis.{Number,parseInt,parseFloat,Boolean,BigInt,isNaN}()",
      from: [0],
      scalar: true,
    },
    {
      path: "globalThis.Number.{parseInt,parseFloat,isInteger,isFinite}()",
      from: [0],
      scalar: true,
    },
    {
      path: "globalThis.Math.{floor,ceil,round,abs,min,max,trunc,random}()",
      from: [],
      scalar: true,
    },
    { path: "globalThis.Date.now()", from: [], scalar: true },
    { path: "globalThis.String()", from: [0], same: true },
    { path: "globalThis.{decodeURIComponent,decodeURI,unescape}()", from: [0], same: true },
    {
      path: "globalThis.encodeURIComponent()",
      from: [0],
      clears: ["url", "path", "html", "redirect", "header"],
    },
    { path: "globalThis.encodeURI()", from: [0] },
    { path: "globalThis.JSON.{parse,stringify}()", from: [0] },
    { path: "globalThis.Object.{assign,entries,values,keys,fromEntries,freeze}()", from: ["*"] },
    { path: "globalThis.Array.{from,of}()", from: ["*"] },
    { path: "globalThis.{Promise.resolve,Promise.all,Buffer.from,structuredClone}()", from: [0] },
    { path: "globalThis.{Map,Set,URLSearchParams,Array,Error,TypeError}()", from: [0] },
    { path: "globalThis.URL()", from: [0, 1], same: true },
    { path: "globalThis.Error()", from: [0] },
    {
      path: "*.{replace,replaceAll}()",
      from: ["recv"],
      clears: ["path", "sql", "shell", "html", "header", "log"],
      needs: { arg: 0, is: "negated-class" },
    },
    {
      path: "*.{replace,replaceAll}()",
      from: ["recv"],
      same: true,
      needs: { arg: 0, is: "separators" },
    },
    {
      path: "*.{trim,trimStart,trimEnd,toLowerCase,toUpperCase,normalize,toString,valueOf,padStart,padEnd,toWellFormed}()",
      from: ["recv"],
      same: true,
    },
    {
      path: "*.split()",
      from: ["recv"],
      derive: "part",
      clears: ["piece"],
      needs: { arg: 0, is: "only-separator" },
    },
    {
      path: "*.{split,slice,substring,substr,replace,replaceAll,at,charAt,match,matchAll,exec,concat,repeat,shift,pop,flat,reverse,sort,filter,find,values,entries,keys,json,text,toJSON,searchParams}()",
      from: ["recv", "*"],
      derive: "part",
    },
    { path: "*.{get,getAll}()", from: ["recv"], field: 0 },
    { path: "*.join()", from: ["recv", 0], restores: ["piece"] },
    { path: "*.{push,unshift,add,append}()", from: ["*"], to: "recv" },
    { path: "*.set()", from: [1], to: "recv" },
    {
      path: "*.{includes,has,startsWith,endsWith,indexOf,lastIndexOf,test,every,some,charCodeAt,codePointAt,localeCompare}()",
      from: [],
      scalar: true,
    },
    {
      path: "{crypto.randomUUID,crypto.randomBytes,globalThis.crypto.randomUUID}()",
      from: [],
      scalar: true,
    },
  ],
  guards: [
    {
      path: "*.{includes,has}()",
      subject: 0,
      proves: "true",
      clears: "all",
      needs: { arg: "recv", is: "untainted" },
    },
    {
      path: "globalThis.Number.{isInteger,isSafeInteger,isFinite}()",
      subject: 0,
      proves: "true",
      clears: "all",
    },
    {
      path: "*.test()",
      subject: 0,
      proves: "true",
      clears: "all",
      needs: { arg: "recv", is: "anchored" },
    },
    { path: "*.{startsWith,endsWith}()", subject: "recv", proves: "true", clears: [] },
    {
      path: "*.{indexOf,lastIndexOf}()",
      subject: 0,
      proves: "found",
      clears: "all",
      needs: { arg: "recv", is: "untainted" },
    },
    { path: "*.{indexOf,lastIndexOf,search}()", subject: "recv", proves: "found", clears: [] },
  ],
  ends: ["globalThis.process.{exit,abort}()"],
  callbacks: [
    {
      path: "*.{map,filter,forEach,find,findIndex,every,flatMap,sort}()",
      arg: 0,
      param: 0,
      from: "recv",
      element: true,
    },
    { path: "*.some()", arg: 0, param: 0, from: "recv", element: true, proves: "true" },
    { path: "*.reduce()", arg: 0, param: 1, from: "recv", element: true },
    { path: "*.then()", arg: 0, param: 0, from: "recv" },
  ],
};

export default core;
