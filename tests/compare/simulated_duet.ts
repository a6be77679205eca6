/** Duets of services whose true times are known, made pair by pair in simulated time: nothing here is measured. */
import { drawExponential, drawNormal } from "../../lib/base/random.ts";
import type { Side } from "../../lib/compare/sides.ts";
import { noGenerator } from "../../lib/measure/generator.ts";
import { Series } from "../../lib/measure/series.ts";
import { duetOf } from "../../lib/plan/duet.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { DuetRuns } from "../../lib/result/duet.ts";
import type { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { task } from "../plans.ts";
import { makeHeader } from "../result/make_run.ts";
import { seeded } from "../statistics/queue.ts";
import { simulatedPlan } from "./simulated.ts";

/** How one duet behaves; what is left out is 1 or 0, or as `simulatedDuet` says. */
export interface DuetBehaviour {
  seed: number;
  seconds?: number;
  /** Pairs per second, of all operations together. */
  rate_per_s?: number;
  /** Only the language model is called; else all three services. */
  alone?: boolean;
  /** Factor on B's times of the language model. */
  slow?: number;
  /** Share of B's calls to it that fail, where A's do not. */
  errors?: number;
  /** Share of pairs that both fail, as where a network breaks. */
  bothFail?: number;
  noise?: Noise;
}

/** What disturbs the machine of both sides, and what of it only one. */
export interface Noise {
  /** Standard deviation of the logarithm of the times of a second, and correlation of a second with the next. */
  seconds?: number;
  correlation?: number;
  /** The times grow to that many times over the run. */
  drift?: number;
  /** Jobs beside it: so many a minute at random instants, that many seconds long, each with that factor on all times. */
  bursts?: { per_minute: number; seconds: number; factor: number };
  /** As `seconds`, of each side by itself: what does not cancel. */
  apart?: number;
}

/**
 * Median of the response time, and the spread of its logarithm: what an input makes of it is the same on both sides, the rest
 * is each server's own. The rest is half of the variance of the language model's, whose answers differ in length.
 */
const OPERATIONS = [
  { name: "llm.chat_stream", median_us: 710_000, input: 0.3, own: 0.3, part: 0.4 },
  { name: "stt.recognize_stream", median_us: 370_000, input: 0.5, own: 0.23, part: 0.3 },
  { name: "tts.synthesize", median_us: 500_000, input: 0.37, own: 0.22, part: 0.3 },
] as const;
type Operation = typeof OPERATIONS[number];
const FIRST = 0.28;
const MODEL = OPERATIONS[0].name;

function planOf(behaviour: DuetBehaviour): Plan {
  const tasks = (behaviour.alone === true ? OPERATIONS.slice(0, 1) : OPERATIONS).map(({ name, part }) =>
    task(name, part)
  );
  const plan = simulatedPlan({ ...behaviour, plan: { tasks } });
  return duetOf(plan, { ...plan, services: plan.services.map((one) => ({ ...one, address: `b-${one.address}` })) });
}

/** One duet, as both sides. The same behaviour gives the same duet. */
export function simulatedDuet(behaviour: DuetBehaviour): [Run, Run] {
  const { seconds = 300, rate_per_s = 20 } = behaviour;
  const draw = { next: seeded(behaviour.seed) };
  const duet = new DuetRuns(makeHeader(planOf(behaviour)));
  const factors = factorsOf(behaviour.noise ?? {}, seconds, draw);
  const operations = behaviour.alone === true ? OPERATIONS.slice(0, 1) : OPERATIONS;
  const all = operations.map((operation) => ({ operation, sides: [new Series(), new Series()] as [Series, Series] }));
  for (let index = 0; index < seconds; index++) {
    for (const { operation, sides } of all) {
      const rate = rate_per_s * (behaviour.alone === true ? 1 : operation.part);
      secondOf(operation, sides, behaviour, rate, factors(index), draw);
    }
    duet.add({
      type: "interval",
      index,
      series: all.flatMap(({ operation, sides: [base, other] }) => [
        base.toData(`${operation.name}@A`, 0),
        other.toData(`${operation.name}@B`, 0),
      ]),
      failures: [],
      users: 0,
      in_flight: 0,
      connections: [],
      generator: { ...noGenerator(), due: rate_per_s, begun: rate_per_s },
      turns: [],
    });
  }
  duet.add({ type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: 0 });
  return [...duet.sides];
}

interface Draw {
  next(): number;
}

/** The factors of both sides in each second. */
function factorsOf(noise: Noise, seconds: number, draw: Draw): (index: number) => [number, number] {
  const { seconds: common = 0.05, correlation = 0.8, drift = 1, bursts, apart = 0 } = noise;
  const busy = new Set<number>();
  for (let at = 0; bursts !== undefined && at < seconds;) {
    at += drawExponential(draw) * 60 / bursts.per_minute;
    for (let i = 0; i < bursts.seconds; i++) busy.add(Math.floor(at) + i);
  }
  const levels = [0, 0, 0].map((_, i) => (i === 0 ? common : apart) * drawNormal(draw));
  return (index) => {
    for (const [i, spread] of [common, apart, apart].entries()) {
      levels[i] = correlation * (levels[i] as number) + spread * Math.sqrt(1 - correlation ** 2) * drawNormal(draw);
    }
    const [shared, base, other] = levels as [number, number, number];
    const whole = shared + Math.log(drift) * index / seconds + (busy.has(index) ? Math.log(bursts?.factor ?? 1) : 0);
    return [Math.exp(whole + base), Math.exp(whole + other)];
  };
}

function secondOf(
  { name, median_us, input, own }: Operation,
  sides: [Series, Series],
  { slow = 1, errors = 0, bothFail = 0.002 }: DuetBehaviour,
  rate: number,
  factors: [number, number],
  draw: Draw,
): void {
  for (const series of sides) series.clear();
  const isModel = name === MODEL;
  for (let at = drawExponential(draw) / rate; at < 1; at += drawExponential(draw) / rate) {
    const same = median_us * Math.exp(input * drawNormal(draw));
    const broken = draw.next() < bothFail;
    const failed = [broken, broken || (isModel && draw.next() < errors)];
    for (const [side, series] of sides.entries()) {
      series.issued++;
      series.count("pairs", 1);
      const time_us = same * (factors[side] as number) * (isModel && side === 1 ? slow : 1) *
        Math.exp(own * drawNormal(draw));
      if (failed[side]) {
        series.outcomes.failed++;
        if (!failed[1 - side]) series.count("pairs_lost", 1);
        continue;
      }
      series.outcomes.ok++;
      series.histogram("response_time").record(time_us);
      series.histogram("first_message").record(time_us * FIRST * Math.exp(0.2 * drawNormal(draw)));
      if (failed[1 - side]) continue;
      series.count("pairs_ok", 1);
      series.count("pairs_timed", 1);
      series.count("pair_log_time", Math.log(time_us));
    }
  }
}

/** The same as the sides of a comparison. */
export function duetSides(...duets: [Run, Run][]): [Side, Side] {
  const runs = (side: 0 | 1) =>
    duets.map((duet, i) => ({ run: duet[side], verdict: evaluate(duet[side]), path: `duet-${i + 1}` }));
  return [{ name: "A", runs: runs(0) }, { name: "B", runs: runs(1), paired: true }];
}
