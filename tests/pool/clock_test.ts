import assert from "node:assert/strict";
import fc from "fast-check";
import { Alarm } from "../../lib/pool/alarm.ts";
import { PoolClock } from "../../lib/pool/clock.ts";

Deno.test("PoolClock runs timers in the order of their instants, none early", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 60 }), async (delays) => {
      const clock = new PoolClock(performance.now());
      const base_us = clock.now_us();
      const ran: number[] = [];
      await new Promise<void>((resolve) => {
        for (const delay_us of delays) {
          const due_us = base_us + delay_us;
          clock.at(due_us, () => {
            assert.ok(clock.now_us() >= due_us);
            if (ran.push(delay_us) === delays.length) resolve();
          });
        }
      });
      assert.deepEqual(ran, [...delays].sort((a, b) => a - b));
    }),
    { numRuns: 15 },
  );
});

Deno.test("PoolClock does not run a cancelled timer", async () => {
  const clock = new PoolClock(performance.now());
  let ran = false;
  clock.at(clock.now_us() + 2000, () => ran = true).cancel();
  await new Promise<void>((resolve) => void clock.at(clock.now_us() + 4000, resolve));
  assert.equal(ran, false);
});

Deno.test("PoolClock runs an earlier timer that is set later first", async () => {
  const clock = new PoolClock(performance.now());
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    clock.at(clock.now_us() + 30_000, () => (order.push("late"), resolve()));
    clock.at(clock.now_us() + 5000, () => order.push("early"));
  });
  assert.deepEqual(order, ["early", "late"]);
});

Deno.test("PoolClock tells the worst delay once", async () => {
  const clock = new PoolClock(performance.now());
  const due_us = clock.now_us() + 1000;
  const done = new Promise<void>((resolve) => void clock.at(due_us, resolve));
  while (clock.now_us() < due_us + 20_000);
  await done;
  assert.ok(clock.takeWorstDelay() >= 20_000);
  assert.equal(clock.takeWorstDelay(), 0);
});

Deno.test("PoolClock.close() forgets all timers, so that nothing holds the process", () => {
  const clock = new PoolClock(performance.now());
  clock.at(clock.now_us() + 60_000_000, () => assert.fail("ran"));
  clock.close();
});

Deno.test("a precise PoolClock runs its timers in order, none early, and ends its thread", async () => {
  const clock = new PoolClock(performance.now(), new Alarm());
  const ran: number[] = [];
  const dues = [9000, 1000, 4000, 4200, 2000, 30_000, 8000];
  await new Promise<void>((resolve) => {
    for (const due_us of dues) {
      clock.at(due_us, () => {
        assert.ok(clock.now_us() >= due_us);
        if (ran.push(due_us) === dues.length) resolve();
      });
    }
  });
  assert.deepEqual(ran, dues.toSorted((a, b) => a - b));
  clock.close();
});

Deno.test("a precise PoolClock, which is woken early after a pause, runs no timer before its instant", async () => {
  const alarm = new Alarm();
  await alarm.ready;
  const clock = new PoolClock(performance.now(), alarm);
  const late: number[] = [];
  for (let round = 0; round < 40; round++) {
    const due_us = clock.now_us() + 5000;
    await new Promise<void>((resolve) => void clock.at(due_us, () => (late.push(clock.now_us() - due_us), resolve())));
  }
  clock.close();
  assert.ok(late.every((us) => us >= 0), `${Math.min(...late)} us late`);
});

/** Works for a millisecond, as the handling of many messages does. */
function work(): void {
  const from_ms = performance.now();
  while (performance.now() - from_ms < 1);
}

Deno.test("PoolClock gives all that one turn of the loop takes in one time, and what the next takes in a later one", async () => {
  const clock = new PoolClock(performance.now());
  const came_us = clock.came_us();
  work();
  assert.equal(clock.came_us(), came_us);
  await Promise.resolve();
  assert.ok(clock.came_us() >= came_us + 1000);
});

Deno.test("PoolClock lets nothing come in before what the same turn has sent", () => {
  const clock = new PoolClock(performance.now());
  const came_us = clock.came_us();
  work();
  const sent_us = clock.now_us();
  work();
  assert.ok(sent_us >= came_us + 1000);
  assert.equal(clock.came_us(), sent_us);
});
