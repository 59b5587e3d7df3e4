import { setKeyword, setProperty } from "../server/rule/fix/arguments.ts";
import { importEdit } from "../server/rule/fix/imports.ts";
import {
  type Code,
  type Fix,
  type Match,
  type Observation,
  type Op,
  rule,
  type ValueId,
} from "../server/rule/rule.ts";

const CHECKS =
  "{os.path.exists,os.path.isfile,os.path.isdir,os.path.lexists,os.access,pathlib.Path().exists,pathlib.Path().is_file,pathlib.Path().is_dir,pathlib.Resolved().exists,pathlib.Resolved().is_file,fs.existsSync,fs.accessSync,fs.statSync,fs/promises.access,fs.promises.access,fs/promises.stat,fs.promises.stat}";
const USES =
  "{builtins.open,os.open,os.remove,os.unlink,os.makedirs,os.mkdir,os.rmdir,shutil.rmtree,pathlib.Path().open,pathlib.Path().write_text,pathlib.Path().write_bytes,pathlib.Path().unlink,pathlib.Path().mkdir,pathlib.Resolved().unlink,pathlib.Resolved().mkdir,pathlib.Resolved().write_bytes,pathlib.Resolved().write_text,fs.writeFile,fs.writeFileSync,fs.appendFileSync,fs.createWriteStream,fs.mkdir,fs.mkdirSync,fs.unlink,fs.unlinkSync,fs.rmSync,fs.openSync,fs/promises.writeFile,fs.promises.writeFile,fs/promises.unlink,fs.promises.unlink,fs/promises.mkdir,fs.promises.mkdir}";

type Deed = "create" | "folder" | "delete" | "access";

export default rule({
  id: "toctou-file-check",
  title: "Check on a path, then use of the same path",
  category: "files",
  severity: "low",
  cwe: [367],
  owasp: ["A04:2021", "A06:2025"],
  items: {
    watch: [CHECKS, USES],
    check(calls, code) {
      const out: Match[] = [];
      const done = new Set<Observation>();
      for (const check of calls) {
        if (!isCheck(check)) continue;
        const path = pathText(check, code);
        if (path === undefined) continue;
        for (const use of calls) {
          if (isCheck(use) || done.has(use) || use.site.span.start <= check.site.span.start)
            continue;
          if (pathText(use, code) !== path || !steers(check, use, code)) continue;
          const deed = deedOf(check, use, code);
          if (deed === undefined) continue;
          done.add(use);
          out.push({
            item: use.site.item,
            span: use.site.span,
            op: use.site.op,
            call: use,
            // Deleting follows no link, making a folder overwrites nothing: at worst an error.
            ...(deed === "delete" || deed === "folder" ? { severity: "info" as const } : {}),
            confidence: use.guessed || check.guessed ? "medium" : "high",
            facts: { deed },
            related: [{ item: check.site.item, span: check.site.span, text: "the check" }],
          });
        }
      }
      return out;
    },
  },
  say: (match) => {
    const deed = match.facts?.deed as Deed;
    return {
      what: "The path is checked first and used afterwards; it may have changed in between.",
      why:
        deed === "folder"
          ? "Two requests at the same time both see no folder, and one of them fails."
          : deed === "delete"
            ? "Another process may remove or replace the file between the two calls: an error, or the wrong file is deleted."
            : "Whoever can write to the folder puts a link there between the two calls, and the write goes where the link points.",
      fix:
        deed === "folder"
          ? "Create it without asking: exist_ok=True, recursive: true."
          : deed === "delete"
            ? "Delete without asking and handle the case that it is gone: missing_ok=True, force: true."
            : deed === "access"
              ? "Open it and handle the error."
              : 'Create it exclusively: mode "x", flag "wx".',
    };
  },
  fixes: (match, code) => [fix(match, code)],
});

