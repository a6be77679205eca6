/**
 * How precisely an open load starts its calls: one worker, the built-in simulator's health checks, on this machine.
 *
 *   deno run -A bench/start_precision.ts [--seconds N]
 *
 * Each rate is run on an idle machine (as far as it is) and beside one busy thread per two cores. The target: of 2,000
 * arrivals a second 99 % start within 2 ms of their instant.
 */
import { parseArgs } from "node:util";
import { Histogram } from "../lib/measure/histogram.ts";
import type { GeneratorData } from "../lib/measure/interval.ts";
import { mergeGenerators } from "../lib/measure/generator.ts";
import type { Plan } from "../lib/plan/plan.ts";
import { preparePools } from "../lib/pool/pools.ts";
import { startInWorker } from "../lib/sim/worker/start_in_worker.ts";
import { task } from "../tests/plans.ts";
import { makePlan } from "../tests/result/make_run.ts";

/** From the instant an arrival was due to the start of its call; microseconds. */
const LIMIT_US = 2000;

/** How starts stood to their instants. */
export interface StartPrecision {
  /** Arrivals of the schedule, and calls begun. */
  due: number;
  begun: number;
  p50_us: number;
  p99_us: number;
  max_us: number;
  /** Of all starts those at most 2 ms late, from 0 to 1. */
  in_time: number;
  /** Processor time of the worker in its busiest second, as a share of a core. */
  busiest: number | null;
}

function openPlan(rate_per_s: number, seconds: number, addresses: Record<string, string>): Plan {
  const [start_ms, end_ms] = [0, seconds * 1000];
  const base = makePlan();
  return makePlan({
    services: base.services.map((service) => ({ ...service, address: addresses[service.kind] ?? service.address })),
    tasks: [task("llm.health")],
    loads: [{
      kind: "open",
      name: "load",
      courses: [{ kind: "linear", start_ms, end_ms, from: rate_per_s, to: rate_per_s }],
      spacing: "constant",
      max_in_flight: 10_000,
      max_wait_ms: 1000,
    }],
    duration_ms: end_ms,
    stages: [{ name: "hold", load: 0, start_ms, end_ms, warm_up: false }],
    objectives: [],
    thresholds: [],
    transport: "wire",
    workers: 1,
  });
}

/** Runs arrivals at a rate; the first second, in which code is compiled, counts too. */
export async function measureStarts(rate_per_s: number, seconds: number): Promise<StartPrecision> {
  const simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 } });
  try {
    const seconds_seen: GeneratorData[] = [];
    const pools = await preparePools(openPlan(rate_per_s, seconds, simulator.addresses));
    const { failure } = await pools.start(({ generator }) => seconds_seen.push(generator)).done;
    if (failure !== null) throw failure;
    return precisionOf(mergeGenerators(seconds_seen));
  } finally {
    await simulator.close();
  }
}

function precisionOf({ due, begun, start_lag, busiest_pool }: GeneratorData): StartPrecision {
  const lag = new Histogram();
  lag.mergeData(start_lag);
  return {
    due,
    begun,
    p50_us: lag.percentile(50),
    p99_us: lag.percentile(99),
    max_us: lag.max,
    in_time: lag.countAtOrBelow(LIMIT_US) / Math.max(1, lag.count),
    busiest: busiest_pool,
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ args: Deno.args, options: { seconds: { type: "string", default: "10" } } });
  for (const busy of [0, Math.max(1, navigator.hardwareConcurrency >> 1)]) {
    const spin = Array.from(
      { length: busy },
      () => new Deno.Command("sh", { args: ["-c", "while :; do :; done"] }).spawn(),
    );
    for (const rate_per_s of [100, 2000]) {
      const { p50_us, p99_us, max_us, in_time, busiest } = await measureStarts(rate_per_s, Number(values.seconds));
      const load = Deno.loadavg()[0]?.toFixed(1);
      console.log(
        `${rate_per_s}/s beside ${busy} busy threads (load average ${load}): ${
          (in_time * 100).toFixed(2)
        } % within 2 ms; ` +
          `median ${p50_us} us, p99 ${p99_us} us, largest ${max_us} us; ${
            ((busiest ?? NaN) * 100).toFixed(0)
          } % of a core`,
      );
    }
    for (const child of spin) child.kill("SIGKILL");
    await Promise.all(spin.map(({ status }) => status));
  }
}
