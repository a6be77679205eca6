import assert from "node:assert/strict";
import { renderHlog } from "../../../lib/report/forms/hlog.ts";
import { assertGolden } from "../../golden/golden.ts";
import { readV2 } from "../../measure/read_v2.ts";
import { emptyRun, hostileRun, manyOperations, usualRun } from "../cases.ts";

Deno.test("renderHlog() is the golden log", async () => {
  await assertGolden("report/response_times.hlog", renderHlog(manyOperations(2, 3)));
});

Deno.test("renderHlog() holds every ok call of each operation once", () => {
  const run = usualRun();
  const counts = new Map<string, number>();
  for (const line of renderHlog(run).split("\n").filter((one) => one.startsWith("Tag="))) {
    const [, tag = "", start, length, , encoded = ""] = /^Tag=([^,]+),([\d.]+),([\d.]+),([\d.]+),(.+)$/.exec(line)!;
    assert.ok(Number(start) >= 0 && Number(length) === 1);
    counts.set(tag, (counts.get(tag) ?? 0) + readV2(encoded, []).count);
  }
  for (const operation of run.operations) {
    assert.equal(counts.get(operation), run.total({ operations: operation }, true).histogram("response_time").count);
  }
});

Deno.test("renderHlog() is a log of no line for a run without a call, and keeps names to one field", () => {
  assert.equal(renderHlog(emptyRun()).trimEnd().split("\n").length, 5);
  const run = hostileRun();
  const [slot] = run.slots;
  slot!.series.set("a, b\nc", [...slot!.series.values()][0]!);
  assert.match(renderHlog(run), /^Tag=a_b_c,0\.000,1\.000,/m);
});
