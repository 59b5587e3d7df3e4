// The texts that the client says, found in its code by a parser: the calls of `l10n.t`.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Language, Parser, Query } from "web-tree-sitter";

const require = createRequire(import.meta.url);

const CALLS = `(call_expression
  function: (member_expression object: (identifier) @object property: (property_identifier) @property)
  arguments: (arguments . (_) @message)
  (#eq? @object "l10n") (#eq? @property "t"))`;

/**
 * All messages, sorted, each once. Throws for one that is no plain text: it could not be translated.
 * @param {string} folder of TypeScript files
 * @returns {Promise<readonly string[]>}
 */
export async function messagesIn(folder) {
  await Parser.init();
  const grammar = require.resolve("tree-sitter-typescript/tree-sitter-typescript.wasm");
  const language = await Language.load(grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  const query = new Query(language, CALLS);
  const found = new Set();
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".ts"))) {
    const tree = parser.parse(readFileSync(join(folder, name), "utf8"));
    if (tree === null) throw new Error(`${name} does not parse`);
    for (const { captures } of query.matches(tree.rootNode)) {
      const node = captures.find((one) => one.name === "message")?.node;
      if (node === undefined) continue;
      if (node.type !== "string")
        throw new Error(`${name}:${node.startPosition.row + 1}: ${node.text} is no plain text`);
      found.add(JSON.parse(node.text));
    }
    tree.delete();
  }
  query.delete();
  parser.delete();
  return [...found].sort();
}
