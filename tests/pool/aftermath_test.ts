import assert from "node:assert/strict";
import { Aftermath, causesOf } from "../../lib/pool/aftermath.ts";
import { Stalls } from "../../lib/pool/stalls.ts";

/** A pool with so many calls in flight, looked at every 20 ms. */
function pool(inFlight: (at_us: number) => number) {
  let now_us = 0;
  const stalls = new Stalls();
  const aftermath = new Aftermath(stalls, () => inFlight(now_us));
  return {
    aftermath,
    /** Stands still from an instant to another. */
    stall(from_us: number, to_us: number): void {
      now_us = from_us;
      stalls.saw(from_us, to_us);
      now_us = to_us;
      // The look that was due meanwhile comes before all that fell due after it is begun.
      aftermath.look(from_us, to_us);
    },
    runUntil(end_us: number): void {
      for (now_us += 20_000; now_us < end_us; now_us += 20_000) aftermath.look(now_us, now_us);
    },
  };
}

Deno.test("an aftermath lasts until no more calls are in flight than before the stall", () => {
  // One second stood still left 40 calls more, of which the service works off 20 a second.
  const { aftermath, stall, runUntil } = pool((at) => at <= 2_000_000 ? 5 : 5 + Math.max(0, 40 - (at - 3e6) / 50_000));
  runUntil(2_000_000);
  stall(2_000_000, 3_000_000);
  runUntil(8_000_000);
  assert.equal(aftermath.since(2_500_000), 1_000_000, "a call that fell due meanwhile");
  assert.equal(aftermath.since(4_900_000), 1_000_000, "one that joined the queue behind those");
  assert.equal(aftermath.since(5_100_000), 0, "one after all of them");
});

Deno.test("an aftermath that lasts touches what ends meanwhile", () => {
  const { aftermath, stall, runUntil } = pool((at) => at <= 2_000_000 ? 2 : 9);
  runUntil(2_000_000);
  stall(2_000_000, 2_200_000);
  runUntil(2_500_000);
  assert.equal(aftermath.since(2_400_000), 200_000);
});

Deno.test("an aftermath ends after twenty lengths: a service that falls behind for good is to blame itself", () => {
  const { aftermath, stall, runUntil } = pool((at) => at / 10_000);
  runUntil(3_000_000);
  stall(3_000_000, 3_100_000);
  runUntil(8_000_000);
  assert.equal(aftermath.since(5_000_000), 100_000);
  assert.equal(aftermath.since(5_200_000), 0);
});

Deno.test("stalls during an aftermath prolong it and add up", () => {
  const { aftermath, stall, runUntil } = pool((at) => at < 2_500_000 ? 0 : at < 3_500_000 ? 10 : 0);
  runUntil(2_400_000);
  stall(2_400_000, 2_600_000);
  runUntil(2_800_000);
  stall(2_800_000, 3_000_000);
  runUntil(4_000_000);
  assert.equal(aftermath.since(3_400_000), 400_000);
  assert.equal(aftermath.since(3_600_000), 0);
});

Deno.test("fewer calls in flight than usual by chance do not make an aftermath last", () => {
  let busy = 8;
  const { aftermath, stall, runUntil } = pool(() => busy);
  runUntil(10_000_000);
  busy = 0;
  stall(10_000_000, 10_300_000);
  busy = 8;
  runUntil(10_400_000);
  assert.equal(aftermath.since(10_350_000), 0);
});

Deno.test("a stall before anything is usual does not make all that follows its aftermath", () => {
  const { aftermath, stall, runUntil } = pool((at) => at < 200_000 ? 0 : 4);
  runUntil(60_000);
  stall(60_000, 160_000);
  runUntil(1_500_000);
  assert.equal(aftermath.since(1_000_000), 0);
  stall(1_500_000, 2_500_000);
  runUntil(4_000_000);
  assert.equal(aftermath.since(3_000_000), 0);
});

Deno.test("aftermaths stay bounded", () => {
  const { aftermath, stall, runUntil } = pool(() => 0);
  for (let at = 0; at < 5000; at++) {
    stall(at * 100_000, at * 100_000 + 20_000);
    runUntil(at * 100_000 + 99_000);
  }
  assert.equal(aftermath.since(0), 20_000);
});

Deno.test("what one pool's stall left in the queues is another pool's aftermath, too", () => {
  const causes = causesOf(2);
  const frozen = pool((at) => at <= 2_000_000 ? 2 : at < 3_000_000 ? 9 : 2);
  const other = pool(() => 2);
  frozen.aftermath.share(causes, 0);
  other.aftermath.share(causes, 1);
  frozen.runUntil(2_000_000);
  other.runUntil(2_000_000);
  frozen.stall(2_000_000, 2_200_000);
  frozen.runUntil(2_500_000);
  other.runUntil(2_600_000);
  assert.equal(other.aftermath.since(2_400_000), 200_000);
  frozen.runUntil(3_100_000);
  other.runUntil(3_200_000);
  assert.deepEqual([other.aftermath.since(2_400_000), other.aftermath.since(3_150_000)], [200_000, 0]);
  assert.equal(frozen.aftermath.since(2_400_000), 200_000, "its own, once");
});
