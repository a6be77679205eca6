import assert from "node:assert/strict";
import fc from "fast-check";
import type { LoadSegment, OpenLoad, Plan } from "../../lib/plan/plan.ts";
import { type Change, isChange } from "../../lib/plan/steering.ts";
import { arrivals, offered } from "../../lib/schedule/arrivals.ts";
import { targetIn } from "../../lib/schedule/course.ts";
import { PartOfArrivals } from "../../lib/schedule/part_of_arrivals.ts";
import { partOf } from "../../lib/schedule/parts.ts";
import { endOf, planAt, steer, type Steering } from "../../lib/schedule/steer.ts";
import { whyNot } from "../../lib/schedule/steer_refusals.ts";
import { anyAsks, closedLoad, linear, mixedPlan, openLoad, planOf, sine, staged } from "../steering/plans.ts";

/** The plan after all changes that can be made, with the instant of each. */
function steered(plan: Plan, asks: readonly { ask_ms: number; change: Change }[]) {
  let run: Steering = { plan, paused_ms: null };
  const made: { at_ms: number; change: Change; before: Plan; after: Plan }[] = [];
  for (const { ask_ms, change } of asks) {
    const at_ms = Math.max(ask_ms, (made.at(-1)?.at_ms ?? -1) + 1);
    if (whyNot(run, change, at_ms) !== null) continue;
    const before = planAt(run, at_ms);
    // A mark changes nothing.
    if (change.type === "reset_statistics") {
      assert.equal(steer(run, change, at_ms), run);
      continue;
    }
    run = steer(run, change, at_ms);
    made.push({ at_ms, change, before, after: run.plan });
  }
  return { run, made };
}

Deno.test("steer() leaves courses without gaps from 0 to the load's end, and stages in order from 0 to the same", () => {
  fc.assert(fc.property(mixedPlan, anyAsks, (plan, asks) => {
    const { run } = steered(plan, asks);
    for (const [index, load] of run.plan.loads.entries()) {
      const stages = run.plan.stages.filter((stage) => stage.load === index);
      for (const list of [load.courses as { start_ms: number; end_ms: number }[], stages]) {
        let end_ms = 0;
        for (const one of list) {
          assert.ok(Math.abs(one.start_ms - end_ms) < 1e-6 && one.end_ms >= one.start_ms, JSON.stringify(list));
          end_ms = one.end_ms;
        }
      }
      assert.ok(Math.abs(endOf(load) - stages.at(-1)!.end_ms) < 1e-6);
      assert.equal(stages.length, plan.stages.filter((stage) => stage.load === index).length);
    }
    assert.equal(run.plan.duration_ms, Math.max(...run.plan.stages.map(({ end_ms }) => end_ms)));
  }));
});

Deno.test("steer() changes nothing before the instant, and makes of the rest what was asked", () => {
  fc.assert(fc.property(mixedPlan, anyAsks, fc.double({ min: 0, max: 1, noNaN: true }), (plan, asks, share) => {
    for (const { at_ms, change, before, after } of steered(plan, asks).made) {
      for (const [index, load] of after.loads.entries()) {
        const was = before.loads[index]!;
        const close = (a: number, b: number) =>
          assert.ok(Math.abs(a - b) < 1e-6 * Math.max(1, b), `${a}, not ${b}: ${JSON.stringify(change)}`);
        if (!was.courses.some(({ kind }) => kind === "replay")) {
          if (at_ms > 0) close(targetIn(load, 0.999 * share * at_ms), targetIn(was, 0.999 * share * at_ms));
          close(offered(load, 0, at_ms * 1000), offered(was, 0, at_ms * 1000));
        }
        const later_ms = at_ms + share * (endOf(load) - at_ms) * 0.999;
        if (endOf(load) <= at_ms) continue;
        switch (change.type) {
          case "target":
            if (change.load === load.name || after.loads.length === 1) close(targetIn(load, later_ms), change.target);
            else close(targetIn(load, later_ms), targetIn(was, later_ms));
            break;
          case "scale": {
            const wanted = targetIn(was, later_ms) * change.factor;
            assert.ok(
              Math.abs(targetIn(load, later_ms) - wanted) <= (load.kind === "closed" ? 1.01 : 1e-6),
              `${wanted}`,
            );
            break;
          }
          case "next_stage": {
            const current = before.stages.find((stage) => stage.load === index && stage.end_ms > at_ms)!;
            const skipped_ms = endOf(was) - endOf(load);
            const isLast = before.stages.findLast((stage) => stage.load === index) === current;
            assert.ok(isLast ? skipped_ms === 0 : Math.abs(skipped_ms - (current.end_ms - at_ms)) < 1e-6);
            break;
          }
          default:
            assert.equal(endOf(load), endOf(was));
        }
      }
    }
  }));
});

Deno.test("a pause moves what follows by its length, and offers nothing", () => {
  fc.assert(
    fc.property(
      mixedPlan,
      fc.integer({ min: 0, max: 9000 }),
      fc.integer({ min: 1, max: 9000 }),
      (plan, at_ms, length_ms) => {
        const { run } = steered(plan, [
          { ask_ms: at_ms, change: { type: "pause" } },
          { ask_ms: at_ms + length_ms, change: { type: "resume" } },
        ]);
        if (at_ms >= plan.duration_ms) return assert.deepEqual(run.plan, plan);
        assert.deepEqual(run.plan.pauses, [{ start_ms: at_ms, end_ms: at_ms + length_ms }]);
        for (const [index, load] of run.plan.loads.entries()) {
          const was = plan.loads[index]!;
          const isOver = endOf(was) <= at_ms;
          assert.ok(Math.abs(endOf(load) - endOf(was) - (isOver ? 0 : length_ms)) < 1e-6);
          const offered_us = [at_ms * 1000, (at_ms + length_ms) * 1000] as const;
          if (!isOver) assert.ok(offered(load, ...offered_us) < 1e-9);
          const [all, before] = [load, was].map((one) => offered(one, 0, 1e12));
          assert.ok(Math.abs(all! - before!) < 1e-6 * Math.max(1, before!), `${all} of ${before}`);
        }
      },
    ),
  );
});

