/**
 * What to change so that the load generator can keep up. Every check and the verdict ask here, so that the advice is one
 * and follows from what was seen: more workers help no worker that idles on a machine without processor time.
 */
import { formatCount, formatDuration, formatPercent } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import { type HostReading, meanOfKnown, measuredSamples, measuredSlots } from "./measured.ts";

/** Share of one core above which a worker may be late: AIPerf's mark. */
export const WORKER_BUSY = 0.75;
/** Share of all cores above which a thread may have to wait for one. This limit and those below are ours; percent. */
export const HOST_BUSY_PERCENT = 85;
/** Processor time that the hypervisor gave to others; percent of all cores. */
export const STEAL_PERCENT = 5;
/** Time slices in which a CPU limit held june-load back; percent. */
export const THROTTLED_PERCENT = 1;
/** Pages to and from swap: some half a megabyte a second. */
export const SWAPPED_PAGES_PER_S = 100;
/** A thread that waited for a processor for less of a stall than this was stopped. */
const WAITED_SHARE = 0.5;
/** A collection of garbage that explains a stall; microseconds. */
const GC_LONG_US = 50_000;

/** What the generator and its machine were short of; null where it could not be read. */
export interface Strain {
  cores: number;
  workers: number;
  /** Busiest worker, as a share of one core. */
  worker_busy: number | null;
  /** All cores together, and june-load's part of it; percent of all cores. */
  host_percent: number | null;
  own_percent: number | null;
  steal_percent: number | null;
  throttled_percent: number | null;
  cpu_limit_cores: number | null;
  swapped_pages_per_s: number | null;
  own_major_faults_per_s: number | null;
  gc_pause_us: number | null;
  /** All threads stood still at once, and not because they waited for a processor. */
  stopped: boolean;
}

/** A stretch of time; milliseconds since the start of the run. */
interface Stretch {
  start_ms: number;
  end_ms: number;
}

/** What was seen in the seconds in which june-load stood still; where there are none, in all measured ones. */
export function strainOf(run: Run): Strain {
  const stalls = (run.generator.stalls ?? []).map(({ start_ms, length_ms }) => ({
    start_ms,
    end_ms: start_ms + length_ms,
  }));
  const samples = touched(measuredSamples(run), ({ t_ms }) => ({ start_ms: t_ms - 1000, end_ms: t_ms }), stalls);
  const slots = touched(measuredSlots(run), ({ start_ms, length_ms }) => ({
    start_ms,
    end_ms: start_ms + length_ms,
  }), stalls);
  const { cpus } = run.header.host;
  const host_percent = meanOfKnown(samples.map(({ cpu_percent }) => cpu_percent));
  const waits = slots.map(({ generator }) => generator.cpu_wait_us).filter((wait) => typeof wait === "number");
  const own_percent = meanOfKnown(samples.map(({ own_cpu_percent }) => own_cpu_percent));
  return {
    cores: cpus,
    workers: run.plan.workers,
    worker_busy: meanOfKnown(slots.map(({ generator }) => generator.busiest_pool)),
    host_percent,
    own_percent: own_percent === null ? null : own_percent / Math.max(1, cpus),
    steal_percent: meanOfKnown(samples.map(({ steal_percent }) => steal_percent)),
    throttled_percent: meanOfKnown(samples.map(({ throttled_percent }) => throttled_percent)),
    cpu_limit_cores: tightestLimit(samples),
    swapped_pages_per_s: meanOfKnown(samples.map(({ swapped_pages_per_s }) => swapped_pages_per_s)),
    own_major_faults_per_s: meanOfKnown(samples.map(({ own_major_faults_per_s }) => own_major_faults_per_s)),
    gc_pause_us: run.generator.gc_pause_us,
    stopped: wasStopped(run, waits.length === 0 ? null : Math.max(...waits), host_percent),
  };
}

/** Cores of the tightest limit in these readings, as it may change while a run goes on; null: none, or not known. */
export function tightestLimit(samples: readonly HostReading[]): number | null {
  const limits = samples.map(({ cpu_limit_cores }) => cpu_limit_cores).filter((cores) => typeof cores === "number");
  return limits.length === 0 ? null : Math.min(...limits);
}

/** A stopped thread does not wait for a processor. Where waiting cannot be read, one that the machine had left over tells. */
function wasStopped(run: Run, cpu_wait_us: number | null, host_percent: number | null): boolean {
  const stalls = run.events.filter(({ kind }) => kind === "process_stalled");
  const longest_ms = stalls.reduce((longest, event) => Math.max(longest, event.stalls?.longest_ms ?? 0), 0);
  if (stalls.length === 0) return false;
  if (cpu_wait_us !== null) return cpu_wait_us < WAITED_SHARE * longest_ms * 1000;
  return host_percent !== null && host_percent <= HOST_BUSY_PERCENT;
}

