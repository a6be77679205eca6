import assert from "node:assert/strict";
import type { Plan } from "../../lib/plan/plan.ts";
import { readOffsets } from "../../lib/pool/offsets.ts";
import { makePlan } from "../result/make_run.ts";

function replayPlan(path: string, arrivals: number): Plan {
  const file = { path, at: "scenario.yaml:7:13" };
  return makePlan({
    loads: [{
      kind: "open",
      name: "recorded",
      courses: [{ kind: "replay", start_ms: 0, end_ms: 5000, file, arrivals }],
      spacing: "constant",
      max_in_flight: 10,
      max_wait_ms: 0,
    }],
  });
}

Deno.test("readOffsets() reads each replay file, in microseconds", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "0\n0.25 # seconds\n1500ms\n");
  const offsets = await readOffsets(replayPlan(path, 3));
  assert.deepEqual([...Array.from(offsets({ path, at: "" }))], [0, 250_000, 1_500_000]);
  await Deno.remove(path);
});

Deno.test("readOffsets() tells where a file is named that has gone or has changed", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "0\n1\n");
  await assert.rejects(readOffsets(replayPlan(path, 3)), {
    name: "UserError",
    message: /^scenario.yaml:7:13: .*changed/,
  });
  await Deno.remove(path);
  await assert.rejects(readOffsets(replayPlan(path, 2)), {
    name: "UserError",
    message: /^scenario.yaml:7:13: .*there is no such file/,
  });
});
