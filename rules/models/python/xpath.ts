/** Python that evaluates XPath: which argument is the expression. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const XPATH: SinkKind = "xpath";
/**
 * `names` says that the call takes keyword arguments as variables of the expression. The language of `find` and its like has
 * steps and simple conditions only ("simple").
 */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  data: Readonly<Record<string, boolean>> = {},
) => ({ path, args, kind: XPATH, data: { api, ...data } });

const LXML = "{lxml.etree.Element(),lxml.etree.ElementTree()}";
const STANDARD = "xml.etree.ElementTree";

const xpath: Model = {
  language: "python",
  aliases: {
    "{defusedxml.ElementTree,xml.etree.cElementTree,defusedxml.cElementTree}": STANDARD,
  },
  types: {
    "lxml.etree.Element()": [
      "lxml.etree.{fromstring,XML,HTML,SubElement}()",
      "lxml.html.{fromstring,document_fromstring,fragment_fromstring}()",
      "lxml.objectify.{fromstring,XML}()",
      "lxml.etree.ElementTree().getroot()",
      "lxml.etree.Element().{find,getparent,getnext,getprevious}()",
    ],
    "lxml.etree.ElementTree()": [
      "lxml.etree.parse()",
      "lxml.html.parse()",
      "lxml.objectify.parse()",
      "lxml.etree.Element().getroottree()",
    ],
    [`${STANDARD}.Element()`]: [
      `${STANDARD}.{fromstring,XML}()`,
      `${STANDARD}.ElementTree().getroot()`,
      `${STANDARD}.Element().find()`,
    ],
    [`${STANDARD}.ElementTree()`]: [`${STANDARD}.parse()`],
  },
  // What is found is part of the document.
  passes: [
    { path: `${LXML}.{xpath,find,findall,findtext,iterfind}()`, from: ["recv"] },
    { path: "*.xpath()", from: ["recv"] },
    { path: "lxml.etree.{XPath,ETXPath}()", from: [] },
    { path: "elementpath.{select,iter_select}()", from: [0] },
  ],
  sinks: [
    row(`${LXML}.xpath`, [0, "_path"], "xpath", { names: true }),
    // Also of parsel and Scrapy, which take variables in the same way.
    row("*.xpath", [0, "query", "_path"], "xpath", { names: true }),
    row("lxml.etree.{XPath,ETXPath}", [0, "path"], "XPath"),
    row("lxml.etree.XPathEvaluator()", [0], "XPathEvaluator", { names: true }),
    row("elementpath.{select,iter_select}", [1, "path"], "elementpath.select"),
    row(`${LXML}.{find,findall,findtext,iterfind}`, [0, "path"], "find", { simple: true }),
    row(
      `{${STANDARD}.Element(),${STANDARD}.ElementTree()}.{find,findall,findtext,iterfind}`,
      [0, "path"],
      "find",
      { simple: true },
    ),
  ],
};

export default xpath;
