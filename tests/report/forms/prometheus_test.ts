import assert from "node:assert/strict";
import { renderPrometheus } from "../../../lib/report/forms/prometheus.ts";
import { assertGolden } from "../../golden/golden.ts";
import type { Run } from "../../../lib/result/run.ts";
import { emptyRun, hostileRun, incompleteRun, SMALL_CASES, usualRun, verdictOf } from "../cases.ts";
import { speechRun } from "../speech_cases.ts";

const textOf = (run: Run) => renderPrometheus(run, verdictOf(run));
const SAMPLE = /^([a-z_:]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\} (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

Deno.test("renderPrometheus() is the golden text", async () => {
  await assertGolden("report/metrics.prom", textOf(usualRun()));
});

Deno.test("renderPrometheus() writes samples of known families, each with its own labels", () => {
  for (const [name, make] of [...SMALL_CASES, ["hostile", hostileRun] as const]) {
    const text = textOf(make());
    const seen = new Set<string>();
    let family = "";
    for (const line of text.trimEnd().split("\n")) {
      family = /^# TYPE (\S+)/.exec(line)?.[1] ?? family;
      if (line.startsWith("#")) continue;
      const [, metric = "", labels] = SAMPLE.exec(line) ?? assert.fail(`${name}: ${line}`);
      assert.ok([family, `${family}_sum`, `${family}_count`].includes(metric), `${name}: ${line}`);
      const key = `${metric}{${labels}}`;
      assert.ok(!seen.has(key), `${name}: twice: ${key}`);
      seen.add(key);
    }
  }
});

Deno.test("renderPrometheus() has base units, and figures that agree with the run", () => {
  const run = usualRun();
  const row = run.total({ operations: "llm.chat_stream" });
  const value = (text: string, start: string) =>
    Number(text.split("\n").find((line) => line.startsWith(start))?.split(" ").at(-1));
  const labels = 'scenario="sample",operation="llm.chat_stream"';
  const text = textOf(run);
  assert.equal(value(text, `june_load_calls_total{${labels},outcome="ok"}`), row.outcomes.ok);
  assert.equal(value(text, `june_load_response_time_seconds_count{${labels}}`), row.histogram("response_time").count);
  const p95 = value(text, `june_load_response_time_seconds{${labels},quantile="0.95"}`);
  assert.equal(p95, Math.round(row.histogram("response_time").percentile(95)) / 1e6);
  assert.match(text, /^june_load_verdict\{scenario="sample",verdict="FAIL"\} 1$/m);
  assert.match(text, /^june_load_threshold_limit\{scenario="sample",rule="error_rate < 1%",number="3"\} 0\.01$/m);
  assert.match(textOf(speechRun()), /^june_load_wer_ratio\{/m);
});

Deno.test("renderPrometheus() leaves out what was not measured", () => {
  assert.doesNotMatch(textOf(emptyRun()), /NaN|_seconds_sum|null/);
  assert.match(textOf(incompleteRun()), /^june_load_complete\{scenario="sample"\} 0$/m);
});
