/** The published schema of SARIF 2.1.0. */
import Ajv from "ajv";
import addFormats from "ajv-formats";
import schema from "./fixtures/sarif-schema-2.1.0.json" with { type: "json" };

/** The schema is of draft 4: its two booleans beside a bound are written as draft 7 has them. */
export function schemaErrors(log: unknown): unknown {
  const { $schema: _, id: __, ...draft7 } = schema as Record<string, unknown>;
  const text = JSON.stringify(draft7).replace(
    /"minimum":([\d.]+),"exclusiveMinimum":true/g,
    '"exclusiveMinimum":$1',
  );
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(text));
  validate(log);
  return validate.errors ?? [];
}
