import assert from "node:assert/strict";
import { Series } from "../../lib/measure/series.ts";
import { parseThreshold } from "../../lib/plan/threshold/parser.ts";
import type { Threshold } from "../../lib/plan/threshold/threshold.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { cleanReading } from "../../lib/verdict/taint.ts";
import { whyAbort } from "../../lib/verdict/abort.ts";
import fc from "fast-check";
import { lags, madeRun, OPEN } from "./made_run.ts";

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

Deno.test("where every call was spoilt nothing is decided, though the rule is broken", () => {
  const { status, sentence } = evaluate(run(60, [P95]));
  assert.equal(status, "INVALID", sentence);
  assert.match(sentence, /3\.00 s with them, no data without/);
});

Deno.test("a few clean calls that are slow do not blame a service for many that june-load spoilt", () => {
  // 50 of 60 seconds spoilt: of the 100 clean calls 6 took 2.5 s. Were the spoilt ones quick, P95 would hold.
  const order = (slow: number) =>
    madeRun({
      plan: { thresholds: [rule(P95)], loads: [OPEN] },
      calls: (operation, second) => {
        if (operation !== "llm.chat_stream") return null;
        const series = new Series();
        for (let i = 0; i < 10; i++) {
          const tainted = second < 50;
          call(series, tainted ? 3_000_000 : second === 50 && i < slow ? 2_500_000 : 100_000, tainted);
        }
        return series;
      },
    });
  assert.equal(evaluate(order(6)).status, "INVALID");
  assert.equal(
    evaluate(run(50, [P95], { clean_us: 2_500_000 })).status,
    "FAIL",
    "all of them slow: too many in any case",
  );
});

Deno.test("calls that june-load let time out count for nothing certain", () => {
  const timed = (spoilt: number) =>
    madeRun({
      plan: { thresholds: [rule("error_rate < 1%")] },
      calls: (operation, second) => {
        if (operation !== "llm.chat_stream") return null;
        const series = new Series();
        for (let i = 0; i < 10; i++) call(series, 100_000, second < spoilt, second < 3 ? "failed" : "ok");
        return series;
      },
    });
  assert.equal(evaluate(timed(3)).status, "INVALID", "all thirty failures were june-load's");
  assert.equal(evaluate(timed(0)).status, "FAIL");
  assert.equal(evaluate(timed(2)).status, "FAIL", "ten clean failures of 600 are enough");
});

Deno.test("a certain failure of one operation stands beside an open answer of another, and an open one beside a pass", () => {
  const mixed = (slow: { llm: number; tts: number }) =>
    madeRun({
      plan: { thresholds: [rule("p95(response_time, *) < 2s")], loads: [OPEN] },
      calls: (operation, second) => {
        const series = new Series();
        const isLlm = operation === "llm.chat_stream";
        for (let i = 0; i < 10; i++) {
          const tainted = isLlm && second < 6;
          call(series, tainted ? 9_000_000 : isLlm ? slow.llm : slow.tts, tainted);
        }
        return series;
      },
    });
  assert.equal(evaluate(mixed({ llm: 100_000, tts: 2_500_000 })).status, "FAIL");
  assert.equal(evaluate(mixed({ llm: 100_000, tts: 1_900_000 })).status, "INVALID");
});

Deno.test("a rate that june-load itself held down is undecided", () => {
  const rates = (stalled_ms: number, frozen: number) =>
    madeRun({
      plan: { thresholds: [rule("throughput > 9.5/s")] },
      calls: (operation, second) => {
        if (operation !== "llm.chat_stream" || second < frozen) return null;
        const series = new Series();
        for (let i = 0; i < 10; i++) call(series, 100_000, false);
        return series;
      },
      generator: (second) => second < frozen ? { stalled_ms } : {},
    });
  assert.equal(evaluate(rates(1000, 6)).status, "INVALID");
  assert.equal(evaluate(rates(0, 6)).status, "FAIL");
});

