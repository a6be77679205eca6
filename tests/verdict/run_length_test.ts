/** How much of a PASS is certain, and how long a run would have to be for the rest. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { enoughData, neededAtShare, neededCalls } from "../../lib/statistics/early_stopping.ts";
import { agreeingTrials, wilson } from "../../lib/statistics/proportion.ts";
import type { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { describeCertainty, lacking_ms } from "../../lib/verdict/run_length.ts";
import { holdStage, rule, task } from "../plans.ts";
import { madeRun, okCalls, OPEN } from "./made_run.ts";

Deno.test("neededAtShare() is neededCalls() without a miss, and with misses is enough when they come at that rate", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.5, max: 0.999, noNaN: true }),
      fc.double({ max: 0.8, noNaN: true, min: 0 }),
      (p, part) => {
        assert.equal(neededAtShare(0, p), neededCalls(0, p));
        const share = part * (1 - p);
        const n = neededAtShare(share, p);
        assert.ok(n !== null && n >= neededCalls(0, p));
        assert.equal(enoughData(n, Math.floor(n * share), p), "enough");
      },
    ),
  );
  assert.equal(neededAtShare(0.05, 0.95), null);
  assert.equal(neededAtShare(0, 1), null);
});

Deno.test("agreeingTrials() is the fewest whose open end comes within the gap", () => {
  fc.assert(fc.property(fc.double({ min: 0.001, max: 0.9, noNaN: true }), (gap) => {
    const n = agreeingTrials(gap);
    assert.ok(wilson(0, n).high <= gap * (1 + 1e-9));
    assert.ok(n === 1 || wilson(0, n - 1).high > gap * (1 - 1e-9));
  }));
});

/** A steady run at `per_s` calls, one in `missEvery` of which is too slow. */
function steadyRun(rules: string[], seconds: number, per_s: number, missEvery = Infinity, strict = false): Run {
  let call = 0;
  return madeRun({
    seconds,
    plan: {
      tasks: [task("llm.chat_stream")],
      loads: [{ ...OPEN, courses: [{ kind: "linear", start_ms: 0, end_ms: seconds * 1000, from: per_s, to: per_s }] }],
      stages: [holdStage(seconds * 1000)],
      duration_ms: seconds * 1000,
      thresholds: rules.map(rule),
      strict,
    },
    calls: () => {
      const series = okCalls(0, 0);
      series.issued = series.outcomes.ok = per_s;
      for (let i = 0; i < per_s; i++) series.histogram("response_time").record(++call % missEvery === 0 ? 3e6 : 1e5);
      series.count("good", per_s);
      return series;
    },
    generator: () => ({ due: per_s, begun: per_s }),
  });
}

Deno.test("a run of the length that a PASS asks for is certain", () => {
  const rules = fc.constantFrom<string[]>(
    ["p95(response_time, llm.*) < 2s"],
    ["p99(response_time, *) < 2s", "error_rate < 1%"],
    ["p50(response_time) < 2s", "good_rate > 90%", "error_rate < 5% in hold"],
  );
  const per_s = fc.constantFrom(1, 2, 4, 5, 10, 20);
  // With misses, as many calls as it takes for their share to be what it will be in the longer run.
  const length = fc.oneof(
    fc.record({ seconds: fc.integer({ min: 2, max: 30 }), every: fc.constant(Infinity) }),
    fc.record({ seconds: fc.constantFrom(200, 400), every: fc.constantFrom(200, 400) }),
  );
  const uncertain: boolean[] = [];
  fc.assert(
    fc.property(rules, per_s, length, (rules, per_s, { seconds, every: each }) => {
      const every = per_s * seconds % each === 0 ? each : Infinity;
      const { status, certainty } = evaluate(steadyRun(rules, seconds, per_s, every));
      uncertain.push(status === "PASS" && typeof certainty?.run_ms === "number");
      if (status !== "PASS" || typeof certainty?.run_ms !== "number") return;
      assert.ok(certainty.run_ms > seconds * 1000);
      const longer = evaluate(steadyRun(rules, certainty.run_ms / 1000, per_s, every));
      assert.deepEqual([longer.status, longer.certainty?.certain], ["PASS", rules.length]);
      assert.equal(evaluate(steadyRun(rules, certainty.run_ms / 1000, per_s, every, true)).status, "PASS");
    }),
    { numRuns: 30 },
  );
  assert.ok(uncertain.filter((one) => one).length > 5);
});

