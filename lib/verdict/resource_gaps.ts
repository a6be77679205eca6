/** When a resource was not read although a rule is about it: a sampler that hangs or dies, a GPU that falls off the bus. */
import type { ResourceNoteKind } from "../measure/resource.ts";
import type { Resource } from "../plan/threshold/threshold.ts";
import { gpuReadings } from "../result/gpu_readings.ts";
import type { Run } from "../result/run.ts";
import { lengthWithin, type Span, unionOf } from "../result/spans.ts";

/** Time without readings in what a rule is about; milliseconds. */
export interface Gaps {
  /** The GPU; null for the host. */
  device: string | null;
  read_ms: number;
  /** The time that the rule is about. */
  of_ms: number;
  /** The last reading before the longest gap; null where it is at the start. */
  last_ms: number | null;
  /** The sampler's own words for it; null where it told nothing. */
  why: string | null;
}

/** Readings come once a second; a longer silence is a gap: three of them are missing. */
const GAP_MS = 3500;
/** At the start nvidia-smi takes longer, the more so where the driver is loaded only then. */
const FIRST_GAP_MS = 5000;
/** Of a long run earlier readings are thinned out; a gap is also more than this share of it. */
const GAP_SHARE = 0.01;
/** A sampler notices what happened a little before or after the readings end. */
const NOTED_AROUND_MS = 2000;
/** Notes that say why readings of a GPU stopped. */
const STOPS: ReadonlySet<string> = new Set<ResourceNoteKind>([
  "gpu_lost",
  "gpu_device_lost",
  "gpu_silent",
  "gpu_flood",
  "remote_unreachable",
]);
/** Notes that say why there never was a reading; a machine without a GPU is not one of them. */
const NEVER: ReadonlySet<string> = new Set([...STOPS, "gpu_unavailable"]);
/** Notes that say why readings of a GPU lack the value that a rule is about. */
const UNREADABLE: Readonly<Partial<Record<Resource, readonly ResourceNoteKind[]>>> = {
  "gpu.memory_used": ["gpu_memory_unreadable"],
  "gpu.utilization": ["gpu_utilization_unreadable", "gpu_mig"],
  "gpu.power": ["gpu_power_unreadable"],
};

/**
 * The time in some spans during which there was no reading; null where there was one throughout.
 * @param read_ms instants of all readings of one device, rising
 * @param gpu null: the host
 * @param machine another than the one that made the load
 */
export function gapsIn(
  run: Run,
  read_ms: readonly number[],
  spans: readonly Span[],
  gpu: string | null,
  machine: string | undefined,
): Gaps | null {
  const window = unionOf(spans);
  const gaps = silences(run, read_ms).map((gap) => ({
    ...gap,
    length_ms: lengthWithin(window, gap.start_ms, gap.end_ms),
  }))
    .filter(({ length_ms }) => length_ms > GAP_MS || (length_ms > 0 && length_ms === lengthWithin(window)));
  const longest = gaps.toSorted((a, b) => b.length_ms - a.length_ms)[0];
  if (longest === undefined) return null;
  const of_ms = lengthWithin(window);
  const unread_ms = gaps.reduce((sum, { length_ms }) => sum + length_ms, 0);
  return {
    device: gpu,
    read_ms: of_ms - unread_ms,
    of_ms,
    last_ms: longest.start_ms === 0 ? null : longest.start_ms,
    why: gpu === null && machine === undefined ? null : whyOf(run, longest, machine),
  };
}

/** The whole of some spans, where a sampler of GPUs told why it had no such value, ever; null: it did not. */
export function neverRead(run: Run, spans: readonly Span[], of: Resource, machine: string | undefined): Gaps | null {
  const isRead = gpuReadings(run).some(({ first }) => machine === undefined || first.host === machine);
  const reasons = isRead ? new Set<string>(UNREADABLE[of] ?? []) : NEVER;
  const why = run.events.find(({ kind, host }) => reasons.has(kind) && (machine === undefined || host === machine));
  if (why === undefined) return null;
  return { device: null, read_ms: 0, of_ms: lengthWithin(unionOf(spans)), last_ms: null, why: why.text };
}

/** Every silence of a device that is a gap, from the start of the run to the end of its load. */
export function silences(run: Run, read_ms: readonly number[]): Span[] {
  const least_ms = (first: boolean) => Math.max(first ? FIRST_GAP_MS : GAP_MS, GAP_SHARE * run.elapsed_ms);
  const instants = [...read_ms.filter((t_ms) => t_ms < run.load_end_ms), run.load_end_ms];
  return instants.map((end_ms, at): Span => ({ start_ms: at === 0 ? 0 : instants[at - 1] as number, end_ms }))
    .filter(({ start_ms, end_ms }, at) => end_ms - start_ms > least_ms(at === 0));
}

function whyOf({ events }: Run, { start_ms, end_ms }: Span, machine: string | undefined): string | null {
  const stops = events.filter(({ kind, host }) => STOPS.has(kind) && host === machine);
  const noted = stops.find(({ t_ms }) => t_ms >= start_ms - NOTED_AROUND_MS && t_ms <= end_ms + NOTED_AROUND_MS);
  // What happens again is counted with its first time.
  return (noted ?? stops.findLast(({ t_ms, count }) => t_ms < start_ms && count !== undefined))?.text ?? null;
}
