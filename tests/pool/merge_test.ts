import assert from "node:assert/strict";
import { Series } from "../../lib/measure/series.ts";
import { mergeIntervals, OpenCalls } from "../../lib/pool/merge.ts";
import { currentSeries } from "../../lib/result/former_series.ts";
import { Run } from "../../lib/result/run.ts";
import { makeHeader, makeInterval, makePlan, noise } from "../result/make_run.ts";

Deno.test("mergeIntervals() of eight pools equals recording all of them in one", () => {
  const plan = makePlan();
  const random = noise(9);
  const parts = Array.from({ length: 8 }, () => makeInterval(plan, 6, random, 1, 0.1));
  const merged = mergeIntervals(6, parts);
  const one = new Run(makeHeader(plan));
  one.add({ type: "interval", ...merged });
  const all = new Series();
  for (const series of parts.flatMap((part) => part.series)) all.mergeData(currentSeries(plan, series));
  assert.deepEqual(one.total().toData("all", 0), all.toData("all", 0));
  assert.equal(merged.users, 160);
  assert.equal(merged.in_flight, 96);
  assert.deepEqual(merged.connections.map(({ service, connections }) => [service, connections]), [
    ["llm", 8],
    ["stt", 8],
    ["tts", 8],
  ]);
  const failed = parts.flatMap((part) => part.failures).reduce((sum, f) => sum + f.count, 0);
  assert.equal(merged.failures.reduce((sum, f) => sum + f.count, 0), failed);
});

Deno.test("OpenCalls ends what a lost pool had in flight as unfinished", () => {
  const open = new OpenCalls();
  const series = new Series();
  series.issued = 5;
  series.outcomes.ok = 2;
  const interval = { ...makeInterval(makePlan(), 0, noise(1)), failures: [] };
  open.add({ ...interval, series: [series.toData("llm.chat", 1)] });
  const lost = open.unfinished(3);
  assert.deepEqual(lost?.series.map(({ operation, stage, issued, outcomes }) => [operation, stage, issued, outcomes]), [
    ["llm.chat", 1, 0, { ok: 0, failed: 0, timed_out: 0, cancelled: 0, dropped: 0, unfinished: 3 }],
  ]);
  open.add(lost!);
  assert.equal(open.unfinished(4), null);
});
