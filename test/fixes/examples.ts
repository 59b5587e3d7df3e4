/** What the strict profile finds in small programs, one after the other in one engine, and the grades of the fixes for it. */
import { freshEngine } from "../harness/engine.ts";
import { check, load, type Texts } from "../harness/project.ts";

export interface Example {
  readonly rule: string;
  readonly file: string;
  /** Best first. */
  readonly grades: readonly string[];
}

/** A function that takes the texts of a program by file. */
export async function examples(): Promise<(texts: Texts) => readonly Example[]> {
  const engine = await freshEngine();
  return (texts) => {
    load(engine, texts, { strict: true });
    return check(engine, texts.keys()).findings.map(({ rule, file, fingerprint }) => ({
      rule,
      file,
      grades: engine.fixes(file, fingerprint).map(({ grade }) => grade),
    }));
  };
}
