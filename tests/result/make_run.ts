/** Made-up runs for tests of everything downstream of a result. The figures are invented; nothing is measured. */
import { Series } from "../../lib/measure/series.ts";
import type { Plan, ServicePlan } from "../../lib/plan/plan.ts";
import { type HeaderRecord, type IntervalRecord, RESULT_FORMAT, type ResultRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { closedLoad, defaultTask, rule } from "../plans.ts";
import { noGenerator } from "../../lib/measure/generator.ts";

/** A June service on a port of this machine, called as its kind is. */
function serviceOf(port: number, options: Exclude<ServicePlan["options"], { kind: "call" }>): ServicePlan {
  return {
    name: options.kind,
    kind: options.kind,
    protocol: "june",
    settings: null,
    address: `127.0.0.1:${port}`,
    connections: 1,
    timeout_ms: 30_000,
    transparent_retry: false,
    metadata: [],
    tls: null,
    inputs: [],
    options,
  };
}

/** A small plan: the three services, a ramp and a hold. */
export function makePlan(change: Partial<Plan> = {}): Plan {
  return {
    scenario: "sample",
    description: "a made-up run",
    source: "built-in",
    seed: 7,
    loads: [closedLoad(20, 4, 60_000, { kind: "uniform", min_ms: 1000, max_ms: 3000 })],
    duration_ms: 60_000,
    grace_ms: 10_000,
    stages: [
      { name: "ramp", load: 0, start_ms: 0, end_ms: 5000, warm_up: false },
      { name: "hold", load: 0, start_ms: 5000, end_ms: 60_000, warm_up: false },
    ],
    workers: 1,
    transport: "grpc-js",
    services: [
      serviceOf(50051, { kind: "llm", max_tokens: 128, temperature: 0.7, system: "" }),
      serviceOf(50052, { kind: "stt", pacing: "real_time", chunk_ms: 100, language: "en" }),
      serviceOf(50053, { kind: "tts", voice: "default", language: "en", prebuffer_ms: 0, max_parallel_sentences: 100 }),
    ],
    tasks: [
      defaultTask("llm", 30),
      defaultTask("stt", 20),
      defaultTask("tts", 20),
    ],
    objectives: [],
    strict: false,
    thresholds: [
      "p95(response_time, llm.chat_stream) < 2s",
      "p95(response_time, stt.recognize_stream) < 2s",
      "error_rate < 1%",
      "load >= 100%",
    ].map(rule),
    percentiles: [50, 75, 90, 95, 99],
    throughput_window_ms: 60_000,
    resources: { cpu: true, memory: true, gpu: true },
    output: { dir: "reports", formats: ["html", "json", "csv"], include_charts: true, comparison_baseline: null },
    ...change,
  };
}

/** A header for `plan`, with fixed host and time. */
export function makeHeader(plan: Plan): HeaderRecord {
  return {
    type: "header",
    format: RESULT_FORMAT,
    tool: "june-load 0.1.0",
    started_at: "2026-11-23T14:00:00.000Z",
    host: { name: "bench-1", os: "linux x86_64", cpus: 8, memory_bytes: 32 * 2 ** 30 },
    plan,
    services: plan.services.map(({ name, address }) => ({
      name,
      address,
      state: "serving",
      details: "model sim, version 0.2.0",
    })),
  };
}

/** Seeded numbers from 0 to 1, for made-up figures only. */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
}

const BASE_US: Record<string, number> = {
  "llm.chat_stream": 450_000,
  "stt.recognize_stream": 2_600_000,
  "tts.synthesize": 380_000,
};

