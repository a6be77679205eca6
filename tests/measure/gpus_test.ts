import assert from "node:assert/strict";
import { gpuKey, gpuName, readingsByGpu } from "../../lib/measure/gpus.ts";
import type { GpuSample } from "../../lib/measure/resource.ts";

const sample = (index: number, uuid: string, t_ms = 0): GpuSample => ({
  type: "gpu",
  t_ms,
  index,
  uuid,
  name: "NVIDIA H200",
  utilization_percent: 10 * index,
  memory_utilization_percent: null,
  memory_used_bytes: null,
  memory_total_bytes: null,
  power_w: null,
  power_limit_w: null,
  temperature_c: null,
  sm_clock_mhz: null,
  clock_event_mask: null,
});

Deno.test("readingsByGpu() keeps GPUs apart whose driver reports no UUID", () => {
  const groups = readingsByGpu([sample(1, ""), sample(0, ""), sample(1, "", 1000)]);
  assert.deepEqual(groups.map((group) => group.map(({ index, t_ms }) => [index, t_ms])), [
    [[0, 0]],
    [[1, 0], [1, 1000]],
  ]);
});

Deno.test("readingsByGpu() knows a GPU by its UUID, whatever its index becomes", () => {
  const groups = readingsByGpu([sample(0, "GPU-a"), sample(1, "GPU-b"), sample(1, "GPU-a", 1000)]);
  assert.deepEqual(groups.map((group) => group.map(gpuKey)), [["GPU-a", "GPU-a"], ["GPU-b"]]);
});

Deno.test("gpuName() leaves out a model that is not known", () => {
  assert.equal(gpuName({ index: 3, name: "" }), "GPU 3");
  assert.equal(gpuName(sample(3, "")), "GPU 3 NVIDIA H200");
});
