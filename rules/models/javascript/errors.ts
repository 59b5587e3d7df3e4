/** JavaScript calls of which an exception says no more than what was wrong with the input. */
import type { Model } from "../../../server/rule/rule.ts";

const errors: Model = {
  language: "javascript",
  quiet: [
    "globalThis.{Number,String,Boolean,BigInt,Symbol,parseInt,parseFloat,isNaN,isFinite,Date,Error,TypeError,RangeError,SyntaxError,URL,URLSearchParams,Map,Set,RegExp,structuredClone}()",
    "globalThis.{encodeURIComponent,decodeURIComponent,encodeURI,decodeURI,atob,btoa}()",
    "globalThis.JSON.{parse,stringify}()",
    "globalThis.Object.{keys,values,entries,assign,fromEntries,freeze}()",
    "globalThis.Array.{isArray,of}()",
    "globalThis.Number.{parseInt,parseFloat,isInteger,isSafeInteger,isFinite,isNaN}()",
    "globalThis.Math.{floor,ceil,round,trunc,abs,min,max,random}()",
    "globalThis.Date.{now,parse}()",
    "globalThis.Buffer.from()",
    "globalThis.console.{log,info,debug,warn,error}()",
    "*.{trim,toLowerCase,toUpperCase,startsWith,endsWith,toISOString,charAt,padStart,padEnd}()",
  ],
};

export default errors;
