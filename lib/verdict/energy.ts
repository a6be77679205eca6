/** The energy of a run: of its GPUs, or of this machine's processors where there is no GPU, and what was made with it. */
import { type Energy, energyOver, type PowerReading } from "../measure/energy.ts";
import { gpuLabel } from "../measure/gpus.ts";
import type { GpuSample } from "../measure/resource.ts";
import type { Series } from "../measure/series.ts";
import type { FigureOf } from "../plan/threshold/threshold.ts";
import { formatDuration, formatPercent } from "../plan/units.ts";
import { gpuReadings } from "../result/gpu_readings.ts";
import type { Readings } from "../result/readings.ts";
import type { Run, Selection } from "../result/run.ts";
import { lengthWithin, type Span, unionOf } from "../result/spans.ts";

/** Figures of energy. */
export type EnergyFigure = Exclude<
  FigureOf<"whole_run">,
  "load" | "recovery_time" | "lost_connections" | "reconnects" | "goaways"
>;

/** The energy of all devices of one kind over some time. */
export interface RunEnergy {
  /** Null: `why`. */
  energy_j: number | null;
  of: "gpu" | "cpu";
  devices: number;
  method: Energy["method"];
  /** The smallest of the devices. */
  coverage: number;
  length_ms: number;
  /** In words; null where there is a value, or nothing was ever read. */
  why: string | null;
  /** Drawn while nobody called, and what that is over the time; null: there was no such stretch. */
  idle_w: number | null;
  idle_j: number | null;
}

/** Less of it says nothing: see `LEAST_POWER_MS`. */
const LEAST_IDLE_MS = 10_000;

interface Device {
  label: string;
  readings: PowerReading[];
}

/** The time that figures are about: all stages but warm-up, until the load ended. */
export function measuredSpans(run: Run, stage?: string): Span[] {
  const stages = run.plan.stages.filter((one) => stage === undefined ? !one.warm_up : one.name === stage);
  const spans = stages.map(({ start_ms, end_ms }) => ({ start_ms, end_ms: Math.min(end_ms, run.load_end_ms) }));
  return unionOf(spans);
}

/**
 * Energy over stretches of a run; null where no device tells its power.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds at about 315 W
 *
 * const run = makeRun();
 * const { energy_j, method } = energyOf(run, measuredSpans(run))!;
 * assert.ok(energy_j! > 12_000 && energy_j! < 20_000 && method === "power");
 * ```
 */
export function energyOf(run: Run, spans: readonly Span[]): RunEnergy | null {
  const { of, devices } = devicesOf(run);
  if (devices.length === 0) return null;
  const each = devices.map(({ label, readings }) => ({ label, ...energyOver(readings, spans) }));
  const length_ms = lengthWithin(spans);
  const missing = each.find(({ energy_j }) => energy_j === null);
  const energy_j = missing === undefined ? each.reduce((sum, one) => sum + (one.energy_j ?? 0), 0) : null;
  const idle_w = idlePower(run, devices);
  return {
    energy_j,
    of,
    devices: devices.length,
    method: each.every(({ method }) => method === "counter") ? "counter" : "power",
    coverage: Math.min(...each.map(({ coverage }) => coverage)),
    length_ms,
    why: missing === undefined ? null : whyMissing(missing, length_ms),
    idle_w,
    idle_j: idle_w === null || energy_j === null ? null : idle_w * length_ms / 1000,
  };
}

function whyMissing({ why, label, coverage }: Energy & { label: string }, length_ms: number): string {
  if (why === "too short") {
    return `${
      formatDuration(length_ms * 1000)
    } are too short: power is a mean of the last second, so that energy needs 10 s`;
  }
  return `the power of ${label} was read for ${formatPercent(coverage)} of the time, and energy needs 95 %`;
}

/** GPUs that tell their power; the processors where no GPU does. */
function devicesOf(run: Run): { of: "gpu" | "cpu"; devices: Device[] } {
  const gpus = gpuReadings(run).map(({ first, readings }) => ({ label: gpuLabel(first), readings: powerOf(readings) }))
    .filter(({ readings }) => readings.some(({ power_w, energy_j }) => power_w !== null || energy_j !== null));
  if (gpus.length > 0) return { of: "gpu", devices: gpus };
  const readings = run.host.pick("t_ms", "cpu_energy_j").map(({ t_ms, cpu_energy_j: energy_j }) => ({
    t_ms,
    power_w: null,
    energy_j,
  }));
  const known = readings.some(({ energy_j }) => energy_j !== null);
  return { of: "cpu", devices: known ? [{ label: "the processors", readings }] : [] };
}