Deno.test("what june-load itself may have caused ends no run", () => {
  const abort = (spoilt: number) =>
    madeRun({
      open: true,
      seconds: 20,
      plan: { thresholds: [rule("error_rate < 10% else abort")] },
      calls: (operation, second) => {
        if (operation !== "llm.chat_stream") return null;
        const series = new Series();
        for (let i = 0; i < 10; i++) call(series, 100_000, second < spoilt, second < 6 ? "failed" : "ok");
        return series;
      },
    });
  assert.equal(whyAbort(abort(6)), null);
  assert.notEqual(whyAbort(abort(0)), null);
});

Deno.test("the bounds of a percentile are those of the same calls with every spoilt one at either end", () => {
  const times = fc.array(fc.record({ ms: fc.integer({ min: 1, max: 2000 }), tainted: fc.boolean() }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(fc.property(times, fc.constantFrom(50, 90, 95, 99), (calls, percentile) => {
    fc.pre(calls.some(({ tainted }) => tainted));
    const made = madeRun({
      seconds: 1,
      calls: (operation) => {
        if (operation !== "llm.chat_stream") return null;
        const series = new Series();
        for (const { ms, tainted } of calls) call(series, ms * 1000, tainted);
        return series;
      },
    });
    const found = cleanReading(made, rule(`p${percentile}(response_time) < 1s`), {}, null);
    assert.ok(found !== null);
    const with_ms = (at: number) => {
      const sorted = calls.map(({ ms, tainted }) => tainted ? at : ms).sort((a, b) => a - b);
      return sorted[Math.max(1, Math.ceil(percentile / 100 * sorted.length - 1e-9)) - 1] as number;
    };
    for (const [bound, wanted] of [[found.least, with_ms(-Infinity)], [found.most, with_ms(Infinity)]] as const) {
      if (Number.isFinite(wanted)) assert.ok(Math.abs((bound.value ?? NaN) / 1000 - wanted) <= wanted / 500 + 0.01);
      else assert.equal(bound.value, wanted);
    }
  }));
});

Deno.test("short stalls far from a closed load's limit leave no rule open", () => {
  // Each second a stall of 20 ms, and two calls of ten that it touched.
  const noisy = (limit: string, failing: boolean, stalled_ms: number) =>
    madeRun({
      plan: { thresholds: [rule(limit)] },
      calls: (operation) => {
        if (operation !== "llm.chat_stream") return null;
        const series = new Series();
        for (let i = 0; i < 10; i++) call(series, 100_000, i < 2, failing && i === 9 ? "failed" : "ok");
        return series;
      },
      generator: () => ({ stalled_ms }),
    });
  const status = (limit: string, failing = false, stalled_ms = 20) =>
    evaluate(noisy(limit, failing, stalled_ms)).status;
  assert.equal(status("p95(response_time, llm.*) < 2s"), "PASS", "1.2 s of stalls could not add up to it");
  assert.equal(status("p95(response_time, llm.*) < 1s"), "INVALID");
  assert.equal(status("p99(response_time, llm.*) < 2s"), "INVALID", "of the 2 % spared half could be slow");
  assert.equal(
    evaluate(run(60, ["p95(response_time, llm.*) < 7s"])).status,
    "PASS",
    "all 60 spoilt: 3 s and 3 s of stalls",
  );
  assert.equal(status("error_rate < 1%"), "PASS", "98 % of the load is the load");
  assert.equal(status("error_rate < 1%", false, 60), "INVALID");
  assert.equal(status("error_rate < 1%", true), "FAIL");
});

Deno.test("a certain error rate stands beside starts that came late", () => {
  const late = (failing: number) =>
    madeRun({
      plan: { thresholds: [rule("error_rate < 1%"), rule(P95)], loads: [OPEN] },
      calls: (operation) => {
        if (operation !== "llm.chat_stream") return null;
        const series = new Series();
        for (let i = 0; i < 10; i++) call(series, 20_000, false, i < failing ? "failed" : "ok");
        return series;
      },
      generator: () => ({ due: 10, begun: 10, start_lag: lags(10, 120_000) }),
    });
  const { status, sentence } = evaluate(late(2));
  assert.equal(status, "FAIL");
  assert.match(sentence, /^120 of 600 calls failed, 20 % where 1 % is allowed/);
  assert.equal(evaluate(late(0)).status, "INVALID");
});
