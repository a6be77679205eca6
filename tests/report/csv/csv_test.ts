import assert from "node:assert/strict";
import { HISTORY_COLUMNS, renderHistoryCsv } from "../../../lib/report/csv/history.ts";
import { renderExceptionsCsv, renderFailuresCsv, renderStatsCsv } from "../../../lib/report/csv/locust.ts";
import { MEASURES_COLUMNS, renderMeasuresCsv } from "../../../lib/report/csv/measures.ts";
import { renderMetricsCsv } from "../../../lib/report/csv/metrics.ts";
import type { Run } from "../../../lib/result/run.ts";
import { assertGolden } from "../../golden/golden.ts";
import { allFailedRun, emptyRun, hostileRun, unfinishedRun, usualRun } from "../cases.ts";
import { openRun } from "../speech_cases.ts";

const rowsOf = (csv: string) => csv.trimEnd().split("\r\n").map((line) => line.split(","));

Deno.test("_stats.csv has Locust's columns", async () => {
  const csv = renderStatsCsv(usualRun());
  assert.equal(
    csv.split("\r\n")[0],
    "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time," +
      "Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%",
  );
  await assertGolden("report/stats.csv", csv);
});

Deno.test("_stats.csv ends with Aggregated, the sum of the rows above it", () => {
  const [, ...rows] = rowsOf(renderStatsCsv(usualRun()));
  const all = rows.pop();
  assert.deepEqual(all?.slice(0, 2), ["", "Aggregated"]);
  for (const column of [2, 3]) {
    assert.equal(Number(all?.[column]), rows.reduce((sum, row) => sum + Number(row[column]), 0));
  }
});

Deno.test("_stats.csv leaves warm-up out", () => {
  const run = usualRun();
  const all = rowsOf(renderStatsCsv(run)).at(-1);
  const { ok, failed } = run.total({ stage: "hold" }).outcomes;
  assert.equal(Number(all?.[2]), ok + failed);
});

Deno.test("_stats.csv says N/A where no call was ok", () => {
  for (const run of [allFailedRun(), emptyRun()]) {
    for (const row of rowsOf(renderStatsCsv(run)).slice(1)) {
      assert.deepEqual(row.slice(4, 8), ["0", "0", "0", "0"]);
      assert.deepEqual(row.slice(11), Array(11).fill("N/A"));
    }
  }
});

Deno.test("_stats_history.csv has Locust's columns and a row for each second and operation", async () => {
  const csv = renderHistoryCsv(usualRun());
  assert.equal(
    csv.split("\r\n")[0],
    "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%," +
      "Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time," +
      "Total Min Response Time,Total Max Response Time,Total Average Content Size",
  );
  const rows = rowsOf(csv).slice(1);
  assert.equal(rows.length, 20 * 4);
  assert.ok(rows.every((row) => row.length === HISTORY_COLUMNS.length));
  await assertGolden("report/stats_history.csv", csv);
});

Deno.test("_stats_history.csv counts no users where there are none", () => {
  const counts = (run: Run) => new Set(rowsOf(renderHistoryCsv(run)).slice(1).map(([, users]) => users));
  assert.deepEqual(counts(openRun()), new Set(["0"]));
  assert.ok(counts(usualRun()).has("20"));
});

Deno.test("_stats_history.csv counts up to the totals of the whole run", () => {
  const run = usualRun();
  const last = rowsOf(renderHistoryCsv(run)).at(-1);
  const { ok, failed } = run.total({}, true).outcomes;
  assert.equal(last?.[0], String(Date.parse("2026-11-23T14:00:20Z") / 1000));
  assert.deepEqual(last?.slice(17, 19), [String(ok + failed), String(failed)]);
});

Deno.test("_measures.csv has one figure a row", async () => {
  const csv = renderMeasuresCsv(usualRun());
  assert.equal(csv.split("\r\n")[0], MEASURES_COLUMNS.join(","));
  await assertGolden("report/measures.csv", csv);
});

Deno.test("_failures.csv has Locust's columns and instants in UTC", async () => {
  const csv = renderFailuresCsv(usualRun());
  assert.equal(csv.split("\r\n")[0], "Method,Name,Error,Occurrences,First Seen,Last Seen");
  await assertGolden("report/failures.csv", csv);
});

Deno.test("_failures.csv keeps hostile text in one cell of one line", () => {
  const lines = renderFailuresCsv(hostileRun()).trimEnd().split("\r\n");
  assert.equal(lines.length, 2);
  assert.match(lines[1] as string, /^gRPC,tts\.synthesize,".*",1,2026-11-23T14:00:09Z,2026-11-23T14:00:09Z$/);
});

Deno.test("_exceptions.csv lists june-load's own faults", () => {
  assert.equal(renderExceptionsCsv(usualRun()), "Count,Message,Traceback,Nodes\r\n");
  const run = usualRun();
  for (let i = 0; i < 2; i++) run.add({ type: "event", t_ms: 1, kind: "worker_failed", text: "worker 1, gone" });
  assert.equal(renderExceptionsCsv(run), 'Count,Message,Traceback,Nodes\r\n2,"worker 1, gone",,bench-1\r\n');
});

Deno.test("_exceptions.csv names the end when june-load failed without an event", () => {
  const run = emptyRun();
  run.add({ type: "end", t_ms: 1, reason: "failed", text: "no worker answered", unaccounted: 0 });
  assert.equal(renderExceptionsCsv(run).split("\r\n")[1], "1,no worker answered,,bench-1");
});

Deno.test("metrics.csv has the columns of June's analysis", async () => {
  const csv = renderMetricsCsv(usualRun());
  assert.equal(
    csv.split("\r\n")[0],
    "name,method,num_requests,num_failures,avg_response_time,min_response_time,max_response_time," +
      "median_response_time,p95_response_time,p99_response_time",
  );
  await assertGolden("report/metrics.csv", csv);
});

Deno.test("metrics.csv leaves times empty where no call was ok", () => {
  const [, row] = rowsOf(renderMetricsCsv(allFailedRun()));
  assert.deepEqual(row?.slice(4), ["", "", "", "", "", ""]);
});

Deno.test("overdue calls are failures in every table, for a service that hangs fails its calls", () => {
  const run = unfinishedRun();
  const total = run.total();
  const cells = (text: string, name: string) =>
    text.split("\n").findLast((line) => line.includes(name))?.split(",") ?? [];
  const { ok } = total.outcomes;
  assert.deepEqual(cells(renderStatsCsv(run), "Aggregated").slice(2, 4), [String(ok + 6), "6"]);
  assert.equal(cells(renderMetricsCsv(run), "llm.chat_stream")[3], "6");
  const history = cells(renderHistoryCsv(run), "Aggregated");
  const at = (name: string) => history[HISTORY_COLUMNS.indexOf(name)];
  assert.deepEqual([at("Total Request Count"), at("Total Failure Count")], [String(ok + 6), "6"]);
});
