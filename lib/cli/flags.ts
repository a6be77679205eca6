/** Flags that change a plan, shared by the commands that use one. */
import { UserError } from "../plan/errors.ts";
import type { OutputFormat } from "../plan/plan.ts";
import { didYouMean } from "../plan/nearest.ts";
import type { Overrides } from "../scenario/plan/overrides.ts";
import { TEST_TYPES, type TestType } from "../scenario/plan/service_selection.ts";
import type { ProfileName } from "../sim/model/model.ts";
import { switchFlag, textFlag, textsFlag } from "./flag_kinds.ts";

/** Flags of `run` and `check` that name and change the plan. The file's decoder checks their values. */
export interface PlanFlags {
  scenario?: string;
  config?: string;
  testType?: string;
  users?: string;
  rate?: string;
  arrivals?: string;
  maxInFlight?: string;
  strict?: boolean;
  spawnRate?: string;
  duration?: string;
  target?: string[];
  thinkTime?: string;
  warmUp?: string;
  seed?: string;
  workers?: string;
  transport?: string;
  timeout?: string;
  threshold?: string[];
  format?: string;
  outputDir?: string;
}

/** Flags of `run`. */
export interface RunFlags extends PlanFlags {
  compare?: string;
  sim?: boolean;
  fault?: string[];
  profile?: ProfileName;
  dryRun?: boolean;
  preflight: boolean;
  quiet?: boolean;
}

/** The flags of a plan for commands that only call its services. */
export type ServiceFlags = Pick<PlanFlags, "scenario" | "config" | "target" | "transport" | "timeout" | "testType">;

/** The same flags for the command line library. */
export const serviceFlagParameters = {
  scenario: textFlag("Scenario of the file, or a built-in scenario", "name"),
  config: textFlag("Scenario file, e.g. June's load_test_config.yaml", "file"),
  target: textsFlag("Address of a service: llm=HOST:PORT, stt=..., shop=URL", "service=address"),
  transport: textFlag("wire or grpc-js", "name"),
  timeout: textFlag("Deadline of every call", "time"),
  testType: textFlag("Services to call: grpc, rest, websocket or all [default: all but June's gateway]", "type"),
} as const;

/** All flags that change a plan. */
export const planFlagParameters = {
  ...serviceFlagParameters,
  users: textFlag("Virtual users; with stages, the most at a time", "n"),
  rate: textFlag("Arrivals, e.g. 50/s, whether or not the services keep up; with stages, the highest rate", "rate"),
  arrivals: textFlag("With --rate: constant or poisson spacing", "name"),
  maxInFlight: textFlag("With --rate: most tasks at the same time", "n"),
  spawnRate: textFlag("Users started per second", "n"),
  duration: textFlag("Length, e.g. 90s or 5m; stages stretch to it", "time"),
  thinkTime: textFlag("Pause between tasks: 2s, or a range 1s-3s", "time"),
  warmUp: textFlag("First part of the run, which no threshold reads", "time"),
  seed: textFlag("Seed of every random choice", "n"),
  workers: textFlag("Web Workers that make the load [default: cores - 1]", "n"),
  strict: switchFlag("A rule passes only when enough was measured to be sure"),
  threshold: textsFlag("A rule besides the scenario's, e.g. 'p99(latency, llm.*) < 3s'", "rule"),
  format: textFlag("Files to write: html,json,csv", "list"),
  outputDir: textFlag("Folder for reports [default: the file's]", "dir"),
} as const;

/**
 * Converts the flags to changes of the scenario.
 * @throws {UserError} kind `usage` for a --target without `=` or an unknown --test-type
 */
export function overridesOf(flags: PlanFlags): Overrides {
  const given: Record<keyof Overrides, Overrides[keyof Overrides]> = {
    users: flags.users,
    rate: flags.rate,
    arrivals: flags.arrivals,
    max_in_flight: flags.maxInFlight,
    strict: flags.strict === true ? "true" : undefined,
    spawn_rate: flags.spawnRate,
    duration: flags.duration,
    think_time: flags.thinkTime,
    warm_up: flags.warmUp,
    seed: flags.seed,
    workers: flags.workers,
    transport: flags.transport,
    timeout: flags.timeout,
    test_type: flags.testType === undefined ? undefined : parseTestType(flags.testType),
    targets: flags.target === undefined ? undefined : parseTargets(flags.target),
    thresholds: flags.threshold,
    formats: flags.format === undefined ? undefined : [flags.format],
    output_dir: flags.outputDir,
    grace: undefined,
    comparison_baseline: undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Overrides;
}

function parseTestType(word: string): TestType {
  const type = TEST_TYPES.find((known) => known === word);
  if (type !== undefined) return type;
  const hint = didYouMean(word, TEST_TYPES);
  throw new UserError("usage", `--test-type: cannot run "${word}": allowed are ${TEST_TYPES.join(", ")}${hint}`);
}

/**
 * Reads `llm=HOST:PORT` and the like.
 * @throws {UserError} kind `usage` without a name or an address
 */
export function parseTargets(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((item) => {
    const at = item.indexOf("=");
    if (at > 0 && at < item.length - 1) return [item.slice(0, at), item.slice(at + 1)];
    throw new UserError("usage", `--target: cannot read "${item}"; write SERVICE=ADDRESS, such as stt=gpu-1:50052`);
  }));
}

const FORMATS: readonly OutputFormat[] = ["html", "json", "csv"];

/**
 * Reads `html,json`.
 * @throws {UserError} kind `usage` for a format that does not exist
 */
export function parseFormats(list: string): OutputFormat[] {
  return list.split(",").map((word) => {
    const format = FORMATS.find((known) => known === word.trim());
    if (format !== undefined) return format;
    throw new UserError("usage", `Unknown format "${word.trim()}": use ${FORMATS.join(", ")}`);
  });
}
