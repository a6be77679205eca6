import assert from "node:assert/strict";
import fc from "fast-check";
import type { Plan, ThinkTime } from "../../lib/plan/plan.ts";
import { targetIn } from "../../lib/schedule/course.ts";
import { anyAsks, closedLoad, closedPlan, linear, mixedPlan, OFFSETS, planOf, staged } from "./plans.ts";
import { runVirtually, type Start } from "./virtual.ts";

const PARTS = fc.integer({ min: 1, max: 8 });
const RUNS = 12;
const CALL_US = 10_000;

/** Users that the plan has at an instant, at the most; where the target moves, its rounding error may be one user. */
function usersAt({ loads: [load] }: Plan, at_us: number, slack = 1e-5): number {
  if (load === undefined) return 0;
  const moves = load.courses.some((course) =>
    course.start_ms * 1000 <= at_us && course.end_ms * 1000 > at_us &&
    (course.kind !== "linear" || course.from !== course.to)
  );
  return Math.ceil(Math.max(0, targetIn(load, at_us / 1000)) + (moves ? slack : -1e-6));
}

/** Least users of the plan in a stretch. */
function leastOf(plan: Plan, from_us: number, to_us: number): number {
  const instants_us = Array.from({ length: Math.ceil((to_us - from_us) / 1000) }, (_, i) => from_us + 1000 * i);
  return Math.min(...[...instants_us, to_us].map((at_us) => usersAt(plan, at_us, -1e-5)));
}

Deno.test("users after any changes are those of the new plan: user k runs while the target is above k", async () => {
  await fc.assert(
    fc.asyncProperty(closedPlan, anyAsks, PARTS, async (plan, asks, parts) => {
      const { run, starts } = await runVirtually(plan, asks, { parts, call_us: CALL_US });
      const byUser = Map.groupBy(starts, ({ user }) => user ?? -1);
      for (const { at_us, user, part } of starts) {
        assert.equal(part, (user ?? -1) % parts);
        // An instant is rounded to a microsecond.
        const most = Math.max(...[-2, 0, 2].map((off_us) => usersAt(run.plan, at_us + off_us)));
        assert.ok((user ?? -1) < most, `user ${user} starts at ${at_us} us, where the plan has ${most} users`);
      }
      const end_us = (run.steering.paused_ms ?? run.plan.duration_ms) * 1000;
      for (let at_us = 50_000; at_us < end_us; at_us += 77_000) {
        const least = leastOf(run.plan, at_us - 2 * CALL_US - 2000, at_us);
        for (let user = 0; user < least; user++) {
          const isBusy = byUser.get(user)?.some((one) => one.at_us <= at_us && one.at_us >= at_us - CALL_US - 1);
          assert.ok(isBusy, `user ${user} rests at ${at_us} us, where the plan has ${least} users`);
        }
      }
      assert.equal(run.unaccounted, 0);
    }),
    { numRuns: RUNS },
  );
});

Deno.test("every task counts in the stage of the steered plan in which it began, and none begins in a pause", async () => {
  await fc.assert(
    fc.asyncProperty(mixedPlan, anyAsks, PARTS, async (plan, asks, parts) => {
      const { run, starts } = await runVirtually(plan, asks, { parts, offsets: () => OFFSETS });
      const { stages, pauses = [] } = run.plan;
      for (const { at_us } of starts) {
        const inPause = pauses.some(({ start_ms, end_ms }) => at_us >= start_ms * 1000 && at_us < end_ms * 1000 - 1);
        assert.ok(!inPause, `a task begins at ${at_us} us, in a pause`);
      }
      // An instant is rounded to a microsecond, which may be the border.
      const within = ({ at_us, load }: Start, stage: typeof stages[number], slack_us: number) =>
        load === stage.load && at_us >= stage.start_ms * 1000 - slack_us && at_us < stage.end_ms * 1000 + slack_us;
      for (const stage of stages) {
        const { issued } = run.total({ stage: stage.name });
        const [least, most] = [-1, 1].map((slack_us) => starts.filter((one) => within(one, stage, slack_us)).length);
        assert.ok(issued >= least! && issued <= most!, `${issued} tasks of ${least} to ${most} in ${stage.name}`);
      }
      assert.equal(run.total({}, true).issued, starts.length);
      assert.equal(run.unaccounted, 0);
    }),
    { numRuns: RUNS },
  );
});

