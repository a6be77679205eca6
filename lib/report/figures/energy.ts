/** Energy of a run for its reports: what was used, and what a call, a token or a second of audio took of it. */
import type { Run } from "../../result/run.ts";
import { formatDuration, formatEnergy, formatPercent, formatPower, NO_VALUE } from "../../plan/units.ts";
import { ENERGY_FIGURES, type EnergyFigure, energyFigure, energyOf, measuredSpans } from "../../verdict/energy.ts";
import type { Fact } from "./facts.ts";

/** What each figure is called, after its value. */
const WORDS: Record<EnergyFigure, string> = {
  energy: "in all",
  energy_per_call: "a call",
  energy_per_token: "a token",
  energy_per_audio_second: "a second of audio",
  energy_per_turn: "a voice turn",
};

/** The figures that have a value, over all stages but warm-up or over one. */
export function energyValues(run: Run, stage?: string): Array<{ figure: EnergyFigure; value: number; n: number }> {
  return ENERGY_FIGURES.flatMap((figure) => {
    const { value, n } = energyFigure(run, figure, stage);
    return value === null ? [] : [{ figure, value, n }];
  });
}

/** Nothing where no device tells its power. */
export function energyFacts(run: Run): Fact[] {
  const energy = energyOf(run, measuredSpans(run));
  if (energy === null) return [];
  const { energy_j, of, devices, method, coverage, length_ms, why, idle_j, idle_w } = energy;
  const what = of === "cpu" ? "the processors" : devices === 1 ? "the GPU" : `${devices} GPUs`;
  if (energy_j === null) return [{ name: "energy", text: `${NO_VALUE}: ${why}` }];
  const values = energyValues(run).map(({ figure, value }) => `${formatEnergy(value)} ${WORDS[figure]}`);
  const how = method === "counter"
    ? "from their own counter"
    : `from power read for ${formatPercent(coverage)} of the time`;
  const idle = idle_j === null || idle_w === null
    ? "idle power included, since no idle stretch was measured"
    : `${formatPercent(Math.min(1, idle_j / energy_j))} of it is what ${what} draw idle (${formatPower(idle_w)})`;
  const text = [...values, `${what} over ${formatDuration(length_ms * 1000)}, ${how}`, idle].join(" · ");
  return [{ name: "energy", text }];
}

/** For the report's JSON document; null where no device tells its power. */
export function energyJson(run: Run) {
  const part = (stage?: string) => {
    const energy = energyOf(run, measuredSpans(run, stage));
    if (energy === null) return null;
    const figures = ENERGY_FIGURES.map((figure) => [`${figure}_j`, energyFigure(run, figure, stage).value]);
    const { of, devices, method, coverage, length_ms, why, idle_w, idle_j } = energy;
    return { of, devices, method, coverage, length_ms, ...Object.fromEntries(figures), idle_w, idle_j, why };
  };
  const total = part();
  if (total === null) return null;
  return { ...total, stages: run.plan.stages.map(({ name }) => ({ name, ...part(name) })) };
}
