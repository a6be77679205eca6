import assert from "node:assert/strict";
import { countsBetween, type ModelCounts, SERVER_TIMES } from "../../lib/measure/server_statistics.ts";

function counts(base: number): ModelCounts {
  const times = Object.fromEntries(SERVER_TIMES.map((of, at) => [of, { count: base + at, sum_us: 10 * base }]));
  return { model: "m", version: "1", inferences: base, executions: base, ...times } as ModelCounts;
}

Deno.test("countsBetween() is the difference of every counter", () => {
  const between = countsBetween(counts(5), counts(12));
  assert.deepEqual([between?.model, between?.version, between?.inferences, between?.executions], ["m", "1", 7, 7]);
  for (const of of SERVER_TIMES) assert.deepEqual(between?.[of], { count: 7, sum_us: 70 });
});

Deno.test("countsBetween() of equal readings is nothing at all", () => {
  assert.equal(countsBetween(counts(5), counts(5))?.success.count, 0);
});

Deno.test("countsBetween() tells a restart by any counter that has fallen", () => {
  assert.equal(countsBetween(counts(5), counts(4)), null);
  for (const of of SERVER_TIMES) {
    assert.equal(countsBetween(counts(5), { ...counts(6), [of]: { count: 99, sum_us: 0 } }), null, of);
  }
});
