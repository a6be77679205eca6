import assert from "node:assert/strict";
import { init, type LineSeriesOption } from "echarts";
import type { GpuSample } from "../../../lib/measure/resource.ts";
import { rowsOf } from "../../../lib/report/figures/figures.ts";
import { chartData } from "../../../lib/report/html/chart_data.ts";
import { cappedSeconds, gpuBands } from "../../../lib/report/charts/gpu_bands.ts";
import { BAR_CHARTS, renderBarChart } from "../../../lib/report/png/bar_charts.ts";
import { limitsOn } from "../../../lib/report/charts/limits.ts";
import { operationChart } from "../../../lib/report/charts/response_charts.ts";
import { binsOf } from "../../../lib/report/figures/bins.ts";
import { Run } from "../../../lib/result/run.ts";
import { rule } from "../../plans.ts";
import { makeHeader, makeInterval, makePlan, noise } from "../../result/make_run.ts";
import { CASES, HOSTILE, hostileRun, usualRun } from "../cases.ts";

/** An option with its stand-ins replaced by something that draws. */
function drawable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(drawable);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, drawable(item)]));
  }
  if (typeof value !== "string") return value;
  return value.startsWith("$") ? "#123456" : value.startsWith("@") ? "{value}" : value;
}

Deno.test("chartData() holds options that ECharts draws, for every case", () => {
  for (const [name, make] of CASES) {
    const run = make();
    for (const [id, { option, height }] of Object.entries(chartData(run, rowsOf(run).operations).charts)) {
      const chart = init(null, null, { renderer: "svg", ssr: true, width: 1000, height });
      chart.setOption(drawable(JSON.parse(JSON.stringify(option))) as typeof option);
      assert.match(chart.renderToSVGString(), /<path|<text/, `${name}: ${id}`);
      chart.dispose();
    }
  }
});

Deno.test("chartData() names colours and functions only where the page's script looks for them", () => {
  const run = usualRun();
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) return value.forEach((item) => visit(item, key));
    if (typeof value === "object" && value !== null) {
      return Object.entries(value).forEach(([k, item]) => visit(item, k));
    }
    if (typeof value !== "string") return;
    if (value.startsWith("$")) assert.match(key, /color$|^fontFamily$/i, `${key}: ${value}`);
    if (value.startsWith("@")) assert.equal(key, "formatter", value);
    if (/color$/i.test(key)) assert.match(value, /^\$/, `${key}: ${value} does not follow the theme`);
  };
  for (const chart of Object.values(chartData(run, rowsOf(run).operations).charts)) visit(chart.option, "");
});

Deno.test("every colour that the charts use is in the theme", async () => {
  const theme = await Deno.readTextFile(new URL("../../../lib/report/html/style/theme.css", import.meta.url));
  const run = usualRun();
  const names = [...JSON.stringify(chartData(run, rowsOf(run).operations)).matchAll(/"\$([^"]+)"/g)];
  assert.ok(names.length > 0);
  for (const [, name] of names) assert.ok(theme.includes(`--${name}:`), `${name}`);
});

Deno.test("a limit that each operation holds on its own is not drawn across all of them together", () => {
  const run = usualRun();
  const one = run.plan.thresholds[0] ?? assert.fail("a rule");
  const namesOf = () => {
    const { charts } = chartData(run, rowsOf(run).operations);
    const { series, yAxis } = charts["response-chart"]?.option as {
      series: LineSeriesOption[];
      yAxis: { name: string }[];
    };
    return yAxis.map((
      { name },
      i,
    ) => [name, JSON.stringify(series.find(({ id }) => id === `frame-${i}`)).includes("limit")]);
  };
  const each = [
    ["response time, llm.chat_stream", true],
    ["response time, stt.recognize_stream", false],
    ["response time, tts.synthesize", false],
  ];
  run.plan.thresholds = [one];
  assert.deepEqual(namesOf(), each);
  run.plan.thresholds.push({ ...one, operations: null });
  assert.deepEqual(namesOf(), [["response time, all calls together", true], ...each]);
});

const reading = (t_ms: number, clock_event_mask: number | null): GpuSample => ({
  ...(usualRun().gpu[0] as GpuSample),
  t_ms,
  clock_event_mask,
});

