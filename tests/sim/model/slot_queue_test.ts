import assert from "node:assert/strict";
import fc from "fast-check";
import { type Place, SlotQueue } from "../../../lib/sim/model/slot_queue.ts";
import { ManualClock } from "../manual_clock.ts";

/** Serves arrivals with fixed service times; returns when each began. */
function serve(slots: number, arrivals_ms: number[], service_ms: number): number[] {
  const clock = new ManualClock();
  const queue = new SlotQueue({ slots, queue_limit: 10_000 });
  const begun_ms: number[] = [];
  arrivals_ms.forEach((arrival_ms, i) => {
    clock.at(arrival_ms, () => {
      const start = () => {
        begun_ms[i] = clock.now_ms();
        clock.at(clock.now_ms() + service_ms, () => place?.leave(clock.now_ms()));
      };
      const place: Place | null = queue.enter(start);
      if (place?.held) start();
    });
  });
  clock.runOut();
  assert.deepEqual({ busy: queue.stats().busy, waiting: queue.stats().waiting }, { busy: 0, waiting: 0 });
  return begun_ms;
}

Deno.test("SlotQueue serves as D/D/1 does: the wait grows by the excess of service over arrivals", () => {
  const begun_ms = serve(1, [0, 10, 20, 30, 40], 15);
  assert.deepEqual(begun_ms, [0, 15, 30, 45, 60]);
});

Deno.test("SlotQueue follows Lindley's recursion for any arrivals", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 40 }), fc.integer({ min: 1, max: 60 }), (gaps, service_ms) => {
      const arrivals_ms: number[] = [];
      gaps.reduce((sum, gap, i) => arrivals_ms[i] = sum + gap, 0);
      let free_ms = 0;
      const expected = arrivals_ms.map((arrival_ms) => {
        const start_ms = Math.max(arrival_ms, free_ms);
        free_ms = start_ms + service_ms;
        return start_ms;
      });
      assert.deepEqual(serve(1, arrivals_ms, service_ms), expected);
    }),
    { numRuns: 100 },
  );
});

Deno.test("SlotQueue waits as long as M/D/1 on average", () => {
  // Utilisation 0.5, service 10 ms: mean wait = rho * service / (2 * (1 - rho)) = 5 ms.
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 0x7fffffff) / 0x7fffffff;
  const arrivals_ms: number[] = [];
  for (let i = 0, at = 0; i < 1500; i++) arrivals_ms.push(at += -20 * Math.log(1 - next()));
  const begun_ms = serve(1, arrivals_ms, 10);
  const wait_ms = begun_ms.reduce((sum, begun, i) => sum + begun - arrivals_ms[i]!, 0) / begun_ms.length;
  assert.ok(Math.abs(wait_ms - 5) < 0.8, `${wait_ms}`);
});

Deno.test("SlotQueue lets as many run at once as it has slots", () => {
  assert.deepEqual(serve(3, [0, 0, 0, 0, 0], 10), [0, 0, 0, 10, 10]);
});

Deno.test("SlotQueue refuses what the line does not hold, and counts it", () => {
  const queue = new SlotQueue({ slots: 1, queue_limit: 1 });
  const first = queue.enter(() => {});
  assert.equal(first?.held, true);
  assert.equal(queue.enter(() => {})?.held, false);
  assert.equal(queue.enter(() => {}), null);
  assert.deepEqual(queue.stats(), { busy: 1, waiting: 1, waiting_peak: 1, started_total: 1, refused_total: 1 });
});

Deno.test("SlotQueue forgets those that leave while they wait", () => {
  const queue = new SlotQueue({ slots: 1, queue_limit: 5 });
  const started: string[] = [];
  const first = queue.enter(() => {});
  const second = queue.enter(() => started.push("second"));
  queue.enter(() => started.push("third"));
  second?.leave(1);
  second?.leave(1);
  assert.equal(queue.stats().waiting, 1);
  first?.leave(2);
  first?.leave(2);
  assert.deepEqual(started, ["third"]);
  assert.equal(queue.stats().busy, 1);
});

Deno.test("SlotQueue tells the next since when its slot was free, however late it is told itself", () => {
  const queue = new SlotQueue({ slots: 1, queue_limit: 2 });
  const free_ms: number[] = [];
  const first = queue.enter(() => {});
  const second = queue.enter((at_ms) => free_ms.push(at_ms));
  queue.enter((at_ms) => free_ms.push(at_ms));
  first?.leave(10);
  second?.leave(25);
  assert.deepEqual(free_ms, [10, 25]);
});
