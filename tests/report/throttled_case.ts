/** A made-up run of ten minutes on two GPUs, one of which is held at its power limit from 4:10 to 8:00. */
import { Series } from "../../lib/measure/series.ts";
import { noGenerator } from "../../lib/measure/generator.ts";
import type { GpuSample } from "../../lib/measure/resource.ts";
import type { IntervalRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { closedLoad, rule } from "../plans.ts";
import { makeHeader, makePlan, noise } from "../result/make_run.ts";

/** When GPU 1 is throttled; seconds. */
export const THROTTLED = { from_s: 250, to_s: 480 } as const;
const SECONDS = 600;
const USERS = 40;

/** What may differ from the usual case. */
export interface ThrottledOptions {
  /** Null: nothing happens at all. */
  throttled?: { from_s: number; to_s: number } | null;
  /** How much slower calls are while it lasts. */
  slower?: number;
  seed?: number;
  /** From when there are other users, and how many. */
  users?: { from_s: number; users: number };
  seconds?: number;
  paused?: boolean;
}

/** The run: a chat that waits for GPU 1, a synthesis on GPU 0 that is as fast as ever, and a service watched by its process. */
export function throttledRun(options: ThrottledOptions = {}): Run {
  const { throttled = THROTTLED, slower = 2.9, seed = 11, users, seconds = SECONDS } = options;
  const random = noise(seed);
  const change_ms = users === undefined ? seconds * 1000 : users.from_s * 1000;
  const stages = [
    { name: "warm-up", load: 0, start_ms: 0, end_ms: 20_000, warm_up: true },
    { name: "hold", load: 0, start_ms: 20_000, end_ms: change_ms, warm_up: false },
    { name: "spike", load: 0, start_ms: change_ms, end_ms: seconds * 1000, warm_up: false },
  ].filter(({ start_ms, end_ms }) => end_ms > start_ms);
  const plan = makePlan({
    scenario: "two-gpus",
    duration_ms: seconds * 1000,
    stages,
    loads: [closedLoad(USERS, 40, seconds * 1000, { kind: "uniform", min_ms: 1000, max_ms: 3000 })],
    thresholds: [
      "p95(response_time, llm.chat_stream) < 1s",
      "p95(response_time, tts.synthesize) < 2s",
      "error_rate < 1%",
    ]
      .map(rule),
    resources: {
      cpu: true,
      memory: true,
      gpu: true,
      processes: [{ name: "triton", by: { kind: "port", port: 8001 } }],
    },
    ...(options.paused && { pauses: [{ start_ms: 540_000, end_ms: 555_000 }] }),
  });
  const run = new Run(makeHeader(plan));
  for (let index = 0; index < seconds; index++) {
    const held = throttled !== null && index >= throttled.from_s && index < throttled.to_s;
    const now = users !== undefined && index >= users.from_s ? users.users : USERS;
    const load = now / USERS;
    const paused = options.paused === true && index >= 540 && index < 555;
    run.add(second(index, plan.stages.findIndex(({ end_ms }) => index * 1000 < end_ms), {
      users: paused ? 0 : now,
      chat: load * (held ? slower : 1),
      random,
    }));
    run.add({
      type: "host",
      t_ms: index * 1000,
      cpu_percent: 24 + 6 * random(),
      memory_used_bytes: 6e9 + 1e8 * random(),
      memory_total_bytes: 32 * 2 ** 30,
      own_memory_bytes: 1.5e8,
      own_cpu_percent: 20 + 10 * random(),
      tcp_retransmits_per_s: random() < 0.1 ? 1 : 0,
      network_received_bytes_per_s: 2e6 * (0.8 + 0.4 * random()),
      processes: [{
        name: "triton",
        pid: 4711,
        processes: 1,
        cpu_percent: 180 + 30 * random(),
        memory_bytes: 9e9 + 1e7 * index / SECONDS,
        threads: 64,
        descriptors: 210,
        restarts: 0,
      }],
    });
    for (const gpu of [0, 1]) run.add(gpuSample(gpu, index, gpu === 1 && held, random));
  }
  run.add({ type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: run.open_calls });
  return run;
}

const OPERATIONS = [
  { operation: "llm.chat_stream", base_us: 300_000, gpu: 1 },
  { operation: "tts.synthesize", base_us: 180_000, gpu: 0 },
];

function second(
  index: number,
  stage: number,
  { users, chat, random }: { users: number; chat: number; random: () => number },
): IntervalRecord {
  const series = users === 0 ? [] : OPERATIONS.map(({ operation, base_us, gpu }) => {
    const one = new Series();
    const calls = Math.round(users * (0.16 + 0.06 * random()));
    one.issued = one.outcomes.ok = calls;
    for (let i = 0; i < calls; i++) {
      const time_us = Math.round(base_us * (gpu === 1 ? chat : 1) * (0.6 + 0.6 * random() + 0.8 * random() ** 6));
      for (const  of of["latency", "response_time", "service_time"] as const) one.histogram(of).record(time_us);
      one.histogram("first_message").record(Math.round(time_us * 0.4));
      one.sent_bytes += 200;
      one.received_bytes += 1200;
    }
    return one.toData(operation, stage);
  });
  const connections = ["llm", "stt", "tts"].map((service) => ({
    service,
    connections: 2,
    streams_in_flight: Math.round(3 * chat),
    waiting: 0,
    reconnects_total: 0,
    moves_total: 0,
  }));
  return {
    type: "interval",
    index,
    series,
    failures: [],
    users,
    in_flight: Math.round(6 * chat),
    connections,
    generator: { ...noGenerator(), due: Math.round(users * 0.4), begun: Math.round(users * 0.4), loop_lag_us: 900 },
    turns: [],
  };
}

function gpuSample(index: number, at_s: number, held: boolean, random: () => number): GpuSample {
  return {
    type: "gpu",
    t_ms: at_s * 1000 + 30 + index,
    index,
    uuid: `GPU-0000000${index}`,
    name: "NVIDIA H200",
    utilization_percent: held ? 99 + random() : 78 + 8 * random(),
    memory_utilization_percent: 40 + 4 * random(),
    memory_used_bytes: 92 * 2 ** 30,
    memory_total_bytes: 141 * 2 ** 30,
    power_w: held ? 348 + 3 * random() : 560 + 40 * random(),
    power_limit_w: held ? 350 : 700,
    temperature_c: (held ? 55 : 63) + 2 * random(),
    sm_clock_mhz: held ? 1200 + 30 * random() : 1965 + 15 * random(),
    clock_event_mask: held && random() < 0.96 ? 4 : 0,
  };
}