Deno.test("gpuBands() joins neighbouring readings and keeps reasons apart", () => {
  const samples = [0, 4, 4, 0x24, 0, 4].map((mask, i) => reading(i * 1000, mask));
  assert.deepEqual(gpuBands(samples).map(({ name, from_s, to_s }) => [name, from_s, to_s]), [
    ["power cap", 1, 4],
    ["power cap", 5, 6],
    ["slowed down", 3, 4],
  ]);
  assert.equal(cappedSeconds(samples), 4);
});

Deno.test("gpuBands() reads masks beyond 32 bits and passes over missing ones", () => {
  assert.equal(gpuBands([reading(0, 2 ** 40 + 4), reading(1000, null)]).length, 1);
  assert.equal(gpuBands([reading(0, 2 ** 40), reading(1000, null)]).length, 0);
});

Deno.test("gpuBands() carries no stretch across a gap in the readings", () => {
  assert.deepEqual(gpuBands([reading(0, 4), reading(60_000, 0)]).map(({ to_s }) => to_s), [5]);
});

Deno.test("renderBarChart() draws every case, and hostile names as text", () => {
  for (const [name, make] of CASES) {
    const run = make();
    for (const chart of BAR_CHARTS) assert.match(renderBarChart(run, chart), /^<svg/, `${name}: ${chart}`);
  }
  assert.ok(!renderBarChart(hostileRun(), "request_distribution").includes(HOSTILE.slice(0, 17)));
});

/** The texts of a picture, from the top. */
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

Deno.test("every bar of the P95 picture stands against the limit of its own operation", () => {
  const run = usualRun();
  run.plan.thresholds = ["p95(response_time, llm.*) < 100ms", "p95(response_time, stt.*) < 5s"].map(rule);
  const texts = textsOf(renderBarChart(run, "p95_response_time"));
  const limits = texts.flatMap((text) => /limit (.*)$/.exec(text ?? "")?.[1] ?? []);
  assert.deepEqual(limits, ["100 ms", "5.00 s"]);
  assert.equal(texts.filter((text) => /^[\d.]+ m?s$/.test(text ?? "")).length, 1, "text-to-speech has no limit");
  const marks = (svg: string) => [...svg.matchAll(/fill="#c2410c"/g)].length;
  assert.ok(marks(renderBarChart(run, "p95_response_time")) > 0);
  run.plan.thresholds = ["p95(response_time, llm.*) < 1m", "p95(response_time, stt.*) < 5s"].map(rule);
  assert.equal(marks(renderBarChart(run, "p95_response_time")), 0, "a picture of rules that hold has nothing in red");
});

Deno.test("a limit on all calls together has a bar of its own", () => {
  const run = usualRun();
  run.plan.thresholds = [rule("error_rate < 1%")];
  const texts = textsOf(renderBarChart(run, "error_rate_by_endpoint"));
  assert.equal(texts.filter((text) => text?.includes("limit")).length, 1);
  assert.ok(texts.includes("all calls together"));
  assert.ok(!textsOf(renderBarChart(run, "p95_response_time")).includes("all calls together"));
});

Deno.test("the limit of a rule on one stage is drawn over that stage only", () => {
  const run = usualRun();
  run.plan.thresholds = [rule("p95(response_time, llm.chat_stream) < 2s in hold")];
  assert.deepEqual(limitsOn(run, "llm.chat_stream"), [{ name: "limit P95", value: 2000, from_s: 4, to_s: 20 }]);
  assert.deepEqual(limitsOn(run, "tts.synthesize"), []);
});

Deno.test("a value between two gaps is drawn as a dot", () => {
  const run = new Run(makeHeader(makePlan()));
  for (const index of [3, 9, 10, 15]) run.add(makeInterval(run.plan, index, noise(1)));
  const { series } = operationChart(run, binsOf(run, 1000), "tts.synthesize").option as { series: LineSeriesOption[] };
  assert.equal(series[0]?.showSymbol, false, "seconds without an interval are no gap");
  const gaps = binsOf(run, 1000).map((bin, i) => i % 2 === 0 ? bin : { ...bin, series: [] });
  const sparse = operationChart(run, gaps, "tts.synthesize").option as { series: LineSeriesOption[] };
  assert.equal(sparse.series[0]?.showSymbol, true);
});
