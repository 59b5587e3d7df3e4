/** Python text that is run as a program. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const CODE: SinkKind = "code";
const row = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: CODE,
  data: { api },
});
/** A language of its own, out of which Python can be reached. */
const expression = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: CODE,
  data: { api, expression: true },
});

/** Runs the module of that name, or the file at that path: the fault of a rule of its own. */
const module = (path: string, args: readonly (number | string)[], api: string, by = "name") => ({
  path,
  args,
  kind: CODE,
  data: { api, by, rule: "dynamic-import-user-input" },
});

const code: Model = {
  language: "python",
  aliases: {
    "langchain_experimental.utilities.python.PythonREPL":
      "langchain_experimental.utilities.PythonREPL",
  },
  types: {
    "code.InteractiveInterpreter()": ["code.InteractiveConsole()"],
    // Its syntax tree was looked through, and what it may do goes through guards.
    "sandbox.Compiled()": [
      "RestrictedPython.{compile_restricted,compile_restricted_eval,compile_restricted_exec,compile_restricted_function}()",
    ],
    "pandas.DataFrame()": [
      "pandas.{read_csv,read_json,read_excel,read_parquet,read_sql,read_sql_query,read_sql_table,concat,merge}()",
      "pandas.DataFrame().{copy,head,tail,query,sort_values,reset_index,fillna,dropna}()",
    ],
  },
  sinks: [
    row("builtins.eval", [0, "source"], "eval"),
    row("builtins.exec", [0, "source"], "exec"),
    row("code.InteractiveInterpreter().{runsource,runcode,push}", [0], "the interpreter"),
    // A sandbox, if the names that it gets hide the built-in ones.
    {
      path: "builtins.{eval,exec}",
      args: [],
      kind: "sandbox",
      data: { api: "eval", text: "0|source", names: "1|globals", hides: "__builtins__" },
    },
    // Tools that let a model run Python.
    row("langchain_experimental.utilities.PythonREPL().run", [0, "command"], "PythonREPL"),
    row(
      "langchain_experimental.tools.{PythonREPLTool,PythonAstREPLTool}().{run,invoke}",
      [0, "tool_input", "input"],
      "PythonREPLTool",
    ),
    // Both reach Python objects through attributes and, in a frame, through "@name".
    expression("pandas.eval", [0, "expr"], "pandas.eval"),
    expression("pandas.DataFrame().{eval,query}", [0, "expr"], "DataFrame.query"),
    expression("numexpr.evaluate", [0, "ex"], "numexpr.evaluate"),
    expression("sympy.{sympify,parse_expr,parsing.sympy_parser.parse_expr}", [0], "sympify"),
    module("importlib.import_module", [0, "name"], "importlib.import_module"),
    module("builtins.__import__", [0, "name"], "__import__"),
    module("runpy.run_module", [0, "mod_name"], "runpy.run_module"),
    module("pkgutil.resolve_name", [0, "name"], "pkgutil.resolve_name"),
    module("pydoc.locate", [0, "path"], "pydoc.locate"),
    module("django.utils.module_loading.import_string", [0, "dotted_path"], "import_string"),
    module("werkzeug.utils.import_string", [0, "import_name"], "import_string"),
    module("runpy.run_path", [0, "path_name"], "runpy.run_path", "path"),
    module(
      "importlib.util.spec_from_file_location",
      [1, "location"],
      "spec_from_file_location",
      "path",
    ),
    module("importlib.machinery.SourceFileLoader", [1, "path"], "SourceFileLoader", "path"),
  ],
  passes: [
    { path: "builtins.compile()", from: [0, "source"], same: true },
    { path: "textwrap.dedent()", from: [0], same: true },
  ],
};

export default code;
