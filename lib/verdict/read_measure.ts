/** What a rule reads: the figure its measure names, with the confidence interval where there is one. */
import {
  type FigureOf,
  isDistributionMeasure,
  isFigureMeasure,
  isOfWholeRun,
  type Threshold,
} from "../plan/threshold/threshold.ts";
import type { Run, Selection } from "../result/run.ts";
import { leastKnown_us } from "./censoring.ts";
import { type CallMeasure, driftOf, estimate, recoveryOf } from "./estimate.ts";
import { type EnergyFigure, energyFigure } from "./energy.ts";
import type { Gaps } from "./resource_gaps.ts";
import { readResource } from "./resource_reading.ts";
import type { ConfidenceInterval } from "./verdict.ts";

/** One observation. */
export interface Reading {
  /** In the measure's base unit; null when there was nothing to read. */
  value: number | null;
  /** Values the observation rests on. */
  n: number;
  interval: ConfidenceInterval | null;
  /** The true value lies at `value` or anywhere above. */
  at_least: boolean;
  /** The GPU it is of, where there may be several: `GPU 1 (NVIDIA H200)`. */
  device: string | null;
  /** Of a machine: when that device, or any, was not read; null: read throughout. */
  gaps: Gaps | null;
  gaps_of_any: Gaps | null;
}

/** Where nothing was read. */
export const NOTHING: Reading = {
  value: null,
  n: 0,
  interval: null,
  at_least: false,
  device: null,
  gaps: null,
  gaps_of_any: null,
};

/** Reads what a rule is about; of several GPUs the one that fares worst by the rule. */
export function readMeasure(run: Run, { measure, stage, comparison }: Threshold, selection: Selection): Reading {
  if (isFigureMeasure(measure)) {
    const { kind } = measure;
    return isOfWholeRun(kind) ? RUN_READERS[kind](run) : readCalls(run, { kind }, selection);
  }
  if (isDistributionMeasure(measure)) return readCalls(run, measure, selection);
  switch (measure.kind) {
    case "resource":
      return { ...NOTHING, ...readResource(run, measure, stage, comparison.startsWith("<")) };
    case "drift": {
      const { value, n, interval } = driftOf(run, measure.of, selection, measure.process);
      return { ...NOTHING, value, n, interval };
    }
  }
}

/** How each figure of the whole run is read. */
const RUN_READERS: Record<FigureOf<"whole_run">, (run: Run) => Reading> = {
  energy: (run) => readEnergy(run, "energy"),
  energy_per_call: (run) => readEnergy(run, "energy_per_call"),
  energy_per_token: (run) => readEnergy(run, "energy_per_token"),
  energy_per_audio_second: (run) => readEnergy(run, "energy_per_audio_second"),
  energy_per_turn: (run) => readEnergy(run, "energy_per_turn"),
  lost_connections: (run) => readConnections(run, "lost_total"),
  reconnects: (run) => readConnections(run, "reconnects_total"),
  goaways: (run) => readConnections(run, "goaways_total"),
  load: (run) => ({ ...NOTHING, ...readLoad(run) }),
  recovery_time: readRecovery,
};

/** Over all services; open where those of one are not known, as in a result of an older build. */
function readConnections(run: Run, total: "lost_total" | "reconnects_total" | "goaways_total"): Reading {
  if (run.slots.length === 0) return NOTHING;
  const counts = run.plan.services.map(({ name }) => run.connections.of(name)[total]);
  if (counts.some((count) => count === null)) return NOTHING;
  return { ...NOTHING, value: counts.reduce<number>((sum, count) => sum + (count ?? 0), 0), n: counts.length };
}

/** What was read for a part of the time only, or too short a time, is open: nobody knows the rest. */
function readEnergy(run: Run, figure: EnergyFigure): Reading {
  const { value, n, why } = energyFigure(run, figure);
  const gaps = why === null ? null : { device: null, read_ms: 0, of_ms: run.load_end_ms, last_ms: null, why };
  return { ...NOTHING, value, n, gaps, gaps_of_any: gaps };
}

/** Of a percentile that lies among the calls that timed out only its lower bound is known. */
function readCalls(run: Run, measure: CallMeasure, selection: Selection): Reading {
  const deadline_us = leastKnown_us(run, measure, selection);
  if (deadline_us !== null) {
    const { outcomes, censored } = run.total(selection);
    return { ...NOTHING, value: deadline_us, n: outcomes.ok + censored.count, at_least: true };
  }
  const { value, n, interval } = estimate(run, measure, selection);
  return { ...NOTHING, value, n, interval };
}

function readRecovery(run: Run): Reading {
  const recovery = recoveryOf(run);
  if (recovery.state === "unknown") return NOTHING;
  return { ...NOTHING, value: recovery.recovery_ms * 1000, n: 1, at_least: recovery.state === "not recovered" };
}

/**
 * How much of the load was reached. Users: the most that ran at a time, of all that were asked for. Arrivals: those that
 * were begun, of all that fell due. Where a plan has both, the smaller.
 */
function readLoad(run: Run): { value: number | null; n: number } {
  const { loads } = run.plan;
  const users = loads.reduce((sum, load) => sum + (load.kind === "closed" ? load.users : 0), 0);
  const crowd = { value: users === 0 ? null : run.peak_users / users, n: run.peak_users };
  if (loads.every(({ kind }) => kind === "closed")) return crowd;
  const { due } = run.generator;
  if (due === 0) return { value: null, n: 0 };
  const arrivals = { value: (due - run.dropped_arrivals) / due, n: due };
  return crowd.value === null || arrivals.value < crowd.value ? arrivals : crowd;
}
