/** Which readings are of the same GPU, and what it is called: the one place that decides. */
import type { GpuSample } from "./resource.ts";

/** The readings of one GPU, in the order they were taken; at least one. */
export type GpuReadings = readonly [GpuSample, ...GpuSample[]];

/** What makes a GPU the same GPU: its machine, and its UUID, or its index where the driver reports none. */
export function gpuKey({ uuid, index, host }: Pick<GpuSample, "uuid" | "index" | "host">): string {
  const key = uuid === "" ? `index ${index}` : uuid;
  return host === undefined ? key : `${host} ${key}`;
}

/** `GPU 1`, or `gpu-host GPU 1` of another machine than june-load's. */
export function gpuLabel({ index, host }: Pick<GpuSample, "index" | "host">): string {
  return host === undefined ? `GPU ${index}` : `${host} GPU ${index}`;
}

/** `GPU 1 NVIDIA H200`; without its model where that is not known. */
export function gpuName(sample: Pick<GpuSample, "index" | "name" | "host">): string {
  return `${gpuLabel(sample)} ${sample.name}`.trim();
}

/** The order of GPUs: those of june-load's own machine first, then by machine, and by index. */
export function compareGpus(a: Pick<GpuSample, "index" | "host">, b: Pick<GpuSample, "index" | "host">): number {
  return (a.host ?? "").localeCompare(b.host ?? "") || a.index - b.index;
}

/** Readings by GPU: those of this machine first, then by machine, in the order of their indexes. */
export function readingsByGpu(samples: Iterable<GpuSample>): GpuReadings[] {
  const groups = [...Map.groupBy(samples, gpuKey).values()] as GpuSample[][] as [GpuSample, ...GpuSample[]][];
  return groups.sort(([a], [b]) => compareGpus(a, b));
}
