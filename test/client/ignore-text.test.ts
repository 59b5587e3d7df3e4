// For how long a finding may be ignored: the days that the person is offered are those that the engine counts by.

import * as assert from "node:assert/strict";
import { test } from "node:test";
import { terms } from "../../client/ignore-text.ts";

test("no end, or a day of UTC", () => {
  const lastMinute = Date.parse("2026-12-31T23:59:00Z");
  assert.deepEqual(
    terms(lastMinute).map(({ label, until }) => [label, until]),
    [
      ["No end", undefined],
      ["30 days", "2027-01-30"],
      ["90 days", "2027-03-31"],
    ],
  );
  for (const { until, description } of terms(lastMinute))
    if (until !== undefined) assert.ok(description?.includes(until), description);
});
