import assert from "node:assert/strict";
import { test } from "node:test";
import { maskSecrets } from "../../server/engine/mask.ts";
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
    ["explain", `${NAME}:1`],
    ["explain", `${NAME}:9`],
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
    ["explain", "a.py:2"],
    ["explain", "a.py:3"],
    ["explain", "a.py:4"],
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

test("secrets of every usual form are hidden", () => {
  const random = "b7Qx91LmZk02VtR8";
  for (const [line, secret] of [
    ['key = "AKIAIOSFODNN7EXAMPLE"', "AKIAIOSFODNN7"],
    ['aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"', "wJalrXUtnFEMI"],
    ['x = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"', "ghp_16C7e42F"],
    ['x = "github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuV"', "11ABCDEFG0"],
    ['stripe.api_key = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"', "4eC39HqLyj"],
    ['f("rk_test_4eC39HqLyjWDarjtT1zdp7dc")', "4eC39HqLyj"],
    ['SLACK = "xoxb-2444333222111-2444333222111-aBcDeFgHiJkLmNoP"', "2444333222111-aBc"],
    ['post("https://hooks.slack.com/services/T0AB1CD2E/B0FG3HI4J/k5LmN6oP7qRsT8uVw")', "k5LmN6o"],
    ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7", "MIIEvQ"],
    ['x = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"', "dozjgN"],
    ['x = "postgres://app:hunter2@db.example/shop"', "hunter2"],
    ['x = "Server=db;User Id=sa;Password=S3cure!pw;"', "S3cure"],
    ['x = "host=db user=app password=hunter2 dbname=shop"', "hunter2"],
    [`x = "https://api.example/v1?api_key=${random}&q=1"`, random],
    [`headers = {"Authorization": "Bearer ${random}"}`, random],
    [`api_key = "${random}"`, random],
    [`const apiKey: string = "${random}";`, random],
    [`{ clientSecret: '${random}' }`, random],
    [`os.environ.get("API_KEY", "${random}")`, random],
    ['SECRET_KEY = "django-insecure-4$x(k2@!9vz^#m"', "4$x(k2"],
    ['secret = "3f2504e04f8911d39a0c0305e82c3301"', "3f2504e0"],
    ['db_password = "hunter2"', "hunter2"],
    ['{ password: "letmein" }', "letmein"],
  ] as const) {
    const out = maskSecrets(line);
    assert.equal(out.length, line.length, line);
    assert.ok(!out.includes(secret), `${line} is shown as ${out}`);
  }
});

test("a name does not make a secret of a harmless value", () => {
  for (const line of [
    'res.setHeader("Access-Control-Allow-Credentials", "true");',
    '"Access-Control-Allow-Credentials": "true",',
    'fetch(url, { credentials: "include" });',
    'fetch(url, { credentials: "same-origin" });',
    '"jsonwebtoken": "^9.0.2",',
    '"jsonwebtoken": "9.0.2-beta.1",',
    '"@scope/token-tools": "workspace:*",',
    'token_url = "https://auth.example.com/oauth/token"',
    'tokenUrl: "http://localhost:8080/@scope/tokens",',
    'token_type = "bearer"',
    'secret_name = "my-app-production-credentials"',
    'secretPath = "/run/secrets/app_api_key"',
    'ACCESS_KEY = "app.auth.accessToken"',
    'api_key = "your-api-key-goes-here"',
    'api_key = "<YOUR API KEY>"',
    'api_key = "xxxxxxxxxxxxxxxx"',
    "apiKey: `${" + "process.env.API_KEY}`,",
    'token = "{{ token }}"',
    'password = "userPassword"',
    '["password", "email"]',
    'password: "string",',
    'pwd = "%s"',
    'token_pattern = "^[a-z0-9]{32}$"',
    'x = "postgres://app:{password}@db.example/shop"',
    'x = f"host=db password={password}"',
    "connect(password=user.password, token=next_token)",
    'constraint = "pk_users_constraint_name"',
    "from huggingface import hf_hub_download_with_retries",
    '"this/is/only/a/very/long/path/to/some/other/folder",',
    'algorithms = ["HS256"]; secret_algorithm = "HS256"',
    'verify_token("base64url-sha256")',
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
  for (const part of [
    "token='",
    "token=",
    "Bearer a",
    "eyJ-",
    "://:a",
    "password ",
    "sk-",
    "'\\",
    "SG.a",
  ]) {
    const [short, long] = [best(part.repeat(2000)), best(part.repeat(32_000))];
    assert.ok(long < 100 * Math.max(short, 1), `${part}: ${short} ms, ${long} ms`);
  }
});