function isCheck(o: Observation): boolean {
  return o.paths.some((p) =>
    /\.(exists|isfile|isdir|lexists|access|is_file|is_dir|existsSync|accessSync|statSync|stat)$/.test(
      p,
    ),
  );
}
function pathText(o: Observation, code: Code): string | undefined {
  const op = code.op(o.site.op);
  if (op.op !== "call") return undefined;
  const callee = code.op(op.callee);
  const isMethod = o.paths.some((p) => p.startsWith("pathlib."));
  const id: ValueId | undefined =
    isMethod && callee.op === "member" ? callee.object : op.args[0]?.value;
  return id === undefined ? undefined : code.text(code.op(id).span);
}
/** The use stands inside the `if` of the check, or after an `if` of the check that leaves the function. */
function steers(check: Observation, use: Observation, code: Code): boolean {
  const statement = code.statement(check.site.span);
  const at = code.absolute(use.site.span);
  if (statement === undefined) return false;
  if (at.start < statement.end) return true;
  const text = code.fileText.slice(statement.start, statement.end);
  return (
    /^(if|unless)\b/.test(text) &&
    /\b(return|raise|throw|continue)\b/.test(text) &&
    !/[\r\n]\S/.test(code.fileText.slice(statement.end, at.start))
  );
}
function deedOf(check: Observation, use: Observation, code: Code): Deed | undefined {
  const name = /[^.]+$/.exec(use.paths[0] ?? "")?.[0] ?? "";
  const access = check.paths.some((p) => /access(Sync)?$/.test(p));
  if (/^(mkdir|makedirs|mkdirSync)$/.test(name))
    return hasOption(use, code, /^(exist_ok|recursive)$/) ? undefined : "folder";
  if (/^(remove|unlink|rmdir|rmtree|unlinkSync|rmSync)$/.test(name))
    return hasOption(use, code, /^(missing_ok|force|ignore_errors)$/) ? undefined : "delete";
  if (name === "open" || name === "openSync") {
    const mode = use.args.find(
      (a) => a.name === "mode" || (a.name === undefined && a !== use.args[0]),
    )?.value.alts?.[0];
    const text = mode !== undefined && "const" in mode ? String(mode.const) : "r";
    if (/x/.test(text)) return undefined;
    if (/w|a/.test(text)) return negated(check, code) ? "create" : access ? "access" : undefined;
    return access ? "access" : undefined;
  }
  if (/^(write|append|createWriteStream)/.test(name))
    return hasOption(use, code, /^(flag|flags)$/)
      ? undefined
      : negated(check, code)
        ? "create"
        : access
          ? "access"
          : undefined;
  return undefined;
}
/** Something is created where nothing was: `if not exists(p)`, or `if exists(p): return`. */
function negated(check: Observation, code: Code): boolean {
  const statement = code.statement(check.site.span);
  if (statement === undefined) return false;
  const at = code.absolute(check.site.span);
  const not = /(\bnot\s+|!)\(?$/.test(code.fileText.slice(statement.start, at.start));
  const leaves = /\b(return|raise|throw|continue)\b/.test(
    code.fileText.slice(statement.start, statement.end),
  );
  return not !== leaves;
}
function hasOption(use: Observation, code: Code, name: RegExp): boolean {
  const op = code.op(use.site.op);
  if (op.op !== "call") return false;
  return op.args.some((a) => {
    if (a.name !== undefined) return name.test(a.name);
    const record = code.op(a.value);
    return (
      record.op === "record" &&
      record.entries.some((e) => typeof e.key === "string" && name.test(e.key))
    );
  });
}

function fix(match: Match, code: Code): Fix {
  const deed = match.facts?.deed as Deed;
  const title =
    deed === "folder"
      ? "Create the folder without asking"
      : deed === "delete"
        ? "Delete without asking"
        : deed === "create"
          ? "Create the file exclusively"
          : "Open it and handle the error";
  const refuse = (why: string): Fix => ({ title, grade: "manual", edits: [], reason: why });
  const op = match.op === undefined ? undefined : code.op(match.op);
  if (op?.op !== "call") return refuse("The call cannot be seen as a whole.");
  const callee = code.op(op.callee);
  const name = callee.op === "member" ? callee.name : callee.op === "free" ? callee.name : "";
  const path = op.args[0] === undefined ? undefined : code.text(code.op(op.args[0].value).span);
  const replaceCall = (text: string): Fix["edits"] => {
    const at = code.absolute(op.span);
    return [{ file: code.file, edits: [{ start: at.start, end: at.end, newText: text }] }];
  };
  const edit = byOption(code, op, name, deed);
  if (edit !== undefined)
    return { title, grade: "suggested", edits: [{ file: code.file, edits: [edit] }] };
  if (
    deed === "folder" &&
    code.language === "python" &&
    name === "mkdir" &&
    callee.op === "member" &&
    path !== undefined &&
    op.args.length === 1
  )
    return {
      title,
      grade: "suggested",
      edits: replaceCall(
        `${code.text(code.op(callee.object).span)}.makedirs(${path}, exist_ok=True)`,
      ),
    };
  if (
    deed === "delete" &&
    code.language === "python" &&
    /^(remove|unlink)$/.test(name) &&
    path !== undefined &&
    op.args.length === 1
  ) {
    const wanted = importEdit(code, { module: "pathlib", name: "Path" });
    const [first] = replaceCall(`${wanted.local}(${path}).unlink(missing_ok=True)`);
    return {
      title,
      grade: "suggested",
      edits: [
        {
          file: code.file,
          edits: [...(wanted.edit === undefined ? [] : [wanted.edit]), ...(first?.edits ?? [])],
        },
      ],
    };
  }
  if (deed === "delete" && name === "unlinkSync" && callee.op === "member" && path !== undefined)
    return {
      title,
      grade: "suggested",
      edits: replaceCall(
        `${code.text(code.op(callee.object).span)}.rmSync(${path}, { force: true })`,
      ),
    };
  return refuse(
    deed === "access"
      ? "Drop the check; open the file in a try block and handle the error."
      : "Do it without asking, and handle the error that says the file is there or gone.",
  );
}
function byOption(
  code: Code,
  op: Op & { op: "call" },
  name: string,
  deed: Deed,
): ReturnType<typeof setKeyword> {
  if (code.language === "python") {
    if (deed === "folder" && name === "makedirs") return setKeyword(code, op, "exist_ok", "True");
    if (deed === "folder" && op.args.length === 0) return setKeyword(code, op, "exist_ok", "True");
    if (deed === "delete" && name === "unlink" && op.args.length === 0)
      return setKeyword(code, op, "missing_ok", "True");
    const mode = op.args[name === "open" && op.args.length > 1 ? 1 : -1];
    const value = mode === undefined ? undefined : code.op(mode.value);
    if (
      deed === "create" &&
      value?.op === "const" &&
      typeof value.value === "string" &&
      value.value.includes("w")
    ) {
      const at = code.absolute(value.span);
      return { start: at.start, end: at.end, newText: code.text(value.span).replace("w", "x") };
    }
    return undefined;
  }
  const quote = /'[^'\n]*'/.test(code.fileText) && !/"[^"\n]*"/.test(code.fileText) ? "'" : '"';
  if (deed === "folder") return setProperty(code, op, 1, "recursive", "true");
  if (deed === "create" && /^writeFile/.test(name))
    return setProperty(code, op, 2, "flag", `${quote}wx${quote}`);
  if (deed === "create" && name === "createWriteStream")
    return setProperty(code, op, 1, "flags", `${quote}wx${quote}`);
  if (deed === "delete" && name === "rmSync") return setProperty(code, op, 1, "force", "true");
  return undefined;
}
