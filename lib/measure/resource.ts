/** Readings of the machine the load is made on, as plain data; the samplers make them, the result keeps them. */

/** The host at one instant; null where it cannot be read. */
export interface HostSample {
  type: "host";
  /** Milliseconds since the start of the run. */
  t_ms: number;
  /** The machine, as the plan names it; absent: the one that june-load runs on. Another has no figure of june-load's own. */
  host?: string;
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
  /** Busy share of each core, 0 to 100. */
  core_percent?: number[] | null;
  /** Threads that run or wait for a core or a disk, a mean of the last minute. */
  load_1m?: number | null;
  swap_used_bytes?: number | null;
  /** Of all interfaces that lead out of the machine. */
  network_received_bytes_per_s?: number | null;
  network_sent_bytes_per_s?: number | null;
  disk_read_bytes_per_s?: number | null;
  disk_written_bytes_per_s?: number | null;
  /** How long the busiest disk had something to do, 0 to 100. */
  disk_busy_percent?: number | null;
  /** TCP segments that had to be sent again, by the whole machine. */
  tcp_retransmits_per_s?: number | null;
  sockets?: number | null;
  /** TCP connections that have ended and still hold their port. */
  sockets_time_wait?: number | null;
  /** Open files and connections of the whole machine, and of june-load. */
  descriptors?: number | null;
  own_descriptors?: number | null;
  /** Of the hottest sensor. */
  temperature_c?: number | null;
  /** Energy of this machine's processors since the sampler began, from their own counter. */
  cpu_energy_j?: number | null;
  /** june-load's threads that did anything, the busiest first: 100 is one core. Threads of one name are one entry. */
  own_threads?: OwnThread[] | null;
  /** Services on this machine that the plan names. */
  processes?: ProcessSample[];
}

/** What one service uses; null: not read, since it does not run or june-load may not look into it. */
export interface ProcessSample {
  /** As the plan names it. */
  name: string;
  /** Its oldest process. */
  pid: number | null;
  /** How many it has, children included; the figures are of all together. */
  processes: number;
  /** 100 is one core. */
  cpu_percent: number | null;
  /** Resident: what processes share counts for each. */
  memory_bytes: number | null;
  threads: number | null;
  descriptors: number | null;
  /** How often its oldest process gave way to another since the start of the run. */
  restarts: number;
}

/** Threads of june-load that bear one name; `worker-1` and so on are its workers. */
export interface OwnThread {
  name: string;
  threads: number;
  cpu_percent: number;
}

/** One GPU at one instant. A missing value is null, never 0. */
export interface GpuSample {
  type: "gpu";
  /** Milliseconds since the start of the run, by arrival of the row. */
  t_ms: number;
  /** The machine it is in, as the plan names it; absent: the one that june-load runs on. */
  host?: string;
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
  /** Absent, as all that follow: the driver does not report it, or an older result. Held back by the driver itself. */
  memory_reserved_bytes?: number;
  memory_temperature_c?: number;
  memory_clock_mhz?: number;
  /** The highest clock that the GPU can reach. */
  sm_clock_max_mhz?: number;
  /** Of the fan's full speed. */
  fan_percent?: number;
  encoder_percent?: number;
  decoder_percent?: number;
  pcie_generation?: number;
  /** Lanes. */
  pcie_width?: number;
  /** 0: fastest, 15: slowest. */
  performance_state?: number;
  /** Memory errors since the driver was loaded. */
  ecc_corrected_total?: number;
  ecc_uncorrected_total?: number;
  /** How long the clocks were held back since the driver was loaded: by the power limit, by heat, by the power supply. */
  power_capped_us?: number;
  heat_slowed_us?: number;
  power_braked_us?: number;
  /** Energy used since the driver was loaded. */
  energy_j?: number;
  /** Who has memory of it: in the first sample after each look. */
  processes?: GpuProcess[];
}

/** Memory of a GPU that one process has. */
export interface GpuProcess {
  pid: number;
  name: string;
  /** Null where the driver does not tell. */
  memory_used_bytes: number | null;
}

/** What a service told of itself on its page of metrics, at one instant. */
export interface ServiceSample {
  type: "service";
  /** Milliseconds since the start of the run, by arrival of the page. */
  t_ms: number;
  /** Whose page it is, unique in the plan: the name of a service, or of an entry of `metrics.pages`. */
  source: string;
  /**
   * By series, in the unit of its entry in `SERVICE_SERIES`; `queue_time{model="whisper"}` where there are several. Null:
   * there is no value now, such as the queue time while no request came; absent: there has been none so far.
   */
  values: Record<string, number | null>;
}

/** A reading of the machine, or of a service. */
export type ResourceSample = HostSample | GpuSample | ServiceSample;

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
  /** Values that no reading of a GPU had, so that rules on them have nothing to read. */
  | "gpu_memory_unreadable"
  | "gpu_utilization_unreadable"
  | "gpu_power_unreadable"
  | "gpu_message"
  | "gpu_rows_late"
  /** Readings came again. */
  | "gpu_back"
  /** nvidia-smi printed more than any number of GPUs has to say, and was ended. */
  | "gpu_flood"
  /** A service of the plan does not run on this machine, ended, runs again, or the kernel killed of it. */
  | "process_absent"
  | "process_gone"
  | "process_restarted"
  | "oom_killed"
  | "host_cpu_unreadable"
  | "host_memory_unreadable"
  /** Another machine is not read, or no more; and is read again. */
  | "remote_unreachable"
  | "remote_back"
  /** A page of metrics was found beside a service, or is read as the plan asks; there is none. */
  | "metrics_found"
  | "metrics_absent"
  /** A page of metrics cannot be read, or can be read again. */
  | "metrics_unreadable"
  | "metrics_back"
  /** Nothing on a page is known, or something that was asked for is not on it. */
  | "metrics_unknown"
  | "metrics_missing"
  /** An exporter has values that it does not export unless it is told to. */
  | "metrics_fields_off"
  /** The counters of a page began again: the server was started anew. */
  | "metrics_restarted";

/** Something the samplers noticed: sampling lost, no GPU, a field missing. */
export interface ResourceNote {
  t_ms: number;
  kind: ResourceNoteKind;
  text: string;
  /** The machine it is about, as the plan names it, with which its text begins; absent: the one june-load runs on. */
  host?: string;
  /** How often it happened in all: a later note of the same kind and text, which counts what the first one told. */
  count?: number;
}
