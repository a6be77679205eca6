import assert from "node:assert/strict";
import { Series } from "../../lib/measure/series.ts";
import { parseThreshold } from "../../lib/plan/threshold/parser.ts";
import type { Threshold } from "../../lib/plan/threshold/threshold.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { madeRun, OPEN } from "./made_run.ts";

const rule = (text: string): Threshold => {
  const parsed = parseThreshold(text);
  assert.ok("measure" in parsed, text);
  return parsed;
};

/** A call of a series, counted among the tainted where it is one. */
function call(series: Series, response_us: number, tainted: boolean, outcome: "ok" | "failed" = "ok"): void {
  for (const one of tainted ? [series, series.tainted] : [series]) {
    one.issued++;
    one.outcomes[outcome]++;
    if (outcome === "ok") {
      for (const  of of["response_time", "latency"] as const) one.histogram(of).record(response_us);
    }
  }
}

/** Ten calls of one operation a second; those of the first `frozen` seconds were spoilt and took 3 s. */
function run(frozen: number, thresholds: string[], { clean_us = 100_000, open = true, failing = 0 } = {}) {
  return madeRun({
    plan: { thresholds: thresholds.map(rule), ...(open ? { loads: [OPEN] } : {}) },
    calls: (operation, second) => {
      if (operation !== "llm.chat_stream") return null;
      const series = new Series();
      for (let i = 0; i < 10; i++) {
        const isTainted = second < frozen;
        call(series, isTainted ? 3_000_000 : clean_us, isTainted, i < failing ? "failed" : "ok");
      }
      return series;
    },
    generator: (second) => ({
      due: 10,
      begun: 10,
      ...(second === 5 && frozen > 0 && { stalls: [{ start_ms: 5000, length_ms: 3000 }] }),
    }),
  });
}
const P95 = "p95(response_time, llm.*) < 2s";

Deno.test("a rule that only spoilt calls break is undecided: INVALID, with how long and how many", () => {
  const { status, sentence } = evaluate(run(6, [P95]));
  assert.equal(status, "INVALID");
  assert.match(
    sentence,
    /june-load itself stood still \(1 time, the longest 3\.00 s at 0:05\), which touched 60 of 600/,
  );
  assert.match(sentence, /3\.00 s with them, 100 ms without/);
});

Deno.test("a rule that breaks with and without them fails: the service is to blame", () => {
  const { status, rules } = evaluate(run(6, [P95], { clean_us: 2_500_000 }));
  assert.deepEqual([status, rules[0]?.undecided], ["FAIL", null]);
});

Deno.test("a rule that holds with and without them passes, and nothing is undecided without them", () => {
  assert.equal(evaluate(run(2, [P95])).status, "PASS");
  assert.equal(evaluate(run(0, [P95])).status, "PASS");
});

Deno.test("a rule that breaks with and without them fails, though another is left open", () => {
  const { status, sentence, rules } = evaluate(
    run(6, ["p95(response_time, llm.*) < 2800ms", P95], { clean_us: 2_500_000 }),
  );
  assert.deepEqual([status, rules.map(({ undecided }) => undecided === null)], ["FAIL", [false, true]]);
  assert.match(sentence, /^llm\.chat_stream answered too slowly: P95 response time 3\.00 s where 2\.00 s is allowed/);
  assert.match(sentence, /june-load itself stood still .* that "p95\(response_time, llm\.\*\) < 2800ms" reads/);
});

Deno.test("errors stand however long june-load stood still", () => {
  const { status, sentence } = evaluate(run(6, [P95, "error_rate < 1%"], { failing: 2 }));
  assert.equal(status, "FAIL");
  assert.match(sentence, /^120 of 600 calls failed, 20 % where 1 % is allowed/);
});

Deno.test("in a closed load a stall spares work: a pass needs fewer tainted calls than may break the rule", () => {
  const slow = (frozen: number) => evaluate(run(frozen, ["p95(response_time, llm.*) < 4s"], { open: false })).status;
  assert.deepEqual([slow(2), slow(6)], ["PASS", "INVALID"]);
});
