import assert from "node:assert/strict";
import fc from "fast-check";
import type { OpenLoad, Plan } from "../../lib/plan/plan.ts";
import { arrivals } from "../../lib/schedule/arrivals.ts";
import { arrivalRandom } from "../../lib/schedule/random.ts";
import { anyAsks, OFFSETS, openPlan } from "./plans.ts";
import { runVirtually, type Start } from "./virtual.ts";

const PARTS = fc.integer({ min: 1, max: 8 });
const RUNS = 30;

/** The random number by which a test knows an arrival: the one after the draw of its task. */
function printOf(seed: number, index: number): number {
  const random = arrivalRandom(seed, 0, index);
  random.next();
  return random.next();
}

/** Instants of all arrivals by their numbers. */
function planned({ loads: [load], seed }: Plan): number[] {
  const schedule = arrivals(load as OpenLoad, seed, () => OFFSETS);
  const instants_us: number[] = [];
  for (let due_us = schedule.next(); due_us !== null; due_us = schedule.next()) instants_us.push(due_us);
  return instants_us;
}

/** The number of each arrival that began; fails on one that is no arrival's, and on one that came twice. */
function numbersOf(starts: readonly Start[], seed: number, count: number): Map<number, Start> {
  const known = new Map(Array.from({ length: count }, (_, index) => [printOf(seed, index), index]));
  const seen = new Map<number, Start>();
  for (const start of starts) {
    const index = known.get(start.print);
    assert.ok(index !== undefined, `a task at ${start.at_us} us is no arrival of the plan`);
    assert.ok(!seen.has(index), `arrival ${index} came twice`);
    seen.set(index, start);
  }
  return seen;
}

Deno.test("arrivals after any changes are those of the new plan, each once and with its own random numbers", async () => {
  await fc.assert(
    fc.asyncProperty(openPlan, anyAsks, PARTS, async (plan, asks, parts) => {
      const { run, starts } = await runVirtually(plan, asks, { parts, offsets: () => OFFSETS });
      const expected = planned(run.plan).filter((us) => us < (run.steering.paused_ms ?? Infinity) * 1000);
      const seen = numbersOf(starts, plan.seed, expected.length);
      for (const [index, due_us] of expected.entries()) {
        const start = seen.get(index);
        assert.ok(start !== undefined, `arrival ${index} of ${expected.length}, due at ${due_us} us, did not come`);
        assert.equal(start.part, index % parts);
        assert.ok(Math.abs(start.at_us - due_us) <= 1, `arrival ${index} came at ${start.at_us} us, not ${due_us}`);
      }
      assert.equal(run.unaccounted, 0);
      assert.equal(run.total({}, true).issued, expected.length);
    }),
    { numRuns: RUNS },
  );
});

Deno.test("a pool that gets a change late loses no arrival and doubles none, follows it from then on, and is told of", async () => {
  const delays = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 8, maxLength: 8 });
  let told = 0;
  await fc.assert(
    fc.asyncProperty(openPlan, anyAsks, PARTS, delays, async (plan, asks, parts, delay_ms) => {
      // The orders to one pool stay in order.
      const held = { parts, offsets: () => OFFSETS, delay_ms: (part: number) => delay_ms[part] ?? 0 };
      const { run, starts, events } = await runVirtually(plan, asks, held);
      const paused_us = (run.steering.paused_ms ?? Infinity) * 1000;
      const expected = planned(run.plan);
      const late_us = 1000 * Math.max(0, ...run.steered.map(({ at_ms }) => at_ms + Math.max(...delay_ms)));
      const seen = numbersOf(starts, plan.seed, expected.length + 2000);
      for (let part = 0; part < parts; part++) {
        const own = [...seen.keys()].filter((index) => index % parts === part).sort((a, b) => a - b);
        own.forEach((index, i) => assert.equal(index, part + i * parts, "an arrival was lost"));
        // What came before it knew of the last change came once, whenever; all that follows comes when it is due.
        for (const [index, due_us] of expected.entries()) {
          if (index % parts !== part || due_us <= late_us || due_us >= paused_us) continue;
          const at_us = seen.get(index)?.at_us;
          assert.ok(at_us !== undefined, `arrival ${index}, due at ${due_us} us, did not come`);
          assert.ok(
            at_us <= late_us || Math.abs(at_us - due_us) <= 1,
            `arrival ${index} came at ${at_us} us, not ${due_us}`,
          );
        }
      }
      assert.equal(run.unaccounted, 0);
      told += events.filter(({ kind }) => kind === "steered_late").length;
    }),
    { numRuns: RUNS },
  );
  assert.ok(told > 5, `${told} late orders were told of`);
});
