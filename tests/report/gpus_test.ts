/** Two GPUs are two in the verdict, the report and the terminal, whether the driver reports UUIDs or not. */
import assert from "node:assert/strict";
import type { GpuSample } from "../../lib/measure/resource.ts";
import { machinePanels } from "../../lib/report/charts/machine_charts.ts";
import { gpuFigures } from "../../lib/report/figures/facts.ts";
import { summaryView } from "../../lib/ui/views/summary_view.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { holdRule } from "../../lib/verdict/hold_rule.ts";
import { rule } from "../plans.ts";
import { makeRun } from "../result/make_run.ts";

const reading = (t_ms: number, index: number, uuid: string): GpuSample => ({
  type: "gpu",
  t_ms,
  index,
  uuid,
  name: "NVIDIA H200",
  utilization_percent: 50,
  memory_utilization_percent: null,
  memory_used_bytes: 40e9 * (1 + index),
  memory_total_bytes: null,
  power_w: 100 * (1 + index),
  power_limit_w: null,
  temperature_c: null,
  sm_clock_mhz: null,
  clock_event_mask: null,
});

for (const [how, uuidOf] of [["with", (index: number) => `GPU-${index}`], ["without", () => ""]] as const) {
  Deno.test(`two GPUs ${how} UUIDs are two everywhere`, () => {
    const run = makeRun({ gpu: false });
    for (let second = 0; second < 60; second++) {
      for (const index of [1, 0]) run.add(reading(second * 1000, index, uuidOf(index)));
    }
    assert.deepEqual(gpuFigures(run).map(({ name }) => name), ["GPU 0 NVIDIA H200", "GPU 1 NVIDIA H200"]);
    assert.equal(holdRule(run, rule("gpu.memory_used < 70GB")).worst, "GPU 1 (NVIDIA H200)");
    const lines = machinePanels(run).flatMap(([, { lines }]) => lines);
    assert.deepEqual(lines.slice(0, 2).map(({ name, color }) => [name, color]), [
      ["GPU 0 memory", "gpu"],
      ["GPU 1 memory", "gpu-2"],
    ]);
    const outcome = { report_path: "", exit_code: 0, exit_meaning: "", advice: [] };
    const { machine } = summaryView(run, evaluate(run), outcome);
    assert.deepEqual(machine.slice(0, 2), ["GPU 0 50 % 100 W", "GPU 1 50 % 200 W"]);
  });
}
