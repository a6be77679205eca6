import assert from "node:assert/strict";
import type { Change } from "../../lib/plan/steering.ts";
import { preparePools } from "../../lib/pool/pools.ts";
import { Run } from "../../lib/result/run.ts";
import { constantPause, holdStage, task } from "../plans.ts";
import { makeHeader, makePlan } from "../result/make_run.ts";
import { closedLoad, linear, openLoad, planOf, staged } from "./plans.ts";
import { runVirtually } from "./virtual.ts";

const PAUSE: Change = { type: "pause" };
const RESUME: Change = { type: "resume" };

Deno.test("arrivals that wait for room when a pause begins wait on: it counts neither as latency nor toward a drop", async () => {
  // Four a second, of which one at a time takes 240 ms: a queue that hardly grows; five come at once, and none in the end.
  const { courses, stages } = staged(0, [[linear(40), 100], [linear(4), 4900], [linear(0), 3000]]);
  const plan = planOf([openLoad(courses, { max_in_flight: 1, max_wait_ms: 1500 })], stages);
  const options = { call_us: 240_000 };
  const plain = await runVirtually(plan, [], options);
  const paused = await runVirtually(plan, [
    { ask_ms: 500, change: PAUSE },
    { ask_ms: 9000, change: RESUME },
  ], options);
  const [before, after] = [plain, paused].map(({ run }) => run.total());
  assert.equal(before!.outcomes.dropped, 0);
  assert.ok(before!.histogram("latency").max > 600_000, "arrivals waited");
  assert.deepEqual([after!.issued, after!.outcomes], [before!.issued, before!.outcomes]);
  const [usual_us, max_us] = [before!, after!].map((total) => total.histogram("latency").max);
  // The call in flight when the pause began ended in it.
  assert.ok(max_us! <= usual_us!, `${max_us} us, without the pause ${usual_us} us`);
  assert.ok(!paused.starts.some(({ at_us }) => at_us > 700_000 && at_us < 9_200_000), "nothing begins in the pause");
});

Deno.test("a run that is paused counts no users but those in their last task, and all of them after it", async () => {
  const { courses, stages } = staged(0, [[linear(7), 6000]]);
  const plan = planOf([closedLoad(courses, { think_time: constantPause(100) })], stages);
  const { intervals } = await runVirtually(plan, [{ ask_ms: 1300, change: PAUSE }, { ask_ms: 5100, change: RESUME }], {
    parts: 3,
  });
  assert.deepEqual(intervals.slice(0, 7).map(({ users }) => users), [7, 7, 0, 0, 0, 7, 7]);
});

Deno.test("a run that is stopped while it is paused ends at once", async () => {
  const { courses, stages } = staged(0, [[linear(7), 6000]]);
  const plan = planOf([closedLoad(courses), openLoad(courses)], [...stages, { ...stages[0]!, name: "1", load: 1 }]);
  const { run, starts } = await runVirtually(plan, [{ ask_ms: 1000, change: PAUSE }]);
  assert.equal(run.unaccounted, 0);
  assert.ok(starts.every(({ at_us }) => at_us < 1_200_000));
  assert.deepEqual(run.plan.pauses?.map(({ start_ms }) => start_ms), [1200]);
});

Deno.test("an order that comes before the pools have begun is not lost", async () => {
  const { courses } = staged(0, [[linear(3), 5000]]);
  const loads = [closedLoad(courses, { users: 3 })];
  const change = { loads, duration_ms: 5000, stages: [holdStage(5000)], tasks: [task("llm.chat")] };
  const plan = makePlan({ ...change, transport: "wire", workers: 2 });
  const run = new Run(makeHeader(plan));
  // Nobody listens: each call would fail at once.
  const ready = await preparePools(plan, {}, { scarce: false, absent: true });
  const pools = ready.start((interval) => run.add({ type: "interval", ...interval }));
  pools.order({ type: "stop" });
  assert.equal((await pools.done).failure, null);
  // Where this machine is slow, a user may have begun before its pool reads the order; a whole run has thousands of calls.
  const { issued } = run.total();
  assert.ok(issued <= 100, `${issued} calls`);
});
