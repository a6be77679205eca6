import assert from "node:assert/strict";
import { caveats, compareRuns } from "../../../lib/report/figures/comparison.ts";
import { afterText, changeText, renderComparison } from "../../../lib/report/text/comparison.ts";
import { assertGolden } from "../../golden/golden.ts";
import { Series } from "../../../lib/measure/series.ts";
import { Run } from "../../../lib/result/run.ts";
import { makeHeader, makeInterval, makePlan, makeRun } from "../../result/make_run.ts";
import { emptyRun, incompleteRun, usualRun, verdictOf } from "../cases.ts";
import { renderBarChart } from "../../../lib/report/png/bar_charts.ts";
import { openRun } from "../speech_cases.ts";

const baselineOf = (run: ReturnType<typeof usualRun>) => ({ run, verdict: verdictOf(run), name: "reports/earlier" });

Deno.test("renderComparison() is the golden table and claims no proof", async () => {
  const run = usualRun();
  const text = renderComparison(run, verdictOf(run), baselineOf(makeRun({ seconds: 20, seed: 9 })));
  assert.match(text, /not proof of a change/);
  await assertGolden("report/comparison.txt", text);
});

Deno.test("compareRuns() finds no change between a run and itself", () => {
  const run = usualRun();
  for (const { operation, differences } of compareRuns(run, run)) {
    const known = differences.filter(({ before }) => before !== null);
    assert.equal(known.length, operation === "Aggregated" ? 3 : 6, "no percentile of all calls together");
    for (const one of known) assert.equal(changeText(one), "same", `${operation} ${one.name}`);
  }
  assert.deepEqual(caveats(run, run), []);
});

Deno.test("compareRuns() relates the change to the earlier run", () => {
  const slow = makeRun({ slowTo: 60 });
  const [first] = compareRuns(slow, makeRun());
  const p50 = first?.differences.find(({ name }) => name === "P50");
  assert.equal(p50?.change, ((p50?.after ?? 0) - (p50?.before ?? 0)) / (p50?.before ?? 1));
  assert.ok((p50?.change ?? 0) > 2, "four times the response time is +300 %, less where calls drain late");
});

Deno.test("compareRuns() forms no change from nothing", () => {
  for (const { differences } of compareRuns(usualRun(), emptyRun())) {
    for (const one of differences.filter(({ name }) => name.startsWith("P"))) {
      assert.equal(one.before, null);
      assert.equal(changeText(one), "–");
    }
  }
});

Deno.test("caveats() names what differs between the two plans and ends", () => {
  const other = makeRun({ plan: makePlan({ scenario: "other", transport: "wire" }), seconds: 20 });
  const notes = caveats(usualRun(), other).join(" ");
  for (const word of ["scenario", "load", "transport"]) assert.match(notes, new RegExp(`differ in their ${word}`));
  assert.match(caveats(usualRun(), incompleteRun()).join(" "), /The baseline did not complete/);
});

Deno.test("compareRuns() forms no change from a percentile that hides behind a deadline, and says at least", () => {
  const operations = ["llm.chat_stream"];
  const late = openRun({ timeouts: 1, operations });
  const [first] = compareRuns(late, openRun({ operations }));
  const p99 = first?.differences.find(({ name }) => name === "P99");
  assert.ok(p99 !== undefined);
  assert.deepEqual([p99.change, p99.before_at_least, p99.after_at_least], [null, false, true]);
  assert.equal(afterText(p99), "≥ 30.0 s");
  assert.equal(changeText(p99), "–");
  assert.match(renderBarChart(late, "p95_response_time"), /≥ 30\.0 s/);
});

Deno.test("changeText() gives the difference of times where one is below 0, for a ratio would have the wrong sign", () => {
  const text = (before: number, after: number) => {
    const change = before > 0 && after >= 0 ? (after - before) / before : null;
    const sides = { before_at_least: false, after_at_least: false };
    return changeText({ name: "P50", kind: "duration_us", before, after, change, ...sides });
  };
  assert.deepEqual([text(-40_000, 120_000), text(217_000, -90_000), text(-90_000, -90_000)], [
    ...["+160 ms", "-307 ms", "same"],
  ]);
  assert.equal(text(100_000, 150_000), "+50 %");
});

Deno.test("compareRuns() forms no ratio of times below 0", () => {
  const early = (us: number) => {
    const run = new Run(makeHeader(makePlan()));
    const series = new Series();
    series.issued = series.outcomes.ok = 1;
    series.histogram("response_time").recordSigned(us);
    const base = makeInterval(run.plan, 0, () => 0);
    run.add({ ...base, series: [series.toData("stt.recognize_stream", 1)] });
    return run;
  };
  const [first] = compareRuns(early(120_000), early(-40_000));
  const p95 = first?.differences.find(({ name }) => name === "P95");
  assert.deepEqual([p95?.before, p95?.change], [-40_000, null]);
});