const THINK_TIMES: ThinkTime[] = [
  { kind: "constant", value_ms: 700 },
  { kind: "uniform", min_ms: 100, max_ms: 3000 },
  { kind: "exponential", mean_ms: 500 },
  { kind: "lognormal", median_ms: 400, sigma: 1 },
  { kind: "pacing", every_ms: 900 },
];

Deno.test("a pause stands between a user's tasks and changes nothing else: think time and pacing go on after it", async () => {
  const anyPauses = fc.array(
    fc.record({ on_ms: fc.integer({ min: 1, max: 3000 }), off_ms: fc.integer({ min: 1, max: 5000 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...THINK_TIMES), anyPauses, PARTS, async (think_time, pauses, parts) => {
      const { courses, stages } = staged(0, [[linear(0, 12), 3000], [linear(12), 12_000]]);
      const plan = planOf([closedLoad(courses, { think_time, start: "staggered" })], stages);
      let ask_ms = 0;
      const asks = pauses.flatMap(({ on_ms, off_ms }) => [
        { ask_ms: ask_ms += on_ms, change: { type: "pause" as const } },
        { ask_ms: ask_ms += off_ms, change: { type: "resume" as const } },
      ]);
      const [without, withPauses] = [
        await runVirtually(plan, [], { call_us: 1000 }),
        await runVirtually(plan, asks, { parts, call_us: 1000 }),
      ];
      const gaps = withPauses.run.plan.pauses ?? [];
      const planTime = (at_us: number) =>
        at_us -
        gaps.reduce((sum, { start_ms, end_ms }) => end_ms * 1000 <= at_us ? sum + (end_ms - start_ms) * 1000 : sum, 0);
      for (let user = 0; user < 12; user++) {
        const own = (starts: readonly Start[]) => starts.filter((one) => one.user === user).map(({ at_us }) => at_us);
        const [expected, seen] = [own(without.starts), own(withPauses.starts).map(planTime)];
        // A task in flight when a pause began ended then as far as its user is concerned: at most 1 ms sooner.
        const slack_us = 1000 * (gaps.length + 1);
        for (const [i, at_us] of expected.entries()) {
          if (at_us > 15_000_000 - slack_us) continue;
          const other = seen[i] ?? NaN;
          assert.ok(Math.abs(other - at_us) <= slack_us, `task ${i} of user ${user}: ${other} us, not ${at_us}`);
        }
      }
      assert.equal(withPauses.run.unaccounted, 0);
    }),
    { numRuns: 10 },
  );
});

Deno.test("a pool that gets a change late has the users of the new plan from then on", async () => {
  const delays = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 8, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(closedPlan, anyAsks, PARTS, delays, async (plan, asks, parts, delay_ms) => {
      const { run, starts } = await runVirtually(plan, asks, {
        parts,
        call_us: CALL_US,
        delay_ms: (part) => delay_ms[part] ?? 0,
      });
      const end_us = (run.steering.paused_ms ?? run.plan.duration_ms) * 1000;
      const known_us = 1000 * Math.max(0, ...run.steered.map(({ at_ms }) => at_ms + Math.max(...delay_ms)));
      for (const { at_us, user } of starts.filter(({ at_us }) => at_us > known_us)) {
        const most = Math.max(...[-2, 0, 2].map((off_us) => usersAt(run.plan, at_us + off_us)));
        assert.ok((user ?? -1) < most, `user ${user} starts at ${at_us} us, where the plan has ${most} users`);
      }
      for (let at_us = known_us + 50_000; at_us < end_us; at_us += 77_000) {
        const least = leastOf(run.plan, at_us - 2 * CALL_US - 2000, at_us);
        const busy = starts.filter((one) => one.at_us <= at_us && one.at_us >= at_us - CALL_US - 1);
        assert.ok(new Set(busy.map(({ user }) => user)).size >= least, `fewer than ${least} users at ${at_us} us`);
      }
      assert.equal(run.unaccounted, 0);
    }),
    { numRuns: RUNS },
  );
});
