import assert from "node:assert/strict";
import { init, type LineSeriesOption } from "echarts";
import type { GpuSample } from "../../../lib/measure/resource.ts";
import fc from "fast-check";
import { fittingScale } from "../../../lib/report/charts/axis.ts";
import type { Chart, Unit } from "../../../lib/report/charts/chart.ts";
import { colorsFor } from "../../../lib/report/charts/palette.ts";
import { type PageData, pageData } from "../../../lib/report/html/chart_data.ts";
import { optionOf } from "../../../lib/report/html/page/formatters.ts";
import type { SlowReason } from "../../../lib/measure/clock_events.ts";
import { pageMarks } from "../../../lib/report/charts/run_marks.ts";
import { rowsOfLanes } from "../../../lib/report/html/page/lanes.ts";
import { slowedSpans } from "../../../lib/verdict/change/marks.ts";
import { throttledRun } from "../throttled_case.ts";
import { BAR_CHARTS, renderBarChart } from "../../../lib/report/png/bar_charts.ts";
import { limitsOn } from "../../../lib/report/charts/limits.ts";
import { panelChart } from "../../../lib/report/charts/panels.ts";
import { responseCharts } from "../../../lib/report/charts/response_charts.ts";
import { Readings } from "../../../lib/result/readings.ts";
import { Run } from "../../../lib/result/run.ts";
import { rule } from "../../plans.ts";
import { makeHeader, makeInterval, makePlan, noise } from "../../result/make_run.ts";
import { CASES, HOSTILE, hostileRun, rotatedRun, usualRun, verdictOf } from "../cases.ts";

const dataOf = (run: Run) => pageData(run, verdictOf(run)).data;
const color = () => "#123456";

Deno.test("pageData() holds options that ECharts draws, for every case", () => {
  for (const [name, make] of CASES) {
    const data: PageData = JSON.parse(JSON.stringify(dataOf(make())));
    for (const [id, one] of Object.entries(data.charts)) {
      const chart = init(null, null, { renderer: "svg", ssr: true, width: 600, height: one.height });
      chart.setOption(optionOf(one, data, color));
      assert.match(chart.renderToSVGString(), /<path|<text/, `${name}: ${id}`);
      chart.dispose();
    }
  }
});

