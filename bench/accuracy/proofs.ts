/** Servers whose behaviour is known, and what june-load must say of them. */
import {
  constant,
  type Distribution as Times,
  draw,
  exponential,
  lognormal,
} from "../../lib/sim/model/distribution.ts";
import type { LlmModel } from "../../lib/sim/model/model.ts";
import { Random } from "../../lib/sim/model/random.ts";
import { randomStream } from "../../lib/schedule/random.ts";
import type { Run } from "../../lib/result/run.ts";
import type { Check } from "./check.ts";
import { type Figures, figuresOf, frozen, samplingBand, sojourns } from "./path.ts";
import { md1, mm1, type Sojourn } from "./queueing.ts";
import { arrivalsOf, runTool } from "./tool.ts";

/** As many slots as there can be calls: nobody waits. */
const NO_QUEUE = { slots: 1_000_000, queue_limit: 0 };
const SIMULATOR_SEED = 1;

const latency = (run: Run) => run.total().histogram("latency");
const p99_ms = (run: Run) => latency(run).percentile(99) / 1000;

/** Length and size of the frozen server's run. */
export interface Freeze {
  /** Length of the load. */
  seconds: number;
  freeze_s: number;
  per_s: number;
}

/**
 * A server answers in 5 ms but stands still for a while in mid-run. Where exactly the freeze falls moves the truth by at
 * most the time between two calls. A closed load of ten users is shown beside: it sends nothing while it waits.
 */
export async function frozenServer({ seconds, freeze_s, per_s }: Freeze): Promise<Check[]> {
  const service_ms = 5;
  const at_ms = 450 * seconds;
  const faults = [{ kind: "stall", at_ms, for_ms: freeze_s * 1000, service: "llm" }] as const;
  const simulator = { models: { llm: oneToken(constant(service_ms)) }, faults: [...faults] };
  const tasks = { "llm.generate": 1 };
  const open = await runTool({
    simulator,
    scenario: { rate: `${per_s}/s`, duration: `${seconds}s`, max_in_flight: per_s * seconds, tasks },
  });
  const closed = await runTool({
    simulator,
    scenario: { users: 10, spawn_rate: 1000, duration: `${seconds}s`, think_time: "0ms", tasks },
  });
  const worst_ms = latency(open).max / 1000;
  if (worst_ms < 900 * freeze_s) throw new Error(`No call met the whole freeze: the slowest took ${worst_ms} ms`);
  const truth = frozen(arrivalsOf(open), service_ms * 1000, at_ms * 1000, freeze_s * 1e6);
  const truth_ms = figuresOf(truth).p99 / 1000;
  const name = `P99, server frozen for ${freeze_s} s of ${seconds} s`;
  return [
    { what: `${name}, ${per_s} arrivals/s`, truth_ms, measured_ms: p99_ms(open), allowed: { share: 0.05 } },
    { what: `${name}, 10 users in a closed loop`, truth_ms, measured_ms: p99_ms(closed), allowed: null },
  ];
}

/** A queue in front of one slot. */
export interface Queue {
  kind: "M/M/1" | "M/D/1";
  /** Share of the time in which the slot is busy. */
  load: number;
  /** Mean service time. */
  service_ms: number;
  seconds: number;
  /** Of the arrivals. */
  seed: number;
}

/** Within this share of the truth, where chance does not allow less. */
const QUEUE_SHARE = 0.03;

/** What runs a queue: the simulator's options, and the scenario. */
export function queueSetup({ kind, load, service_ms, seconds, seed }: Queue) {
  const times: Times = kind === "M/M/1" ? exponential(service_ms) : constant(service_ms);
  const per_s = load * 1000 / service_ms;
  const simulator = { seed: SIMULATOR_SEED, models: { llm: { slots: 1, queue_limit: 1_000_000, embed_ms: times } } };
  const scenario = {
    rate: `${per_s}/s`,
    arrivals: "poisson",
    duration: `${seconds}s`,
    seed,
    max_in_flight: 100_000,
    tasks: { "llm.embed": 1 },
  };
  return { times, per_s, simulator, scenario };
}

/**
 * One slot, Poisson arrivals. Mean and P99 are held against theory, within what chance does to a run of that length, and
 * against the same arrivals and service times put through Lindley's recursion, where chance has no part.
 */
export async function queue(given: Queue): Promise<Check[]> {
  const { kind, load, service_ms, seconds } = given;
  const { times, per_s, simulator, scenario } = queueSetup(given);
  const run = await runTool({ simulator, scenario });
  const theory = theoryOf(kind === "M/M/1" ? mm1(service_ms, load) : md1(service_ms, load));
  // The simulator draws one number a call, from a source of its own for each service.
  const random = new Random(SIMULATOR_SEED).fork("llm");
  const path = figuresOf(sojourns(arrivalsOf(run).map((at_us) => at_us / 1000), () => draw(times, random)));
  const band = chance(theory, times, per_s, seconds);
  const measured = { mean: latency(run).mean / 1000, p99: p99_ms(run) };
  return (["mean", "p99"] as const).flatMap((figure) => {
    const what = `${kind} at ${load * 100} %, ${figure === "mean" ? "mean" : "P99"}`;
    const measured_ms = measured[figure];
    return [
      { what: `${what}: its own arrivals`, truth_ms: path[figure], measured_ms, allowed: { share: QUEUE_SHARE } },
      {
        what: `${what}: theory`,
        truth_ms: theory[figure],
        measured_ms,
        allowed: { share: Math.max(QUEUE_SHARE, band[figure]) },
      },
    ];
  });
}

