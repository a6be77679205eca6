/** Which readings are of the same GPU, and what it is called: the one place that decides. */
import type { GpuSample } from "./resource.ts";

/** The readings of one GPU, in the order they were taken; at least one. */
export type GpuReadings = readonly [GpuSample, ...GpuSample[]];

/** What makes a GPU the same GPU: its UUID, or its index where the driver reports none. */
export function gpuKey({ uuid, index }: Pick<GpuSample, "uuid" | "index">): string {
  return uuid === "" ? `index ${index}` : uuid;
}

/** `GPU 1`. */
export function gpuLabel({ index }: Pick<GpuSample, "index">): string {
  return `GPU ${index}`;
}

/** `GPU 1 NVIDIA H200`; without its model where that is not known. */
export function gpuName(sample: Pick<GpuSample, "index" | "name">): string {
  return `${gpuLabel(sample)} ${sample.name}`.trim();
}

/** Readings by GPU, in the order of their indexes. */
export function readingsByGpu(samples: Iterable<GpuSample>): GpuReadings[] {
  const groups = [...Map.groupBy(samples, gpuKey).values()] as GpuSample[][] as [GpuSample, ...GpuSample[]][];
  return groups.sort(([a], [b]) => a.index - b.index);
}
