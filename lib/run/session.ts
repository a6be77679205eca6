/** One run: pools, samplers and result file held together from the first start to the end mark. */
import { type Plan, redactPlan } from "../plan/plan.ts";
import type { ReadyPools } from "../pool/pools.ts";
import { startSampler } from "../resources/sampler.ts";
import { ResultWriter } from "../result/file.ts";
import {
  type EndReason,
  type EventRecord,
  type HeaderRecord,
  type InputRecord,
  RESULT_FORMAT,
  type ResultRecord,
  type ServiceRecord,
} from "../result/record.ts";
import { Run } from "../result/run.ts";
import { whyAbort } from "../verdict/abort.ts";
import { openServerStatistics } from "./server_statistics.ts";

const SAMPLE_EVERY_MS = 1000;

/** How a session is told to end, and whom it tells how it goes. */
export interface SessionOptions {
  plan: Plan;
  /** Name and version of the program, for the result's header: `june-load 1.0.0`. */
  tool: string;
  pools: ReadyPools;
  /** Folder for `result.ndjson`. */
  dir: string;
  services: ServiceRecord[];
  /** What was read of the files of inputs. */
  inputs?: InputRecord[];
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
function headerFor({ plan, tool, services, inputs = [] }: SessionOptions, now: Date): HeaderRecord {
  return {
    type: "header",
    format: RESULT_FORMAT,
    tool,
    started_at: now.toISOString(),
    host: {
      name: Deno.hostname(),
      os: `${Deno.build.os} ${Deno.build.arch}`,
      cpus: navigator.hardwareConcurrency,
      memory_bytes: Deno.systemMemoryInfo().total,
    },
    plan: redactPlan(plan),
    services: services.map(({ name, address, state, details }) => ({ name, address, state, details })),
    ...(inputs.length > 0 && { inputs }),
  };
}

/**
 * Runs the load and writes the result as it goes.
 * @throws {UserError} kind `output` when the result file cannot be made; a disk that fills up later ends the run instead,
 * and is told as `writeFailure`
 */
export async function runSession(options: SessionOptions): Promise<{ run: Run; writeFailure: Error | null }> {
  const header = headerFor(options, new Date());
  const writer = await ResultWriter.create(`${options.dir}/result.ndjson`);
  writer.write(header);
  const run = new Run(header);
  const keep = (record: ResultRecord) => {
    run.add(record);
    writer.write(record);
  };
  const statistics = await openServerStatistics(options.plan);
  for (const record of await statistics.read("before", 0)) keep(record);
  const running = options.pools.start((interval) => {
    keep({ type: "interval", ...interval });
    if (writer.failure !== null) {
      endEarly("aborted", { kind: "write_failed", text: writer.failure.message }, running.stop);
    }
    const broken = ended.reason === "completed" ? whyAbort(run) : null;
    if (broken !== null) endEarly("aborted", { kind: "aborted_by_rule", ...broken }, running.stop);
    options.onSecond(run);
  });
  const now_ms = () => Math.round(performance.now() - running.epoch_ms);
  let ended: { reason: EndReason; text: string } = { reason: "completed", text: "" };
  /** The first reason stands, but for a user who will not even wait for the calls in flight. */
  const endEarly = (reason: EndReason, event: Omit<EventRecord, "type" | "t_ms">, act: () => void) => {
    if (ended.reason === "completed") keep({ type: "event", t_ms: now_ms(), ...event });
    if (ended.reason === "completed" || act === running.abort) ended = { reason, text: event.text };
    act();
  };
  const sampler = startSampler({
    ...options.plan.resources,
    interval_ms: SAMPLE_EVERY_MS,
    now_ms,
    onSample: keep,
    onNote: (note) => keep({ type: "event", ...note }),
  });
  options.onRunning({
    stop: () => endEarly("stopped", { kind: "stop_requested", text: "stopped by the user" }, running.stop),
    abort: () => endEarly("aborted", { kind: "stop_requested", text: "ended at once by the user" }, running.abort),
  });
  const { failure } = await running.done;
  await sampler.stop();
  for (const record of await statistics.read("after", now_ms())) keep(record);
  await statistics.close();
  if (failure !== null) {
    ended = { reason: "failed", text: failure.message };
    keep({ type: "event", t_ms: now_ms(), kind: "worker_failed", text: failure.message });
  }
  keep({ type: "end", t_ms: now_ms(), ...ended, unaccounted: run.unaccounted });
  return { run, writeFailure: await writer.close().then(() => null, (error: Error) => error) };
}