/** One made-up second. `slow` multiplies latencies; `errors` is the share that fails. */
export function makeInterval(plan: Plan, index: number, random: () => number, slow = 1, errors = 0): IntervalRecord {
  const stage = Math.max(0, plan.stages.findIndex((s) => index * 1000 >= s.start_ms && index * 1000 < s.end_ms));
  const users = Math.min(20, (index + 1) * 4);
  const failures: IntervalRecord["failures"] = [];
  const series = Object.entries(BASE_US).map(([operation, base_us]) => {
    const one = new Series();
    const calls = Math.max(1, Math.round(users * (0.3 + random() * 0.2)));
    one.issued = calls;
    for (let i = 0; i < calls; i++) {
      const latency_us = Math.round(base_us * slow * (0.6 + random() + random() ** 8 * 3));
      if (random() < errors) {
        one.outcomes.failed++;
        one.failed_latency.record(latency_us);
        const at_ms = index * 1000 + 500;
        failures.push({
          operation,
          outcome: "failed",
          code: 14,
          type: "UNAVAILABLE",
          pattern: "connection to <address> lost",
          example: "connection to 127.0.0.1:50051 lost",
          count: 1,
          first_ms: at_ms,
          last_ms: at_ms,
        });
        continue;
      }
      one.outcomes.ok++;
      one.sent_bytes += 120;
      one.received_bytes += 900;
      one.histogram("latency").record(latency_us);
      one.histogram("response_time").record(
        Math.round(operation === "stt.recognize_stream" ? latency_us * 0.04 : latency_us),
      );
      one.histogram("service_time").record(latency_us - 300);
      one.histogram("start_delay").record(300);
      if (operation === "tts.synthesize") continue;
      one.histogram("first_message").record(Math.round(latency_us * 0.3));
      for (let k = 0; k < 10; k++) one.histogram("gap").record(Math.round(15_000 + random() * 10_000));
      one.messages += 11;
      if (operation === "stt.recognize_stream") one.histogram("final_latency").record(Math.round(latency_us * 0.04));
    }
    return one.toData(operation, stage);
  });
  const connections = plan.services.map(({ name }) => ({
    service: name,
    connections: 1,
    streams_in_flight: 4,
    waiting: 0,
    reconnects_total: 0,
    moves_total: 0,
  }));
  return {
    type: "interval",
    index,
    series,
    failures,
    users,
    in_flight: 12,
    connections,
    generator: { ...noGenerator(), loop_lag_us: 900 },
    turns: [],
  };
}

/** Lines of a made-up run of `seconds`, with resources; `slowFrom` and `slowTo` bound a stretch at 4 times the latency. */
export function makeRecords(options: {
  plan?: Plan;
  seconds?: number;
  errors?: number;
  slowFrom?: number;
  slowTo?: number;
  gpu?: boolean;
  complete?: boolean;
  seed?: number;
} = {}): ResultRecord[] {
  const { plan = makePlan(), seconds = 60, errors = 0, slowFrom = 0, slowTo = 0, gpu = true } = options;
  const random = noise(options.seed ?? 7);
  const records: ResultRecord[] = [makeHeader(plan)];
  for (let index = 0; index < seconds; index++) {
    const slow = index >= slowFrom && index < slowTo ? 4 : 1;
    records.push(makeInterval(plan, index, random, slow, errors));
    records.push({
      type: "host",
      t_ms: index * 1000,
      cpu_percent: 30 + random() * 20,
      memory_used_bytes: 6e9 + random() * 1e8,
      memory_total_bytes: 32 * 2 ** 30,
      own_memory_bytes: 1.5e8,
      own_cpu_percent: 20 + random() * 10,
    });
    if (gpu) {
      records.push({
        type: "gpu",
        t_ms: index * 1000 + 30,
        index: 0,
        uuid: "GPU-1c7d0f5e-2b9a-4d21-9c3e-8f60aa41b7d2",
        name: "NVIDIA H100 80GB HBM3",
        utilization_percent: Math.min(100, 40 * slow + random() * 20),
        memory_utilization_percent: 30,
        memory_used_bytes: 61_544 * 2 ** 20,
        memory_total_bytes: 81_559 * 2 ** 20,
        power_w: 300 * Math.min(2, slow) + random() * 30,
        power_limit_w: 700,
        temperature_c: 55,
        sm_clock_mhz: 1755,
        clock_event_mask: slow > 1 ? 4 : 0,
      });
    }
  }
  const run = new Run(records[0] as HeaderRecord);
  for (const record of records.slice(1)) run.add(record);
  if (options.complete ?? true) {
    records.push({ type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: run.open_calls });
  }
  return records;
}

/** The same as a run. */
export function makeRun(options: Parameters<typeof makeRecords>[0] = {}): Run {
  const [header, ...rest] = makeRecords(options);
  const run = new Run(header as HeaderRecord);
  for (const record of rest) run.add(record);
  return run;
}
