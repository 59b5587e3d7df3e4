/** Whether a file has certain words at all: asked for each of its functions, looked up once. */
import type { Code } from "./rule.ts";

export function mentioning(pattern: RegExp): (code: Code) => boolean {
  let text: string | undefined;
  let answer = false;
  return ({ fileText }) => {
    if (fileText !== text) {
      text = fileText;
      answer = pattern.test(fileText);
    }
    return answer;
  };
}
