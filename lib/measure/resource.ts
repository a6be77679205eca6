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
  /** The part of `cpu_percent` that the hypervisor gave to other machines. Absent in older results, as all that follow. */
  steal_percent?: number | null;
  /** Cores that the tightest CPU limit around june-load lets it use; null: no limit, or none that can be read. */
  cpu_limit_cores?: number | null;
  /** Share of the limit's time slices in which june-load was held back, 0 to 100; 0 without a limit. */
  throttled_percent?: number | null;
  /** Pages read from and written to swap, by the whole machine. */
  swapped_pages_per_s?: number | null;
  /** Page faults of june-load that waited for a disk: for swap, or for a file of its own. */
  own_major_faults_per_s?: number | null;
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

/** What a note of the samplers is about. */
export type ResourceNoteKind =
  /** There is no GPU here, or no nvidia-smi. */
  | "gpu_absent"
  /** There never was a reading. */
  | "gpu_unavailable"
  /** No more readings come. */
  | "gpu_lost"
  /** nvidia-smi runs and prints nothing. */
  | "gpu_silent"
  | "gpu_device_lost"
  | "gpu_fields_missing"
  | "gpu_mig"
  | "gpu_value_unknown"
  | "gpu_message"
  | "gpu_rows_late"
  | "host_cpu_unreadable"
  | "host_memory_unreadable";

/** Something the samplers noticed: sampling lost, no GPU, a field missing. */
export interface ResourceNote {
  t_ms: number;
  kind: ResourceNoteKind;
  text: string;
}