/** Those that overlap a stretch; all of them where none does. */
function touched<T>(all: readonly T[], spanOf: (one: T) => Stretch, stretches: readonly Stretch[]): readonly T[] {
  const found = all.filter((one) => {
    const { start_ms, end_ms } = spanOf(one);
    return stretches.some((stretch) => stretch.start_ms < end_ms && stretch.end_ms > start_ms);
  });
  return found.length > 0 ? found : all;
}

const past = (value: number | null, limit: number): value is number => value !== null && value > limit;

/**
 * What to change, as an order with its reason and no full stop.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const idle = {
 *   cores: 4, workers: 3, worker_busy: 0.03, host_percent: 8, own_percent: 3, steal_percent: 0, throttled_percent: 0,
 *   cpu_limit_cores: null, swapped_pages_per_s: 0, own_major_faults_per_s: 0, gc_pause_us: 2000, stopped: false,
 * };
 * assert.equal(
 *   remedyFor({ ...idle, throttled_percent: 12, cpu_limit_cores: 1.5 }),
 *   "raise the CPU limit of this container: it may use 1.5 cores and was held back in 12 % of its time slices",
 * );
 * assert.match(remedyFor({ ...idle, host_percent: 99 }), /^run it on a quieter machine: /);
 * assert.match(remedyFor({ ...idle, stopped: true }), /^do not stop or suspend june-load/);
 * ```
 */
export function remedyFor(strain: Strain): string {
  const { throttled_percent, steal_percent, swapped_pages_per_s, host_percent, worker_busy, stopped } = strain;
  if (past(throttled_percent, THROTTLED_PERCENT)) return raiseLimit(strain, throttled_percent);
  if (past(steal_percent, STEAL_PERCENT)) {
    return `run it on another host: its hypervisor gave ${
      share(steal_percent)
    } of this machine's processor time to others`;
  }
  // Others may swap while june-load finds all it needs in memory.
  if (past(swapped_pages_per_s, SWAPPED_PAGES_PER_S) && strain.own_major_faults_per_s !== 0) {
    return `give this machine more memory: it moved ${formatCount(Math.round(swapped_pages_per_s))} pages a second ` +
      "to and from swap";
  }
  if (stopped) {
    return "do not stop or suspend june-load or its machine while it runs: all its threads stood still at once, " +
      "and not for want of a processor";
  }
  if (past(worker_busy, WORKER_BUSY)) return moreWorkers(strain, worker_busy);
  if (past(host_percent, HOST_BUSY_PERCENT)) return quieterHost(strain, host_percent);
  return unexplained(strain);
}

/** The same for a run. */
export function remedyOf(run: Run): string {
  return remedyFor(strainOf(run));
}

function share(percent: number): string {
  return formatPercent(percent / 100);
}

function raiseLimit({ cpu_limit_cores }: Strain, throttled_percent: number): string {
  const allowed = cpu_limit_cores === null ? "" : `may use ${coresText(cpu_limit_cores)} and `;
  return `raise the CPU limit of this container: it ${allowed}was held back in ${
    share(throttled_percent)
  } of its time slices`;
}

/** Workers share the work only where there are cores for them. */
function moreWorkers({ workers, cores, host_percent }: Strain, worker_busy: number): string {
  const busy = `the busiest worker used ${formatPercent(worker_busy)} of a core`;
  const left = workers < cores && !past(host_percent, HOST_BUSY_PERCENT);
  return left
    ? `give it more than ${formatCount(workers)} worker${workers === 1 ? "" : "s"}: ${busy}`
    : `use a machine with more than ${coresText(cores)}, or spread the load over several machines: ${busy}, ` +
      "and there is no core left for another";
}

function quieterHost({ cores, own_percent }: Strain, host_percent: number): string {
  const busy = `the ${coresText(cores)} of this one ${cores === 1 ? "was" : "were"} ${share(host_percent)} busy`;
  if (own_percent === null) return `run it on a quieter machine: ${busy}`;
  const own = `june-load itself used ${share(own_percent)}`;
  return own_percent >= host_percent / 2
    ? `use a machine with more cores: ${busy}, and ${own}`
    : `run it on a quieter machine: ${busy}, of which ${own}`;
}

function unexplained({ gc_pause_us, host_percent, workers, cores }: Strain): string {
  if (past(gc_pause_us, GC_LONG_US)) {
    const how = workers < cores
      ? "give it more workers, so that each has less to clean up"
      : "use fewer users a worker";
    return `${how}: garbage collection took up to ${formatDuration(gc_pause_us)} at a time`;
  }
  const machine = "run it on a machine with a core to spare";
  return host_percent === null ? `${machine}: how busy this one was could not be read` : machine;
}

/** `1 core`, `1.5 cores`: limits are given in hundredths. */
export function coresText(cores: number): string {
  return `${Math.round(cores * 100) / 100} core${cores === 1 ? "" : "s"}`;
}
