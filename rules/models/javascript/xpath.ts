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
  sinks: [
    row("xpath.{select,select1}", [0], "xpath.select", "parse"),
    row("xpath.{selectWithResolver,evaluate,parse,createExpression}", [0], "xpath"),
    // The function that it gives.
    row("xpath.useNamespaces()", [0], "xpath.select"),
    row("xpath.js", [1], "select"),
    row("{libxmljs.Document(),libxmljs.Element()}.{get,find}", [0], "libxmljs"),
    row(
      "fontoxpath.{evaluateXPath,evaluateXPathToArray,evaluateXPathToBoolean,evaluateXPathToFirstNode,evaluateXPathToMap,evaluateXPathToNodes,evaluateXPathToNumber,evaluateXPathToString,evaluateXPathToStrings}",
      [0],
      "fontoxpath",
    ),
    row("jsdom.JSDOM().window.document.evaluate", [0], "document.evaluate"),
  ],
};

export default xpath;
