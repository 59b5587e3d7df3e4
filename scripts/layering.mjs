// The import rules of ARCHITECTURE.md, read from the sources: which folder may import which.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";

/**
 * @typedef {{ from: string, to: string, typeOnly: boolean, line: number }} Import
 *   `to` is a path below the project folder for a relative import, else the package's name
 */

/** A folder of server/ may import itself and the ones before it. */
const ORDER = [
  "base",
  "embedded",
  "syntax",
  "ir",
  "languages",
  "project",
  "taint",
  "rule",
  "own",
  "engine",
  "generate",
];
const RIM = ["lsp", "cli"];
/** What both sides of the rim may share: it knows no code. */
const ASIDE = ["git", "origin"];
/** Both sides of the rim make these of what the engine, git and the record of origins say. */
const SHARED = ["report", "packages"];

/**
 * Folders whose files are one recursive descent cut into readable parts (an expression holds a call
 * that holds an expression): cycles that stay inside one of them are allowed, all others are not.
 */
const RECURSIVE = ["server/languages/python", "server/languages/typescript", "server/taint"];

/**
 * Every forbidden import below a project folder, one sentence each.
 * @param {string} root
 * @returns {string[]}
 */
export function layeringProblems(root) {
  const imports = ["client", "server", "rules", "test"]
    .flatMap((name) => sourcesBelow(join(root, name)))
    .flatMap((path) => importsOf(root, path, readFileSync(path, "utf8")));
  return [...imports.flatMap(problemsOf), ...cycles(imports)];
}

/**
 * What is wrong with one import; usually nothing.
 * @param {Import} edge
 * @returns {string[]}
 */
export function problemsOf(edge) {
  const place = `${edge.from}:${edge.line}`;
  const forbidden = (/** @type {string} */ reason) => [`${place} imports ${edge.to}: ${reason}`];
  const top = edge.from.split("/")[0];
  if (top === "test") return [];

  if (!isPath(edge.to)) return packageProblem(edge, forbidden);
  if (edge.to.startsWith("test/")) return forbidden("only tests import tests");
  if (top === "client") return clientProblem(edge, forbidden);
  if (top === "rules") return rulesProblem(edge, forbidden);
  return serverProblem(edge, forbidden);
}

/**
 * The imports and re-exports of one source text, dynamic imports included.
 * @param {string} root
 * @param {string} path absolute
 * @param {string} text
 * @returns {Import[]}
 */
