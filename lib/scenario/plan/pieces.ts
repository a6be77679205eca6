/** The stages of a scenario file -> courses of a load. */
import type { LoadSegment } from "../../plan/plan.ts";
import { writeDuration } from "../../plan/units.ts";
import { isFlag, isOpen } from "./conflicts.ts";
import type { KeyedSetting } from "../shape/containers.ts";
import type { Problems } from "../read/problems.ts";
import type { ScenarioSettings } from "../schema/scenario.ts";
import type { Replay, StageSettings, Target } from "../schema/stages.ts";

/** Longest run; milliseconds. */
const MAX_MS = 7 * 86_400_000;

/** One stage of the plan-to-be. */
export interface Piece {
  name: string;
  warm_up: boolean;
  open: boolean;
  /** At least one, without gaps. */
  courses: LoadSegment[];
}

/** A stage whose keys agree. */
interface Checked {
  setting: KeyedSetting<StageSettings>;
  target: Target | Replay;
  duration_ms: number;
}

/** The stages with their courses, stretched as flags ask; null after reporting what is wrong. */
export function planPieces(given: ScenarioSettings, problems: Problems): Piece[] | null {
  const { stages } = given;
  if (stages.value === null) return null;
  const open = isOpen(given);
  const checked = stages.value.map((stage) => checkStage(stage, open, problems));
  const good = checked.filter((stage) => stage !== null);
  if (good.length < checked.length || !checkTogether(good, given, problems)) return null;
  const stretch = stretchOf(good, given, open, problems);
  if (stretch === null) return null;
  let written_ms = 0;
  let start_ms = 0;
  return good.map(({ setting, target, duration_ms }) => {
    written_ms += duration_ms;
    const end_ms = stretch.time === 1 ? written_ms : Math.max(start_ms + 1, Math.round(written_ms * stretch.time));
    const courses = coursesOf(target, setting.value.steps.value ?? 1, stretch.height, start_ms, end_ms);
    start_ms = end_ms;
    return { name: setting.key, warm_up: setting.value.warm_up.value, open, courses };
  });
}

function checkStage(stage: KeyedSetting<StageSettings>, open: boolean, problems: Problems): Checked | null {
  const { users, rate, replay, steps, duration } = stage.value;
  const fault = ({ at, path }: { at: string; path: string }, text: string): null => {
    problems.add(at, path, text);
    return null;
  };
  const targets = [users, rate, replay].filter((setting) => setting.given);
  if (targets.length === 0) return fault(stage, 'The stage has no load: give it "users", "rate" or "replay"');
  if (targets.length > 1) return fault(targets[1]!, 'A stage has one of "users", "rate" and "replay": remove one');
  if (open && users.given) {
    return fault(users, "Other stages have arrivals: write two scenarios, one with users and one with arrivals");
  }
  const target = users.value ?? rate.value ?? replay.value;
  const lasts_ms = duration.value ?? (replay.value && Math.floor(replay.value.last_ms / 1000 + 1) * 1000);
  if (target === null || (duration.given && !duration.valid)) return null;
  if (lasts_ms === null) return fault(stage, 'Missing key "duration": say how long the stage lasts, such as "1m"');
  if (steps.given && !("kind" in target && target.kind === "linear" && target.from !== target.to)) {
    return fault(steps, 'Only a ramp has steps, such as "users: 10 to 100": remove "steps"');
  }
  if (replay.value && replay.value.last_ms >= lasts_ms) {
    const [last, length] = [replay.value.last_ms, lasts_ms].map((ms) => writeDuration(ms * 1000));
    return fault(
      duration,
      `The replay's last arrival is at ${last}, but the stage ends after ${length}: make the stage longer`,
    );
  }
  return { setting: stage, target, duration_ms: lasts_ms };
}

function checkTogether(
  stages: readonly Checked[],
  { stages: { at, path } }: ScenarioSettings,
  problems: Problems,
): boolean {
  const total_ms = stages.reduce((sum, { duration_ms }) => sum + duration_ms, 0);
  const faults = [
    total_ms > MAX_MS ? "The stages together last longer than 7d, the longest run" : "",
    stages.every(({ target }) => peakOfTarget(target) === 0) ? "Every stage asks for 0, so there is no load" : "",
    stages.every(({ setting }) => setting.value.warm_up.value)
      ? "Every stage is a warm-up, so nothing is measured"
      : "",
  ].filter((text) => text !== "");
  for (const text of faults) problems.add(at, path, text);
  return faults.length === 0;
}

/** Factors by which flags stretch the stages: `--duration` stretches time, `--users` and `--rate` stretch targets. */
function stretchOf(
  stages: readonly Checked[],
  given: ScenarioSettings,
  open: boolean,
  problems: Problems,
): { time: number; height: number } | null {
  const { duration, users, rate } = given;
  const total_ms = stages.reduce((sum, { duration_ms }) => sum + duration_ms, 0);
  const peak = Math.max(...stages.map(({ target }) => peakOfTarget(target)));
  const replays = stages.some(({ target }) => !("kind" in target));
  const fault = (text: string): null => {
    const setting = [duration, users, rate].find((candidate) => candidate.given && isFlag(candidate))!;
    problems.add(setting.at, setting.path, text);
    return null;
  };
  const asked = open ? rate : users;
  const other = open ? users : rate;
  if (other.given) return fault(`The scenario's stages have ${open ? "arrivals: use --rate" : "users: use --users"}`);
  if (!asked.given && !duration.given) return { time: 1, height: 1 };
  if (replays) return fault("The scenario replays recorded arrivals, which flags cannot stretch");
  const height = asked.value === null ? peak : typeof asked.value === "number" ? asked.value : steadyRate(asked.value);
  if (height === null) return fault('The scenario has stages: give one rate for the highest of them, such as "50/s"');
  return { time: duration.value === null ? 1 : duration.value / total_ms, height: height / peak };
}

function steadyRate(target: Target): number | null {
  return target.kind === "linear" && target.from === target.to && target.from > 0 ? target.from : null;
}

function coursesOf(
  target: Target | Replay,
  steps: number,
  height: number,
  start_ms: number,
  end_ms: number,
): LoadSegment[] {
  if (!("kind" in target)) {
    return [{ kind: "replay", start_ms, end_ms, file: target.file, arrivals: target.arrivals }];
  }
  if (target.kind === "sine" || steps === 1) return [courseOf(scaled(target, height), start_ms, end_ms)];
  const { from, to } = target;
  return Array.from({ length: steps }, (_, i): LoadSegment => {
    const level = height * (from + (to - from) * i / (steps - 1));
    const at = (step: number) => start_ms + (end_ms - start_ms) * step / steps;
    return { kind: "linear", start_ms: at(i), end_ms: at(i + 1), from: level, to: level };
  });
}

function scaled(target: Target, factor: number): Target {
  return target.kind === "linear"
    ? { ...target, from: target.from * factor, to: target.to * factor }
    : { ...target, mean: target.mean * factor, amplitude: target.amplitude * factor };
}

/** The course of a target over one stretch of the run. */
export function courseOf(target: Target, start_ms: number, end_ms: number): LoadSegment {
  return { ...target, start_ms, end_ms };
}

function peakOfTarget(target: Target | Replay): number {
  return "kind" in target ? peakOf(target) : target.arrivals;
}

/** The highest value of a target: whole users, or arrivals per second; for a replay the number of its arrivals. */
export function peakOf(target: Target | LoadSegment): number {
  switch (target.kind) {
    case "linear":
      return Math.max(target.from, target.to);
    case "sine":
      return target.mean + target.amplitude;
    case "replay":
      return target.arrivals;
  }
}