Deno.test("pageData() names colours, lines and functions only where the page's script looks for them", () => {
  const data = dataOf(usualRun());
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) return value.forEach((item) => visit(item, key));
    if (typeof value === "object" && value !== null) {
      return Object.entries(value).forEach(([k, item]) => visit(item, k));
    }
    if (typeof value !== "string") return;
    if (value.startsWith("$")) assert.match(key, /color$|^fontFamily$/i, `${key}: ${value}`);
    if (value.startsWith("@")) assert.match(key, /^(formatter|renderItem)$/, value);
    if (/color$/i.test(key)) assert.match(value, /^\$/, `${key}: ${value} does not follow the theme`);
    if (key === "data") {
      assert.ok(value.replace(/^#(log:|cells:)?/, "") in { ...data.lines, ...data.cells }, `no line ${value}`);
    }
  };
  for (const chart of Object.values(data.charts)) visit(chart.option, "");
  for (const chart of Object.values(data.charts)) {
    assert.doesNotMatch(JSON.stringify(optionOf(chart, data, color)), /"[@$#](?!123456)/);
  }
});

Deno.test("every colour that the charts use is in the theme", async () => {
  const theme = await Deno.readTextFile(new URL("../../../lib/report/html/style/theme.css", import.meta.url));
  const names = [...JSON.stringify(dataOf(usualRun())).matchAll(/"\$([^"]+)"/g)];
  assert.ok(names.length > 0);
  for (const [, name] of names) assert.ok(theme.includes(`--${name}:`), `${name}`);
});

Deno.test("a limit that each operation holds on its own is not drawn across all of them together", () => {
  const run = usualRun();
  const one = run.plan.thresholds[0] ?? assert.fail("a rule");
  const limited = () =>
    responseCharts(run).map(([, { title, option }]) => [title, JSON.stringify(option).includes("limit of P95")]);
  const each = [["llm.chat_stream", true], ["stt.recognize_stream", false], ["tts.synthesize", false]];
  run.plan.thresholds = [one];
  assert.deepEqual(limited(), each);
  run.plan.thresholds.push({ ...one, operations: null });
  assert.deepEqual(limited(), [...each, ["all calls together", true]]);
});

/** The axis of values of a chart. */
const axisOf = ({ option }: Chart) => option.yAxis as { min: number; max: number; interval: number };

Deno.test("every limit stands at the same height, but one far above the data only stands in the head", () => {
  const run = usualRun();
  const first = () => responseCharts(run)[0]?.[1] ?? assert.fail("no chart");
  for (const limit_s of [0.4, 2, 7]) {
    run.plan.thresholds = [rule(`p95(response_time, llm.chat_stream) < ${limit_s}s`)];
    assert.deepEqual(axisOf(first()).max, 1750 * limit_s);
  }
  run.plan.thresholds = [rule("p95(response_time, llm.chat_stream) < 60s")];
  assert.ok(axisOf(first()).max < 10_000);
  assert.match(first().note, /limit of P95: 1 min, far above/);
  assert.doesNotMatch(JSON.stringify(first().option), /limit of/);
});

Deno.test("a value beyond the top of its chart is cut off there, and its height written", () => {
  const run = usualRun();
  run.plan.thresholds = [rule("p95(response_time, llm.chat_stream) < 1s")];
  const [, { option }] = responseCharts(run)[0] ?? assert.fail("no chart");
  assert.match(JSON.stringify(option), /"↑ 5\.86 s"/);
});

Deno.test("axes hold their values, with two or three ticks at round ones", () => {
  fc.assert(fc.property(
    fc.double({ min: -1e6, max: 0, noNaN: true }),
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.constantFrom<Unit[]>("duration_ms", "count", "percent", "bytes", "watt"),
    (low, high, unit) => {
      const { min, max, interval } = fittingScale(low, high, unit);
      assert.ok(min <= low && max >= high * (1 - 1e-6), `${min} to ${max}`);
      const ticks = (max - min) / interval;
      assert.ok(Math.abs(ticks - Math.round(ticks)) < 1e-6 && ticks >= 1 && ticks <= 4, `${ticks} intervals`);
    },
  ));
});

Deno.test("an operation has the same colour in every run that calls it", () => {
  const known = ["llm.chat_stream", "stt.recognize_stream", "tts.synthesize_stream", "voice_turn"];
  const alone = known.map((name) => colorsFor([name]).get(name));
  assert.deepEqual([...colorsFor(known).values()], alone);
  const more = colorsFor([...known, "rest GET /health", "rest POST /chat"]);
  assert.deepEqual(known.map((name) => more.get(name)), alone);
  assert.equal(new Set(more.values()).size, 6, "and none has that of another");
  const names = Array.from({ length: 30 }, (_, i) => `operation ${i}`);
  assert.equal(new Set(colorsFor(names).values()).size, 10, "nine colours, and grey");
});

/** Readings of one GPU with these masks. */
function readingsOf(samples: readonly GpuSample[]): Readings<GpuSample> {
  const readings = new Readings<GpuSample>();
  for (const sample of samples) readings.push(sample);
  return readings;
}

const reading = (t_ms: number, clock_event_mask: number | null): GpuSample => ({
  ...(usualRun().gpu.last(1)[0] as GpuSample),
  t_ms,
  clock_event_mask,
});

Deno.test("slowedSpans() joins neighbouring readings and keeps reasons apart", () => {
  const samples = [0, 4, 4, 0x24, 0, 4].map((mask, i) => reading(i * 1000, mask));
  const spans = (reason: SlowReason) =>
    slowedSpans(readingsOf(samples), reason).map(({ start_ms, end_ms }) => [start_ms / 1000, end_ms / 1000]);
  assert.deepEqual(spans("power_capped"), [[1, 4], [5, 6]]);
  assert.deepEqual(spans("heat_slowed"), [[3, 4]]);
  assert.deepEqual(spans("hardware_slowed"), []);
});

Deno.test("slowedSpans() reads masks beyond 32 bits and passes over missing ones", () => {
  assert.equal(slowedSpans(readingsOf([reading(0, 2 ** 40 + 4), reading(1000, null)]), "power_capped").length, 1);
  assert.equal(slowedSpans(readingsOf([reading(0, 2 ** 40), reading(1000, null)]), "power_capped").length, 0);
});

Deno.test("slowedSpans() carries no stretch across a gap in the readings", () => {
  assert.deepEqual(
    slowedSpans(readingsOf([reading(0, 4), reading(60_000, 0)]), "power_capped").map(({ end_ms }) => end_ms),
    [
      5000,
    ],
  );
});

Deno.test("marks name every kind of stretch, and all stretches of one story alike", () => {
  const run = throttledRun({ paused: true, seconds: 600 });
  run.add({ type: "event", t_ms: 100_000, kind: "oom_killed", text: "the kernel killed triton" });
  assert.deepEqual(pageMarks(run).map(({ name, color, to_s }) => [name, color, to_s !== null]), [
    ["GPU 1 at its power limit", "gpu-2", true],
    ["load paused", "ink-3", true],
    ["the kernel killed a service for memory", "ink", false],
  ]);
  assert.deepEqual(pageMarks(rotatedRun()).map(({ name, from_s, to_s }) => [name, from_s, to_s]), [
    ["connections to llm lost and opened again", 1, 9],
  ]);
});

Deno.test("lanes share a row where neither words nor stretches meet", () => {
  const lane = (name: string, from: number, to: number) => ({ name, color: "gpu", parts: [[from, to] as const] });
  const lanes = [lane("GPU 1 slow", 10, 20), lane("stalled", 60, 61), lane("paused", 15, 18)];
  const rows = (width: number, to = 100) =>
    rowsOfLanes(lanes, [0, to], width).map((row) => row.map(({ name }) => name));
  assert.deepEqual(rows(900), [["GPU 1 slow", "stalled"], ["paused"]]);
  assert.deepEqual(rows(900, 30), [["GPU 1 slow"], ["paused"]], "what is out of sight has no words");
  assert.ok(rows(90).length === 3);
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
  assert.deepEqual(limitsOn(run, "llm.chat_stream"), [
    { name: "limit of P95: 2 s", value: 2000, percentile: 95, from_s: 4, to_s: 20 },
  ]);
  assert.deepEqual(limitsOn(run, "tts.synthesize"), []);
});

Deno.test("a value between two gaps is drawn as a dot", () => {
  const run = new Run(makeHeader(makePlan()));
  for (const index of [3, 9, 10, 15]) run.add(makeInterval(run.plan, index, noise(1)));
  const line = (values: Array<number | null>) => ({ name: "a", label: "a", color: "ink", width: 1, values });
  const dots = (values: Array<number | null>) => {
    const panel = { title: "", description: "", unit: "count" as const, height: 60, at: [1, 2, 3, 4, 5] };
    const { series } = panelChart(run, { ...panel, lines: [line(values)] }).option as { series: LineSeriesOption[] };
    return series.find(({ name }) => name === "a")?.showSymbol;
  };
  assert.equal(dots([1, 2, 3, 4, 5]), false);
  assert.equal(dots([1, null, 3, null, 5]), true);
});
