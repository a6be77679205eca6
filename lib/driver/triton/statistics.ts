/** Reads a server's counters of its models: Triton's statistics extension. */
import * as kserve from "../../../proto/kserve.ts";
import type { ModelCounts, ServerTime } from "../../measure/server_statistics.ts";
import { StatusCode } from "../../transport/status.ts";
import type { AskOnce } from "../rpc/standard_health.ts";

/**
 * Counters of all models since the server started. All are needed: an ensemble's times are those of its steps. Null
 * where the server has none or its answer cannot be read.
 */
export async function readStatistics(ask: AskOnce): Promise<ModelCounts[] | null> {
  const request = kserve.ModelRequest.encode({ name: "", version: "" });
  const { status, message } = await ask(kserve.PATHS.modelStatistics, request);
  if (status.code !== StatusCode.OK || message === null) return null;
  try {
    return kserve.ModelStatisticsResponse.decode(message).model_stats.map(countsOf);
  } catch {
    return null;
  }
}

function countsOf({ name, version, inference_count, execution_count, inference_stats }: kserve.ModelStatistics) {
  const time = (of: keyof kserve.InferStatistics): ServerTime => {
    const { count = 0, ns = 0 } = inference_stats?.[of] ?? {};
    return { count, sum_us: Math.round(ns / 1000) };
  };
  return {
    model: name,
    version,
    inferences: inference_count,
    executions: execution_count,
    success: time("success"),
    fail: time("fail"),
    queue: time("queue"),
    compute_input: time("compute_input"),
    compute_infer: time("compute_infer"),
    compute_output: time("compute_output"),
    cache_hit: time("cache_hit"),
    cache_miss: time("cache_miss"),
  };
}
