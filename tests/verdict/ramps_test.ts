import assert from "node:assert/strict";
import { percentileChart } from "../../lib/report/charts/tail_charts.ts";
import { renderStatsCsv } from "../../lib/report/csv/locust.ts";
import { renderMetricsCsv } from "../../lib/report/csv/metrics.ts";
import { renderBarChart } from "../../lib/report/png/bar_charts.ts";
import { renderJson } from "../../lib/report/json.ts";
import { renderHtml } from "../../lib/report/html/page.ts";
import { renderSummary } from "../../lib/report/text/summary.ts";
import type { Stage } from "../../lib/plan/plan.ts";
import { summaryView } from "../../lib/ui/views/summary_view.ts";
import { whyAbort } from "../../lib/verdict/abort.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdRule } from "../../lib/verdict/hold_rule.ts";
import { rule, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import { madeRun, okCalls, type Order } from "./made_run.ts";

/** A ramp of ten seconds, in which answers take 900 ms, before a minute of 100 ms. */
const STAGES: Stage[] = [
  { name: "ramp", load: 0, start_ms: 0, end_ms: 10_000, warm_up: false, ramp: true },
  { name: "hold", load: 0, start_ms: 10_000, end_ms: 60_000, warm_up: false },
];

const herd: NonNullable<Order["calls"]> = (_, second) => {
  const time_us = second < 10 ? 900_000 : 100_000;
  return okCalls(20, time_us, (series) => {
    for (let call = 0; call < 20; call++) series.histogram("response_time").record(time_us);
  });
};

function runOf(order: Order = {}, stages = STAGES) {
  return madeRun({ calls: herd, ...order, plan: { tasks: [task("llm.chat")], stages, ...order.plan } });
}

const held = (text: string, run = runOf()) => {
  const { observed_text, left_out = [] } = holdRule(run, rule(text));
  return [observed_text, left_out.join()];
};

Deno.test("percentiles, means and extremes leave the ramp out, and say so", () => {
  assert.deepEqual(held("p95(response_time) < 2s"), ["100 ms", "ramp"]);
  assert.deepEqual(held("p95(response_time, llm.*) < 2s"), ["100 ms", "ramp"]);
  assert.deepEqual(held("mean(response_time) < 2s"), ["100 ms", "ramp"]);
  assert.deepEqual(held("max(response_time) < 2s"), ["100 ms", "ramp"]);
  assert.deepEqual(held("p95(response_time) < 2s in hold"), ["100 ms", ""]);
  assert.deepEqual(held("p95(response_time) < 2s in ramp"), ["900 ms", ""]);
});

Deno.test("counts, rates and shares read the ramp as every stage", () => {
  assert.deepEqual(held("calls > 100"), ["1,200", ""]);
  assert.deepEqual(held("error_rate < 1%"), ["0 %", ""]);
  assert.deepEqual(held("throughput > 1/s"), ["20.0/s", ""]);
});

Deno.test("an older result without the mark means what it meant", () => {
  const older = STAGES.map(({ ramp: _, ...stage }) => stage);
  assert.deepEqual(held("p95(response_time) < 2s", runOf({}, older)), ["900 ms", ""]);
});

Deno.test("where no call was due outside the ramp, the ramp is read", () => {
  assert.deepEqual(held("p95(response_time) < 2s", runOf({ seconds: 8 })), ["900 ms", ""]);
  const onlyInRamp = runOf({ calls: (operation, second) => second < 10 ? herd(operation, second) : null });
  assert.deepEqual(held("p95(response_time, llm.*) < 2s", onlyInRamp), ["900 ms", ""]);
});

Deno.test("an outage in the hold is not hidden by the ramp's good calls", () => {
  const run = runOf({
    calls: (operation, second) => {
      const series = okCalls(0, 0);
      series.issued = series.outcomes.failed = 20;
      return second < 10 ? herd(operation, second) : series;
    },
  });
  const { passed, observed_text } = holdRule(run, rule("p95(response_time) < 2s"));
  assert.deepEqual([passed, observed_text], [false, "no data"]);
});

Deno.test("a rule that ends the run reads the ramp: it protects the service", () => {
  const thresholds = [rule("p95(response_time) < 500ms else abort")];
  const run = runOf({ seconds: 8, open: true, plan: { thresholds } });
  assert.match(whyAbort(run)?.text ?? "", /900 ms so far/);
  assert.deepEqual(held("p95(response_time) < 500ms else abort"), ["900 ms", ""]);
});

Deno.test("tables, headline and JSON read the same values as the rules, and say what they leave out", () => {
  const thresholds = [rule("p95(response_time, llm.chat) < 2s")];
  const run = runOf({ plan: { thresholds, percentiles: [50, 95] } });
  const verdict = evaluate(run);
  const text = renderSummary(run, verdict);
  assert.match(text, /p95\(response_time, llm\.chat\) < 2s +100 ms .*ramp left out/);
  assert.match(text, /warm-up and ramp left out/);
  assert.match(text, /^llm\.chat +1,200 +100 % .* 100 ms +100 ms +100 ms +100 ms +100 ms$/m);
  const view = summaryView(run, verdict, { report_path: "", exit_code: 0, exit_meaning: "", advice: [] });
  assert.match(view.rules[0]?.where ?? "", /ramp left out/);
  assert.deepEqual(view.operations[0]?.latencies_us.slice(0, 3).map((us) => Math.round(us! / 1000)), [100, 100, 100]);
  assert.equal(view.operations[0]?.calls, 1200);
  const json = JSON.parse(renderJson(run, verdict));
  assert.deepEqual(json.verdict.rules[0].left_out, ["ramp"]);
  assert.equal(json.total.calls, 1200);
  assert.equal(json.total.response_time.count, 1000);
  assert.equal(Math.round(json.total.response_time.max_ms), 100);
  assert.equal(Math.round(json.stages[0].total.response_time.max_ms), 900);
  const page = renderHtml(run, verdict, { version: "0.1.0" });
  assert.ok(page.includes("ramp left out"));
  assert.match(page, /Ok calls, warm-up and ramp left out/);
  assert.match(page, /<p class="big">100 ms<\/p><p class="what">response time P95/);
});

Deno.test("files, pictures and the legs of a turn read the same values, too", () => {
  const calls: Order["calls"] = (operation, second) => {
    const series = herd(operation, second)!;
    for (const leg of ["turn_stt", "turn_llm", "turn_tts", "voice_to_voice"] as const) {
      for (let call = 0; call < 20; call++) series.histogram(leg).record(second < 10 ? 900_000 : 200_000);
    }
    return series;
  };
  const run = runOf({
    calls,
    plan: { percentiles: [50, 95], thresholds: [rule("p95(response_time, llm.chat) < 2s")] },
  });
  assert.match(renderMetricsCsv(run), /^llm\.chat,gRPC,1200,0,(100,){5}100$/m);
  assert.match(renderStatsCsv(run), /^gRPC,llm\.chat,1200,0,100,100,100,100,.*,100$/m);
  const picture = renderBarChart(run, "p95_response_time");
  assert.ok(picture.includes("without warm-up and ramp") && picture.includes("100 ms"));
  assert.ok(!renderBarChart(run, "error_rate_by_endpoint").includes("ramp"));
  assert.ok(renderBarChart(run, "response_time_by_endpoint").includes("mean 100 ms"), "of all it would be 233 ms");
  const [legs] = renderHtml(run, evaluate(run), { version: "0.1.0" }).match(/id="legs-llm\.chat".*?<\/table>/s) ?? [""];
  assert.equal(legs.match(/200 ms/g)?.length, 6, "mean and P95 of each leg");
  const values =
    percentileChart(run, "llm.chat")?.lines["llm.chat by percentile"]?.values.filter((ms) => ms !== null) ?? [];
  assert.ok(values.length > 20 && values.every((ms) => Math.round(ms) === 100));
});

Deno.test("a plan without a ramp leaves nothing out", () => {
  const run = madeRun({ plan: { stages: [makePlan().stages[1]!], tasks: [task("llm.chat")] } });
  assert.equal(holdRule(run, rule("p95(latency) < 2s")).left_out, undefined);
});
