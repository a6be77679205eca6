import assert from "node:assert/strict";
import type { Plan } from "../../lib/plan/plan.ts";
import type { FailureData } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import { formatCount } from "../../lib/plan/units.ts";
import type { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { rule, task } from "../plans.ts";
import { lags, madeRun, okCalls, OPEN } from "./made_run.ts";

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

/** Sixty seconds with two calls of each operation, of which `also` says what became. */
function lostRun(also: (series: Series) => void, thresholds: string[], failures: FailureData[] = []): Run {
  return madeRun({
    plan: { tasks: [task("llm.chat_stream")], thresholds: thresholds.map(rule) },
    calls: () => {
      const series = new Series();
      series.issued = 2;
      also(series);
      return series;
    },
    interval: (second) => second === 0 ? { failures } : {},
  });
}

const REFUSED: FailureData = {
  operation: "llm.chat_stream",
  outcome: "failed",
  code: 14,
  type: "UNAVAILABLE",
  pattern: "no slot",
  example: "no slot\u001b[31m on\ngpu-1.",
  count: 120,
  first_ms: 300,
  last_ms: 59_000,
};

Deno.test("the sentence on a run without one ok call says what became of its calls, whichever rule comes first", () => {
  const cases: [(series: Series) => void, RegExp][] = [
    [
      (one) => one.outcomes.failed = 2,
      /^120 of 120 (llm\.chat_stream )?calls failed: UNAVAILABLE: no slot \[31m on gpu-1\. (\w+ more|The other)/,
    ],
    [
      (one) => {
        one.outcomes.timed_out = 2;
        for (let i = 0; i < 2; i++) one.censored.record(1_000_000);
      },
      /^120 of 120 (llm\.chat_stream )?calls timed out/,
    ],
    [
      (one) => {
        one.outcomes.unfinished = 2;
        one.count("overdue", 2);
        for (let i = 0; i < 2; i++) one.censored.record(10_000_000);
      },
      /^120 of 120 (llm\.chat_stream )?calls got no answer before the run ended/,
    ],
    [
      (one) => {
        one.outcomes.unfinished = 2;
        for (let i = 0; i < 2; i++) one.censored.record(100_000);
      },
      /^120 of 120 (llm\.chat_stream )?calls were still without an answer when the run ended/,
    ],
    [(one) => one.outcomes.dropped = 2, /^120 of 120 (llm\.chat_stream )?calls were dropped before they could start/],
    [(one) => one.outcomes.cancelled = 2, /^120 of 120 (llm\.chat_stream )?calls were cancelled by june-load/],
  ];
  const plans = [["p95(response_time, *) < 2s", "error_rate < 1%"], ["error_rate < 1%", "p95(first_message) < 500ms"], [
    "p95(response_time, llm.*) < 2s",
  ], ["throughput > 1/s"]];
  for (const thresholds of plans) {
    for (const [also, sentence] of cases) {
      const failures = sentence.source.includes("UNAVAILABLE") ? [REFUSED] : [];
      const verdict = evaluate(lostRun(also, thresholds, failures));
      assert.equal(verdict.status, "FAIL", `${thresholds} ${sentence}`);
      const source = thresholds.length === 1 ? sentence.source.replace(/ \(\\w\+ more.*$/, "") : sentence.source;
      assert.match(verdict.sentence, new RegExp(source), String(thresholds));
    }
  }
});

Deno.test("errors are counted by what became of them, with the commonest in the server's words, cut", () => {
  const mixed = lostRun(
    (one) => {
      one.issued = 6;
      Object.assign(one.outcomes, { ok: 3, failed: 1, timed_out: 1, unfinished: 1 });
      one.count("overdue", 1);
      for (let i = 0; i < 3; i++) one.histogram("response_time").record(100_000);
    },
    ["error_rate(llm.*) < 1% in hold"],
    [{ ...REFUSED, count: 61, example: "x".repeat(200) }, {
      ...REFUSED,
      outcome: "timed_out",
      type: "DEADLINE_EXCEEDED",
      count: 60,
    }],
  );
  assert.equal(
    evaluate(mixed).sentence,
    "165 of 330 llm.chat_stream calls in stage hold failed (55 failed, 55 timed out, 55 got no answer before the run " +
      `ended), 50 % where 1 % is allowed: mostly UNAVAILABLE: ${"x".repeat(89)}….`,
  );
});

Deno.test("where most calls failed they are the headline, also when no rule asks for errors", () => {
  const run = lostRun(
    (one) => {
      one.issued = 100;
      Object.assign(one.outcomes, { ok: 1, failed: 99 });
      one.histogram("first_message").record(636_000);
    },
    ["p95(first_message, llm.*) < 500ms"],
    [REFUSED],
  );
  assert.match(
    evaluate(run).sentence,
    /^5,940 of 6,000 llm\.chat_stream calls failed: UNAVAILABLE: no slot .* gpu-1\. llm\.chat_stream answered too slowly: P95 first message 636 ms where 500 ms is allowed\.$/,
  );
});

Deno.test("a percentile that lies among calls given up before the limit is not called too slow", () => {
  const run = lostRun((one) => {
    one.issued = 10;
    Object.assign(one.outcomes, { ok: 8, timed_out: 2 });
    for (let i = 0; i < 8; i++) one.histogram("response_time").record(100_000);
    for (let i = 0; i < 2; i++) one.censored.record(1_000_000);
  }, ["p95(response_time, llm.*) < 2s"]);
  assert.equal(
    evaluate(run).sentence,
    "120 of 600 calls of llm.chat_stream timed out: P95 response time is >= 1.00 s, so that nobody knows whether it " +
      "keeps 2.00 s.",
  );
});

Deno.test("of several broken rules the one furthest past its limit is named, whichever side the limit is on", () => {
  const slow = lostRun((one) => {
    one.issued = one.outcomes.ok = 2;
    for (let i = 0; i < 2; i++) one.histogram("response_time").record(300_000);
  }, ["p95(response_time) < 200ms", "throughput > 100/s"]);
  assert.match(evaluate(slow).sentence, /^All calls together fell short: 2\.00\/s where 100\/s is asked/);
});

Deno.test("an error rate far past its limit is FAIL though starts were late; a slow percentile beside it is not blamed", () => {
  for (const share of [0.15, 0.25]) {
    const run = madeRun({
      plan: {
        tasks: [task("llm.chat_stream")],
        loads: [OPEN],
        thresholds: [rule("p95(latency) < 50ms"), rule("error_rate < 1%")],
      },
      calls: () => {
        const series = okCalls(100 - 100 * share, 100_000);
        series.issued = 100;
        series.outcomes.failed = 100 * share;
        return series;
      },
      generator: () => ({ due: 100, begun: 100, start_lag: lags(100, 11_200) }),
    });
    const { status, sentence } = evaluate(run);
    assert.equal(status, "FAIL");
    assert.match(
      sentence,
      new RegExp(`^${formatCount(6000 * share)} of 6,000 calls failed, ${100 * share} % where 1 %`),
    );
    assert.match(sentence, /The load generator was the limit/);
  }
});
