/** The catalogue of what services tell of themselves on pages of metrics: one name, one unit, whoever tells it. */

/** The units of its values. */
export type ServiceUnit =
  | "count"
  | "ms"
  | "percent"
  | "per_s"
  | "bytes"
  | "bytes_per_s"
  | "watt"
  | "celsius"
  | "mhz"
  | "none";

/** What is known of a series. */
export interface ServiceSeriesFacts {
  /** As charts and tables name it. */
  label: string;
  unit: ServiceUnit;
  /** What the value is, for documentation. */
  meaning: string;
}

/** Most values of one reading. */
export const MAX_SERVICE_VALUES = 128;
/** Longest key of one, labels included; characters. */
export const MAX_SERVICE_KEY = 240;

const QUANTILE = "of requests between two readings, within a bucket of the server's histogram";

/** Every series with a name of ours, in the order in which a reading holds them. */
export const SERVICE_SERIES = {
  running_requests: fact("requests running", "count", "requests that the server works on"),
  waiting_requests: fact("requests waiting", "count", "requests in the server's own queue"),
  max_requests: fact("most requests at once", "count", "requests that it works on at most"),
  queue_time: fact("queue time", "ms", "mean time of a request in the server's queue"),
  queue_time_p95: fact("queue time, P95", "ms", `95th percentile of it, ${QUANTILE}`),
  compute_time: fact("compute time", "ms", "mean time of a request in the model, without its queue"),
  request_time: fact("time of a request", "ms", "mean time of a request inside the server"),
  request_time_p95: fact("time of a request, P95", "ms", `95th percentile of it, ${QUANTILE}`),
  first_token_time: fact("time to first token", "ms", "mean time to the first token, by the server's clock"),
  first_token_time_p95: fact("time to first token, P95", "ms", `95th percentile of it, ${QUANTILE}`),
  token_gap: fact("time between tokens", "ms", "mean time between two tokens of a request, by the server's clock"),
  batch_size: fact("batch size", "count", "inferences of one execution of the model, a mean"),
  step_tokens: fact("tokens of a step", "count", "tokens that the model worked on in one step, a mean"),
  kv_cache_percent: fact("KV cache in use", "percent", "blocks of the key-value cache in use; of several, the fullest"),
  prefix_cache_hit_percent: fact("prefix cache hits", "percent", "tokens of prompts that were in the prefix cache"),
  requests_per_s: fact("requests ended", "per_s", "requests that the server ended well"),
  failures_per_s: fact("requests failed", "per_s", "requests that the server ended with an error"),
  prompt_tokens_per_s: fact("prompt tokens", "per_s", "tokens of prompts that the server read"),
  tokens_per_s: fact("tokens made", "per_s", "tokens that the server made"),
  preemptions_per_s: fact("preemptions", "per_s", "requests that lost their place in the key-value cache"),
  gpu_utilization_percent: fact("GPU busy", "percent", "time in which the GPU ran any kernel"),
  gpu_memory_used_bytes: fact("GPU memory", "bytes", "memory of the GPU in use"),
  gpu_memory_total_bytes: fact("GPU memory, in all", "bytes", "memory that the GPU has"),
  gpu_power_w: fact("GPU power", "watt", "power that the GPU draws"),
  gpu_power_limit_w: fact("GPU power limit", "watt", "the most power that the GPU may draw"),
  gpu_temperature_c: fact("GPU temperature", "celsius", "temperature of the GPU"),
  gpu_memory_temperature_c: fact("GPU memory temperature", "celsius", "temperature of its memory"),
  gpu_sm_clock_mhz: fact("GPU clock", "mhz", "clock of its multiprocessors"),
  gpu_memory_clock_mhz: fact("GPU memory clock", "mhz", "clock of its memory"),
  gpu_memory_busy_percent: fact("GPU memory busy", "percent", "time in which its memory was read or written"),
  gpu_sm_active_percent: fact("multiprocessors active", "percent", "multiprocessors with work, a mean over time"),
  gpu_tensor_percent: fact("tensor cores active", "percent", "cycles in which the tensor cores worked"),
  gpu_dram_percent: fact("GPU memory bandwidth", "percent", "cycles in which the memory moved data"),
  gpu_clock_event_mask: fact("reasons of the clock", "none", "bit mask of why the clocks are as they are"),
  gpu_xid: fact("last XID error", "none", "number of the driver's last error; 0: none"),
  cpu_percent: fact("CPU", "percent", "busy share of all cores"),
  steal_percent: fact("CPU stolen", "percent", "share of all cores that the hypervisor gave to other machines"),
  load_1m: fact("load", "count", "threads that run or wait, a mean of the last minute"),
  memory_used_bytes: fact("memory", "bytes", "memory in use"),
  memory_total_bytes: fact("memory, in all", "bytes", "memory that the machine has"),
  process_memory_bytes: fact("memory of the process", "bytes", "resident memory of the server's process"),
  process_cpu_percent: fact("CPU of the process", "percent", "processor time of the server's process; 100 is one core"),
  descriptors: fact("descriptors", "count", "open files and connections of the server's process"),
  network_received_bytes_per_s: fact("network, received", "bytes_per_s", "bytes over interfaces that lead out"),
  network_sent_bytes_per_s: fact("network, sent", "bytes_per_s", "bytes over interfaces that lead out"),
  disk_read_bytes_per_s: fact("disk, read", "bytes_per_s", "bytes read from disks"),
  disk_written_bytes_per_s: fact("disk, written", "bytes_per_s", "bytes written to disks"),
  swapped_pages_per_s: fact("swapping", "per_s", "pages read from and written to swap"),
  tcp_retransmits_per_s: fact("TCP retransmits", "per_s", "TCP segments that had to be sent again"),
} as const satisfies Record<string, ServiceSeriesFacts>;

/** Name of a series of the catalogue. */
export type ServiceSeries = keyof typeof SERVICE_SERIES;

function fact<U extends ServiceUnit>(label: string, unit: U, meaning: string) {
  return { label, unit, meaning };
}

/** A key of `ServiceSample.values`, taken apart. */
export interface SeriesKey {
  /** The series, or the metric of the page where the plan asks for one by name. */
  name: string;
  /** `model="whisper"`; empty: the page has only one. */
  labels: string;
}

/**
 * Takes a key of a reading apart.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(readSeriesKey('queue_time{model="whisper"}'), { name: "queue_time", labels: 'model="whisper"' });
 * assert.deepEqual(readSeriesKey("batch_size"), { name: "batch_size", labels: "" });
 * ```
 */
export function readSeriesKey(key: string): SeriesKey {
  const at = key.indexOf("{");
  return at < 0 ? { name: key, labels: "" } : { name: key.slice(0, at), labels: key.slice(at + 1, -1) };
}

/**
 * What is known of a key's series. A metric that the plan asks for by name is its own label, and has no unit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([seriesFacts('queue_time{model="a"}').unit, seriesFacts("my_depth").label], ["ms", "my_depth"]);
 * ```
 */
export function seriesFacts(key: string): ServiceSeriesFacts {
  const { name } = readSeriesKey(key);
  return Object.hasOwn(SERVICE_SERIES, name)
    ? SERVICE_SERIES[name as ServiceSeries]
    : { label: name, unit: "none", meaning: "a metric of the page, as it is" };
}
