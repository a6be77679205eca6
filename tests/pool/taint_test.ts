import assert from "node:assert/strict";
import type { LoadPlan } from "../../lib/plan/plan.ts";
import type { Outcome } from "../../lib/measure/interval.ts";
import { callLimits } from "../../lib/pool/call_limits.ts";
import { Recorder } from "../../lib/pool/recorder.ts";
import { Stalls } from "../../lib/pool/stalls.ts";
import { FakeClock } from "../driver/fake_clock.ts";
import { holdStage, rule, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import { OK, operation, runPool } from "./operations.ts";

const MS = 1000;
const OPERATION = { name: "llm.chat", reply_stream: false, start: () => ({ cancel() {} }) };

/** Whether a call from 0 to `end_ms` is tainted by a stall of `stalled_ms` that begins at 10 ms. */
function isTainted(rules: string[], end_ms: number, stalled_ms: number, outcome: Outcome = "ok"): boolean {
  const clock = new FakeClock();
  const stalls = new Stalls();
  const plan = makePlan({ thresholds: rules.map(rule), objectives: [] });
  const limits = (operation: string) => callLimits(plan, operation);
  const recorder = new Recorder(clock, [holdStage(1e6)], () => [], (text) => text, limits, stalls);
  const call = recorder.begin(OPERATION, 0, 0, { callEnded() {} });
  stalls.saw(10 * MS, (10 + stalled_ms) * MS);
  recorder.aftermath?.look((10 + stalled_ms) * MS + 1, (10 + stalled_ms) * MS + 1);
  clock.advanceTo(end_ms * MS);
  call.end(
    { outcome, code: 0, type: "", details: "", sent_bytes: 0, received_bytes: 0 } as Parameters<typeof call.end>[0],
  );
  return recorder.flush().series[0]?.tainted !== undefined;
}
const P95 = "p95(response_time) < 2s";

Deno.test("a call is tainted by a stall that could change the answer of the tightest rule on its time", () => {
  assert.equal(isTainted([P95], 500, 90), false);
  assert.equal(isTainted([P95], 500, 110), true);
  assert.equal(isTainted([P95, "p50(response_time) < 400ms"], 390, 30), true);
});

Deno.test("a call that takes too long without june-load's part, too, is not tainted", () => {
  assert.equal(isTainted([P95], 2500, 110), false, "110 ms of stall, and 110 ms until its aftermath was over");
  assert.equal(isTainted([P95], 2200, 110), true);
  assert.equal(isTainted([P95, "p99(response_time) < 5s"], 5100, 110), true, "the other rule may hang on it");
  assert.equal(isTainted([P95, "p95(first_message) < 1s"], 6000, 110), true, "so may a rule on another time");
  assert.equal(isTainted(["error_rate < 1%"], 6000, 110), true, "without a rule on a time nothing is too long");
});

Deno.test("a call that was given up is not tainted by stalls that are short beside its age", () => {
  assert.equal(isTainted([P95], 60_000, 110, "timed_out"), false);
  assert.equal(isTainted([P95], 5000, 3000, "timed_out"), true);
  assert.equal(isTainted([P95], 60_000, 110, "unfinished"), false);
  assert.equal(
    isTainted([P95], 60_000, 110, "failed"),
    true,
    "what fails says nothing of how long it would have taken",
  );
});

Deno.test("what a blocked worker leaves in a service's queue is tainted until it is worked off", async () => {
  // One slot, 8 ms a call, 100 calls a second: 200 ms of them take 0.8 s to work off.
  let free_us = 0;
  const queue = operation("llm.chat", (marks, clock) => {
    marks.sent();
    free_us = Math.max(free_us, clock.now_us()) + 8000;
    clock.at(free_us, () => marks.end(OK));
    return () => {};
  });
  const duration_ms = 3000;
  const course = { kind: "linear", start_ms: 0, end_ms: duration_ms, from: 100, to: 100 } as const;
  const load = {
    kind: "open",
    name: "load",
    courses: [course],
    spacing: "constant",
    max_in_flight: 1000,
    max_wait_ms: 0,
  };
  const plan = makePlan({
    loads: [load as LoadPlan],
    duration_ms,
    grace_ms: 2000,
    stages: [holdStage(duration_ms)],
    tasks: [task("llm.chat")],
    thresholds: [rule("p95(response_time) < 200ms")],
    objectives: [],
  });
  const block = () => {
    for (const end_ms = performance.now() + 200; performance.now() < end_ms;);
  };
  const { run } = await runPool(plan, [queue], { act: ({ clock }) => void clock.at(1_000_000, block) });
  const total = run.total();
  assert.ok(total.histogram("response_time").max > 150_000);
  assert.ok(total.tainted_calls >= 60, `${total.tainted_calls} of ${total.issued}`);
  const left = total.clean().histogram("response_time");
  assert.ok(left.max < 100_000, `a clean call took ${left.max / 1000} ms`);
});
