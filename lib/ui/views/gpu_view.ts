/** The GPUs of a run, combined, as plain data. */
import { gpuKey, gpuLabel } from "../../measure/gpus.ts";
import type { GpuSample } from "../../measure/resource.ts";
import type { Samples } from "../../result/samples.ts";

/** One GPU, or several combined. */
export interface GpuView {
  /** `GPU`, `GPU 0` or `2 GPUs`. */
  label: string;
  utilization_percent: number | null;
  power_w: number | null;
}

/** Combines the newest reading of each GPU. */
export function gpuView(samples: Samples<GpuSample>): GpuView | null {
  const newest = new Map(samples.last(64).map((sample) => [gpuKey(sample), sample]));
  const gpus = [...newest.values()];
  const [first] = gpus;
  if (first === undefined) return null;
  const sum = (pick: (sample: GpuSample) => number | null) => {
    const known = gpus.map(pick).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
  };
  const use = sum(({ utilization_percent }) => utilization_percent);
  return {
    label: gpus.length === 1 ? gpuLabel(first) : `${gpus.length} GPUs`,
    utilization_percent: use === null ? null : use / gpus.length,
    power_w: sum(({ power_w }) => power_w),
  };
}
