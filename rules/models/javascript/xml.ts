/** JavaScript parsers of XML: which option lets a document name files and addresses that are read into it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const PARSER: SinkKind = "xml-parser";

const xml: Model = {
  language: "javascript",
  sinks: [
    // libxml2's XML_PARSE_NOENT, whose name says the contrary: entities are replaced. libxmljs 1 calls it replaceEntities.
    {
      path: "{libxmljs,libxmljs2}.{parseXml,parseXmlString,parseXmlAsync}",
      args: [],
      kind: PARSER,
      data: { api: "libxmljs", flag: "1.noent|1.replaceEntities" },
    },
    {
      path: "{libxmljs,libxmljs2}.Document.fromXml",
      args: [],
      kind: PARSER,
      data: { api: "libxmljs", flag: "1.noent|1.replaceEntities" },
    },
  ],
};

export default xml;
