/** Runs of services whose true times are known, made call by call in simulated time: nothing here is measured. */
import { drawExponential, drawNormal } from "../../lib/base/random.ts";
import { noGenerator } from "../../lib/measure/generator.ts";
import { Series } from "../../lib/measure/series.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { Run } from "../../lib/result/run.ts";
import type { SideRun } from "../../lib/compare/sides.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { makeHeader, makePlan } from "../result/make_run.ts";
import { seeded } from "../statistics/queue.ts";

/** How one run behaves; what is left out is 1 or 0. */
export interface Behaviour {
  seed: number;
  seconds?: number;
  /** Calls per second, of all three services together. */
  rate_per_s?: number;
  /** Factor on the times of the language model. */
  slow?: number;
  /** Share of its calls that fail. */
  errors?: number;
  /** Standard deviation of the logarithm of the times of a whole run: what differs from run to run. */
  betweenRuns?: number;
  /** Standard deviation of the logarithm of the times of a second, and correlation of a second with the next. */
  betweenSeconds?: number;
  correlation?: number;
  plan?: Partial<Plan>;
  started_at?: string;
}

/** Median and spread (of the logarithm) of the response time, and each operation's part of the calls. */
const OPERATIONS: Readonly<Record<string, { median_us: number; sigma: number; part: number }>> = {
  "llm.chat_stream": { median_us: 710_000, sigma: 0.42, part: 0.4 },
  "stt.recognize_stream": { median_us: 370_000, sigma: 0.55, part: 0.3 },
  "tts.synthesize": { median_us: 500_000, sigma: 0.43, part: 0.3 },
};
const MIX = 0.002;
const WORDS = 12;
const WORD_ERRORS = 0.05;
/** Share of the response time to the first token, and its own spread. */
const FIRST = 0.28;
const GAPS = 5;

/** The plan of such a run: an open load at one level. */
export function simulatedPlan({ seconds = 300, rate_per_s = 20, plan = {} }: Omit<Behaviour, "seed">): Plan {
  const duration_ms = seconds * 1000;
  return makePlan({
    loads: [{
      kind: "open",
      name: "load",
      spacing: "poisson",
      max_in_flight: 1000,
      max_wait_ms: 0,
      courses: [{ kind: "linear", start_ms: 0, end_ms: duration_ms, from: rate_per_s, to: rate_per_s }],
    }],
    duration_ms,
    stages: [{ name: "hold", load: 0, start_ms: 0, end_ms: duration_ms, warm_up: false }],
    thresholds: [],
    ...plan,
  });
}

/** One run. The same behaviour gives the same run. */
export function simulatedRun(behaviour: Behaviour): Run {
  const { seconds = 300, rate_per_s = 20, started_at } = behaviour;
  const random = seeded(behaviour.seed);
  const draw = { next: random };
  const plan = simulatedPlan(behaviour);
  const run = new Run({ ...makeHeader(plan), ...(started_at === undefined ? {} : { started_at }) });
  const { betweenRuns = 0, betweenSeconds = 0.05, correlation = 0.8 } = behaviour;
  const whole = betweenRuns * drawNormal(draw);
  let second = betweenSeconds * drawNormal(draw);
  const all = new Map(Object.keys(OPERATIONS).map((operation) => [operation, new Series()]));
  for (let index = 0; index < seconds; index++) {
    second = correlation * second + betweenSeconds * Math.sqrt(1 - correlation ** 2) * drawNormal(draw);
    const factor = Math.exp(whole + second);
    const series = [...all].map(([operation, one]) => secondOf(operation, one, behaviour, rate_per_s, factor, draw));
    run.add({
      type: "interval",
      index,
      series,
      failures: [],
      users: 0,
      in_flight: 0,
      connections: [],
      generator: { ...noGenerator(), due: rate_per_s, begun: rate_per_s },
      turns: [],
    });
  }
  run.add({ type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: 0 });
  return run;
}

function secondOf(
  operation: string,
  series: Series,
  { slow = 1, errors = 0 }: Behaviour,
  rate_per_s: number,
  factor: number,
  draw: { next(): number },
) {
  const { median_us, sigma, part } = OPERATIONS[operation] as (typeof OPERATIONS)[string];
  const isModel = operation.startsWith("llm");
  // Cleared and used again: memory for new histograms would take most of the time.
  series.clear();
  for (
    let at = drawExponential(draw) / (rate_per_s * part);
    at < 1;
    at += drawExponential(draw) / (rate_per_s * part)
  ) {
    series.issued++;
    if (draw.next() < MIX + (isModel ? errors : 0)) {
      series.outcomes.failed++;
      continue;
    }
    series.outcomes.ok++;
    series.count("good", 1);
    const time_us = median_us * factor * (isModel ? slow : 1) * Math.exp(sigma * drawNormal(draw));
    series.histogram("response_time").record(time_us);
    if (isModel) speak(series, time_us, factor * slow, draw);
    else if (operation.startsWith("stt")) hear(series, time_us, draw);
    else series.histogram("first_message").record(time_us * FIRST * Math.exp(0.2 * drawNormal(draw)));
  }
  return series.toData(operation, 0);
}

function speak(series: Series, time_us: number, factor: number, draw: { next(): number }): void {
  series.histogram("first_message").record(time_us * FIRST * Math.exp(0.2 * drawNormal(draw)));
  for (let i = 0; i < GAPS; i++) {
    series.histogram("gap").record(20_000 * factor * Math.exp(0.2 * drawNormal(draw)));
  }
  const length = Math.max(2, Math.round(54 * Math.exp(0.3 * drawNormal(draw))));
  series.histogram("output_length").record(length);
  series.count("output_tokens", length);
}

function hear(series: Series, time_us: number, draw: { next(): number }): void {
  series.histogram("final_latency").record(time_us * Math.exp(0.05 * drawNormal(draw)));
  series.histogram("first_partial").record(time_us * Math.exp(0.2 * drawNormal(draw)));
  let wrong = 0;
  for (let word = 0; word < WORDS; word++) if (draw.next() < WORD_ERRORS) wrong++;
  series.count("reference_words", WORDS);
  series.count("word_errors", wrong);
}

/** The same as a run of a side. */
export function simulatedSide(behaviour: Behaviour): SideRun {
  const run = simulatedRun(behaviour);
  return { run, verdict: evaluate(run), path: `run-${behaviour.seed}` };
}
