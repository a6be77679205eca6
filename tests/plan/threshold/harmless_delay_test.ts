import assert from "node:assert/strict";
import fc from "fast-check";
import { harmlessDelay } from "../../../lib/plan/threshold/harmless_delay.ts";
import { rule } from "../../plans.ts";

const TIMES = ["response_time", "latency", "first_message", "start_delay"];
const anyRule = fc.record({ of: fc.constantFrom(...TIMES), limit_ms: fc.integer({ min: 1, max: 60_000 }) });
const delayOf = (texts: readonly string[]) => harmlessDelay({ thresholds: texts.map(rule), objectives: [] });

Deno.test("harmlessDelay() is a twentieth of the tightest limit, at most 100 ms, in any order", () => {
  fc.assert(fc.property(fc.array(anyRule, { minLength: 1, maxLength: 6 }), (rules) => {
    const texts = rules.map(({ of, limit_ms }) => `p95(${of}) < ${limit_ms}ms`);
    const delay_us = delayOf(texts);
    for (const { limit_ms } of rules) assert.ok(delay_us <= 50 * limit_ms && delay_us <= 100_000);
    assert.ok(
      rules.some(({ limit_ms }) => delay_us === Math.min(100_000, 0.05 * 1000 * limit_ms)),
      "it is one of them",
    );
    assert.equal(delayOf([...texts].reverse()), delay_us);
    assert.equal(delayOf([...texts, "error_rate < 1%", "p95(output_length) < 9"]), delay_us, "others are no times");
    assert.equal(delayOf([...texts, "recovery_time < 10s"]), 0);
  }));
});

Deno.test("harmlessDelay() without a limit on a time is nothing", () => {
  for (const texts of [[], ["calls > 10"], ["p50(latency) > 1s"], ["drift(latency) < 5%/h"], ["host.cpu < 90%"]]) {
    assert.equal(delayOf(texts), 0, texts.join());
  }
});
