/** The GPUs of a run, each with its readings. */
import { compareGpus } from "../measure/gpus.ts";
import type { GpuSample } from "../measure/resource.ts";
import type { Readings } from "./readings.ts";
import type { Run } from "./run.ts";

/** One GPU: what it is called stands in its first reading. */
export interface GpuDevice {
  first: GpuSample;
  readings: Readings<GpuSample>;
}

/** All GPUs that were read, by machine, in the order of their indexes. */
export function gpuReadings({ gpu }: Pick<Run, "gpu">): GpuDevice[] {
  const devices = gpu.devices.flatMap((readings) => {
    const first = readings.at(0);
    return first === undefined ? [] : [{ first, readings }];
  });
  return devices.sort((a, b) => compareGpus(a.first, b.first));
}
