import assert from "node:assert/strict";
import { bundlePage } from "../../../deploy/bundle_page.ts";
import { type Formatter, formatter, type Unit } from "../../../lib/report/charts/panels.ts";
import { rowsOf } from "../../../lib/report/figures/figures.ts";
import { type ChartData, chartData } from "../../../lib/report/html/chart_data.ts";
import script from "../../../lib/report/html/page/bundle.js" with { type: "text" };
import {
  COUNTS,
  DURATIONS,
  ELAPSED,
  NUMBERS,
  PERCENTS,
  POWERS,
  RATES,
  SIZES,
  TEMPERATURES,
} from "../../plan/unit_cases.ts";
import { usualRun } from "../cases.ts";
import { FakeElement, runPageScript } from "./page_browser.ts";

Deno.test("the page's script is made of its modules as they are now", async () => {
  assert.equal(script, await bundlePage(), "run `deno task bundle:page` and commit lib/report/html/page/bundle.js");
});

/** The function that the script puts in the place of a name, in a chart of one line of each unit. */
function functionOf(name: Formatter): (value: unknown) => unknown {
  const units = Object.fromEntries(UNITS.map((unit) => [unit, unit]));
  const option = { yAxis: { data: [250] }, tooltip: { formatter: formatter(name) } } as Record<string, unknown>;
  const data = { charts: { "time-chart": { option, height: 1, units, description: "" } }, variants: {}, bin_ms: 1 };
  const [chart] = runPageScript(data as ChartData).drawn();
  return (chart?.option.tooltip as unknown as { formatter: (value: unknown) => unknown }).formatter;
}

const UNITS: readonly Unit[] = ["duration_ms", "count", "rate", "percent", "watt", "bytes", "celsius"];

const textsOf = (tip: unknown) => tip instanceof FakeElement ? tip.texts : assert.fail(`no tooltip: ${tip}`);

Deno.test("tooltips write every value as the tables do", () => {
  const tooltip = functionOf("tooltip");
  const tables: Array<[Unit, ReadonlyArray<readonly [number, string]>]> = [
    ["duration_ms", DURATIONS.map(([us, text]) => [us / 1000, text])],
    ["percent", PERCENTS.map(([ratio, text]) => [ratio * 100, text])],
    ["count", [...COUNTS, ...NUMBERS]],
    ["rate", RATES],
    ["watt", POWERS],
    ["bytes", SIZES],
    ["celsius", TEMPERATURES],
  ];
  assert.deepEqual(tables.map(([unit]) => unit).sort(), [...UNITS].sort());
  for (const [unit, cases] of tables) {
    for (const [value, text] of cases) {
      assert.deepEqual(textsOf(tooltip([{ seriesName: unit, value: [0, value] }])), ["0", unit, text]);
    }
  }
});

Deno.test("the time axis and the heads of tooltips say how far into the run something was", () => {
  const [clock, tooltip] = [functionOf("clock"), functionOf("tooltip")];
  for (const [seconds, text] of ELAPSED) {
    assert.equal(clock(seconds), text);
    assert.equal(clock(String(seconds)), text, "a category comes as text");
    assert.equal(textsOf(tooltip([{ seriesName: "count", value: [seconds, 1] }]))[0], text);
  }
});

Deno.test("axes write round values without zeros that say nothing", () => {
  const cases: Array<[Unit, number, string]> = [
    ["duration_ms", 0, "0"],
    ["bytes", 0, "0"],
    ["percent", 0, "0 %"],
    ["duration_ms", 0.2, "200 µs"],
    ["duration_ms", 1000, "1 s"],
    ["duration_ms", 2500, "2.5 s"],
    ["duration_ms", 120_000, "2 min"],
    ["count", 0.5, "0.5"],
    ["count", 10, "10"],
    ["count", 1500, "1,500"],
    ["rate", 20, "20"],
    ["rate", 2000, "2,000"],
    ["percent", 50, "50 %"],
    ["watt", 600, "600 W"],
    ["bytes", 48 * 2 ** 30, "48 GiB"],
    ["bytes", 1.5 * 2 ** 30, "1.5 GiB"],
    ["celsius", 60, "60 °C"],
  ];
  for (const [unit, value, text] of cases) assert.equal(functionOf(`${unit}_axis`)(value), text);
});

Deno.test("the percentile axis and the heat map write nines, round durations and cells", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 0.5].map(functionOf("nines")), ["0", "P90", "P99", "P99.9", "P99.99", ""]);
  assert.deepEqual(["490", "960", 1200, 4.5].map(functionOf("round_duration")), ["500 ms", "1 s", "", "5 ms"]);
  assert.deepEqual(textsOf(functionOf("cell")({ name: "61", value: [3, 0, 1, 1234] })), [
    ...["61 s", "response time from", "250 ms", "calls", "1,234"],
  ]);
});

Deno.test("a tooltip says of a value that calls which timed out hide that it is at least so much", () => {
  const hidden = { seriesName: "duration_ms", value: [7, 30_000, "at_least"] };
  assert.deepEqual(textsOf(functionOf("tooltip")([hidden])), ["7 s", "duration_ms", "≥ 30.0 s"]);
});

Deno.test("times below 0 keep their sign in tooltips and on axes, and have a row of the heat map", () => {
  assert.deepEqual(textsOf(functionOf("tooltip")([{ seriesName: "duration_ms", value: [7, -120] }])), [
    ...["7 s", "duration_ms", "-120 ms"],
  ]);
  assert.equal(functionOf("duration_ms_axis")(-200), "-200 ms");
  assert.equal(functionOf("round_duration")("0"), "< 0");
});

Deno.test("a tooltip shows only lines that have a value, and nothing without one", () => {
  const tooltip = functionOf("tooltip");
  const gap = { seriesName: "rate", value: [7, null] };
  assert.deepEqual(textsOf(tooltip([gap, { seriesName: "count", value: [8, 3] }])), ["8 s", "count", "3"]);
  assert.equal(tooltip([gap, { seriesName: "watt" }]), "");
});

Deno.test("the script draws a usual run in the theme, and redraws it for a choice and for paper", () => {
  const run = usualRun();
  const data = chartData(run, rowsOf(run).operations);
  const page = runPageScript(data);
  assert.deepEqual(page.drawn().map(({ id }) => id), Object.keys(data.charts));
  assert.doesNotMatch(JSON.stringify(page.drawn()), /"[@$]/);
  assert.match(
    JSON.stringify(page.drawn()[0]),
    /"response time, llm\.chat_stream".*"response time, stt\.recognize_stream".*"color":"var\(--ink-2\)"/,
  );

  const choice = page.elements.get("pick-operation") as FakeElement;
  assert.equal(choice.hidden, false);
  choice.value = "llm.chat_stream";
  choice.listeners.get("change")?.();
  const chosen = JSON.stringify(page.drawn().at(-1));
  assert.match(chosen, /"response time, llm\.chat_stream".*"llm\.chat_stream P99"/);
  assert.doesNotMatch(chosen, /stt\.recognize_stream/);

  page.happen("beforeprint");
  assert.deepEqual(page.folded.map(({ open }) => open), [true]);
  assert.deepEqual(new Set(page.drawn().map(({ width }) => width)), new Set([660]));
  page.happen("afterprint");
  assert.deepEqual(page.folded.map(({ open }) => open), [false]);
  assert.deepEqual(page.drawn().map(({ width }) => width), Object.keys(data.charts).map(() => undefined));
});
