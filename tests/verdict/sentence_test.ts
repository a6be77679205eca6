import assert from "node:assert/strict";
import type { Plan } from "../../lib/plan/plan.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { rule, task } from "../plans.ts";
import { madeRun, okCalls, OPEN } from "./made_run.ts";

/** What a run says of one broken rule. */
function complaint(text: string, plan: Partial<Plan> = {}): string {
  const run = madeRun({
    plan: { tasks: [task("llm.chat_stream")], thresholds: [rule(text)], ...plan },
    calls: () => {
      const series = okCalls(4, 100_000, (one) => {
        one.count("good", 2);
        one.count("output_tokens", 40);
        one.count("word_errors", 2);
        one.count("reference_words", 10);
        one.count("played_calls", 4);
        one.count("stalled_calls", 1);
        for (let i = 0; i < 4; i++) one.histogram("output_length").record(10);
        for (let i = 0; i < 4; i++) one.histogram("stall").record(80_000);
      });
      series.issued = 5;
      series.outcomes.dropped = 1;
      return series;
    },
    generator: () => ({ due: 5, begun: 4 }),
  });
  return evaluate(run).sentence;
}

Deno.test("the verdict's sentence says of every measure what is wrong in words of its own", () => {
  const cases: [string, string][] = [
    ["goodput > 20/s", "Too few good calls: 2.00/s where 20.0/s is asked."],
    ["good_rate(llm.*) > 95%", "Too few calls of llm.chat_stream were good: 40 % where 95 % is asked."],
    ["wer < 12% in hold", "Speech was recognised too badly in stage hold: 20 % where 12 % is allowed."],
    ["stalled < 1%", "Audio stalled too often: 25 % where 1 % is allowed."],
    ["dropped < 0.1%", "Too many arrivals were dropped: 20 % where 0.1 % is allowed."],
    ["token_rate > 500/s", "All calls together made too few tokens: 40.0/s where 500/s is asked."],
    ["p95(output_length) > 20", "All calls together: P95 output length 10.0 where 20.0 is asked."],
    ["p95(stall) < 50ms", "All calls together: P95 stall 80.0 ms where 50.0 ms is allowed."],
    ["p95(latency) > 1s", "All calls together: P95 latency 100 ms where 1.00 s is asked."],
    ["p95(latency, *) < 50ms", "llm.chat_stream answered too slowly: P95 latency 100 ms where 50.0 ms is allowed."],
    ["mean(gap) < 50ms", "All calls together: nothing to measure for mean(gap) < 50ms."],
    [
      "p95(latency, tts.*) < 2s",
      "tts.*: nothing to measure for p95(latency, tts.*) < 2s; no call was started.",
    ],
    ["gpu.memory_used < 70GiB", "Nothing was read of gpu.memory_used for gpu.memory_used < 70GiB."],
    [
      "recovery_time < 30s",
      "No recovery can be judged for recovery_time < 30s: no stage stands out between two of lower load.",
    ],
  ];
  for (const [text, sentence] of cases) assert.equal(complaint(text), sentence, text);
});

Deno.test("the verdict's sentence names the load it holds at: users, or arrivals", () => {
  assert.equal(complaint("calls > 1"), "The objective holds at 20 users.");
  assert.equal(complaint("calls > 1", { loads: [OPEN] }), "The objective holds at 5.00 arrivals/s.");
});
