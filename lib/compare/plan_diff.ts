/** What differs between two plans, beside loads and stages: path by path. */
import type { Plan } from "../plan/plan.ts";
import type { Mismatch } from "./mismatch.ts";

/** What a difference of a key means for a comparison. */
type Weight =
  /** Every figure may come from it. */
  | "blocks"
  /** Worth a word. */
  | "notes"
  /** It changes what is shown or judged, not what is measured; or it is compared elsewhere. */
  | "ignored";

const PLAN_WEIGHTS: Readonly<Record<keyof Plan, Weight>> = {
  scenario: "notes",
  description: "ignored",
  source: "ignored",
  seed: "notes",
  loads: "ignored",
  duration_ms: "ignored",
  grace_ms: "notes",
  stages: "ignored",
  workers: "notes",
  transport: "notes",
  services: "blocks",
  tasks: "blocks",
  thresholds: "ignored",
  objectives: "notes",
  strict: "ignored",
  percentiles: "ignored",
  throughput_window_ms: "ignored",
  resources: "ignored",
  output: "ignored",
  pauses: "ignored",
  duet: "ignored",
  hidden: "ignored",
};

/** Where and how a service is reached, which is often what is compared. */
const SERVICE_WEIGHTS: Readonly<Partial<Record<keyof Plan["services"][number], Weight>>> = {
  address: "notes",
  addresses: "notes",
  connections: "notes",
  timeout_ms: "notes",
  transparent_retry: "notes",
  wait_for_ready: "notes",
  metadata: "notes",
  auth: "notes",
  tls: "notes",
  proxy: "notes",
  simulated: "notes",
};

/** Longest value that is written out. */
const MAX_TEXT = 80;

/** Every path whose values differ, with both values. */
export function diffOf(base: Plan, other: Plan): Mismatch[] {
  const keys = Object.keys(PLAN_WEIGHTS) as (keyof Plan)[];
  return keys.flatMap((key) => {
    const weight = PLAN_WEIGHTS[key];
    if (weight === "ignored") return [];
    const found = leaves(keyed(base[key]), keyed(other[key]), [key]).filter((leaf) =>
      !isOfSimulator(base, other, leaf)
    );
    return found.map((leaf) => ({
      what: leaf.path.join("."),
      base: text(leaf.from),
      other: text(leaf.to),
      blocks: weightOf(leaf, weight) === "blocks",
      kind: "plan" as const,
    }));
  });
}

function weightOf({ path, from, to }: Leaf, weight: Weight): Weight {
  const [key, , setting] = path;
  if (key !== "services" || setting === undefined) return weight;
  // Where a file lies, and where it was named, changes nothing of what is in it; `header.inputs` tells its size.
  const last = path.at(-1);
  if (setting === "inputs" && (last === "at" || (last === "path" && fileName(from) === fileName(to)))) return "notes";
  return SERVICE_WEIGHTS[setting as keyof typeof SERVICE_WEIGHTS] ?? weight;
}

/** The built-in simulator listens where there is room: on both sides it is the same service at another port. */
function isOfSimulator(base: Plan, other: Plan, { path: [key, name, setting] }: Leaf): boolean {
  if (key !== "services" || setting !== "address") return false;
  return [base, other].every((plan) => plan.services.find((one) => one.name === name)?.simulated === true);
}

function fileName(path: unknown): string {
  return String(path).split("/").at(-1) as string;
}

/** Lists of named things by their names, so that order does not count, and others by their places. */
function keyed(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const named = value.map((one) => isRecord(one) ? one["operation"] ?? one["name"] : undefined);
  if (named.some((name) => typeof name !== "string") || new Set(named).size < named.length) return value;
  return Object.fromEntries(value.map((one, i) => [named[i] as string, one]));
}

interface Leaf {
  path: readonly string[];
  from: unknown;
  to: unknown;
}

function leaves(from: unknown, to: unknown, path: readonly string[]): Leaf[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  if (Array.isArray(from) && Array.isArray(to)) return leaves({ ...from }, { ...to }, path);
  if (!isRecord(from) || !isRecord(to)) return [{ path, from, to }];
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...keys].flatMap((key) => leaves(from[key], to[key], [...path, key]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "none";
  const written = typeof value === "string" ? value : JSON.stringify(value);
  return written.length <= MAX_TEXT ? written : `${written.slice(0, MAX_TEXT - 1)}…`;
}
