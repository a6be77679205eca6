import assert from "node:assert/strict";
import fc from "fast-check";
import { type Crowd, planStages } from "../../../lib/scenario/plan/user_ramp.ts";

const course = (changes: Partial<Crowd>): Crowd => ({
  duration_ms: 60_000,
  warm_up_ms: 0,
  users: 10,
  spawn_rate_per_s: 2,
  ...changes,
});
const stages = (changes: Partial<Crowd>) =>
  planStages(course(changes)).map(({ name, start_ms, end_ms }) => [name, start_ms, end_ms]);

Deno.test("planStages() ramps while users start and then holds", () => {
  assert.deepEqual(stages({}), [["ramp", 0, 5_000], ["hold", 5_000, 60_000]]);
});

Deno.test("planStages() puts a warm-up first and lets it swallow the ramp", () => {
  assert.deepEqual(stages({ warm_up_ms: 2_000 }), [["warm_up", 0, 2_000], ["ramp", 2_000, 5_000], [
    "hold",
    5_000,
    60_000,
  ]]);
  assert.deepEqual(stages({ warm_up_ms: 9_000 }), [["warm_up", 0, 9_000], ["hold", 9_000, 60_000]]);
  assert.deepEqual(planStages(course({ warm_up_ms: 9_000 })).map(({ warm_up }) => warm_up), [true, false]);
});

Deno.test("planStages() cuts a ramp that is longer than the run", () => {
  assert.deepEqual(stages({ users: 1000 }), [["ramp", 0, 60_000]]);
  assert.deepEqual(stages({ users: 120 }), [["ramp", 0, 60_000]]);
});

Deno.test("planStages() covers the run from 0 to its end without gaps", () => {
  const courses = fc.record({
    duration_ms: fc.integer({ min: 100, max: 1e7 }),
    warm_up_ms: fc.nat({ max: 1e7 }),
    users: fc.integer({ min: 1, max: 100_000 }),
    spawn_rate_per_s: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
  });
  fc.assert(fc.property(courses, (any) => {
    const planned = planStages(any);
    let end = 0;
    for (const stage of planned) {
      assert.equal(stage.start_ms, end);
      assert.ok(stage.end_ms > stage.start_ms);
      end = stage.end_ms;
    }
    assert.equal(end, any.duration_ms);
  }));
});
