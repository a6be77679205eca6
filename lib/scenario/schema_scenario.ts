/** What a scenario file says about one scenario: who does what, how often, for how long, and what must hold. */
import type { ThinkTime, TransportName } from "../plan/plan.ts";
import { withRemedy } from "../plan/nearest.ts";
import { TASKS } from "../plan/tasks.ts";
import type { Threshold } from "../plan/threshold.ts";
import { isThresholdError, parseThreshold } from "../plan/threshold_parser.ts";
import { parseDuration, writeDuration } from "../plan/units.ts";
import { type KeyShape, mapOf, oneOrMore, scalarOrMap, transform } from "./containers.ts";
import { choice, duration, integer, number, rate, text } from "./scalars.ts";
import { maybe, object, optional, type Read, required, scalar, type Shape } from "./shape.ts";
import { SERVICE_KINDS } from "./schema_services.ts";
import { quote } from "./tree.ts";

/** The transport where none is named. */
export const DEFAULT_TRANSPORT: TransportName = "wire";
/** Most users of one scenario. */
export const MAX_USERS = 100_000;

const MAX_THINK = "1h";
const thinkPart = duration("0s", MAX_THINK);

const thinkText: Shape<ThinkTime> = scalar({
  expected: `a think time of at most ${MAX_THINK}, such as "1s-3s" or "2s"`,
  schema: { type: "string" },
  read: (tree) => readThinkTime(tree.text),
});

function readThinkTime(written: string): Read<ThinkTime> {
  const parts = written.split("-").map((part) => parseDuration(part));
  if (parts.length > 2) return null;
  const values: number[] = [];
  for (const part of parts) {
    if (!part.ok) return { error: `${part.error} (a think time looks like "1s-3s" or "2s")` };
    if (part.value > 3_600e6) return null;
    values.push(part.value / 1000);
  }
  const [first, second] = values;
  if (second === undefined) return { value: { kind: "constant", value_ms: first! } };
  return uniform(first!, second) ?? { error: `The think time ${quote(written)} must name the shorter duration first` };
}

function uniform(min_ms: number, max_ms: number): { value: ThinkTime } | null {
  if (min_ms === max_ms) return { value: { kind: "constant", value_ms: min_ms } };
  return min_ms < max_ms ? { value: { kind: "uniform", min_ms, max_ms } } : null;
}

const thinkMap: Shape<ThinkTime> = transform(
  object({
    min: required(thinkPart, "1s", "Shortest pause."),
    max: required(thinkPart, "3s", "Longest pause."),
  }),
  ({ min, max }, _place, cx) => {
    const time = uniform(min.value, max.value);
    if (time) return time.value;
    const text = `Expected at most the "max" of ${writeDuration(max.value * 1000)}, found ${
      writeDuration(min.value * 1000)
    }`;
    if (min.valid && max.valid) cx.problems.add(min.at, min.path, text);
    return undefined;
  },
);

const taskKeys: KeyShape = {
  placeholder: "task",
  pattern: `^(${Object.keys(TASKS).map((name) => name.replace(".", "\\.")).join("|")})(@(${
    Object.keys(SERVICE_KINDS).join("|")
  }))?$`,
  fault(key) {
    const [task, service, ...more] = key.split("@");
    if (!Object.hasOwn(TASKS, task!)) {
      return withRemedy(`Unknown task ${quote(task!)}`, task!, "known are", Object.keys(TASKS));
    }
    if (more.length > 0) return `The task ${quote(key)} names more than one service`;
    if (service !== undefined && !Object.hasOwn(SERVICE_KINDS, service)) {
      return withRemedy(`Unknown service ${quote(service)}`, service, "known are", Object.keys(SERVICE_KINDS));
    }
    return null;
  },
};

/** A rule in the one-line language of `threshold_parser.ts`. */
export const threshold: Shape<Threshold> = scalar({
  expected: 'a threshold such as "p95(latency, llm.*) < 2s" or "error_rate < 1%"',
  schema: { type: "string" },
  read(tree) {
    const rule = parseThreshold(tree.text);
    if (!isThresholdError(rule)) return { value: rule };
    return {
      error: `Cannot read the threshold ${quote(tree.text)}: ${rule.error} (column ${rule.column} of the rule)`,
    };
  },
});

/** One scenario. */
export const scenario = object({
  description: optional(text(500), "", "What the scenario is for; shown in reports."),
  users: required(integer(1, MAX_USERS), 10, "Virtual users that run at the same time."),
  spawn_rate: optional(rate(MAX_USERS), 10, "Users started per second until all run.", 2),
  duration: required(duration("100ms", "7d"), "5m", "Time from the first start to the last, the ramp included."),
  warm_up: optional(
    duration("0s", "7d"),
    "0s",
    "First stretch of the duration, which no threshold reads. Users start in it as they would without it.",
    "30s",
  ),
  grace: optional(
    duration("0s", "1h"),
    "10s",
    "How long calls in flight may still run after the duration; then they are cut off.",
  ),
  think_time: optional(
    scalarOrMap(thinkText, thinkMap),
    "1s-3s",
    "Pause of a user between two tasks: a range, from which each pause is drawn evenly, or one duration.",
  ),
  tasks: maybe(
    mapOf(taskKeys, number(0, 1_000_000), { min: 1, max: 50 }),
    "each service's default task, by the services' weights",
    "The task mix: weight by task. `task@service` names one of several services of a kind.",
    { "llm.chat_stream": 30, "stt.recognize_stream": 20, "tts.synthesize": 20 },
  ),
  thresholds: maybe(
    oneOrMore(threshold, { max: 50 }),
    "June's acceptance criteria",
    "What must hold for the run to pass; replaces the default rules.",
    ["p95(latency, llm.*) < 2s", "error_rate < 1%", "load >= 100%"],
  ),
  seed: optional(integer(0, 4_294_967_295), 1, "Seed of every random choice; the same seed gives the same choices."),
  workers: maybe(integer(1, 256), "processor cores less one, at most one a user", "Web Workers that hold the users."),
  transport: optional(choice("wire", "grpc-js"), DEFAULT_TRANSPORT, "What carries the calls."),
});

/** Decoded scenario. */
export type ScenarioSettings = NonNullable<ReturnType<typeof scenario.decode>>;