Deno.test("PartOfArrivals.steer() goes on deep in a long load as one that was read from the start does", () => {
  const long = (rate: number): LoadSegment[] =>
    staged(0, [[linear(rate, 900), 20_000], [sine(700, 300, 5000), 20_000]]).courses;
  for (const spacing of ["constant", "poisson"] as const) {
    const before = openLoad(long(100), { spacing });
    const at_us = 31_234_000;
    const rest: LoadSegment = { kind: "linear", start_ms: at_us / 1000, end_ms: 40_000, from: 333, to: 333 };
    const after: OpenLoad = { ...before, courses: [...partOf(before.courses, 0, at_us / 1000), rest] };
    for (const parts of [1, 3]) {
      for (let part = 0; part < parts; part++) {
        const share = new PartOfArrivals(before, 7, () => [], part, parts);
        let last = -1;
        for (let due_us = share.next(); due_us !== null && due_us < at_us; due_us = share.next()) last = share.index;
        assert.ok(last > 15_000, `${last} arrivals`);
        share.steer(after, at_us, last);
        const whole = arrivals(after, 7, () => []);
        for (let due_us = whole.next(); due_us !== null; due_us = whole.next()) {
          if (whole.index <= last || whole.index % parts !== part) continue;
          const next_us = share.next() ?? NaN;
          assert.ok(Math.abs(next_us - due_us) <= 1, `arrival ${whole.index}: ${next_us} us, not ${due_us}`);
        }
        assert.equal(share.next(), null);
      }
    }
  }
});

Deno.test("changes that cannot be made are refused in words", () => {
  const { courses, stages } = staged(0, [[linear(5), 5000], [linear(10), 5000]]);
  const plan = planOf([closedLoad(courses)], stages);
  const two = planOf([closedLoad(courses), openLoad(courses)], [
    ...stages,
    ...stages.map((one) => ({ ...one, load: 1 })),
  ]);
  const replayed = planOf(
    [openLoad([{ kind: "replay", start_ms: 0, end_ms: 5000, file: { path: "/a", at: "a:1:1" }, arrivals: 9 }])],
    stages.slice(0, 1),
  );
  const why = (plan: Plan, change: Change, at_ms = 1000, paused_ms: number | null = null) =>
    whyNot({ plan, paused_ms }, change, at_ms);
  const target = (target: number, load: string | null = null): Change => ({ type: "target", load, target });
  assert.equal(why(plan, target(20)), null);
  for (
    const [refused, words] of [
      [why(plan, target(NaN)), /must be 0 or more/],
      [why(plan, target(-1)), /must be 0 or more/],
      [why(plan, target(1.5)), /must be whole/],
      [why(plan, target(1e6)), /1,000,000 users are more than june-load takes: at most 100,000/],
      [why(plan, target(5, "other")), /has no load "other": name one of "closed"/],
      [why(two, target(5)), /has 2 loads: name one of "closed", "open"/],
      [why(plan, target(5), 10_000), /has ended/],
      [why(plan, { type: "scale", factor: 0 }), /must be above 0/],
      [why(plan, { type: "scale", factor: 1e9 }), /more than june-load takes/],
      [why(two, { type: "scale", factor: Infinity }), /must be above 0/],
      [why(replayed, { type: "scale", factor: 2 }), /replays recorded arrivals/],
      [why(replayed, target(5)), /replays recorded arrivals/],
      [why(plan, { type: "resume" }), /not paused/],
      [why(plan, { type: "pause" }, 1000, 500), /paused already/],
      [why(plan, { type: "next_stage" }, 6000), /last stage/],
    ] as const
  ) assert.match(refused ?? "", words);
  assert.equal(why(replayed, { type: "pause" }), null);
});

Deno.test("a factor always changes whole users, and never takes the last one", () => {
  const { courses, stages } = staged(0, [[linear(3), 60_000]]);
  let run: Steering = { plan: planOf([closedLoad(courses)], stages), paused_ms: null };
  const users = [0.9, 0.9, 0.9, 1.1, 1.1].map((factor, i) => {
    run = steer(run, { type: "scale", factor }, 1000 * (i + 1));
    return targetIn(run.plan.loads[0]!, 1000 * (i + 1));
  });
  assert.deepEqual(users, [2, 1, 1, 2, 3]);
});

Deno.test("isChange() takes the changes of the contract and nothing else", () => {
  fc.assert(fc.property(anyAsks, (asks) => asks.every(({ change }) => isChange(JSON.parse(JSON.stringify(change))))));
  for (
    const other of [
      ...[null, "pause", 1, [], {}, { type: "toString" }, { type: "target" }, { type: "pause", more: 1 }],
      ...[{ type: "scale", factor: "2" }, { type: "target", load: 1, target: 5 }, { type: ["pause"] }],
    ]
  ) assert.equal(isChange(other), false, JSON.stringify(other));
});
