// What the parser makes of broken text depends on what stands around it; what was made of the same text before is not kept.

import assert from "node:assert/strict";
import { test } from "node:test";
import { freshEngine } from "../harness/engine.ts";
import { load, settle } from "../harness/project.ts";

const FUNCTION = `export function isAdmin(token: string): boolean {
  const5 user = jwt.decode(token) as User | null;
}
`;
const CUT_OFF = `auth.get("/me", (req, res) => {\n\n${FUNCTION}`;

for (const [name, before, after] of [
  ["a function that is read in another way below broken text", FUNCTION, CUT_OFF],
  ["and in its own way when the text above it is mended", CUT_OFF, FUNCTION],
] as const)
  test(name, async () => {
    const [live, fresh] = [await freshEngine(), await freshEngine()];
    load(live, new Map([["auth.ts", before]]));
    settle(live);
    live.check("auth.ts");
    live.set("auth.ts", after);
    load(fresh, new Map([["auth.ts", after]]));
    for (const engine of [live, fresh]) settle(engine);
    assert.deepEqual(live.describe("auth.ts", "ir"), fresh.describe("auth.ts", "ir"));
    assert.deepEqual(live.check("auth.ts"), fresh.check("auth.ts"));
    for (const engine of [live, fresh]) engine.dispose();
  });
