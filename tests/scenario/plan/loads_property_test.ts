import assert from "node:assert/strict";
import fc from "fast-check";
import type { LoadPlan, LoadSegment, Plan } from "../../../lib/plan/plan.ts";
import { ScenarioError } from "../../../lib/scenario/read/problems.ts";
import { planOf } from "../helpers.ts";

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const length = oneOf("100ms", "1s", "7s", "90s", "1h", "7d", "5", "");
const users = oneOf<unknown>(0, 1, 7, 500, "0 to 10", "100 to 3", "1 to 2 to 3", -1, {
  mean: 5,
  amplitude: 9,
  period: "3s",
});
const rate = oneOf<unknown>(0, 2.5, "50/s", "0 to 10", "9/m to 1/s", "5/d", {
  mean: "5/s",
  amplitude: 2,
  period: "1m",
});

const stage = fc.record(
  { duration: length, users, rate, replay: oneOf("monday.txt"), steps: oneOf<unknown>(1, 2, 5), warm_up: fc.boolean() },
  { requiredKeys: [] },
);

/** Scenarios of which many contradict themselves. */
const scenario = fc.record({
  users: oneOf<unknown>(1, 7, 500, 0, "10"),
  rate,
  duration: length,
  spawn_rate: oneOf<unknown>(0.5, 100, "60/m"),
  warm_up: length,
  pacing: oneOf("1s"),
  think_time: oneOf<unknown>("1s", { exponential: "1s" }, { min: "2s" }),
  arrivals: oneOf("constant", "poisson"),
  max_in_flight: oneOf(1, 50),
  stages: fc.dictionary(oneOf("a", "b", "c"), stage, { maxKeys: 3 }),
  parallel: fc.array(oneOf("one", "two", "three"), { maxLength: 3 }),
}, { requiredKeys: [] });

/** Scenarios that load, unless flags or others contradict them. */
const time = oneOf("1s", "7s", "90s");
const crowd = oneOf<unknown>(1, 7, 500, "0 to 10", { mean: 5, amplitude: 9, period: "3s" });
const calls = oneOf<unknown>(2.5, "50/s", "9/m to 1/s", { mean: "5/s", amplitude: 2, period: "1m" });
const stages = (target: fc.Arbitrary<Record<string, unknown>>) =>
  fc.record({ stages: fc.dictionary(oneOf("a", "b", "c"), target, { minKeys: 1 }) });
const plain = fc.oneof(
  fc.record({ users: fc.integer({ min: 1, max: 90 }), duration: time }),
  fc.record({ rate: calls, duration: time }),
  stages(fc.record({ duration: time, users: crowd })),
  stages(fc.record({ duration: time, rate: calls })),
  stages(fc.record({ replay: oneOf("monday.txt") })),
);

const anyFile = fc.record({
  one: fc.oneof(scenario, plain, oneOf({ parallel: ["two", "three"] })),
  two: plain,
  three: plain,
});
const anyFlags = fc.oneof(
  oneOf({}),
  fc.record(
    { users: oneOf("5", "0", "x"), rate: oneOf("5/s", "1 to 2"), duration: oneOf("11s", "1h") },
    { requiredKeys: [] },
  ),
);

function checkLoad(load: LoadPlan): void {
  let end_ms = 0;
  for (const course of load.courses) {
    assert.equal(course.start_ms, end_ms);
    assert.ok(course.end_ms > course.start_ms);
    end_ms = course.end_ms;
    if (load.kind === "closed") assert.ok(peakOf(course) <= load.users + 1e-6, `${peakOf(course)} of ${load.users}`);
  }
  if (load.kind === "closed") assert.ok(load.users >= 1 && Number.isInteger(load.users));
}

function peakOf(course: LoadSegment): number {
  if (course.kind === "linear") return Math.max(course.from, course.to);
  return course.kind === "sine" ? course.mean + course.amplitude : Infinity;
}

function checkPlan(plan: Plan): void {
  plan.loads.forEach(checkLoad);
  const ends = plan.loads.map(({ courses }, load) => {
    let end_ms = 0;
    for (const stage of plan.stages.filter((stage) => stage.load === load)) {
      assert.equal(stage.start_ms, end_ms);
      assert.ok(stage.end_ms > stage.start_ms);
      end_ms = stage.end_ms;
    }
    assert.equal(courses.at(-1)!.end_ms, end_ms);
    return end_ms;
  });
  assert.equal(plan.duration_ms, Math.max(...ends));
  assert.ok(plan.stages.some(({ warm_up }) => !warm_up));
  assert.equal(new Set(plan.stages.map(({ name }) => name)).size, plan.stages.length);
}

Deno.test("loadScenario() makes a sound plan of whatever loads a file and flags say, or tells why it cannot", () => {
  let plans = 0;
  fc.assert(
    fc.property(anyFile, anyFlags, (scenarios, overrides) => {
      try {
        const plan = planOf(JSON.stringify({ scenarios }), { name: "one", overrides, readText: () => "0\n3.5\n" });
        checkPlan(plan);
        plans++;
      } catch (error) {
        assert.ok(error instanceof ScenarioError, String(error instanceof Error ? error.stack : error));
        for (const { text } of error.problems) assert.doesNotMatch(text, /undefined|NaN|\[object/);
      }
    }),
    { numRuns: 2000, seed: 5 },
  );
  assert.ok(plans > 500, `only ${plans} of 2000 files loaded`);
});
