import assert from "node:assert/strict";
import { test } from "node:test";
import { maskSecrets } from "../../server/cli/mask.ts";
import { sandbox } from "./harness.ts";

const NAME = 'a\n\u001b[31m\u202e"\u0007\u009b2J.py';

test("hostile names and code reach no terminal as they are", async (t) => {
  if (process.platform === "win32") return t.skip("such names cannot exist");
  const box = sandbox(t, { [NAME]: `x = "\u001b]0;title\u0007\u202e"; evil()\r\n` });
  for (const argv of [
    ["scan"],
    ["scan", "--verbose"],
    ["scan", "--format", "json"],
    ["scan", "--format", "sarif"],
    ["fix", "--check"],
    ["scan", `no ${NAME}`],
    ["scan", "--format", `no ${NAME}`],
    ["scan", "--rule", `no ${NAME}`],
    ["scan", "--output", `no/${NAME}`],
  ]) {
    const { out, err } = await box.onTerminal(...argv, "--no-color");
    const all = out + err.replace(/\r\p{Cc}\[K[^\p{Cc}]*/gu, "");
    assert.doesNotMatch(all, /[\p{Cc}\p{Cf}](?<!\n)/u, argv.join(" "));
  }
  const { out } = await box.skeptic("scan", "--format", "json");
  assert.equal(JSON.parse(out).findings[0].file, NAME);
  assert.match((await box.skeptic("scan")).out, /^a<U\+000A><U\+001B>\[31m<U\+202E>"<U\+0007>/);
});

test("a secret and the environment reach no output", async (t) => {
  const canary = "canary-7f3a9c51e8d2-zulu";
  const box = sandbox(t, {
    "a.py": `import b\nAPI = "${canary}"  # key\nevil(API)\nrude("${canary}")\n`,
    "b.py": `token = "${canary}"\n`,
  });
  for (const argv of [
    ["scan"],
    ["scan", "--verbose"],
    ["scan", "--format", "json"],
    ["scan", "--format", "sarif"],
    ["scan", "--output", "report.txt"],
    ["fix", "--check"],
    ["fix", "--check", "--grade", "suggested"],
  ]) {
    const { out, err } = await box.skeptic(...argv);
    const report = argv.includes("report.txt") ? box.read("report.txt") : "";
    assert.doesNotMatch(out + err + report, /canary|7f3a9c51e8d2|environment/, argv.join(" "));
  }
  const { out } = await box.skeptic("scan");
  assert.match(out, /API = "\*+zulu"/);
  const { err } = await box.skeptic("fix", "--check", "--grade", "suggested");
  assert.match(err, /a\.py: its patch hides a secret and cannot be applied/);
});

test("secrets are known by their form or by the name they are given to", () => {
  const hidden: readonly [string, string][] = [
    ["x = 'sk_live_abcdefghijklmnopqrst'", "x = '************************qrst'"],
    ["password = 'short'", "password = '*****'"],
    ['{"apiKey": "abcdefghijklmnopqrst"}', '{"apiKey": "****************qrst"}'],
    ["url = 'postgres://me:hunter2hunter2@db/x'", "url = 'postgres://me:**************@db/x'"],
    ["  MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7", `  ${"*".repeat(52)}`],
  ];
  for (const [line, masked] of hidden) assert.equal(maskSecrets(line), masked);
  for (const line of [
    "token = get_token(request)",
    'os.environ["API_TOKEN"]',
    'password = "{password}"',
    'print("password: ", x)',
    "const path = require('path')",
  ])
    assert.equal(maskSecrets(line), line);
});

test("the time for masking does not grow with the square of the text", () => {
  const time = (text: string): number => {
    const started = performance.now();
    maskSecrets(text);
    return performance.now() - started;
  };
  const best = (text: string) => Math.min(time(text), time(text), time(text));
  for (const part of ["token='", "eyJ-", "://:a", "password ", "sk-", "'\\", "SG.a"]) {
    const [short, long] = [best(part.repeat(2000)), best(part.repeat(32_000))];
    assert.ok(long < 100 * Math.max(short, 1), `${part}: ${short} ms, ${long} ms`);
  }
});
