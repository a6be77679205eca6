/** The page's script, module by module; tests/browser runs it as a whole. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { bundlePage, BUNDLES } from "../../../deploy/bundle_page.ts";
import type { Unit } from "../../../lib/report/charts/chart.ts";
import { pageData } from "../../../lib/report/html/chart_data.ts";
import { packData } from "../../../lib/report/html/chart_store.ts";
import { around, Clock } from "../../../lib/report/html/page/clock.ts";
import { readingOf } from "../../../lib/report/html/page/cursor.ts";
import { csvOf, csvText, nearest, pointsOf, unpackData } from "../../../lib/report/html/page/data.ts";
import { FORMATTERS } from "../../../lib/report/html/page/formatters.ts";
import { placeNames, spread } from "../../../lib/report/html/page/names.ts";
import { sortKeyOf } from "../../../lib/report/html/page/sort_key.ts";
import { writeElapsed, writeRowTick, writeTick, writeValue } from "../../../lib/report/html/page/values.ts";
import {
  CLOCK_RATES,
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
import { usualRun, verdictOf } from "../cases.ts";

for (const entry of Object.keys(BUNDLES) as Array<keyof typeof BUNDLES>) {
  Deno.test(`the bundle of ${entry} is made of its modules as they are now`, async () => {
    const committed = await Deno.readTextFile(BUNDLES[entry].file);
    assert.ok(committed === await bundlePage(entry), "run `deno task bundle:page` and commit what it writes");
  });
}

const dataOf = () => pageData(usualRun(), verdictOf(usualRun())).data;

Deno.test("the page's data comes out of the page as it went in", async () => {
  const data = dataOf();
  assert.deepEqual(await unpackData(packData(data)), JSON.parse(JSON.stringify(data)));
});

Deno.test("readings write every value as the tables do", () => {
  const tables: Array<[Unit, ReadonlyArray<readonly [number, string]>]> = [
    ["duration_ms", DURATIONS.map(([us, text]) => [us / 1000, text])],
    ["percent", PERCENTS.map(([ratio, text]) => [ratio * 100, text])],
    ["count", [...COUNTS, ...NUMBERS]],
    ["number", NUMBERS],
    ["rate", RATES],
    ["watt", POWERS],
    ["bytes", SIZES],
    ["celsius", TEMPERATURES],
    ["megahertz", CLOCK_RATES],
  ];
  assert.deepEqual(
    tables.map(([unit]) => `${unit}_axis`).sort(),
    Object.keys(FORMATTERS).filter((name) => /_axis/.test(name) && name !== "log_axis").sort(),
  );
  for (const [unit, cases] of tables) for (const [value, text] of cases) assert.equal(writeValue(unit, value), text);
  for (const [seconds, text] of ELAPSED) assert.equal(writeElapsed(seconds), text);
});

Deno.test("axes write round values without zeros that say nothing", () => {
  const cases: Array<[Unit, number, string]> = [
    ["duration_ms", 0, "0"],
    ["bytes", 0, "0"],
    ["percent", 0, "0 %"],
    ["duration_ms", 0.2, "200 µs"],
    ["duration_ms", -200, "-200 ms"],
    ["duration_ms", 1000, "1 s"],
    ["duration_ms", 2500, "2.5 s"],
    ["duration_ms", 120_000, "2 min"],
    ["count", 0.5, "0.5"],
    ["count", 1500, "1,500"],
    ["rate", 2000, "2,000"],
    ["percent", 50, "50 %"],
    ["watt", 600, "600 W"],
    ["bytes", 48 * 2 ** 30, "48 GiB"],
    ["celsius", 60, "60 °C"],
    ["megahertz", 2000, "2,000"],
  ];
  for (const [unit, value, text] of cases) assert.equal(writeTick(unit, value), text);
  assert.deepEqual([0, Math.log10(2), 1, 2, 3].map(FORMATTERS.nines), ["0", "P50", "P90", "P99", "P99.9"]);
  assert.deepEqual([0, 4 * Math.log2(500), 4 * Math.log2(2000)].map(writeRowTick), ["1 ms", "500 ms", "2 s"]);
});

Deno.test("a reading names the lines of a chart at the cursor, and what calls that timed out hide", () => {
  const data = dataOf();
  const chart = data.charts["response-0"] ?? assert.fail("no chart");
  assert.match(readingOf(data, chart, 12), /^1[12] s · P95 [\d.]+ s · P50 [\d.]+ s$/);
  const [first] = chart.readings;
  const line = data.lines[first?.line ?? ""] ?? assert.fail("no line");
  const at = data.positions[line.at] ?? [];
  data.lines[first?.line ?? ""] = { ...line, at_least: [nearest(at, 12)] };
  assert.match(readingOf(data, chart, 12), /P95 ≥ [\d.]+ s/);
  data.lines[first?.line ?? ""] = { ...line, values: line.values.map(() => null) };
  assert.match(readingOf(data, chart, 12), /^1[12] s · P50 [\d.]+ s$/, "only lines that have a value");
});

Deno.test("the clock keeps its window within the run, and its cursor within the window", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -50, max: 200, noNaN: true }),
      fc.double({ min: -50, max: 200, noNaN: true }),
      (a, b) => {
        const clock = new Clock(100);
        clock.show([a, b]);
        const [from, to] = clock.window;
        assert.ok(from >= 0 && to <= 100 && to - from >= 1 - 1e-9);
        clock.point(a);
        assert.ok(clock.at !== null && clock.at >= from && clock.at <= to);
        for (const factor of [0.5, 2, 2, 2, 2, 2, 2, 2, 2]) clock.zoom(factor);
        assert.deepEqual(clock.window, [0, 100], "zooming out ends at the whole run");
        assert.equal(clock.zoomed, false);
      },
    ),
  );
  assert.deepEqual(around(50, 50, 100), [45, 55]);
  assert.deepEqual(around(0, 40, 100), [0, 60]);
});

Deno.test("names at the ends of lines never meet, stay in the chart, and move no further than they must", () => {
  const positions = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 7 });
  fc.assert(fc.property(positions, (wanted) => {
    const placed = spread(wanted, 100, 14);
    const rising = placed.toSorted((a, b) => a - b);
    assert.ok(
      rising.every((at, i) => at >= -1e-9 && at <= 100 + 1e-9 && (i === 0 || at - rising[i - 1]! >= 14 - 1e-9)),
    );
    const alone = wanted.map((at, i) =>
      wanted.every((other, k) => k === i || Math.abs(other - at) >= 14 * wanted.length)
    );
    alone.forEach((free, i) => free && assert.ok(Math.abs(placed[i]! - wanted[i]!) < 1e-9));
  }));
  const data = dataOf();
  const chart = data.charts["in-flight"] ?? assert.fail("no chart");
  for (const window of [[0, data.span_s], [3, 9.5]] as const) {
    const names = placeNames(chart, data, window, 500);
    assert.deepEqual(names.map(({ text }) => text).sort(), chart.readings.map(({ label }) => label).sort());
    for (const { x } of names) assert.ok(x > 400 && x <= 500 - 78 + 5, `${x}: at the end of the line`);
  }
});

Deno.test("cells sort as what they mean", () => {
  const rising = ["-120 ms", "0", "900 ms", "≥ 1.5 s", "2:14", "3 min 20 s", "1,234", "2 h"];
  const keys = rising.map(sortKeyOf) as number[];
  assert.deepEqual(keys, keys.toSorted((a, b) => a - b));
  assert.deepEqual([sortKeyOf("–"), sortKeyOf(""), sortKeyOf("LLM.chat")], [null, null, "llm.chat"]);
  assert.ok(Number(sortKeyOf("1.5 GiB")) > Number(sortKeyOf("900 MiB")));
});

Deno.test("CSV quotes what needs it, and gives a spreadsheet no formula", () => {
  assert.equal(csvText([["a,b", 'say "x"', 1.5], ["=1+1", "-5", "@x"]]), '"a,b","say ""x""",1.5\r\n\'=1+1,-5,\'@x\r\n');
  const data = dataOf();
  const rows = csvOf(data).trimEnd().split("\r\n");
  assert.equal(rows[0], "line,unit,position,value");
  const points = Object.keys(data.lines).flatMap((name) => pointsOf(data, name)).filter(([, value]) => value !== null);
  assert.equal(rows.length - 1, points.length);
});
