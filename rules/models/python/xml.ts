/** Python parsers of XML: which switch lets a document name files and addresses that are read into it. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const PARSER: SinkKind = "xml-parser";
/**
 * `flag` is where the switch is; `feature` names the argument that says which switch it is, which must have the text `named`
 * or be the `constant`.
 */
const row = (path: string, data: Readonly<Record<string, string>>) => ({
  path,
  args: [],
  kind: PARSER,
  data,
});

const EXTERNAL = "http://xml.org/sax/features/external-general-entities";

const xml: Model = {
  language: "python",
  aliases: {
    "xml.sax.expatreader.create_parser": "xml.sax.make_parser",
  },
  sinks: [
    // Tried with lxml 4.9 and 6.1: since version 5 only True reads files, before that it is what happens without the argument.
    row("lxml.etree.{XMLParser,ETCompatXMLParser,XMLPullParser,iterparse}", {
      api: "lxml",
      flag: "resolve_entities",
    }),
    row("lxml.objectify.makeparser", { api: "lxml", flag: "resolve_entities" }),
    row("xml.sax.make_parser().setFeature", {
      api: "xml.sax",
      flag: "1|state",
      feature: "0|name",
      named: EXTERNAL,
      constant: "xml.sax.handler.feature_external_ges",
    }),
  ],
};

export default xml;
