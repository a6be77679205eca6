import assert from "node:assert/strict";
import { compareSides } from "../../../lib/compare/compare.ts";
import { holdGates, parseGate } from "../../../lib/compare/gate.ts";
import { renderComparisonCsv, renderComparisonJson, renderComparisonJunit } from "../../../lib/report/compare/data.ts";
import { renderComparisonMarkdown } from "../../../lib/report/compare/markdown.ts";
import { renderComparisonText } from "../../../lib/report/compare/text.ts";
import type { ComparisonReport } from "../../../lib/report/figures/comparison.ts";
import { parseRow } from "../../../lib/base/csv.ts";
import { sideOf } from "../../compare/sides.ts";
import { simulatedRun } from "../../compare/simulated.ts";
import { assertGolden } from "../../golden/golden.ts";

const FAST = { seconds: 90, rate_per_s: 15 };
const RULES = ["p50(response_time) +5%", "wer +5pp", "throughput -3%", "p95(response_time, rest.*) +5%"];

function usual(): ComparisonReport {
  const main = sideOf("main", simulatedRun({ ...FAST, seed: 1 }));
  const slow = sideOf("pr-318", simulatedRun({ ...FAST, seed: 2, slow: 1.3, plan: { seed: 9 } }));
  const other = sideOf("other plan", simulatedRun({ ...FAST, seed: 3, rate_per_s: 10 }));
  const gates = [slow, other].flatMap((side) => holdGates(RULES.map(parseGate), main, side));
  return { comparison: compareSides(main, [slow, other]), gates, version: "0.1.0" };
}

const report = usual();
const FORMS: Record<string, (report: ComparisonReport) => string> = {
  "comparison.txt": renderComparisonText,
  "comparison.md": renderComparisonMarkdown,
  "comparison.json": renderComparisonJson,
  "comparison.csv": renderComparisonCsv,
  "junit.xml": (one) => renderComparisonJunit(one, false),
};

for (const [file, render] of Object.entries(FORMS)) {
  Deno.test(`${file} of a comparison is golden, and the same again from the same results`, async () => {
    const text = render(report);
    await assertGolden(`compare/${file}`, text);
    assert.equal(render(report), text);
  });
}

Deno.test("the first line of the text names what changed, in at most 90 columns, and what cannot be compared is said", () => {
  const lines = renderComparisonText(report).split("\n");
  assert.match(lines[0]!, /^SLOWER {2}pr-318: llm\.chat_stream is slower by/);
  assert.ok(
    lines.some((line) => line.startsWith("NOT COMPARABLE  other plan: These runs cannot be compared: load 15/s")),
  );
  for (const line of lines.filter((one) => !/^ {2}|baseline|difference/.test(one))) assert.ok(line.length <= 90, line);
});

Deno.test("the JSON form holds what the others show", () => {
  const value = JSON.parse(renderComparisonJson(report));
  assert.deepEqual(value.pairs.map(({ status }: { status: string }) => status), ["SLOWER", "NOT COMPARABLE"]);
  const [p50] = value.pairs[0].figures;
  assert.equal(p50.measure, "p50(response_time)");
  assert.ok(Math.abs(p50.new.value / p50.baseline.value - 1 - p50.change.value) < 1e-6);
  assert.deepEqual(value.gates.map(({ state }: { state: string }) => state).slice(0, 4), [
    ...["broken", "holds", "unsure", "nothing"],
  ]);
});

Deno.test("the CSV has one row a figure and side, each with all columns", () => {
  const [head, ...rows] = renderComparisonCsv(report).split("\r\n").filter((row) => row !== "");
  const columns = parseRow(head!, { separator: ",", loose: false }).length;
  const { pairings } = report.comparison;
  const figures = pairings.flatMap((one) => [...one.figures, ...one.stages, ...one.machines]);
  assert.equal(rows.length, figures.length);
  for (const row of rows) assert.equal(parseRow(row, { separator: ",", loose: false }).length, columns, row);
});

Deno.test("JUnit counts its cases, and an unsure rule fails only where that is asked for", () => {
  const failures = (unsure: boolean) =>
    [...renderComparisonJunit(report, unsure).matchAll(/ failures="(\d+)"/g)].map(([, count]) => Number(count));
  const xml = renderComparisonJunit(report, false);
  assert.equal([...xml.matchAll(/<testcase /g)].length, 2 * (RULES.length + 1));
  assert.equal(failures(false).reduce((a, b) => a + b), [...xml.matchAll(/<failure /g)].length);
  assert.ok(failures(true)[0]! > failures(false)[0]!);
  assert.match(xml, /<error message="load 15\/s against 10\/s/);
});

Deno.test("names from outside stay text in every form", () => {
  const evil = '</script><b>&"|`[x](y)*\u001b[31m=1+1';
  const [a, b] = [simulatedRun({ ...FAST, seed: 1 }), simulatedRun({ ...FAST, seed: 2 })];
  Object.assign(b.header, { tool: evil });
  const hostile = { comparison: compareSides(sideOf("=a", a), [sideOf(evil, b)]), gates: [], version: "0.1.0" };
  for (const [file, render] of Object.entries(FORMS)) {
    const text = render(hostile);
    assert.ok(!text.includes("\u001b"), file);
    if (/md|xml/.test(file)) assert.ok(!text.includes("<b>") && !text.includes("</script>"), file);
  }
  assert.ok(renderComparisonCsv(hostile).split("\r\n")[1]!.startsWith('"'));
});
