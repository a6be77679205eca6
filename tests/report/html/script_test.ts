import assert from "node:assert/strict";
import { BUNDLE, bundlePage } from "../../../deploy/bundle_page.ts";
import { AXES, WRITERS } from "../../../lib/report/html/page/formatters.js";
import { formatBytes, formatDuration, formatElapsed, formatRate, formatRound } from "../../../lib/plan/units.ts";

Deno.test("the page's script is made of its modules as they are now", async () => {
  assert.equal(
    await Deno.readTextFile(BUNDLE),
    await bundlePage(),
    "run `deno task bundle:page` and commit lib/report/html/page/bundle.js",
  );
});

/** Values in the unit of a chart, as a tooltip and as an axis write them. */
const CASES: readonly (readonly [unit: string, value: number, tooltip: string, axis: string])[] = [
  ["duration_ms", 0.25, "250 µs", "250 µs"],
  ["duration_ms", 500, "500 ms", "500 ms"],
  ["duration_ms", 1000, "1.00 s", "1 s"],
  ["duration_ms", 2500, "2.50 s", "2.5 s"],
  ["duration_ms", 134_000, "2 min 14 s", "2 min 14 s"],
  ["duration_ms", 120_000, "2 min", "2 min"],
  ["bytes", 2 ** 30, "1.00 GiB", "1 GiB"],
  ["bytes", 80 * 2 ** 30, "80.0 GiB", "80 GiB"],
  ["percent", 12.5, "12.5 %", "12.5 %"],
  ["percent", 100, "100 %", "100 %"],
  ["watt", 300, "300 W", "300 W"],
  ["celsius", 60, "60.0 °C", "60 °C"],
  ["count", 1500, "1,500", "1,500"],
  ["rate", 20, "20.0/s", "20"],
];

Deno.test("tooltips and axes of the page write numbers as the terminal does", () => {
  for (const [unit, value, tooltip, axis] of CASES) {
    assert.equal((WRITERS as Record<string, (value: number) => string>)[unit]!(value), tooltip, unit);
    assert.equal((AXES as Record<string, (value: number) => string>)[`${unit}_axis`]!(value), axis, unit);
  }
  assert.equal(WRITERS.duration_ms(134_000), formatDuration(134e6));
  assert.equal(WRITERS.bytes(1536), formatBytes(1536));
  assert.equal(WRITERS.rate(1231), formatRate(1231));
});

Deno.test("the bundle that ships holds the same writers", async () => {
  const bundle = await Deno.readTextFile(BUNDLE);
  const body = bundle.slice(bundle.indexOf("(() => {") + 8, bundle.indexOf("// draw.js"));
  assert.ok(body.includes("WRITERS ="), "the formatters stand before draw.js");
  const shipped = new Function(`${body}; return { WRITERS, AXES };`)() as Record<
    "WRITERS" | "AXES",
    Record<string, (value: number) => string>
  >;
  for (const [unit, value, tooltip, axis] of CASES) {
    assert.equal(shipped.WRITERS[unit]!(value), tooltip, unit);
    assert.equal(shipped.AXES[`${unit}_axis`]!(value), axis, unit);
  }
});

Deno.test("formatRound() takes off only zeros that say nothing", () => {
  const cases = { "1.00 s": "1 s", "2.50 GiB": "2.5 GiB", "100 %": "100 %", "1,200": "1,200", "0.105": "0.105" };
  for (const [text, round] of Object.entries({ ...cases, "10.0": "10", "0": "0" })) {
    assert.equal(formatRound(text), round);
  }
});

Deno.test("formatElapsed() is as short as an axis needs", () => {
  const cases: [number, string][] = [[0, "0"], [45, "45 s"], [60, "1 min"], [90, "90 s"], [134, "2:14"], [
    300,
    "5 min",
  ]];
  for (const [seconds, text] of [...cases, [3600, "1 h"], [3734, "1:02:14"]] as [number, string][]) {
    assert.equal(formatElapsed(seconds), text);
  }
});
