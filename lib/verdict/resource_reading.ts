/** What a rule on the machine reads: readings of the host, or of the GPU or service that fares worst. */
import { gpuLabel } from "../measure/gpus.ts";
import { hasDevices, type Measure } from "../plan/threshold/threshold.ts";
import { gpuReadings } from "../result/gpu_readings.ts";
import { type ResourceSeries, resourceSeries } from "../result/resource_series.ts";
import type { Run } from "../result/run.ts";
import { type Span, without } from "../result/spans.ts";
import { type Gaps, gapsIn, neverRead } from "./resource_gaps.ts";

/** The value of a resource in its base unit, from how many samples, and of which GPU. */
export interface ResourceReading {
  /** Null when nothing was sampled. */
  value: number | null;
  n: number;
  /** `GPU 1 (NVIDIA H200)`, or a service; null for the host. */
  device: string | null;
  /** When it was not read although it should have been; null: it was read throughout. */
  gaps: Gaps | null;
  /** The same of any GPU: where the worst was read throughout, another may have been worse unseen. */
  gaps_of_any: Gaps | null;
}

type Summary = Pick<ResourceReading, "value" | "n" | "gaps">;
type ResourceMeasure = Extract<Measure, { kind: "resource" }>;

/**
 * Reads one resource while the named stage lasted, or all stages but warm-up, until the load ended.
 * @param largest whether the largest of several devices is the worst, or the smallest
 */
export function readResource(
  run: Run,
  { of, shape, device: wanted }: ResourceMeasure,
  stage: string | null,
  largest: boolean,
): ResourceReading {
  const measured = spansOf(run, stage);
  // A GPU whose driver does not tell the value at all is no part of the rule.
  const series = resourceSeries(run, [of]).filter(({ device, machine }) =>
    wanted === undefined ? hasDevices(of) || machine === null : device === wanted || machine === wanted
  );
  const machine = run.plan.resources.remote?.find(({ name }) => name === wanted)?.name;
  if (!hasDevices(of)) {
    const [host] = series;
    const one = summary(run, host === undefined ? [] : valuesOf(host), measured, shape, null, machine);
    return { ...one, device: null, gaps_of_any: one.gaps };
  }
  const names = deviceNames(run);
  const devices = series.map((one) => {
    const device = names.get(one.source) ?? one.source;
    return { ...summary(run, valuesOf(one), measured, shape, device, one.machine ?? undefined), device };
  });
  const gaps_of_any = devices.find(({ gaps }) => gaps !== null)?.gaps ?? null;
  const gaps = of.startsWith("gpu.") ? neverRead(run, measured, of, machine) : null;
  const none: ResourceReading = { value: null, n: 0, device: null, gaps, gaps_of_any };
  return devices.reduce<ResourceReading>(
    (worst, one) => isWorse(one, worst, largest) ? { ...one, gaps_of_any } : worst,
    none,
  );
}

/** `GPU 1 (NVIDIA H200)`, by `GPU 1`. */
function deviceNames(run: Run): Map<string, string> {
  return new Map(
    gpuReadings(run).map(({ first }) => [gpuLabel(first), `${gpuLabel(first)} (${first.name})`]),
  );
}

/** A known value at its instant. */
interface Timed {
  t_ms: number;
  value: number;
}

function valuesOf({ t_ms, values }: ResourceSeries): Timed[] {
  return values.flatMap((value, i) => value === null ? [] : [{ t_ms: t_ms[i] as number, value }]);
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
