/** One run: pools, samplers and result file held together from the first start to the end mark. */
import type { Plan } from "../plan/plan.ts";
import { redactPlan } from "../plan/plan.ts";
import { type ReadyPools, type RunningPools } from "../pool/pools.ts";
import { startSampler } from "../resources/sampler.ts";
import { ResultWriter } from "../result/file.ts";
import {
  type EndReason,
  type HeaderRecord,
  RESULT_FORMAT,
  type ResultRecord,
  type ServiceRecord,
} from "../result/record.ts";
import { Run } from "../result/run.ts";
import { TOOL } from "./version.ts";

const SAMPLE_EVERY_MS = 1000;
/** Intervals between two looks at the result file: a full disk ends the run. */

/** How a session is told to end, and whom it tells how it goes. */
export interface SessionOptions {
  plan: Plan;
  pools: ReadyPools;
  /** Folder for `result.ndjson`. */
  dir: string;
  services: ServiceRecord[];
  /** Called after each second. */
  onSecond(run: Run): void;
  /** Handed the two ways to end early, once the load runs. */
  onRunning(controls: SessionControls): void;
}

/** Ways to end a run early; both keep what was measured. */
export interface SessionControls {
  /** No new tasks; calls in flight have the grace period. */
  stop(): void;
  /** Cut off what is in flight. */
  abort(): void;
}

/** Describes the machine and the plan for the first line of the result. */
export function headerFor(plan: Plan, services: ServiceRecord[], now: Date): HeaderRecord {
  const memory_bytes = Deno.systemMemoryInfo().total;
  const host = {
    name: Deno.hostname(),
    os: `${Deno.build.os} ${Deno.build.arch}`,
    cpus: navigator.hardwareConcurrency,
    memory_bytes,
  };
  return {
    type: "header",
    format: RESULT_FORMAT,
    tool: TOOL,
    started_at: now.toISOString(),
    host,
    plan: redactPlan(plan),
    services: services.map(({ name, address, state, details }) => ({ name, address, state, details })),
  };
}

/**
 * Runs the load and writes the result as it goes.
 * @throws {UserError} kind `output` when the result file cannot be made; a disk that fills later ends the run instead
 */
export async function runSession(options: SessionOptions): Promise<{ run: Run; writeFailure: Error | null }> {
  const header = headerFor(options.plan, options.services, new Date());
  const writer = await ResultWriter.create(`${options.dir}/result.ndjson`);
  writer.write(header);
  const run = new Run(header);
  const keep = (record: ResultRecord) => {
    run.add(record);
    writer.write(record);
  };
  let reason: EndReason = "completed";
  let text = "";
  const running: RunningPools = options.pools.start((interval) => {
    keep({ type: "interval", ...interval });
    if (writer.failure !== null && text === "") {
      reason = "aborted";
      text = writer.failure.message;
      running.stop();
    }
    options.onSecond(run);
  });
  const now_ms = () => performance.now() - running.epoch_ms;
  const sampler = startSampler({
    ...options.plan.resources,
    interval_ms: SAMPLE_EVERY_MS,
    now_ms,
    onSample: keep,
    onNote: ({ t_ms, kind, text }) => keep({ type: "event", t_ms, kind, text }),
  });
  const end = (how: EndReason, why: string) => {
    if (reason === "completed") keep({ type: "event", t_ms: now_ms(), kind: "stop_requested", text: why });
    reason = how;
    text = why;
  };
  options.onRunning({
    stop: () => (end("stopped", "stopped by the user"), running.stop()),
    abort: () => (end("aborted", "ended at once by the user"), running.abort()),
  });
  const { failure } = await running.done;
  await sampler.stop();
  if (failure !== null) {
    keep({ type: "event", t_ms: now_ms(), kind: "worker_failed", text: failure.message });
    reason = "failed";
    text = failure.message;
  }
  keep({ type: "end", t_ms: now_ms(), reason, text, unaccounted: run.unaccounted });
  const writeFailure = await writer.close().then(() => null, (error: Error) => error);
  return { run, writeFailure };
}
