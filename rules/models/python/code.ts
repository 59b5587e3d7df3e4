/** Python text that is run as a program. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const CODE: SinkKind = "code";
const row = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: CODE,
  data: { api },
});

const code: Model = {
  language: "python",
  aliases: {
    "langchain_experimental.utilities.python.PythonREPL":
      "langchain_experimental.utilities.PythonREPL",
  },
  types: {
    "code.InteractiveInterpreter()": ["code.InteractiveConsole()"],
    "pandas.DataFrame()": [
      "pandas.{read_csv,read_json,read_excel,read_parquet,read_sql,read_sql_query,read_sql_table,concat,merge}()",
      "pandas.DataFrame().{copy,head,tail,query,sort_values,reset_index,fillna,dropna}()",
    ],
  },
  sinks: [
    row("builtins.eval", [0, "source"], "eval"),
    row("builtins.exec", [0, "source"], "exec"),
    row("code.InteractiveInterpreter().{runsource,runcode,push}", [0], "the interpreter"),
    // Tools that let a model run Python.
    row("langchain_experimental.utilities.PythonREPL().run", [0, "command"], "PythonREPL"),
    row(
      "langchain_experimental.tools.{PythonREPLTool,PythonAstREPLTool}().{run,invoke}",
      [0, "tool_input", "input"],
      "PythonREPLTool",
    ),
    // Both reach Python objects through attributes and, in a frame, through "@name".
    row("pandas.eval", [0, "expr"], "pandas.eval"),
    row("pandas.DataFrame().{eval,query}", [0, "expr"], "DataFrame.query"),
    row("numexpr.evaluate", [0, "ex"], "numexpr.evaluate"),
    row("sympy.{sympify,parse_expr,parsing.sympy_parser.parse_expr}", [0], "sympify"),
  ],
  passes: [
    { path: "builtins.compile()", from: [0, "source"], same: true },
    { path: "textwrap.dedent()", from: [0], same: true },
  ],
};

export default code;
