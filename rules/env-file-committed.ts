/** A file of variables with real values that git does not leave out: whoever gets the repository gets them. */
import { credentialIn } from "../server/rule/credentials.ts";
import { variables } from "../server/rule/dotenv.ts";
import { isIgnored } from "../server/rule/ignored.ts";
import { isDevelopment, isTest } from "../server/rule/place.ts";
import { type ManifestFile, type Match, rule } from "../server/rule/rule.ts";
import { holdsSecret } from "../server/rule/secret-variable.ts";

const ENV = /^(?:\.env(?:\.[\w.-]+)?|[\w.-]+\.env)$/;
/** To be copied and filled in: what stands there is made up, but for what is not. */
const SAMPLE =
  /(?:^|[._-])(?:example|examples|sample|template|tpl|tmpl|dist|default|defaults|schema|ci)(?:[._-]|$)/i;

export default rule({
  id: "env-file-committed",
  title: "Secrets in a file that git does not leave out",
  category: "secrets",
  severity: "high",
  cwe: [538, 312],
  owasp: ["A05:2021", "A02:2025"],
  manifest: {
    names: new RegExp(`${ENV.source}|^\\.gitignore$`),
    together: true,
    check,
    fixes: (_match, file) => {
      const name = nameOf(file);
      return [
        {
          title: `Leave ${name} out of the repository`,
          grade: "manual",
          edits: [],
          reason: `Put ${name} into .gitignore, take it out of the repository (git rm --cached ${name}), commit both, and replace the value: it stays in the history. No edit is offered: a line in .gitignore alone leaves a file that is there already.`,
        },
      ];
    },
  },
  say: ({ facts }) => ({
    what: `${String(facts?.name)} stands with its value${facts?.what === undefined ? "" : ` (${String(facts.what)})`} in ${String(facts?.file)}, which no .gitignore leaves out.`,
    why: `With the next commit whoever has the repository or its history has it, and ${String(facts?.power ?? "signs in or signs with it as you do")}; in public repositories, programs find it within minutes.`,
    fix: `Put ${String(facts?.file)} into .gitignore, keep names without values in .env.example, and replace the value if it has been committed.`,
  }),
});

function check(file: ManifestFile): readonly Match[] {
  const name = nameOf(file);
  if (!ENV.test(name) || isIgnored(file)) return [];
  return variables(file.text).flatMap((one): readonly Match[] => {
    const found = credentialIn(one.value);
    // Tests have made-up ones; a checksum is not made up.
    const isKnown = found !== undefined && (found.proved || !isTest(file.file));
    const isOwn = !SAMPLE.test(name) && !isTest(file.file) && !isDevelopment(`${file.file}.env`);
    if (!isKnown && !(isOwn && holdsSecret(one))) return [];
    return [
      {
        item: `${file.file}#`,
        span: one.span,
        confidence: "high",
        facts: {
          name: one.name,
          file: name,
          ...(found === undefined ? {} : { what: found.what, power: found.power }),
        },
      },
    ];
  });
}

function nameOf({ file }: ManifestFile): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
