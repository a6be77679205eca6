import assert from "node:assert/strict";
import { readV2 } from "../measure/read_v2.ts";
import { endedCalls } from "../../lib/measure/series.ts";
import { renderJson } from "../../lib/report/json.ts";
import { assertGolden } from "../golden/golden.ts";
import { openRun } from "./speech_cases.ts";
import { allFailedRun, emptyRun, incompleteRun, killedRun, usualRun, verdictOf } from "./cases.ts";

const documentOf = (run: ReturnType<typeof usualRun>) => JSON.parse(renderJson(run, verdictOf(run)));

Deno.test("renderJson() is the golden document", async () => {
  const run = usualRun();
  await assertGolden("report/report.json", renderJson(run, verdictOf(run)));
});

Deno.test("renderJson() knows no users of an open load, but calls in flight", () => {
  const open = documentOf(openRun());
  assert.deepEqual([open.peak_users, open.timeline[9].users], [null, null]);
  assert.ok(open.peak_in_flight >= 0 && open.timeline[9].in_flight >= 0);
  const closed = documentOf(usualRun());
  assert.ok(closed.peak_users > 0 && closed.timeline[9].users > 0);
});

Deno.test("renderJson() has the generator's stalls, and its unknown checks as such", () => {
  const { generator } = documentOf(usualRun());
  assert.deepEqual(generator.stalls, []);
  const states = generator.checks.map(({ state }: { state: string }) => state);
  assert.ok(states.includes("unknown") && states.includes("ok"));
});

Deno.test("renderJson() exports histograms that HdrHistogram's format reads back", () => {
  const run = usualRun();
  for (const one of documentOf(run).operations) {
    const histogram = run.total({ operations: one.name }).histogram("latency");
    const read = readV2(one.latency.hdr_v2, [50, 99]);
    assert.equal(read.count, one.latency.count);
    assert.equal(read.count, histogram.count);
    [50, 99].forEach((p, i) => {
      const ours = histogram.percentile(p);
      assert.ok(Math.abs((read.values[i] as number) - ours) <= ours / 1000, `P${p} of ${one.name}`);
      assert.equal(one.latency.percentiles_ms[`p${p}`], Math.round(ours) / 1000);
    });
  }
});

Deno.test("renderJson() counts every call once: operations sum to the total, timeline to the whole run", () => {
  const run = usualRun();
  const { total, operations, timeline } = documentOf(run);
  assert.equal(total.calls, operations.reduce((sum: number, { calls }: { calls: number }) => sum + calls, 0));
  const ended = timeline.reduce(
    (sum: number, slot: { outcomes: Parameters<typeof endedCalls>[0] }) => sum + endedCalls(slot.outcomes),
    0,
  );
  assert.equal(ended, endedCalls(run.total({}, true).outcomes));
});

Deno.test("renderJson() has null and not 0 for times that were never measured", () => {
  const { operations } = documentOf(allFailedRun());
  assert.equal(operations[0].latency, null);
  assert.ok(operations[0].failed_latency.count > 0);
  assert.equal(documentOf(emptyRun()).operations[0].latency, null);
});

Deno.test("renderJson() says that a run without an end mark is not complete", () => {
  const document = documentOf(incompleteRun());
  assert.equal(document.complete, false);
  assert.equal(document.end, null);
});

Deno.test("renderJson() has the calls of a killed run in flight, and none unaccounted", () => {
  const { unaccounted, in_flight } = documentOf(killedRun());
  assert.deepEqual([unaccounted, in_flight], [0, 3]);
});