function powerOf(readings: Readings<GpuSample>): PowerReading[] {
  return readings.pick("t_ms", "power_w", "energy_j");
}

/** Mean power from the start until somebody called; null where that was too short, or not read. */
function idlePower(run: Run, devices: readonly Device[]): number | null {
  const first = run.slots.find(({ users, in_flight, series }) =>
    users > 0 || in_flight > 0 || [...series.values()].some(({ issued }) => issued > 0)
  );
  const end_ms = first?.start_ms ?? 0;
  if (end_ms < LEAST_IDLE_MS) return null;
  const each = devices.map(({ readings }) => energyOver(readings, [{ start_ms: 0, end_ms }]).energy_j);
  return each.includes(null) ? null : each.reduce<number>((sum, one) => sum + (one ?? 0), 0) / (end_ms / 1000);
}

/** What energy is divided by. */
interface Made {
  of(series: Series): number;
  /** Of voice turns alone. */
  turns?: true;
  /** Why there is no value without any. */
  nothing: string;
}

const MADE: Readonly<Record<EnergyFigure, Made>> = {
  energy: { of: () => 1, nothing: "" },
  energy_per_call: { of: ({ outcomes }) => outcomes.ok, nothing: "no call was ok" },
  energy_per_token: { of: (series) => series.counter("output_tokens"), nothing: "no service counted its tokens" },
  energy_per_audio_second: {
    of: (series) => (series.counter("audio_sent_us") + series.counter("audio_received_us")) / 1e6,
    nothing: "no audio was sent or made",
  },
  energy_per_turn: { of: ({ outcomes }) => outcomes.ok, turns: true, nothing: "no voice turn was ok" },
};
/** Figures of energy, in the order in which they are shown. */
export const ENERGY_FIGURES = Object.keys(MADE) as EnergyFigure[];

/** The calls that a figure is about. */
function selectionsOf(run: Run, figure: EnergyFigure, stage?: string): Selection[] {
  const within = stage === undefined ? {} : { stage };
  if (MADE[figure].turns !== true) return [within];
  const names = run.plan.tasks.filter(({ name }) => name === "voice_turn").map(({ operation }) => operation);
  return [...new Set(names)].map((operations) => ({ ...within, operations }));
}

/** One figure of energy; `why` says why it has no value, and is null where no device tells its power. */
export function energyFigure(
  run: Run,
  figure: EnergyFigure,
  stage?: string,
): { value: number | null; n: number; why: string | null } {
  const energy = energyOf(run, measuredSpans(run, stage));
  if (energy === null || energy.energy_j === null) return { value: null, n: 0, why: energy?.why ?? null };
  const { of, nothing } = MADE[figure];
  // What ended after the load did took its energy later.
  const made = figure === "energy" ? 1 : selectionsOf(run, figure, stage)
    .reduce((sum, selection) => sum + of(run.total(selection)) - of(run.drained(selection)), 0);
  if (made <= 0) return { value: null, n: 0, why: nothing };
  return { value: energy.energy_j / made, n: Math.floor(made), why: null };
}

/** Energy and what was made with it, stretch by stretch of a run, for its spread; none where one of them tells nothing. */
export function energyParts(run: Run, figure: EnergyFigure): Array<{ energy_j: number; made: number }> {
  const [selection = {}, ...more] = selectionsOf(run, figure);
  if (more.length > 0) return [];
  const parts = run.batches(selection).map(({ start_ms, end_ms, counts }) => ({
    energy_j: energyOf(run, [{ start_ms, end_ms }])?.energy_j ?? null,
    made: MADE[figure].of(counts),
  }));
  const known = parts.flatMap(({ energy_j, made }) => energy_j === null || made === 0 ? [] : [{ energy_j, made }]);
  return known.length < parts.length ? [] : known;
}