const theoryOf = (sojourn: Sojourn): Figures => ({ mean: sojourn.mean_ms, p99: sojourn.percentile_ms(99) });

/** What chance does to runs of this length. */
function chance(theory: Figures, times: Times, per_s: number, seconds: number) {
  let sample = 0;
  return samplingBand(theory, () => {
    const [gaps, services] = [randomStream(1, ++sample), new Random(sample)];
    const arrivals: number[] = [];
    for (let at_ms = 0; at_ms < seconds * 1000;) {
      arrivals.push(at_ms);
      at_ms -= 1000 / per_s * Math.log(1 - gaps.next());
    }
    return sojourns(arrivals, () => draw(times, services));
  });
}

/**
 * Calls at an even rate to a server that sleeps 20 ms: what is measured on top is the work of both sides and the loopback.
 * Some seconds of many calls come first, unmeasured, so that the code of both sides is compiled.
 */
export async function knownSleep(per_s: number, seconds: number): Promise<Check[]> {
  // No multiple of the arrivals' spacing: else each reply comes at the instant of an arrival, and both threads wait.
  const sleep_ms = 23;
  const run = await runTool({
    simulator: { models: { llm: oneToken(constant(sleep_ms)) } },
    scenario: {
      stages: {
        warm: { rate: "1000/s", duration: "8s", warm_up: true },
        hold: { rate: `${per_s}/s`, duration: `${seconds}s` },
      },
      max_in_flight: 10_000,
      tasks: { "llm.generate": 1 },
    },
  });
  const what = `median of a known ${sleep_ms} ms at ${per_s}/s`;
  const median_ms = (of: "latency" | "service_time") => run.total().histogram(of).percentile(50) / 1000;
  const allowed = { above_ms: 0.3 };
  return [
    { what: `${what}, service time`, truth_ms: sleep_ms, measured_ms: median_ms("service_time"), allowed },
    { what: `${what}, latency`, truth_ms: sleep_ms, measured_ms: median_ms("latency"), allowed },
  ];
}

/** 500 streams at once, each with a token every 20 ms. */
export async function tokenGaps(streams: number, seconds: number): Promise<Check[]> {
  const gap_ms = 20;
  const llm: Partial<LlmModel> = {
    ...NO_QUEUE,
    first_token_ms: constant(100),
    tokens_per_s: constant(1000 / gap_ms),
    output_tokens: constant(200),
  };
  const run = await runTool({
    simulator: { models: { llm } },
    service: { max_tokens: 200 },
    scenario: {
      users: streams,
      spawn_rate: streams,
      duration: `${seconds}s`,
      think_time: "0ms",
      tasks: { "llm.generate_stream": 1 },
    },
  });
  const measured_ms = run.total().histogram("gap").percentile(50) / 1000;
  const what = `median gap of ${streams} streams, a token every ${gap_ms} ms`;
  return [{ what, truth_ms: gap_ms, measured_ms, allowed: { either_ms: 0.2 } }];
}

/**
 * The same plan with one worker and with three: the same calls, and percentiles no further apart than two samples are by
 * chance.
 * @throws {Error} when the number of calls differs
 */
export async function workers(seconds: number): Promise<Check[]> {
  const per_s = 200;
  const runs = await inTurn([1, 3], (count) =>
    runTool({
      workers: count,
      simulator: { models: { llm: oneToken(lognormal(30, 0.5)) } },
      scenario: { rate: `${per_s}/s`, duration: `${seconds}s`, max_in_flight: per_s, tasks: { "llm.generate": 1 } },
    }));
  const [one, three] = runs.map(latency) as [ReturnType<typeof latency>, ReturnType<typeof latency>];
  if (one.count !== three.count) throw new Error(`1 worker made ${one.count} calls, 3 made ${three.count}`);
  return [50, 95, 99].map((percentile) => {
    const share = percentile / 100;
    // Standard error of the share below a value, for the difference of two samples.
    const spread = 100 * 1.96 * Math.sqrt(2 * share * (1 - share) / one.count);
    const [low, high] = [one.percentile(percentile - spread), one.percentile(Math.min(100, percentile + spread))];
    const truth_ms = one.percentile(percentile) / 1000;
    const either_ms = Math.max(high / 1000 - truth_ms, truth_ms - low / 1000);
    const what = `P${percentile} with 3 workers, against 1`;
    return { what, truth_ms, measured_ms: three.percentile(percentile) / 1000, allowed: { either_ms } };
  });
}

/** One answer of one token after `times`, with nobody waiting. */
function oneToken(times: Times): Partial<LlmModel> {
  return { ...NO_QUEUE, first_token_ms: times, output_tokens: constant(1) };
}

async function inTurn<In, Out>(list: readonly In[], run: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const item of list) results.push(await run(item));
  return results;
}
