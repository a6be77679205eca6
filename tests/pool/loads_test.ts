import assert from "node:assert/strict";
import type { ClosedLoad, LoadSegment, OpenLoad, Plan, Stage, TaskPlan } from "../../lib/plan/plan.ts";
import { endedCalls } from "../../lib/measure/series.ts";
import { arrivals } from "../../lib/schedule/arrivals.ts";
import { AT_ONCE, constantPause, holdStage, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import { after, type Begin, CANCELLED, FAILED, operation, runPool } from "./operations.ts";

const flat = (start_ms: number, end_ms: number, level: number): LoadSegment => ({
  kind: "linear",
  start_ms,
  end_ms,
  from: level,
  to: level,
});

const open = (rate_per_s: number, end_ms: number, change: Partial<OpenLoad> = {}): OpenLoad => ({
  kind: "open",
  name: "calls",
  courses: [flat(0, end_ms, rate_per_s)],
  spacing: "constant",
  max_in_flight: 1000,
  max_wait_ms: 1000,
  ...change,
});

const stage = (name: string, load: number, start_ms: number, end_ms: number): Stage => ({
  name,
  load,
  start_ms,
  end_ms,
  warm_up: false,
});

function planOf(load: OpenLoad | ClosedLoad, change: Partial<Plan> = {}): Plan {
  const duration_ms = load.courses.at(-1)!.end_ms;
  return makePlan({
    loads: [load],
    duration_ms,
    grace_ms: 1000,
    stages: [holdStage(duration_ms)],
    tasks: [task("llm.chat", 3), task("tts.synthesize", 1)],
    objectives: [],
    ...change,
  });
}

const both = (begin: Begin) => [operation("llm.chat", begin), operation("tts.synthesize", begin)];

Deno.test("an open load starts as many tasks as its schedule has arrivals, whatever they take", async () => {
  for (const spacing of ["constant", "poisson"] as const) {
    const load = open(300, 2000, { spacing });
    const plan = planOf(load);
    const schedule = arrivals(load, plan.seed, () => []);
    while (schedule.next() !== null);
    const { run, intervals } = await runPool(plan, both(after(700_000)));
    const { issued, outcomes } = run.total();
    assert.equal(issued, schedule.index + 1);
    assert.equal(outcomes.ok, issued);
    const watched = intervals.map(({ generator }) => generator);
    assert.equal(watched.reduce((sum, { due }) => sum + due, 0), issued);
    assert.equal(watched.reduce((sum, { begun }) => sum + begun, 0), issued);
    assert.equal(watched.reduce((sum, { start_lag }) => sum + start_lag.count, 0), issued);
    assert.equal(intervals[0]?.users, 0, "arrivals are no users");
    assert.ok(intervals[0]!.in_flight > 100, `${intervals[0]?.in_flight} tasks in flight`);
  }
});

Deno.test("an arrival above max_in_flight waits, its latency counts from its instant, and the generator is not blamed", async () => {
  const courses = [flat(0, 40, 100), flat(40, 400, 0)];
  const plan = planOf(open(0, 400, { courses, max_in_flight: 1 }));
  const { run, intervals } = await runPool(plan, both(after(50_000)));
  const total = run.total();
  assert.equal(total.outcomes.ok, 4);
  assert.ok(total.histogram("service_time").min >= 50_000);
  // The last arrival, at 30 ms, starts when three tasks of 50 ms have ended.
  assert.ok(total.histogram("latency").max >= 170_000, `${total.histogram("latency").max} us`);
  assert.ok(total.histogram("start_delay").max >= 120_000);
  assert.ok(intervals[0]!.generator.start_lag.max < total.histogram("start_delay").max);
  assert.equal(intervals[0]?.generator.due, 4);
});

Deno.test("an arrival that has waited for max_wait is dropped, under its operation and stage", async () => {
  const load = open(100, 600, { max_in_flight: 3, max_wait_ms: 40 });
  const stages = [stage("first", 0, 0, 300), stage("second", 0, 300, 600)];
  const { run } = await runPool(planOf(load, { stages }), both(after(100_000)));
  const { issued, outcomes } = run.total();
  assert.equal(issued, 60);
  assert.equal(outcomes.ok + outcomes.dropped, 60);
  assert.equal(run.unaccounted, 0);
  // 3 at a time of 100 ms each: 30 of the 100 a second, and those that wait at the end.
  assert.ok(outcomes.ok >= 10 && outcomes.dropped >= 30, JSON.stringify(outcomes));
  assert.ok(run.total().histogram("start_delay").max < 100_000);
  for (const { name: stage } of stages) {
    for (const name of ["llm.chat", "tts.synthesize"]) {
      const series = run.total({ operations: name, stage });
      assert.ok(series.outcomes.dropped > 0, `${name} in ${stage}`);
    }
  }
});

Deno.test("what still waits when the load ends is dropped", async () => {
  const load = open(1000, 50, { max_in_flight: 1, max_wait_ms: 60_000 });
  const { run } = await runPool(planOf(load), both(after(200_000)));
  const { issued, outcomes } = run.total();
  assert.deepEqual([issued, outcomes.ok, outcomes.dropped], [50, 1, 49]);
});

Deno.test("a long queue before a target that dies is counted to its end", async () => {
  let calls = 0;
  const dying: Begin = (marks, clock, random) => {
    if (calls++ === 0) return after(50_000)(marks, clock, random);
    marks.end(FAILED);
    return () => {};
  };
  const count = 20_000;
  const file = { path: "offsets.txt", at: "scenario.yaml:1:1" };
  const courses: LoadSegment[] = [{ kind: "replay", start_ms: 0, end_ms: 400, file, arrivals: count }];
  const plan = planOf(open(0, 400, { courses, max_in_flight: 1, max_wait_ms: 60_000 }));
  const { run } = await runPool(plan, both(dying), { offsets: () => new Float64Array(count) });
  const { issued, outcomes } = run.total();
  assert.deepEqual([issued, outcomes.ok, endedCalls(outcomes)], [count, 1, count]);
});

Deno.test("one part and three make the same calls of an open load: task and random numbers by arrival", async () => {
  const plan = planOf(open(300, 200, { spacing: "poisson" }), { seed: 42 });
  const calls = async (parts: number) => {
    const byArrival = new Map<number, string>();
    const pools = Array.from({ length: parts }, (_, part) => {
      let index = part;
      const note = (name: string) =>
        operation(name, (marks, _clock, random) => {
          byArrival.set(index, `${name} ${random.next()}`);
          index += parts;
          marks.end(CANCELLED);
          return () => {};
        });
      return runPool(plan, [note("llm.chat"), note("tts.synthesize")], { part, parts });
    });
    await Promise.all(pools);
    return [...byArrival].sort(([a], [b]) => a - b);
  };
  const one = await calls(1);
  assert.ok(one.length > 30 && new Set(one.map(([, call]) => call)).size === one.length);
  assert.deepEqual(await calls(3), one);
});

Deno.test("max_in_flight is split among the parts, and parts without a share have no arrivals", async () => {
  const load = open(1000, 30, { max_in_flight: 2, max_wait_ms: 0 });
  const begun: number[] = [];
  let issued = 0;
  for (const part of [0, 1, 2]) {
    const { run } = await runPool(planOf(load), both(after(100_000)), { part, parts: 3 });
    begun.push(run.total().outcomes.ok);
    issued += run.total().issued;
  }
  assert.deepEqual(begun, [1, 1, 0]);
  assert.equal(issued, 30);
});

Deno.test("users start and stop as the course says; one that stops ends after its task, and may start again", async () => {
  const courses = [flat(0, 200, 6), flat(200, 400, 2), flat(400, 600, 4)];
  const load: ClosedLoad = {
    kind: "closed",
    name: "crowd",
    courses,
    users: 6,
    think_time: constantPause(1),
    ...AT_ONCE,
  };
  let now = 0;
  const most = [0, 0, 0];
  const watch: Begin = (marks, clock, random) => {
    now++;
    // A task begun before a change may last up to 20 ms into the next course.
    const inside = clock.now_us() % 200_000 > 50_000;
    const course = Math.floor(clock.now_us() / 200_000);
    if (inside) most[course] = Math.max(most[course] ?? 0, now);
    const end = marks.end.bind(marks);
    marks.end = (how) => (now--, end(how));
    return after(20_000)(marks, clock, random);
  };
  const { run } = await runPool(planOf(load), both(watch));
  assert.deepEqual(most.slice(0, 3), [6, 2, 4]);
  assert.equal(run.peak_users, 6, "the most at a time, though four ran when the second ended");
  assert.equal(run.total().outcomes.ok, run.total().issued);
});

Deno.test("pacing counts from start to start, and a task that took longer is followed at once", async () => {
  const load: ClosedLoad = {
    kind: "closed",
    name: "crowd",
    courses: [flat(0, 600, 1)],
    users: 1,
    think_time: { kind: "pacing", every_ms: 100 },
    ...AT_ONCE,
  };
  const quick = await runPool(planOf(load), both(after(30_000)));
  assert.equal(quick.run.total().issued, 6);
  const slow = await runPool(planOf(load), both(after(240_000)));
  assert.equal(slow.run.total().issued, 3);
  assert.ok(slow.run.total().histogram("start_delay").max < 100_000);
});

Deno.test("two loads in one pool keep their own tasks and stages", async () => {
  const crowd: ClosedLoad = {
    kind: "closed",
    name: "crowd",
    courses: [flat(0, 300, 2)],
    users: 2,
    think_time: constantPause(5),
    ...AT_ONCE,
  };
  const second = (one: TaskPlan): TaskPlan => ({ ...one, load: 1 });
  const plan = planOf(crowd, {
    loads: [crowd, open(100, 500)],
    duration_ms: 500,
    stages: [stage("crowd.a", 0, 0, 100), stage("crowd.b", 0, 100, 300), stage("calls.hold", 1, 0, 500)],
    tasks: [task("llm.chat"), second(task("tts.synthesize")), second(task("stt.recognize"))],
  });
  const names = ["llm.chat", "tts.synthesize", "stt.recognize"];
  const { run } = await runPool(plan, names.map((name) => operation(name, after(5000))));
  const issued = (name: string, stage: string) => run.total({ operations: name, stage }).issued;
  const table = names.map((name) => plan.stages.map((stage) => issued(name, stage.name) > 0));
  assert.deepEqual(table, [[true, true, false], [false, false, true], [false, false, true]]);
  assert.equal(run.peak_users, 2, "arrivals in flight are no users where there are users");
  assert.equal(issued("tts.synthesize", "calls.hold") + issued("stt.recognize", "calls.hold"), 50);
  // The crowd's load is over after 300 ms, the run is not.
  assert.ok(issued("llm.chat", "crowd.a") + issued("llm.chat", "crowd.b") <= 2 * 300 / 10 + 2);
});

Deno.test("abort() cuts off arrivals in flight and drops those that wait", async () => {
  const load = open(1000, 60_000, { max_in_flight: 5, max_wait_ms: 60_000 });
  const { run } = await runPool(planOf(load), both(after(10_000_000)), {
    act: (pool) => void pool.clock.at(50_000, () => pool.abort()),
  });
  const { issued, outcomes } = run.total();
  assert.equal(outcomes.unfinished, 5);
  assert.equal(outcomes.dropped, issued - 5);
  assert.ok(issued >= 50);
});
