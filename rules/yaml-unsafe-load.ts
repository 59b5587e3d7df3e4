import { removeArgument } from "../server/rule/fix/arguments.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import { constantOf, type Given, given } from "../server/rule/given.ts";
import {
  type AllCalls,
  argument,
  type Code,
  type Context,
  constants,
  type Fix,
  type Match,
  type Observation,
  rule,
  spread,
} from "../server/rule/rule.ts";
import { mayBeBelow } from "../server/rule/version.ts";

const PYTHON_LOAD = "{yaml,ruamel.yaml}.{load,load_all}";
const REGISTERS =
  "yaml.{add_constructor,add_multi_constructor,add_implicit_resolver,add_path_resolver}";
/** They build any object; https://github.com/yaml/pyyaml/wiki/PyYAML-yaml.load(input)-Deprecation. */
const UNSAFE = /^lib:(?:yaml|ruamel\.yaml)\.(?:loader\.)?(?:C?Loader|C?UnsafeLoader)$/;
const SCHEMA = /^lib:js-yaml\.DEFAULT_FULL_SCHEMA$/;

export default rule({
  id: "yaml-unsafe-load",
  title: "YAML loader that builds any object",
  category: "deserialization",
  severity: "high",
  cwe: [502],
  owasp: ["A08:2021", "A08:2025"],
  project: {
    watch: [
      PYTHON_LOAD,
      "yaml.{unsafe_load,unsafe_load_all}",
      "ruamel.yaml.YAML",
      "js-yaml.{load,loadAll}",
      REGISTERS,
    ],
    check: (own, context, all) => own.flatMap((call) => check(call, all, context)),
  },
  say: (match, context) => {
    const python = context.code(match.item)?.language === "python";
    return {
      what: `${String(match.facts?.how)}${match.facts?.remote === true ? ", and the text comes from a request" : ""}.`,
      why: python
        ? "Text such as !!python/object/apply:os.system runs a command while it is read."
        : 'Text such as {toString: !!js/function "..."} builds a function of the attacker, which runs when the object is used.',
      fix: python
        ? "Use yaml.safe_load, which builds only plain data."
        : "Use safeLoad, or js-yaml 4, whose load builds only plain data.",
    };
  },
  fixes: (match, code) => [fix(match, code)],
});

/** They teach the unsafe loaders further tags, of which the safe one knows nothing. */
const ADDS = /\.(?:add_(?:multi_)?constructor|add_(?:implicit|path)_resolver)$/;

function check(call: Observation, all: AllCalls, context: Context): readonly Match[] {
  const how = howUnsafe(call, context);
  if (how === undefined || (!how.makes && isOwnText(call))) return [];
  const { site } = call;
  return [
    {
      item: site.item,
      span: site.span,
      op: site.op,
      call,
      severity: how.sure && (how.makes || !isOwnFile(call)) ? "high" : "medium",
      confidence: call.guessed ? "medium" : "high",
      facts: {
        how: how.words,
        remote: how.makes ? false : isRemote(call),
        plain: how.sure && !all.shared(teaches),
      },
    },
  ];
}

function teaches(calls: readonly Observation[]): boolean {
  return calls.some(({ paths }) => paths.some((path) => ADDS.test(path)));
}

