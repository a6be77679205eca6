import assert from "node:assert/strict";
import { type Check, checkTable, holds } from "../../bench/accuracy/check.ts";
import { knownSleep, queue, tokenGaps, workers } from "../../bench/accuracy/proofs.ts";

/**
 * The proofs of `deno task bench:accuracy`, shorter (that of a frozen server is a fast test), and with room for a machine that does other things too: a figure may
 * be off by `share` of the truth, or by `ms`, beyond what the proof itself allows.
 */
function assertNear(checks: readonly Check[], { share = 0, ms = 0 }): void {
  for (const check of checks) assert.ok(holds({ ...check, allowed: widened(check, share, ms) }), checkTable([check]));
}

function widened({ allowed }: Check, share: number, ms: number): Check["allowed"] {
  if (allowed === null) return null;
  if ("share" in allowed) return { share: allowed.share + share };
  return "above_ms" in allowed ? { above_ms: allowed.above_ms + ms } : { either_ms: allowed.either_ms + ms };
}

for (const kind of ["M/M/1", "M/D/1"] as const) {
  Deno.test(`${kind} at 50 % load: mean and P99 as of theory`, async () => {
    assertNear(await queue({ kind, load: 0.5, service_ms: 30, seconds: 20, seed: 1 }), { share: 0.12 });
  });
}

Deno.test("a known sleep at 100/s and at 2,000/s is measured with little on top", async () => {
  assertNear([...await knownSleep(100, 5), ...await knownSleep(2000, 5)], { ms: 2 });
});

Deno.test("500 streams with a token every 20 ms have gaps of 20 ms", async () => {
  assertNear(await tokenGaps(500, 8), { ms: 1 });
});

Deno.test("one worker and three make the same calls and see the same latencies", async () => {
  assertNear(await workers(10), { ms: 2 });
});
