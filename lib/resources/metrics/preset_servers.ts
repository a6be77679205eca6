/** The pages of servers of models. Sources: the documentation that each names, and pages of real servers in the tests. */
import type { ServiceSeries } from "../../measure/service_series.ts";
import { gauge, largest, mean, metric, type Preset, quantile, quotient, rate, type SeriesFormula } from "./formula.ts";

/** From seconds to milliseconds, from microseconds, and from a share to percent. */
const [SECONDS, MICROSECONDS, SHARE] = [1000, 0.001, 100];

/** A duration's mean and 95th percentile. */
function duration(series: ServiceSeries, p95: ServiceSeries, histogram: string): SeriesFormula[] {
  return [mean(series, histogram, SECONDS), quantile(p95, 0.95, histogram, SECONDS)];
}

/** What Prometheus' client libraries tell of their own process. */
const PROCESS: readonly SeriesFormula[] = [
  gauge("process_memory_bytes", "process_resident_memory_bytes"),
  rate("process_cpu_percent", "process_cpu_seconds_total", SHARE),
  gauge("descriptors", "process_open_fds"),
];

/**
 * What vLLM, and servers with its names, tell. Source: docs.vllm.ai, Production Metrics; `kv_cache_usage_perc` and
 * `prefix_cache_*` were called `gpu_...` before 0.9.
 */
function vllmLike(prefix: string): SeriesFormula[] {
  const of = (name: string) => prefix + name;
  return [
    gauge("running_requests", of("num_requests_running")),
    gauge("waiting_requests", of("num_requests_waiting")),
    ...duration("queue_time", "queue_time_p95", of("request_queue_time_seconds")),
    mean("compute_time", of("request_inference_time_seconds"), SECONDS),
    ...duration("request_time", "request_time_p95", of("e2e_request_latency_seconds")),
    ...duration("first_token_time", "first_token_time_p95", of("time_to_first_token_seconds")),
    mean("token_gap", [of("inter_token_latency_seconds"), of("time_per_output_token_seconds")], SECONDS),
    mean("step_tokens", of("iteration_tokens_total")),
    largest("kv_cache_percent", [of("kv_cache_usage_perc"), of("gpu_cache_usage_perc")], SHARE),
    quotient(
      "prefix_cache_hit_percent",
      [metric([of("prefix_cache_hits_total"), of("gpu_prefix_cache_hits_total")])],
      metric([of("prefix_cache_queries_total"), of("gpu_prefix_cache_queries_total")]),
      SHARE,
    ),
    rate("requests_per_s", metric(of("request_success_total"), { except: { finished_reason: ["abort", "error"] } })),
    rate("prompt_tokens_per_s", of("prompt_tokens_total")),
    rate("tokens_per_s", of("generation_tokens_total")),
    rate("preemptions_per_s", of("num_preemptions_total")),
    ...PROCESS,
  ];
}

/** Source: as `vllmLike`. */
export const VLLM: Preset = { label: "vLLM", marks: ["vllm:"], by: ["model_name"], series: vllmLike("vllm:") };

/** Source: NVIDIA's Observability for NIM for LLMs: vLLM's names without its prefix. */
export const NIM: Preset = {
  label: "NIM",
  marks: ["num_requests_running", "gpu_cache_usage_perc"],
  by: ["model_name"],
  series: [
    gauge("max_requests", "num_request_max"),
    rate("failures_per_s", "request_failure_total"),
    ...vllmLike(""),
  ],
};

/** Source: SGLang's Production Metrics. Where every rank of tensor parallelism has a page of its own, one speaks for all. */
export const SGLANG: Preset = {
  label: "SGLang",
  marks: ["sglang:"],
  by: ["model_name"],
  series: [
    gauge("running_requests", rankZero("sglang:num_running_reqs")),
    gauge("waiting_requests", rankZero("sglang:num_queue_reqs")),
    ...duration("queue_time", "queue_time_p95", "sglang:queue_time_seconds"),
    ...duration("request_time", "request_time_p95", "sglang:e2e_request_latency_seconds"),
    ...duration("first_token_time", "first_token_time_p95", "sglang:time_to_first_token_seconds"),
    mean("token_gap", ["sglang:inter_token_latency_seconds", "sglang:time_per_output_token_seconds"], SECONDS),
    largest("kv_cache_percent", "sglang:token_usage", SHARE),
    largest("prefix_cache_hit_percent", "sglang:cache_hit_rate", SHARE),
    rate("requests_per_s", "sglang:num_requests_total"),
    rate("prompt_tokens_per_s", "sglang:prompt_tokens_total"),
    rate("tokens_per_s", "sglang:generation_tokens_total"),
    gauge("tokens_per_s", rankZero("sglang:gen_throughput")),
    rate("preemptions_per_s", "sglang:num_retracted_requests_total"),
    ...PROCESS,
  ],
};

function rankZero(name: string) {
  return metric(name, { where: { tp_rank: ["0"] } });
}

