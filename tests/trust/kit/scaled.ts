/** A scenario made short and small, so that it can be tried whole in some seconds. */
import { parseDuration } from "../../../lib/plan/units.ts";

/** Most users or arrivals a second. */
const MOST = 20;

type Tree = Record<string, unknown>;

/** The scenario with all its stages, in `seconds` altogether; users and rates in proportion to each other. */
export function scaled(scenario: Tree, seconds: number): Tree {
  const stages = scenario.stages as Record<string, Tree> | undefined;
  const lengths = Object.values(stages ?? { all: scenario }).map(({ duration }) =>
    typeof duration === "string" ? milliseconds(duration) : 0
  );
  const time = seconds * 1000 / lengths.reduce((sum, ms) => sum + ms, 0);
  const crowd = Math.min(1, MOST / Math.max(...numbersOf(scenario)));
  const stage = (tree: Tree) => Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, part(key, value)]));
  const part = (key: string, value: unknown): unknown => {
    if ((key === "duration" || key === "warm_up" || key === "period") && typeof value === "string") {
      return `${Math.max(500, Math.ceil(milliseconds(value) * time))}ms`;
    }
    if (key === "users" || key === "rate" || key === "mean" || key === "amplitude") return smaller(value, crowd, part);
    if (key === "think_time") return "200ms-500ms";
    if (key === "pacing") return "1s";
    if (key === "spawn_rate") return 100;
    if (key === "thresholds") return (value as string[]).map(shortRule);
    if (key === "stages") {
      return Object.fromEntries(Object.entries(value as Tree).map(([n, one]) => [n, stage(one as Tree)]));
    }
    return value;
  };
  return stage(scenario);
}

/** What asks for minutes of a steady load can only warn in a run of seconds. */
function shortRule(rule: string): string {
  return /^(recovery_time|drift)\b/.test(rule) && !/ else /.test(rule) ? `${rule} else warn` : rule;
}

function milliseconds(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value / 1000;
}

/** Numbers of users and rates anywhere in a scenario. */
function numbersOf(tree: unknown, key = ""): number[] {
  if (typeof tree === "object" && tree !== null) {
    return Object.entries(tree).flatMap(([name, value]) => numbersOf(value, name === "mean" ? "rate" : name));
  }
  return key === "users" || key === "rate" ? [...String(tree).matchAll(/[\d.]+/g)].map(Number) : [];
}

function smaller(value: unknown, by: number, part: (key: string, value: unknown) => unknown): unknown {
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, part(key, one)]));
  }
  if (typeof value === "number") return Math.max(1, Math.round(value * by));
  return String(value).replace(/[\d.]+/g, (number) =>
    `${Number(number) === 0 ? 0 : Math.max(1, Number(number) * by)}`
      .replace(/\.\d+/, (rest) => rest.slice(0, 3)));
}
