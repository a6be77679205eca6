/** What a rule on the machine reads: samples of the host, or of the GPU that fares worst. */
import { gpuLabel } from "../measure/gpus.ts";
import type { GpuSample, HostSample } from "../measure/resource.ts";
import type { Measure, Resource } from "../plan/threshold/threshold.ts";
import { gpuReadings } from "../result/gpu_readings.ts";
import type { NumberField, Readings } from "../result/readings.ts";
import type { Run } from "../result/run.ts";
import { type Span, without } from "../result/spans.ts";
import { type Gaps, gapsIn, neverRead } from "./resource_gaps.ts";

/** The value of a resource in its base unit, from how many samples, and of which GPU. */
export interface ResourceReading {
  /** Null when nothing was sampled. */
  value: number | null;
  n: number;
  /** `GPU 1 (NVIDIA H200)`; null for the host. */
  device: string | null;
  /** When it was not read although it should have been; null: it was read throughout. */
  gaps: Gaps | null;
  /** The same of any GPU: where the worst was read throughout, another may have been worse unseen. */
  gaps_of_any: Gaps | null;
}

/** How a resource is read from the readings of its device, and by what to divide it. */
type Reader =
  | { of: "gpu"; field: NumberField<GpuSample>; per?: number }
  | { of: "host"; field: NumberField<HostSample>; per?: number };
type Summary = Pick<ResourceReading, "value" | "n" | "gaps">;
type ResourceMeasure = Extract<Measure, { kind: "resource" }>;

const VALUES: Readonly<Record<Resource, Reader>> = {
  "gpu.memory_used": { of: "gpu", field: "memory_used_bytes" },
  "gpu.utilization": { of: "gpu", field: "utilization_percent", per: 100 },
  "gpu.power": { of: "gpu", field: "power_w" },
  "host.cpu": { of: "host", field: "cpu_percent", per: 100 },
  "host.memory": { of: "host", field: "memory_used_bytes" },
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
  const { machine } = measure;
  const reader = VALUES[measure.of];
  if (reader.of === "host") {
    const readings = machine === undefined ? run.host : run.remote.of(machine);
    const host = summary(run, valuesOf(readings, reader.field, reader.per), measured, measure.shape, null, machine);
    return { ...host, device: null, gaps_of_any: host.gaps };
  }
  // A GPU whose driver does not tell the value at all is no part of the rule.
  const devices = gpuReadings(run).filter(({ first }) => machine === undefined || first.host === machine);
  const gpus = devices.map(({ first, readings }) => {
    const device = `${gpuLabel(first)} (${first.name})`;
    return { samples: valuesOf(readings, reader.field, reader.per), device, host: first.host };
  }).filter(({ samples }) => samples.length > 0).map(({ samples, device, host }) => ({
    ...summary(run, samples, measured, measure.shape, device, host),
    device,
  }));
  const gaps_of_any = gpus.find(({ gaps }) => gaps !== null)?.gaps ?? null;
  const none: ResourceReading = {
    value: null,
    n: 0,
    device: null,
    gaps: neverRead(run, measured, measure.of, machine),
    gaps_of_any,
  };
  return gpus.reduce<ResourceReading>(
    (worst, one) => isWorse(one, worst, largest) ? { ...one, gaps_of_any } : worst,
    none,
  );
}

/** A known value at its instant. */
interface Timed {
  t_ms: number;
  value: number;
}

function valuesOf<S extends { t_ms: number }>(readings: Readings<S>, field: NumberField<S>, per = 1): Timed[] {
  const times_ms = readings.times_ms;
  return readings.column(field).flatMap((value, i) =>
    value === null ? [] : [{ t_ms: times_ms[i] as number, value: value / per }]
  );
}

function spansOf(run: Run, stage: string | null): Span[] {
  const spans = run.plan.stages.filter((one) => stage === null ? !one.warm_up : one.name === stage)
    .map(({ start_ms, end_ms }) => ({ start_ms, end_ms: Math.min(end_ms, run.load_end_ms) }))
    .filter(({ start_ms, end_ms }) => end_ms > start_ms);
  return without(spans, run.plan.pauses ?? []);
}

function summary(
  run: Run,
  samples: readonly Timed[],
  measured: readonly Span[],
  shape: ResourceMeasure["shape"],
  gpu: string | null,
  machine: string | undefined,
): Summary {
  const during = samples.filter(({ t_ms }) => measured.some((span) => t_ms >= span.start_ms && t_ms < span.end_ms));
  const known = during.map(({ value }) => value);
  const gaps = gapsIn(run, samples.map(({ t_ms }) => t_ms), measured, gpu, machine);
  if (known.length === 0) return { value: null, n: 0, gaps };
  const value = shape === "mean"
    ? known.reduce((sum, one) => sum + one, 0) / known.length
    : known.reduce((best, one) => shape === "max" ? Math.max(best, one) : Math.min(best, one));
  return { value, n: known.length, gaps };
}

function isWorse(one: Summary, other: Summary, largest: boolean): boolean {
  if (one.value === null || other.value === null) return one.value !== null;
  return largest ? one.value > other.value : one.value < other.value;
}
