/** Flags that change a plan, shared by the commands that have one: what each is called, and what it changes. */
import { UserError } from "../plan/errors.ts";
import { OUTPUT_FORMATS, type OutputFormat } from "../plan/plan.ts";
import { didYouMean } from "../plan/nearest.ts";
import type { Overrides } from "../scenario/plan/overrides.ts";
import { TEST_TYPES, type TestType } from "../scenario/plan/service_selection.ts";
import { type FlagValues, switchFlag, textFlag, textsFlag } from "./flag_kinds.ts";
import { formFlagParameters } from "./report/form_flags.ts";

/** Flags of commands that only call the services of a plan. */
export const serviceFlagParameters = {
  scenario: textFlag("Scenario of the file, or a built-in scenario", "name"),
  config: textFlag("Scenario file, e.g. June's load_test_config.yaml", "file"),
  target: textsFlag("Address of a service: llm=HOST:PORT, stt=..., shop=URL", "service=address"),
  transport: textFlag("wire or grpc-js", "name"),
  timeout: textFlag("Deadline of every call", "time"),
  testType: textFlag("Services to call: grpc, rest, websocket or all [default: all but June's gateway]", "type"),
} as const;

/** All flags that name and change a plan. Values are checked where the file's are. */
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
  threshold: textsFlag("A rule besides the scenario's, e.g. 'p99(response_time, llm.*) < 3s'", "rule"),
  gpus: textFlag("GPUs to read, by index, UUID or PCI bus id: 0,2 [default: all]", "list"),
  format: textFlag(`Files to write, of ${OUTPUT_FORMATS.join(",")}`, "list"),
  outputDir: textFlag("Folder for reports [default: the file's]", "dir"),
} as const;

/** Flags of `run`. */
export const runFlagParameters = {
  ...planFlagParameters,
  compare: textFlag("An earlier result to compare with", "baseline"),
  ...formFlagParameters,
  sim: switchFlag("Call the built-in simulator instead of the scenario's services"),
  fault: textsFlag("With --sim: a fault, e.g. llm.error_rate=5% (see sim --help)", "fault"),
  profile: {
    kind: "enum",
    values: ["ideal", "june"],
    optional: true,
    brief: "With --sim: june behaves as June's real servers do [default: ideal]",
  },
  ui: textFlag("Also serve the live page, on port 8089 or on --ui=PORT", "port"),
  calibrate: switchFlag("Measure for five seconds what june-load adds here, where no calibration fits this host"),
  dryRun: switchFlag("Print the plan and stop"),
  preflight: { kind: "boolean", default: true, brief: "Ask every service's health before the load" },
  quiet: switchFlag("No plan and no progress, only the summary"),
} as const;

/** The values of flags as they come from the command line. */
export type ServiceFlags = FlagValues<typeof serviceFlagParameters>;
/** The values of flags as they come from the command line. */
export type PlanFlags = FlagValues<typeof planFlagParameters>;
/** The values of flags as they come from the command line. */
export type RunFlags = FlagValues<typeof runFlagParameters>;

/** Flags that name a plan, and how it is run. */
export type LoadFlags = PlanFlags & Pick<RunFlags, "compare" | "sim" | "fault" | "profile" | "preflight">;

/** What each flag changes. A flag without a line here does not compile. */
type Changes = { readonly [Flag in keyof Required<PlanFlags>]: Change<Flag> };
type Change<Flag extends keyof PlanFlags> = (value: Required<PlanFlags>[Flag]) => Overrides;

/** These name the file and its scenario. */
const nothing = (): Overrides => ({});

const CHANGES: Changes = {
  scenario: nothing,
  config: nothing,
  users: (users) => ({ users }),
  rate: (rate) => ({ rate }),
  arrivals: (arrivals) => ({ arrivals }),
  maxInFlight: (max_in_flight) => ({ max_in_flight }),
  strict: (strict) => strict ? { strict: "true" } : {},
  spawnRate: (spawn_rate) => ({ spawn_rate }),
  duration: (duration) => ({ duration }),
  thinkTime: (think_time) => ({ think_time }),
  warmUp: (warm_up) => ({ warm_up }),
  seed: (seed) => ({ seed }),
  workers: (workers) => ({ workers }),
  transport: (transport) => ({ transport }),
  timeout: (timeout) => ({ timeout }),
  testType: (word) => ({ test_type: parseTestType(word) }),
  target: (list) => ({ targets: parseTargets(list) }),
  threshold: (thresholds) => ({ thresholds }),
  gpus: (gpus) => ({ gpus }),
  format: (list) => ({ formats: [list] }),
  outputDir: (output_dir) => ({ output_dir }),
};

/**
 * Converts the flags to changes of the scenario.
 * @throws {UserError} kind `usage` for a --target without `=` or an unknown --test-type
 */
export function overridesOf(flags: PlanFlags): Overrides {
  const names = Object.keys(CHANGES) as (keyof PlanFlags)[];
  return Object.assign({}, ...names.map((name) => changeOf(flags, name)));
}

function changeOf<Flag extends keyof PlanFlags>(flags: PlanFlags, flag: Flag): Overrides {
  const value = flags[flag];
  const change: Change<Flag> = CHANGES[flag];
  return value === undefined ? {} : change(value as Required<PlanFlags>[Flag]);
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

/**
 * Reads `html,json`.
 * @throws {UserError} kind `usage` for a format that does not exist
 */
export function parseFormats(list: string): OutputFormat[] {
  return list.split(",").map((word) => {
    const format = OUTPUT_FORMATS.find((known) => known === word.trim());
    if (format !== undefined) return format;
    throw new UserError("usage", `Unknown format "${word.trim()}": use ${OUTPUT_FORMATS.join(", ")}`);
  });
}