export function importsOf(root, path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  /** @type {Import[]} */
  const found = [];
  const add = (/** @type {ts.Node} */ node, /** @type {ts.Node} */ name, typeOnly = false) => {
    if (!ts.isStringLiteralLike(name)) return;
    const to = name.text.startsWith(".")
      ? slashes(relative(root, resolve(dirname(path), name.text)))
      : name.text;
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    found.push({ from: slashes(relative(root, path)), to, typeOnly, line });
  };
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, isTypeOnly(node));
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      add(node, node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const name = node.arguments[0];
      if (name !== undefined) add(node, name);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/**
 * @param {Import} edge
 * @param {(reason: string) => string[]} forbidden
 */
function packageProblem(edge, forbidden) {
  const { from, to } = edge;
  const folder = serverFolder(from);
  if (to.startsWith("node:")) {
    const atRim =
      folder === "cli" ||
      /^server\/(lsp\/main|(lsp|git|origin|report)\/node-[^/]*)\.ts$/.test(from);
    return atRim ? [] : forbidden("only server/cli and the Node entry of server/lsp know Node");
  }
  if (to.startsWith("web-tree-sitter")) {
    return folder === "syntax" ? [] : forbidden("only server/syntax knows the parser");
  }
  if (to.startsWith("vscode")) {
    if (from.startsWith("client/")) return [];
    if (to === "vscode") return forbidden("only client/ knows the editor");
    return folder === "lsp" ? [] : forbidden("only server/lsp and client/ know the protocol");
  }
  return [];
}

/**
 * @param {Import} edge
 * @param {(reason: string) => string[]} forbidden
 */
function clientProblem(edge, forbidden) {
  if (edge.to.startsWith("client/")) return [];
  if (serverFolder(edge.to) === "lsp" && edge.typeOnly) return [];
  return forbidden("client/ imports types of server/lsp and nothing else");
}

/**
 * @param {Import} edge
 * @param {(reason: string) => string[]} forbidden
 */
function rulesProblem(edge, forbidden) {
  if (edge.to.startsWith("rules/") || serverFolder(edge.to) === "rule") return [];
  return forbidden("rules import only server/rule");
}

/**
 * @param {Import} edge
 * @param {(reason: string) => string[]} forbidden
 */
function serverProblem(edge, forbidden) {
  const { from, to } = edge;
  if (to.startsWith("rules/")) {
    const isEntry = /^server\/(?:(?:lsp|cli)\/main|lsp\/worker)\.ts$/.test(from);
    return isEntry ? [] : forbidden("only the entries import rules/");
  }
  const folder = serverFolder(from);
  const target = serverFolder(to);
  if (folder === undefined) return forbidden("a file of server/ stands in one of its folders");
  if (target === undefined) return forbidden("server/ imports server/");
  if (folder === target) {
    const language = languageOf(from);
    const other = languageOf(to);
    if (language === undefined || other === undefined || language === other) return [];
    return forbidden("the languages do not know each other");
  }
  if (
    /^server\/(git|origin|report)\/node-/.test(to) &&
    folder === "lsp" &&
    !/\/(main|node-[^/]*)\.ts$/.test(from)
  ) {
    return forbidden("only server/cli and the Node entry of server/lsp know Node");
  }
  if (RIM.includes(folder)) {
    return RIM.includes(target) ? forbidden("lsp and cli do not know each other") : [];
  }
  if (ASIDE.includes(folder)) {
    return target === "base" ? [] : forbidden(`server/${folder} knows server/base only`);
  }
  if (SHARED.includes(folder)) {
    const isNodes = /^server\/[^/]+\/node-/.test(to);
    if ((ORDER.includes(target) || ASIDE.includes(target)) && !isNodes) return [];
    return forbidden(`server/${folder} comes before server/lsp and server/cli, and needs no Node`);
  }
  const position = ORDER.indexOf(folder);
  if (position < 0) return forbidden(`server/${folder} has no place in the order`);
  const other = ORDER.indexOf(target);
  if (other >= 0 && other < position) return [];
  return forbidden(`server/${folder} comes before server/${target}`);
}

/**
 * Import cycles between files; imports of types alone make none, they do not exist at run time.
 * @param {readonly Import[]} imports
 * @returns {string[]}
 */
export function cycles(imports) {
  /** @type {Map<string, string[]>} */
  const edges = new Map();
  for (const { from, to, typeOnly } of imports) {
    if (typeOnly || !isPath(to)) continue;
    edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  /** @type {string[]} */
  const found = [];
  /** @type {Set<string>} */
  const finished = new Set();
  /** @type {string[]} */
  const path = [];
  const visit = (/** @type {string} */ file) => {
    const start = path.indexOf(file);
    if (start >= 0) {
      const cycle = [...path.slice(start), file];
      if (!isRecursiveDescent(cycle)) found.push(`import cycle: ${cycle.join(" -> ")}`);
      return;
    }
    if (finished.has(file)) return;
    path.push(file);
    for (const next of edges.get(file) ?? []) visit(next);
    path.pop();
    finished.add(file);
  };
  for (const file of edges.keys()) visit(file);
  return found;
}

/** @param {readonly string[]} cycle */
function isRecursiveDescent(cycle) {
  return RECURSIVE.some((folder) => cycle.every((file) => file.startsWith(`${folder}/`)));
}

/** @param {ts.ImportDeclaration} node */
function isTypeOnly(node) {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

/** @param {string} to */
const isPath = (to) => /^(client|server|rules|test|scripts)\//.test(to) || to.startsWith("../");

/** @param {string} path */
const serverFolder = (path) => /^server\/([^/]+)\//.exec(path)?.[1];

/** @param {string} path */
const languageOf = (path) => /^server\/languages\/([^/]+)\//.exec(path)?.[1];

/** @param {string} path */
const slashes = (path) => path.split(sep).join("/");

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sourcesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !/[\\/](workspace|fixtures|node_modules)[\\/]/.test(path))
    .sort();
}
