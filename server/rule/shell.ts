/** How a place of a POSIX shell script is quoted. Reads no more of the language than that takes. */

export type Quoting =
  | "plain"
  | "double"
  | "single"
  | "comment"
  /** Text of `<<EOF`, in which variables are replaced. */
  | "heredoc"
  /** Text of `<<'EOF'`. */
  | "heredoc-literal"
  /** `$'...'`, and what this does not follow. */
  | "other";

/**
 * The quoting at each of these offsets, which must be ascending; `[start, end)` of each is not looked into.
 */
export function quotingAt(
  script: string,
  places: readonly { readonly start: number; readonly end: number }[],
): readonly Quoting[] {
  const out: Quoting[] = [];
  /** Innermost last: what is open. A "(" is `$(`, a "`" a backtick, each of which begins anew. */
  const open: string[] = [];
  const waiting: { readonly word: string; readonly literal: boolean }[] = [];
  let next = 0;
  let i = 0;
  const state = (): Quoting => {
    const top = open.at(-1);
    if (top === '"') return "double";
    if (top === "'") return "single";
    if (top === "$'") return "other";
    return "plain";
  };
  const note = (quoting: Quoting): boolean => {
    const place = places[next];
    if (place === undefined || i < place.start) return false;
    out.push(quoting);
    next++;
    i = Math.max(i + 1, place.end);
    return true;
  };
  const until = (stop: number, quoting: Quoting): void => {
    while (i < stop) if (!note(quoting)) i++;
  };
  while (i < script.length && next < places.length) {
    if (note(state())) continue;
    const c = script[i] as string;
    const top = open.at(-1);
    if (top === "'") {
      if (c === "'") open.pop();
      i++;
    } else if (top === "$'") {
      if (c === "\\") i++;
      else if (c === "'") open.pop();
      i++;
    } else if (c === "\\") i += 2;
    else if (c === "$" && script[i + 1] === "(") {
      open.push("(");
      i += 2;
    } else if (c === "`") {
      if (open.includes("`")) while (open.pop() !== "`") {}
      else open.push("`");
      i++;
    } else if (top === '"') {
      if (c === '"') open.pop();
      i++;
    } else if (c === '"') {
      open.push('"');
      i++;
    } else if (c === "'") {
      open.push(script[i - 1] === "$" ? "$'" : "'");
      i++;
    } else if (c === "(") {
      open.push("(");
      i++;
    } else if (c === ")") {
      if (top === "(") open.pop();
      i++;
    } else if (c === "#" && /[\s;&|(]/.test(script[i - 1] ?? "\n")) {
      until(lineEnd(script, i), "comment");
    } else if (c === "<" && script[i + 1] === "<" && script[i + 2] !== "<") {
      const word = /^<<-?[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([\w.-]+))/.exec(
        script.slice(i, i + 200),
      );
      if (word === null) i += 2;
      else {
        const name = word[1] ?? word[2] ?? (word[3] as string);
        waiting.push({ word: name, literal: word[3] === undefined || word[0].includes("\\") });
        i += word[0].length;
      }
    } else if (c === "<" && script.startsWith("<<<", i)) i += 3;
    else if ((c === "\n" || c === "\r") && waiting.length > 0) {
      i += script.startsWith("\r\n", i) ? 2 : 1;
      for (const { word, literal } of waiting.splice(0)) {
        while (i < script.length) {
          const stop = lineEnd(script, i);
          if (script.slice(i, stop).trim() === word) {
            i = stop;
            break;
          }
          until(stop, literal ? "heredoc-literal" : "heredoc");
          i = Math.max(i, stop) + (script.startsWith("\r\n", i) ? 2 : 1);
        }
      }
    } else i++;
  }
  while (out.length < places.length) out.push("other");
  return out;
}

function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) if (text[i] === "\n" || text[i] === "\r") return i;
  return text.length;
}

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}
export interface Command {
  readonly words: readonly Word[];
  /** It reads what the command before it writes. */
  readonly piped: boolean;
}

/** The simple commands of a script, each as its words; quotes are taken off, and what is inside `$( )` counts as one word. */
export function commands(script: string): readonly Command[] {
  const out: Command[] = [];
  let words: Word[] = [];
  let piped = false;
  let word: { text: string; start: number } | undefined;
  const endWord = (i: number): void => {
    if (word !== undefined) words.push({ ...word, end: i });
    word = undefined;
  };
  const endCommand = (i: number): void => {
    endWord(i);
    if (words.length > 0) {
      out.push({ words, piped });
      piped = false;
    }
    words = [];
  };
  for (let i = 0; i < script.length; ) {
    const c = script[i] as string;
    const skip = script.startsWith("${{", i)
      ? script.indexOf("}}", i) + 2
      : c === "'"
        ? script.indexOf("'", i + 1) + 1
        : c === '"'
          ? closing(script, i)
          : c === "\\"
            ? i + 2
            : 0;
    if (c === "\\" && /[\r\n]/.test(script[i + 1] ?? "")) {
      endWord(i);
      i += script.startsWith("\r\n", i + 1) ? 3 : 2;
    } else if (skip > i) {
      word ??= { text: "", start: i };
      const quoted = c === "'" || c === '"';
      word.text += quoted
        ? script.slice(i + 1, skip - 1)
        : script.slice(c === "\\" ? i + 1 : i, skip);
      i = skip;
    } else if (c === "#" && word === undefined) i = lineEnd(script, i);
    else if (/[;&|(){}\r\n]/.test(c)) {
      endCommand(i);
      if (c === "|") piped = script[i + 1] !== "|" && script[i - 1] !== "|";
      i++;
    } else if (/\s/.test(c)) {
      endWord(i);
      i++;
    } else {
      word ??= { text: "", start: i };
      word.text += c;
      i++;
    }
  }
  endCommand(script.length);
  return out;
}
function closing(script: string, from: number): number {
  for (let i = from + 1; i < script.length; i++) {
    if (script[i] === "\\") i++;
    else if (script[i] === '"') return i + 1;
  }
  return script.length;
}

/** The words from the program on: without variables that are set for it, `sudo` and the like. */
export function programOf({ words }: Command): readonly Word[] {
  let from = 0;
  while (
    from < words.length &&
    /^(?:\w+=.*|sudo|env|time|exec|command|then|do|else|if|!|-E)$/s.test((words[from] as Word).text)
  )
    from++;
  return words.slice(from);
}

/** Words that only the shell knows, of POSIX and of Windows. */
const BUILT_IN: ReadonlySet<string> = new Set(
  "cd echo export source . exit set unset alias unalias ulimit umask eval exec read trap wait type command hash bg fg jobs pushd popd history if for while case then until time dir copy del move ren rd md mklink call start ver vol cls".split(
    " ",
  ),
);

/** The words of a script that is one program with its arguments and nothing a shell is needed for; undefined of any other. */
export function plainWords(script: string): readonly string[] | undefined {
  const bare = script.replace(/'[^']*'|"[^"\\$`!]*"/g, "x");
  if (/[|&;<>()$`*?[\]{}~!#\\\r\n'"^]|%\w+%/.test(bare)) return undefined;
  const [only, ...others] = commands(script);
  const words = only?.words.map((word) => word.text) ?? [];
  const [program] = words;
  if (others.length > 0 || program === undefined || program.includes("=")) return undefined;
  return BUILT_IN.has(program) ? undefined : words;
}
