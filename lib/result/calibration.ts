/** What june-load adds to each figure on one host, measured there by `june-load calibrate`. A result's header carries it. */

/** Version of the format; it rises when a field changes its meaning or goes away. */
export const CALIBRATION_FORMAT = 1;

/** Older than this a calibration may no longer hold; days. */
export const OLD_DAYS = 30;
/** Above this share of all processors in use, what is measured at idle is not; percent. */
const BUSY_PERCENT = 10;

/** Whether other processes were at work when a calibration began: its figures are then those of a busy host. */
export function wasBusy({ others_percent }: Pick<Calibration, "others_percent">): boolean {
  return others_percent !== null && others_percent > BUSY_PERCENT;
}

/** One calibration of one host. */
export interface Calibration {
  format: number;
  /** `june-load 0.1.0`. */
  tool: string;
  /** Version of Deno. */
  deno: string;
  /** ISO 8601, UTC. */
  measured_at: string;
  host: CalibratedHost;
  /** Share of all processors that was in use before june-load began, 0 to 100; null: the system does not tell it. */
  others_percent: number | null;
  /** With nothing else at work, as far as the host let it be so. */
  idle: Conditions;
  /** Beside a process that keeps one core busy; null: not measured. */
  busy: Conditions | null;
}

/** What a calibration holds for: on another host, or after another kernel, its figures say nothing. */
export interface CalibratedHost {
  name: string;
  /** `linux x86_64`. */
  os: string;
  /** Release of the kernel. */
  kernel: string;
  /** Null: the system does not tell it. */
  cpu_model: string | null;
  cpus: number;
  /** How the kernel chooses the processor's clock; null: it does not tell, as in most virtual machines. */
  governor: string | null;
}

/** What was added under one condition. All times in microseconds. */
export interface Conditions {
  /** From the instant at which a call was due to its arrival, by the other side's clock. */
  start: Spread;
  /** How far chunks of paced speech arrived from their instants, early or late, by the other side's clock. */
  pacing: Spread;
  /** Latency of a call, less the time for which the other side had it. */
  answer: Added;
  /** First message of a stream, from the intended start, less the time for which the other side had the call. */
  first_message: Added;
  /** Gap between messages, less the gap with which they were sent. */
  gap: Added;
  /** Processor time of a call, all threads together; null: not measured. */
  call_cpu: { alone_us: number; together_us: number | null } | null;
  /** What one worker can do before it is late; null: not measured, or the other side fell behind at once. */
  calls: Capacity | null;
  /** Messages received on streams. */
  frames: Capacity | null;
  /** Chunks of speech sent in real time. */
  chunks: Capacity | null;
}

/** A distribution that the other side's clock shows call by call. */
export interface Spread {
  count: number;
  p50_us: number;
  p99_us: number;
  max_us: number;
}

/**
 * A figure of june-load's less the same figure of the other side's, percentile by percentile, over the same calls. Negative
 * where june-load's is the smaller one.
 */
export interface Added {
  count: number;
  p50_us: number;
  p99_us: number;
}

/** How much one worker did in time. Events per second. */
export interface Capacity {
  /** The highest rate tried that it kept; 0: not even the lowest. */
  held_per_s: number;
  /** The next rate tried, at which it was late; null: it kept the highest that was tried. */
  late_per_s: number | null;
}
