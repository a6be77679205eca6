/** What people compare of a run with paced speech and voice turns: golden, and free of the length of the clips. */
import assert from "node:assert/strict";
import { renderMetricsCsv } from "../../lib/report/csv/metrics.ts";
import { renderHistoryCsv } from "../../lib/report/csv/history.ts";
import { renderStatsCsv } from "../../lib/report/csv/locust.ts";
import { rowsOf } from "../../lib/report/figures/figures.ts";
import { slowestOf } from "../../lib/report/figures/slowest.ts";
import { pageData } from "../../lib/report/html/chart_data.ts";
import { figuresSection } from "../../lib/report/html/sections/head.ts";
import { stagesSection } from "../../lib/report/html/sections/stages.ts";
import { renderJson } from "../../lib/report/json.ts";
import { BAR_CHARTS, type BarChartName, renderBarChart } from "../../lib/report/png/bar_charts.ts";
import { renderComparisonText } from "../../lib/report/compare/text.ts";
import { reportOf } from "../compare/sides.ts";
import { renderSummary } from "../../lib/report/text/summary.ts";
import type { Run } from "../../lib/result/run.ts";
import { renderLive } from "../../lib/ui/terminal/live.ts";
import { renderProgressLine } from "../../lib/ui/terminal/progress_lines.ts";
import { paint } from "../../lib/ui/terminal/style.ts";
import { renderSummary as renderScreen } from "../../lib/ui/terminal/summary.ts";
import { liveView } from "../../lib/ui/views/live_view.ts";
import { summaryView } from "../../lib/ui/views/summary_view.ts";
import { assertGolden } from "../golden/golden.ts";
import { rule } from "../plans.ts";
import { verdictOf } from "./cases.ts";
import { speechRun } from "./speech_cases.ts";

const RULES = [
  "p95(response_time, llm.*) < 5s",
  "p95(response_time, stt.*) < 400ms",
  "p95(response_time, voice_turn) < 1200ms",
  "error_rate < 1%",
].map(rule);

/** A run of speech, turns and answers whose clips are so long. */
const spoken = (clip_s = 2.4, slow = 1) =>
  speechRun({ clip_us: clip_s * 1e6, slow, plan: { thresholds: RULES, objectives: [] } });

const live = (run: Run) => liveView(run, verdictOf(run), 30_000, false);
const OUTCOME = { report_path: "report.html", exit_code: 0, exit_meaning: "", advice: [] };

/** A picture, an element a line. */
const picture = (run: Run, name: BarChartName) => renderBarChart(run, name).replaceAll("><", ">\n<");

/** Everything that people look at first, or set beside that of another run, as text. */
const SHOWN: Readonly<Record<string, (run: Run) => string>> = {
  "live screen": (run) =>
    renderLive(live(run), { columns: 120, rows: 30 }).body.map((line) => paint(line, "none")).join("\n"),
  "progress line": (run) => paint(renderProgressLine(live(run)), "none"),
  "last screen": (run) =>
    renderScreen(summaryView(run, verdictOf(run), OUTCOME), { columns: 100, rows: 40 })
      .map((line) => paint(line, "none")).join("\n"),
  "head figures": (run) => figuresSection(run, rowsOf(run).all).text,
  "stage table": (run) => stagesSection(run)?.text.replace(/<td[^>]*title="[^"]*service[^>]*>.*?<\/td>/gs, "") ?? "",
  charts: (run) => JSON.stringify(pageData(run, verdictOf(run)).data),
  pictures: (run) => BAR_CHARTS.map((name) => picture(run, name)).join("\n"),
  "summary.txt": (run) => renderSummary(run, verdictOf(run)),
  "stats.csv": renderStatsCsv,
  "stats_history.csv": renderHistoryCsv,
  "metrics.csv": renderMetricsCsv,
  comparison: (run) => renderComparisonText(reportOf(spoken(), run)),
  timeline: (run) => JSON.stringify(JSON.parse(renderJson(run, verdictOf(run))).timeline),
};

for (const [name, show] of Object.entries(SHOWN)) {
  Deno.test(`${name} of a run with paced speech and turns does not depend on the length of the clips`, () => {
    assert.equal(show(spoken(20)), show(spoken(2.4)));
    assert.notEqual(show(spoken(2.4, 3)), show(spoken(2.4)), "but on how long people waited");
  });
}

