/** The parts of the document's schema for examples, servers' own figures and readings of the machine. */
import { COUNT, each, list, NUMBER, object, orNull, type Schema, TEXT, YES_NO } from "./schema_words.ts";

/** Examples, servers' own figures, and readings of the machine. */
export function sampleDefs(): Record<string, Schema> {
  const known = orNull(NUMBER);
  return {
    turn: object({
      operation: TEXT,
      start_ms: NUMBER,
      voice_to_voice_us: NUMBER,
      spans: list(object({ name: TEXT, start_us: NUMBER, first_us: known, end_us: NUMBER })),
    }),
    transcript: object({ operation: TEXT, start_ms: NUMBER, errors: COUNT, words: COUNT, said: TEXT, heard: TEXT }),
    server: object({
      service: TEXT,
      restarted: YES_NO,
      models: list(
        object({
          model: TEXT,
          version: TEXT,
          ok: COUNT,
          failed: COUNT,
          ...each(MODEL_MEANS, known),
          cache_hits: COUNT,
        }),
      ),
      issued: orNull(COUNT),
      client_mean_us: known,
    }),
    host_sample: object({
      type: TEXT,
      t_ms: NUMBER,
      "host?": TEXT,
      ...each(HOST_READINGS, known),
      ...each(LATER_HOST_READINGS, known),
      "processes?": list(object({
        name: TEXT,
        pid: orNull(COUNT),
        processes: COUNT,
        ...each(["cpu_percent", "memory_bytes", "threads", "descriptors"], known),
        restarts: COUNT,
      })),
      "core_percent?": orNull(list(NUMBER)),
      "own_threads?": orNull(list(object({ name: TEXT, threads: COUNT, cpu_percent: NUMBER }))),
    }),
    gpu_sample: object({
      type: TEXT,
      t_ms: NUMBER,
      "host?": TEXT,
      index: COUNT,
      uuid: TEXT,
      name: TEXT,
      ...each(GPU_READINGS, known),
      ...each(MORE_GPU_READINGS, NUMBER),
      "processes?": list(object({ pid: COUNT, name: TEXT, memory_used_bytes: known })),
    }),
  };
}

const MODEL_MEANS = ["mean", "queue", "compute_input", "compute_infer", "compute_output"].map((name) => `${name}_us`)
  .concat(["batch"]);
const HOST_READINGS = ["cpu_percent", "memory_used_bytes", "memory_total_bytes", "own_memory_bytes", "own_cpu_percent"];
const maybe = (name: string) => `${name}?`;
/** Older results lack these. */
const LATER_HOST_READINGS = ["steal_percent?", "cpu_limit_cores?", "throttled_percent?", "swapped_pages_per_s?"]
  .concat(["own_major_faults_per_s?"])
  .concat(["load_1m", "swap_used_bytes", "network_received_bytes_per_s", "network_sent_bytes_per_s"].map(maybe))
  .concat(
    ["disk_read_bytes_per_s", "disk_written_bytes_per_s", "disk_busy_percent", "temperature_c", "cpu_energy_j"].map(
      maybe,
    ),
  )
  .concat(["tcp_retransmits_per_s", "sockets", "sockets_time_wait", "descriptors", "own_descriptors"].map(maybe));
/** Absent where a driver does not report them. */
const MORE_GPU_READINGS = ["memory_reserved_bytes", "memory_temperature_c", "memory_clock_mhz", "sm_clock_max_mhz"]
  .concat(["fan_percent", "encoder_percent", "decoder_percent", "pcie_generation", "pcie_width", "performance_state"])
  .concat(["ecc_corrected_total", "ecc_uncorrected_total", "power_capped_us", "heat_slowed_us", "power_braked_us"])
  .concat(["energy_j"]).map(maybe);
const GPU_READINGS = ["utilization_percent", "memory_utilization_percent", "memory_used_bytes", "memory_total_bytes"]
  .concat(["power_w", "power_limit_w", "temperature_c", "sm_clock_mhz", "clock_event_mask"]);
