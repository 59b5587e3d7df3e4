/** What kind of file code stands in, by its path: faults there mean something else, or nothing. */
import { itemsOf } from "./items.ts";
import type { Code } from "./rule.ts";

const TESTS =
  /^(?:tests?|__tests__|__mocks__|specs?|e2e|testing|testdata|fixtures?|mocks?|stubs?|cypress|playwright|conftest)$/i;
const TEST_FILE =
  /(?:^tests?[_.-]|[_.-](?:tests?|spec|e2e|cy|stories|mocks?|fixtures?)(?:\.|$)|^conftest\.)/i;
const SAMPLES =
  /^(?:examples?|samples?|demos?|docs?|tutorials?|playground|sandbox|benchmarks?|bench|seeds?|seeders?|notebooks?)$/i;

const TOOLS =
  /^(?:scripts?|tools?|tooling|build|bin|cli|repl|console|shell|commands|devtools|webpack|rollup|vite|esbuild|babel|gulp|grunt|jest|mocha|bundlers?|loaders?|compilers?|codegen)$/i;
const TOOL_FILE =
  /^(?:setup|conf|noxfile|tasks|fabfile|wscript|gulpfile|gruntfile|rollup|webpack|vite|repl|console|shell|cli|build)\b|\.config\.\w+$/i;

const DEVELOPMENT = /\b(?:dev|develop|development|debug|local|test|tests|testing)\b/i;

/** Code that runs only to test other code. */
export function isTest(file: string): boolean {
  const parts = file.split("/");
  const name = parts.pop() ?? "";
  return TEST_FILE.test(name) || parts.some((part) => TESTS.test(part));
}

/** Code that shows how something is used, or fills a database for a try. */
export function isSample(file: string): boolean {
  const parts = file.split("/");
  const name = (parts.pop() ?? "").replace(/\.\w+$/, "");
  return SAMPLES.test(name) || parts.some((part) => SAMPLES.test(part));
}

/** Code that builds, checks or starts programs, and runs what its author's own files say. */
export function isTooling(file: string): boolean {
  const parts = file.split("/");
  const name = parts.pop() ?? "";
  return TOOL_FILE.test(name) || parts.some((part) => TOOLS.test(part));
}

/** settings_dev.py, config/local.py, tests/: not what is shipped. */
export function isDevelopment(file: string): boolean {
  return file
    .split("/")
    .some((part) => DEVELOPMENT.test(part.replace(/\.\w+$/, "").replaceAll(/[_-]/g, " ")));
}

/** Certainly made for a browser: markup in it, a directive, or its objects are used. */
export function isBrowser(code: Code): boolean {
  const module = code.other(`${code.file}#`) ?? code;
  if (module.ir.directives?.includes("use client") === true) return true;
  if (module.ir.directives?.includes("use server") === true) return false;
  return /\.(?:tsx|jsx)$/.test(code.file) || usesPage(module) || usesPage(code);
}
const pages = new WeakMap<Code["ir"], boolean>();
function usesPage({ ir }: Code): boolean {
  let uses = pages.get(ir);
  if (uses === undefined) {
    uses = ir.ops.some(
      (op) => op.op === "free" && /^(?:window|document|localStorage|sessionStorage)$/.test(op.name),
    );
    pages.set(ir, uses);
  }
  return uses;
}

/** A script that a browser runs beside its pages: it answers the requests of its own user. */
export function isServiceWorker(code: Code): boolean {
  const module = code.other(`${code.file}#`) ?? code;
  return (
    module.language === "javascript" &&
    itemsOf(module).some(({ ir }) =>
      ir.ops.some(
        (op) =>
          (op.op === "member" && /^(?:skipWaiting|waitUntil)$/.test(op.name)) ||
          (op.op === "free" && op.name === "skipWaiting"),
      ),
    ) &&
    module.ir.ops.some((op) => op.op === "const" && /^(?:install|activate)$/.test(String(op.value)))
  );
}