Deno.test("what is shown first of paced speech and turns is golden", async () => {
  const run = spoken();
  const view = live(run);
  const lines = [...renderLive(view, { columns: 120, rows: 30 }).body, [], renderProgressLine(view)];
  await assertGolden("report/spoken_live.txt", lines.map((line) => paint(line, "none") + "\n").join(""));
  await assertGolden("report/spoken_head.html", figuresSection(run, rowsOf(run).all).text);
  const { charts } = pageData(run, verdictOf(run)).data;
  const callers = Object.entries(charts).filter(([id]) => id.startsWith("response-"));
  await assertGolden("report/spoken_chart.json", JSON.stringify(Object.fromEntries(callers), null, 1) + "\n");
  await assertGolden("report/spoken_p95.svg", picture(run, "p95_response_time"));
  await assertGolden("report/spoken_comparison.txt", renderComparisonText(reportOf(spoken(7.5), spoken(2.4, 2))));
});

Deno.test("the slowest operation stands for the run, by name", () => {
  const run = spoken();
  const [slowest] = run.operations.map((operation) => ({
    operation,
    p95: run.total({ operations: operation }).histogram("response_time").percentile(95),
  })).sort((a, b) => b.p95 - a.p95);
  assert.equal(slowestOf(run)?.operation, slowest?.operation);
  assert.equal(slowestOf(run)?.figure.value, slowest?.p95);
  assert.equal(slowestOf(speechRun({ operations: [] })), null);
  const pooled = run.total().histogram("response_time").percentile(95);
  assert.notEqual(live(run).slowest?.p95_us, pooled);
});

Deno.test("no figure over several operations is pooled but the response time", () => {
  const { total, operations } = JSON.parse(renderJson(spoken(), verdictOf(spoken())));
  assert.ok(total.response_time.count > 0);
  for (const  of of["latency", "service_time", "first_message", "gap", "start_delay"]) {
    assert.equal(total[of], null, of);
  }
  assert.ok(operations[0].latency.count > 0);
});

Deno.test("a transcript that comes before its speech has ended is shown with its sign", () => {
  const early = spoken();
  const row = rowsOf(early).operations.find(({ name }) => name === "stt.recognize_stream") ?? assert.fail("no stt");
  assert.equal(row.total.histogram("response_time").min, -120_000);
  const shown = Object.fromEntries(Object.entries(SHOWN).map(([name, show]) => [name, show(early)]));
  assert.match(shown["summary.txt"] ?? "", /stt\.recognize_stream .* -120 ms/);
  assert.match(shown["metrics.csv"] ?? "", /stt\.recognize_stream,gRPC,\d+,0,[\d.]+,-120,/);
  assert.match(shown["stats.csv"] ?? "", /stt\.recognize_stream,\d+,0,\d+,[\d.]+,-120,/);
  const { cells, lines } = pageData(early, verdictOf(early)).data;
  const rows = cells["calls of stt.recognize_stream"]?.cells.filter((_, i) => i % 3 === 1) ?? [];
  const [lowest = 0, next = 0] = [...new Set(rows)].sort((a, b) => a - b);
  assert.equal(next - lowest, 1, "the early answers have the row under all others");
  assert.ok(new Set(rows).size < 60, "and do not squash them");
  assert.equal(lines["stt.recognize_stream by percentile"]?.values[0], -120);
});

Deno.test("calls that timed out are at least that slow, in head, chart, picture and live line", () => {
  const run = speechRun({ timeouts: 4, plan: { thresholds: RULES, objectives: [] } });
  assert.match(SHOWN["head figures"]?.(run) ?? "", /≥ 30\.0 s/);
  assert.match(SHOWN["progress line"]?.(run) ?? "", /slowest p95 ≥ 30\.0 s llm\.chat_stream/);
  assert.match(SHOWN["live screen"]?.(run) ?? "", /≥ 30\.0 s {3}llm\.chat_stream/);
  assert.match(SHOWN["last screen"]?.(run) ?? "", /voice_turn .*≥ 30,0\d\d/);
  assert.match(SHOWN.pictures?.(run) ?? "", /≥ 30\.0 s/);
  assert.match(SHOWN.charts?.(run) ?? "", /"at_least":\[.*"symbol":"triangle"/);
  assert.match(SHOWN["stats.csv"]?.(run) ?? "", /voice_turn,.*,300\d\d,/);
});