Deno.test("the sentence of a PASS says how much of it is certain, and how long a run would do for all", () => {
  const rules = ["p99(response_time, llm.*) < 2s", "error_rate < 1%", "load >= 100%"];
  const short = evaluate(steadyRun(rules, 10, 2));
  assert.equal(short.status, "PASS");
  assert.equal(
    short.sentence,
    "All objectives hold at 2.00 arrivals/s, but only 1 of 3 objectives is certain at this length: run 4 min 20 s for all.",
  );
  assert.deepEqual(short.certainty, { certain: 1, rules: 3, run_ms: 260_000, too_near: [] });
  assert.equal(evaluate(steadyRun(rules, 260, 2)).sentence, "All three objectives hold at 2.00 arrivals/s.");
  assert.equal(
    evaluate(steadyRun(["p95(response_time) < 2s"], 10, 2)).sentence,
    "The objective holds at 2.00 arrivals/s, but it is not certain at this length: run 1 min.",
  );
});

Deno.test("a rule whose misses are nearly as many as it allows is named: no length would do", () => {
  const near = evaluate(steadyRun(["p95(response_time) < 2s", "error_rate < 1%"], 10, 20, 20));
  assert.equal(
    near.sentence,
    "All objectives hold at 20.0 arrivals/s, but none of 2 objectives is certain at this length: run 30 s for the others; " +
      '"p95(response_time) < 2s" is too near the limit for any length.',
  );
  assert.deepEqual(near.certainty?.too_near, ["p95(response_time) < 2s"]);
});

Deno.test("a rule on many operations is as sure as the rarest of them", () => {
  const run = madeRun({
    seconds: 30,
    plan: {
      tasks: [task("llm.chat_stream"), task("tts.synthesize")],
      thresholds: [rule("p95(response_time, *) < 2s")],
    },
    // The rare one is the quick one: the worst has data enough.
    calls: (operation, second) => {
      const often = operation === "llm.chat_stream";
      if (!often && second !== 3) return null;
      const series = okCalls(often ? 10 : 1, often ? 300_000 : 50_000);
      for (let i = 0; i < series.issued; i++) series.histogram("response_time").record(often ? 300_000 : 50_000);
      return series;
    },
  });
  const { certainty, rules, status } = evaluate(run);
  assert.deepEqual([status, rules[0]?.worst, rules[0]?.data], ["PASS", "llm.chat_stream", "too little"]);
  assert.equal(certainty?.certain, 0);
});

Deno.test("lacking_ms() takes the longer of both doubts, and knows when none helps", () => {
  const claim = { n: 90, over: 0, share: 0.95 };
  const margin = { value: 1, interval: { low: 0.8, high: 1.4 }, limit: 1.2, below: true, share: null };
  assert.equal(Math.round(lacking_ms(1000, null, margin) ?? 0), 3000, "half the width takes four times as long");
  assert.ok((lacking_ms(1000, claim, null) ?? 0) < 3000);
  assert.equal(lacking_ms(1000, claim, margin), lacking_ms(1000, null, margin));
  assert.equal(lacking_ms(1000, { n: 100, over: 5, share: 0.95 }, null), null);
  assert.equal(lacking_ms(1000, null, { ...margin, limit: 1 }), null);
  assert.equal(lacking_ms(1000, null, { ...margin, limit: 1.0001 }), null, "more than a day");
  const above = { value: 2, interval: { low: 1, high: 3 }, limit: 1.5, below: false, share: null };
  assert.equal(lacking_ms(1000, null, above), 3000);
});

Deno.test("describeCertainty() counts, and has nothing to say where all is certain", () => {
  const certainty = { certain: 8, rules: 8, run_ms: null, too_near: [] };
  assert.equal(describeCertainty(certainty), null);
  assert.equal(
    describeCertainty({ certain: 5, rules: 8, run_ms: 250_000, too_near: [] }),
    "only 5 of 8 objectives are certain at this length: run 4 min 10 s for all",
  );
  assert.equal(
    describeCertainty({ certain: 6, rules: 8, run_ms: null, too_near: ["a < 1s", "b < 1s"] }),
    'only 6 of 8 objectives are certain at this length: "a < 1s" and "b < 1s" are too near the limit for any length',
  );
});
