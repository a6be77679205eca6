/** What a rule on the machine reads: samples of the host, or of the GPU that fares worst. */
import { gpuLabel, readingsByGpu } from "../measure/gpus.ts";
import type { GpuSample, HostSample } from "../measure/resource.ts";
import type { Measure, Resource } from "../plan/threshold/threshold.ts";
import type { Run } from "../result/run.ts";

/** The value of a resource in its base unit, from how many samples, and of which GPU. */
export interface ResourceReading {
  /** Null when nothing was sampled. */
  value: number | null;
  n: number;
  /** `GPU 1 (NVIDIA H200)`; null for the host. */
  device: string | null;
}

/** How a resource is read from a sample of its device. */
type Reader =
  | { of: "gpu"; read(sample: GpuSample): number | null }
  | { of: "host"; read(sample: HostSample): number | null };
type Summary = Pick<ResourceReading, "value" | "n">;
type ResourceMeasure = Extract<Measure, { kind: "resource" }>;

const VALUES: Readonly<Record<Resource, Reader>> = {
  "gpu.memory_used": { of: "gpu", read: (sample) => sample.memory_used_bytes },
  "gpu.utilization": { of: "gpu", read: (sample) => ratio(sample.utilization_percent) },
  "gpu.power": { of: "gpu", read: (sample) => sample.power_w },
  "host.cpu": { of: "host", read: (sample) => ratio(sample.cpu_percent) },
  "host.memory": { of: "host", read: (sample) => sample.memory_used_bytes },
};

/**
 * Reads one resource while the named stage lasted, or all stages but warm-up, until the load ended.
 * @param largest whether the largest of several GPUs is the worst, or the smallest
 */
export function readResource(
  run: Run,
  measure: ResourceMeasure,
  stage: string | null,
  largest: boolean,
): ResourceReading {
  const measured = spansOf(run, stage);
  const during = ({ t_ms }: { t_ms: number }) => measured.some(([start, end]) => t_ms >= start && t_ms < end);
  const reader = VALUES[measure.of];
  if (reader.of === "host") {
    return { ...summary(run.host.filter(during).map(reader.read), measure.shape), device: null };
  }
  const gpus = readingsByGpu(run.gpu.filter(during)).map((samples) => ({
    ...summary(samples.map(reader.read), measure.shape),
    device: `${gpuLabel(samples[0])} (${samples[0].name})`,
  }));
  const none: ResourceReading = { value: null, n: 0, device: null };
  return gpus.reduce<ResourceReading>((worst, one) => isWorse(one, worst, largest) ? one : worst, none);
}

function spansOf(run: Run, stage: string | null): [number, number][] {
  return run.plan.stages.filter((one) => stage === null ? !one.warm_up : one.name === stage)
    .map(({ start_ms, end_ms }) => [start_ms, Math.min(end_ms, run.load_end_ms)]);
}

function summary(values: readonly (number | null)[], shape: ResourceMeasure["shape"]): Summary {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { value: null, n: 0 };
  const value = shape === "mean"
    ? known.reduce((sum, one) => sum + one, 0) / known.length
    : known.reduce((best, one) => shape === "max" ? Math.max(best, one) : Math.min(best, one));
  return { value, n: known.length };
}

function isWorse(one: Summary, other: Summary, largest: boolean): boolean {
  if (one.value === null || other.value === null) return one.value !== null;
  return largest ? one.value > other.value : one.value < other.value;
}

function ratio(percent: number | null): number | null {
  return percent === null ? null : percent / 100;
}
