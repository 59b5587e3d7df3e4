/** JavaScript that evaluates XPath: which argument is the expression. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const XPATH: SinkKind = "xpath";
/** `parsed` is the call of the same library whose result takes variables, in place of this one. */
const row = (path: string, args: readonly (number | string)[], api: string, parsed = "") => ({
  path,
  args,
  kind: XPATH,
  data: { api, parsed },
});

const FONTO =
  "fontoxpath.{evaluateXPath,evaluateXPathToArray,evaluateXPathToBoolean,evaluateXPathToFirstNode,evaluateXPathToMap,evaluateXPathToNodes,evaluateXPathToNumber,evaluateXPathToString,evaluateXPathToStrings}";

const xpath: Model = {
  language: "javascript",
  types: {
    "libxmljs.Document()": [
      "{libxmljs,libxmljs2}.{parseXml,parseXmlString,parseHtml,parseHtmlString}()",
      "{libxmljs,libxmljs2}.Document.{fromXml,fromHtml}()",
    ],
    "libxmljs.Element()": [
      "libxmljs.Document().{root,get}()",
      "libxmljs.Element().{get,parent,child}()",
    ],
  },
  // What is found is part of the document.
  passes: [
    { path: "xpath.{select,select1,selectWithResolver,evaluate}()", from: [1] },
    { path: "xpath.useNamespaces()()", from: [1] },
    { path: "xpath.js()", from: [0] },
    { path: "{libxmljs.Document(),libxmljs.Element()}.{get,find}()", from: ["recv"] },
    { path: `${FONTO}()`, from: [1] },
  ],
  sinks: [
    row("xpath.{select,select1}", [0], "xpath.select", "parse"),
    row("xpath.{selectWithResolver,evaluate,parse,createExpression}", [0], "xpath"),
    // The function that it gives.
    row("xpath.useNamespaces()", [0], "xpath.select"),
    row("xpath.js", [1], "select"),
    row("{libxmljs.Document(),libxmljs.Element()}.{get,find}", [0], "libxmljs"),
    row(FONTO, [0], "fontoxpath"),
    row("jsdom.JSDOM().window.document.evaluate", [0], "document.evaluate"),
  ],
};

export default xpath;
