/** Whether a variable of the environment holds a secret: by its name, and by a value that nobody chose as a stand-in. */
import { isUsualPassword } from "./credentials.ts";
import { isSeen, PUBLIC_PREFIX, secretName } from "./secret-names.ts";
import { isPassword, isRandom } from "./secret-value.ts";

export function isSecretVariable(name: string): boolean {
  if (PUBLIC_PREFIX.test(name) || secretName(name)?.kind !== "secret") return false;
  // A "client secret" is one, whatever else the name says.
  return !isSeen(name) || /(?:secret|passw(?:or)?d)$/i.test(name);
}

export function holdsSecret({
  name,
  value,
}: {
  readonly name: string;
  readonly value: string;
}): boolean {
  if (!isSecretVariable(name)) return false;
  if (isRandom(value)) return true;
  return (
    /passw|passphrase|pwd/i.test(name) &&
    value.length >= 8 &&
    isPassword(value) &&
    !isUsualPassword(value)
  );
}