interface How {
  readonly words: string;
  /** Any object, by every version of the library that there is. */
  readonly sure: boolean;
  /** The call makes the loader, and is given no text. */
  readonly makes: boolean;
}
function howUnsafe(call: Observation, context: Context): How | undefined {
  const path = call.paths[0] ?? "";
  if (path === "ruamel.yaml.YAML")
    return constantOf(given(call, "typ")) === "unsafe"
      ? {
          words: 'YAML(typ="unsafe") builds whatever object the text names',
          sure: true,
          makes: true,
        }
      : undefined;
  if (path.startsWith("js-yaml.")) return howInJavaScript(call, context);
  if (ADDS.test(path)) return undefined;
  if (/unsafe_load/.test(path))
    return {
      words: "This loader builds whatever Python object the text names",
      sure: true,
      makes: false,
    };
  const loader = given(call, "1|Loader");
  if (loader.kind === "absent")
    return {
      words: "Without a loader, PyYAML before 5.1 builds whatever Python object the text names",
      sure: false,
      makes: false,
    };
  return isA(loader, UNSAFE)
    ? {
        words: "This loader builds whatever Python object the text names",
        sure: true,
        makes: false,
      }
    : undefined;
}
function howInJavaScript(call: Observation, context: Context): How | undefined {
  const last = call.paths[0]?.endsWith("loadAll") === true ? "2.schema" : "1.schema";
  const schema = given(call, last);
  if (schema.kind === "unknown") return undefined;
  if (schema.kind === "given")
    return isA(schema, SCHEMA)
      ? { words: "This schema lets the text name functions", sure: true, makes: false }
      : undefined;
  const range = context.requirement("js-yaml");
  return range !== undefined && mayBeBelow(range, 4) === true
    ? {
        words: "Before version 4, load of js-yaml lets the text name functions",
        sure: true,
        makes: false,
      }
    : undefined;
}
function isA(found: Given, what: RegExp): boolean {
  return found.kind === "given" && found.value.refs.some((ref) => what.test(ref));
}
/** A text that is written in the program. */
function isOwnText(call: Observation): boolean {
  return constants(argument(call, 0)?.value) !== undefined;
}
/** What a file holds is for who can write the file. */
function isOwnFile(call: Observation): boolean {
  const text = argument(call, 0)?.value;
  return (
    text !== undefined &&
    spread(text).every((t) => t.kind !== "remote") &&
    text.refs.some((ref) => /^lib:(?:builtins\.open|pathlib|io\.open|fs\.)/.test(ref))
  );
}
function isRemote(call: Observation): boolean {
  const text = argument(call, 0)?.value;
  return text !== undefined && spread(text).some((t) => t.kind === "remote");
}

/**
 * The text comes from a request, so that a class it names is the attack, and the program has taught the loader nothing: all else
 * is read as before.
 */
function gradeOf(match: Match, code: Code): "safe" | "suggested" {
  const text = match.call === undefined ? undefined : argument(match.call, 0)?.value;
  const isWhole = text !== undefined && text.alts === undefined && text.taint.length > 0;
  return match.facts?.remote === true &&
    match.facts.plain === true &&
    match.confidence !== "medium" &&
    isWhole &&
    !/\bYAMLObject\b/.test(code.fileText)
    ? "safe"
    : "suggested";
}

function fix(match: Match, code: Code): Fix {
  const title = "Use the safe loader";
  const grade = gradeOf(match, code);
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  const { call } = match;
  const op = call === undefined ? undefined : code.op(call.site.op);
  const path = call?.paths[0] ?? "";
  if (call === undefined || op?.op !== "call" || path === "ruamel.yaml.YAML")
    return manual('Use YAML(typ="safe"), and give the classes that are needed a constructor.');
  const callee = code.op(op.callee).span;
  const name = path.endsWith("_all") || path.endsWith("All") ? "All" : "";
  const { start, end } = code.absolute(callee);
  if (code.language === "javascript") {
    const text = code.text(callee);
    if (given(call, "1.schema").kind !== "absent" || given(call, "2.schema").kind !== "absent")
      return manual("Leave the schema out. No edit is offered: the text may need its other types.");
    if (!/\.load(?:All)?$/.test(text))
      return manual("Call safeLoad; it goes by another name here.");
    const edits = [{ start, end, newText: text.replace(/load(?:All)?$/, `safeLoad${name}`) }];
    return { title, grade, edits: [{ file: code.file, edits }] };
  }
  if (path.startsWith("ruamel.")) return manual('Use YAML(typ="safe").load(text).');
  const positional = op.args.filter((a) => a.name === undefined);
  const loader = op.args.find((a) => a.name === "Loader") ?? positional[1];
  if (op.args.some((a) => a.spread !== undefined))
    return manual("Its arguments are not written here.");
  const wanted = importEdit(code, {
    module: "yaml",
    name: name === "" ? "safe_load" : "safe_load_all",
  });
  const edits = [
    ...(wanted.edit === undefined ? [] : [wanted.edit]),
    { start, end, newText: wanted.local },
    ...(loader === undefined ? [] : [removeArgument(code, op, loader)]),
  ];
  return { title, grade, edits: [{ file: code.file, edits }] };
}
