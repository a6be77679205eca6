/** Readings of the machine the load is made on, as plain data; the samplers make them, the result keeps them. */

/** The host at one instant; null where it cannot be read. */
export interface HostSample {
  type: "host";
  /** Milliseconds since the start of the run. */
  t_ms: number;
  /** Busy share of all cores since the previous sample, 0 to 100. */
  cpu_percent: number | null;
  memory_used_bytes: number | null;
  memory_total_bytes: number | null;
  /** june-load's own resident memory and its share of one core since the previous sample (100 = one core). */
  own_memory_bytes: number | null;
  own_cpu_percent: number | null;
}

/** One GPU at one instant. A missing value is null, never 0. */
export interface GpuSample {
  type: "gpu";
  /** Milliseconds since the start of the run, by arrival of the row. */
  t_ms: number;
  index: number;
  uuid: string;
  name: string;
  utilization_percent: number | null;
  memory_utilization_percent: number | null;
  memory_used_bytes: number | null;
  memory_total_bytes: number | null;
  power_w: number | null;
  power_limit_w: number | null;
  temperature_c: number | null;
  sm_clock_mhz: number | null;
  /** Bit mask of clocks_event_reasons.active. */
  clock_event_mask: number | null;
}

/** A reading of the machine. */
export type ResourceSample = HostSample | GpuSample;

/** Something the samplers noticed: sampling lost, no GPU, a field missing. */
export interface ResourceNote {
  t_ms: number;
  /** Short word for grouping: `gpu_absent`, `gpu_lost`, `gpu_fields_missing`, ... */
  kind: string;
  text: string;
}
