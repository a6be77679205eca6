/** The parts of a run that the checks of the generator read: no warm-up, and nothing after the load. */
import type { Picked } from "../../result/readings.ts";
import type { Run } from "../../result/run.ts";
import { isWithin } from "../../result/spans.ts";
import type { TimeSlot } from "../../result/timeline.ts";

/** Seconds of stages that are no warm-up, until the load ended. */
export function measuredSlots(run: Run): TimeSlot[] {
  return run.slots.filter(({ start_ms }) => isMeasured(run, start_ms));
}

/** What checks read of the generator's machine. */
const READ = [
  ...["t_ms", "cpu_percent", "own_cpu_percent", "steal_percent", "cpu_limit_cores", "throttled_percent"],
  ...["swapped_pages_per_s", "own_major_faults_per_s"],
] as const;

/** A reading of the generator's machine; null where a figure could not be read, or an older result has none. */
export type HostReading = Picked<typeof READ[number]>;

/** Readings of the generator's machine in those seconds. */
export function measuredSamples(run: Run): HostReading[] {
  return run.host.pick(...READ).filter(({ t_ms }) => isMeasured(run, t_ms));
}

function isMeasured({ plan, load_end_ms }: Run, at_ms: number): boolean {
  const { stages, pauses = [] } = plan;
  return at_ms < load_end_ms && !isWithin(pauses, at_ms) && isWithin(stages.filter(({ warm_up }) => !warm_up), at_ms);
}

/** The middle one, the lower of two; null of none. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
}

/** The mean of what could be read; null of nothing. */
export function meanOfKnown(values: ReadonlyArray<number | null | undefined>): number | null {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