/** Source: TensorRT-LLM's `tensorrt_llm.metrics`; its page is /prometheus/metrics, and /metrics something else. */
export const TRT_LLM: Preset = {
  label: "TensorRT-LLM",
  marks: ["trtllm_"],
  by: ["model_name"],
  series: [
    largest("kv_cache_percent", "trtllm_kv_cache_utilization", SHARE),
    largest("prefix_cache_hit_percent", "trtllm_kv_cache_hit_rate", SHARE),
    ...vllmLike("trtllm_"),
  ],
};

/**
 * Source: the README of llama.cpp's server, which has no page unless it was started with --metrics. Newer builds do not
 * tell the use of the key-value cache, and their averages since the start are of no time in particular: left out.
 */
export const LLAMA_CPP: Preset = {
  label: "llama.cpp",
  marks: ["llamacpp:"],
  by: [],
  series: [
    gauge("running_requests", "llamacpp:requests_processing"),
    gauge("waiting_requests", "llamacpp:requests_deferred"),
    quotient(
      "token_gap",
      [metric("llamacpp:tokens_predicted_seconds_total")],
      metric("llamacpp:tokens_predicted_total"),
      SECONDS,
    ),
    largest("kv_cache_percent", "llamacpp:kv_cache_usage_ratio", SHARE),
    quotient(
      "prefix_cache_hit_percent",
      [metric("llamacpp:prompt_tokens_cached_total")],
      [metric("llamacpp:prompt_tokens_cached_total"), metric("llamacpp:prompt_tokens_total")],
      SHARE,
    ),
    rate("prompt_tokens_per_s", "llamacpp:prompt_tokens_total"),
    rate("tokens_per_s", "llamacpp:tokens_predicted_total"),
  ],
};

const NV_SUCCESS = metric("nv_inference_request_success");
const nv = (part: string) => metric(`nv_inference_${part}_duration_us`);

/** Source: Triton's user guide, Metrics. Times are of requests that ended well; the GPU's come every two seconds. */
export const TRITON: Preset = {
  label: "Triton",
  marks: ["nv_inference_", "nv_gpu_", "nv_pinned_memory_pool_"],
  by: ["model", "version", "gpu_uuid"],
  series: [
    gauge("waiting_requests", "nv_inference_pending_request_count"),
    quotient("queue_time", [nv("queue")], NV_SUCCESS, MICROSECONDS),
    quotient(
      "compute_time",
      [nv("compute_input"), nv("compute_infer"), nv("compute_output")],
      NV_SUCCESS,
      MICROSECONDS,
    ),
    quotient("request_time", [nv("request")], NV_SUCCESS, MICROSECONDS),
    mean("first_token_time", "nv_inference_first_response_histogram_ms"),
    quantile("first_token_time_p95", 0.95, "nv_inference_first_response_histogram_ms"),
    quotient("batch_size", [metric("nv_inference_count")], metric("nv_inference_exec_count")),
    rate("requests_per_s", NV_SUCCESS),
    rate("failures_per_s", metric("nv_inference_request_failure", { except: { reason: ["CANCELED"] } })),
    gauge("gpu_utilization_percent", "nv_gpu_utilization", SHARE),
    gauge("gpu_memory_used_bytes", "nv_gpu_memory_used_bytes"),
    gauge("gpu_memory_total_bytes", "nv_gpu_memory_total_bytes"),
    gauge("gpu_power_w", "nv_gpu_power_usage"),
    gauge("gpu_power_limit_w", "nv_gpu_power_limit"),
    gauge("memory_used_bytes", "nv_cpu_memory_used_bytes"),
    gauge("memory_total_bytes", "nv_cpu_memory_total_bytes"),
  ],
};

const trtRequests = (type: string) => metric("nv_trt_llm_request_metrics", { where: { request_type: [type] } });
const trtBlocks = (type: string) =>
  metric("nv_trt_llm_kv_cache_block_metrics", { where: { kv_cache_block_type: [type] } });

/** Source: the README of Triton's TensorRT-LLM backend, Triton Metrics. */
export const TRITON_TRT_LLM: Preset = {
  label: "Triton with TensorRT-LLM",
  marks: ["nv_trt_llm_"],
  by: ["model", "version"],
  series: [
    gauge("running_requests", trtRequests("scheduled")),
    gauge("waiting_requests", trtRequests("waiting")),
    gauge("max_requests", trtRequests("max")),
    {
      series: "kv_cache_percent",
      formula: { kind: "portion", of: trtBlocks("used"), whole: trtBlocks("max") },
      scale: SHARE,
    },
  ],
};

/** The page of june-load's own simulator. */
export const SIMULATOR: Preset = {
  label: "june-load's simulator",
  marks: ["june_load_sim_"],
  by: ["service"],
  series: [
    gauge("running_requests", "june_load_sim_requests_running"),
    gauge("waiting_requests", "june_load_sim_requests_waiting"),
    gauge("max_requests", "june_load_sim_slots"),
    rate("failures_per_s", "june_load_sim_requests_refused_total"),
  ],
};
