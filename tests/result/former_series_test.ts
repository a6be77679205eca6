import assert from "node:assert/strict";
import { Series } from "../../lib/measure/series.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import type { Distribution } from "../../lib/plan/threshold/threshold.ts";
import { currentSeries } from "../../lib/result/former_series.ts";
import { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdRule } from "../../lib/verdict/hold_rule.ts";
import { noGenerator } from "../../lib/measure/generator.ts";
import { rule, task } from "../plans.ts";
import { makeHeader, makePlan } from "./make_run.ts";

/** A series as earlier versions wrote it: no response time, no ages, every ok call good. */
function former(operation: string, values_us: Partial<Record<Distribution, number>>, ok = 10, timed_out = 0) {
  const series = new Series();
  series.issued = ok + timed_out;
  Object.assign(series.outcomes, { ok, timed_out });
  for (const [of, value_us] of Object.entries(values_us)) {
    for (let i = 0; i < ok; i++) series.histogram(of as Distribution).record(value_us);
  }
  series.count("good", ok);
  return series.toData(operation, 1);
}

const TURNS: Partial<Plan> = { tasks: [{ ...task("voice_turn"), services: ["stt", "llm", "tts"] }] };

Deno.test("response time of former results: the final latency of paced speech, voice to voice of a turn, else the latency", () => {
  const median = (plan: Plan, data: ReturnType<typeof former>) =>
    currentSeries(plan, data).histograms.response_time?.max ?? null;
  const plan = makePlan();
  const spoken = { latency: 7_500_000, final_latency: 300_000 };
  assert.equal(median(plan, former("stt.recognize_stream", spoken)), 300_000);
  assert.equal(median(plan, former("llm.chat_stream", { latency: 900_000 })), 900_000);
  const turn = { latency: 9_000_000, voice_to_voice: 800_000 };
  assert.equal(median(makePlan(TURNS), former("voice_turn", turn)), 800_000);
  const fast = makePlan({
    services: plan.services.map((one) =>
      one.options.kind === "stt" ? { ...one, options: { ...one.options, pacing: "fast" } } : one
    ),
  });
  assert.equal(median(fast, former("stt.recognize_stream", spoken)), 7_500_000, "at full speed there is no clip in it");
  assert.equal(
    median(plan, former("stt.recognize_stream", { latency: 7_500_000 })),
    null,
    "what was not measured is not made up from a time that holds the clip",
  );
});

Deno.test("calls of former results that timed out had reached their deadline", () => {
  const { censored } = currentSeries(makePlan(), former("llm.chat_stream", { latency: 900_000 }, 4, 3));
  assert.deepEqual([censored?.count, censored?.min, censored?.max], [3, 30_000_000, 30_000_000]);
});

Deno.test("a series of this version stays as it is", () => {
  const series = former("llm.chat_stream", { latency: 900_000, response_time: 900_000 });
  assert.equal(currentSeries(makePlan(), series), series);
});

Deno.test("ok calls of former results that no objective could judge are no longer good", () => {
  const plan = makePlan({ objectives: [{ operations: null, of: "first_message", limit: 300_000 }] });
  const whole = currentSeries(plan, former("tts.synthesize", { latency: 1_400_000 }, 8, 2));
  assert.deepEqual(whole.counters, { unjudged: 10 });
  const streamed = currentSeries(plan, former("llm.chat_stream", { latency: 900_000, first_message: 200_000 }));
  assert.deepEqual(streamed.counters, { good: 10 });
});

Deno.test("rules of former results are held as they were written", () => {
  const plan = makePlan({
    thresholds: ["p95(latency, llm.*) < 2s", "p95(final_latency, stt.*) < 500ms", "good_rate > 95%"].map(rule),
  });
  const run = new Run(makeHeader(plan));
  const series = [
    former("llm.chat_stream", { latency: 900_000 }),
    former("stt.recognize_stream", { latency: 7_500_000, final_latency: 300_000 }),
  ];
  run.add({
    type: "interval",
    index: 10,
    series,
    failures: [],
    users: 1,
    in_flight: 0,
    connections: [],
    generator: noGenerator(),
    turns: [],
  });
  run.add({ type: "end", t_ms: 60_000, reason: "completed", text: "", unaccounted: 0 });
  assert.deepEqual(evaluate(run).rules.map(({ passed, observed }) => [passed, observed]), [
    [true, 900_000],
    [true, 300_000],
    [true, 1],
  ]);
  assert.equal(holdRule(run, rule("p95(response_time, stt.*) < 500ms")).observed, 300_000);
});
