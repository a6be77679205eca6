/** The keys of one scenario: load, tasks, length and thresholds. */
import { MAX_USERS } from "../../plan/load_limits.ts";
import type { TransportName } from "../../plan/plan.ts";
import { withRemedy } from "../../plan/nearest.ts";
import { TASKS } from "../../plan/tasks.ts";
import type { Threshold } from "../../plan/threshold/threshold.ts";
import { isThresholdError, parseThreshold } from "../../plan/threshold/parser.ts";
import { type KeyShape, list, mapOf, oneOrMore } from "../shape/containers.ts";
import { objectives } from "./objectives.ts";
import { boolean, choice, duration, integer, number, rate, text } from "../shape/scalars.ts";
import { NAME } from "./common.ts";
import { SERVICE_KINDS } from "./services.ts";
import { rateTarget, stage } from "./stages.ts";
import { thinkTime } from "./think_time.ts";
import { maybe, object, optional, scalar, type Shape } from "../shape/shape.ts";
import { quote } from "../read/tree.ts";

/** The default transport. */
const DEFAULT_TRANSPORT: TransportName = "wire";

const VOICE_TASKS = Object.keys(TASKS).filter((name) => name !== "call").map((name) => name.replace(".", "\\."));

const taskKeys: KeyShape = {
  placeholder: "task",
  pattern: `^((${VOICE_TASKS.join("|")})(@(${
    Object.keys(SERVICE_KINDS).join("|")
  }))?|call(@[A-Za-z0-9_-]{1,64}(/.{1,100})?)?)$`,
  fault(key) {
    const [task, service, ...more] = key.split("@");
    if (!Object.hasOwn(TASKS, task!)) {
      return withRemedy(`Unknown task ${quote(task!)}`, task!, "known are", Object.keys(TASKS));
    }
    if (task === "call") return null;
    if (more.length > 0) return `The task ${quote(key)} names more than one service`;
    if (service !== undefined && !Object.hasOwn(SERVICE_KINDS, service)) {
      return withRemedy(`Unknown service ${quote(service)}`, service, "known are", Object.keys(SERVICE_KINDS));
    }
    return null;
  },
};

/** A rule in the one-line language of `threshold_parser.ts`. */
export const threshold: Shape<Threshold> = scalar({
  expected: 'a threshold such as "p95(response_time, llm.*) < 2s" or "error_rate < 1%"',
  schema: { type: "string" },
  read(tree) {
    const rule = parseThreshold(tree.text);
    if (!isThresholdError(rule)) return { value: rule };
    const why = `${rule.error} (column ${rule.column} of the rule)`;
    return { error: `Cannot read the threshold ${quote(tree.text)}: ${why}${isHalf(tree.text) ? HALF : ""}` };
  },
});

/** The first half of a rule, as `[p95(latency, llm.*) < 2s]` has it. */
const isHalf = (rule: string): boolean => rule.includes("(") && !rule.includes(")");
const HALF = "; if it was cut at a comma: YAML ends an entry of [...] there, unless the rule is in quotes";

/** Keys of a closed load. */
const CLOSED = {
  users: maybe(
    integer(1, MAX_USERS),
    "required, unless there is a `rate`, `stages` or `parallel`",
    "A closed load: virtual users that run at the same time. Each user does one task after another.",
    10,
  ),
  spawn_rate: optional(rate(MAX_USERS), 10, "Users started per second until all users run.", 2),
  think_time: optional(
    thinkTime,
    "1s-3s",
    "Pause of a user between tasks: one duration, a range (each pause is picked evenly from it), or a map.",
  ),
  pacing: maybe(
    duration("1ms", "1h"),
    "none",
    "Instead of `think_time`: time from the start of a user's task to the start of its next task. After a task that takes longer, the next one starts at once.",
    "5s",
  ),
  start: optional(
    choice("staggered", "at_once"),
    "staggered",
    "When the first task of a user comes. `staggered`: after a random part of its pause (`think_time` or `pacing`), as if the user had long been there. `at_once`: with the user, as in June's former test.",
  ),
  after_failure: optional(
    duration("0s", "1h"),
    "1s",
    "Least pause of a user after a call that was refused or whose connection was lost; longer where the server's `Retry-After` says so, up to 60s. `0s`: as after any other call, whatever the server asks for.",
  ),
};

/** Keys of an open load. */
const OPEN = {
  rate: maybe(
    rateTarget,
    "none",
    "An open load: tasks start at scheduled times, whether or not the services keep up. A number is per second; ramps and waves are as in a stage.",
    "50/s",
  ),
  arrivals: optional(
    choice("constant", "poisson"),
    "constant",
    "Spacing of the arrivals of an open load: even (`constant`), or random like independent callers (`poisson`).",
  ),
  max_in_flight: optional(
    integer(1, MAX_USERS),
    1_000,
    "Most tasks of an open load at the same time; further arrivals wait.",
  ),
  max_wait: optional(
    duration("0s", "1h"),
    "1s",
    "Longest wait of an arrival for `max_in_flight`; then it is dropped and counted. Latency includes the wait.",
  ),
};

/** One scenario. */
export const scenario = object({
  description: optional(text(500), "", "Purpose of the scenario; shown in reports."),
  ...CLOSED,
  ...OPEN,
  duration: maybe(
    duration("100ms", "7d"),
    "required, unless there are `stages` or `parallel`",
    "Time from the first start to the last, including the ramp.",
    "5m",
  ),
  warm_up: optional(
    duration("0s", "7d"),
    "0s",
    "First part of the duration, which no threshold reads. It does not change how users start.",
    "30s",
  ),
  stages: maybe(
    mapOf(NAME, stage, { min: 1, max: 100 }),
    "`ramp` while users start, then `hold`",
    "The load over time, stage by stage, instead of `users` or `rate` and `duration`. Every figure is kept for each stage.",
    { ramp: { duration: "1m", users: "0 to 50" }, hold: { duration: "5m", users: 50 } },
  ),
  parallel: maybe(
    list(text(64), { min: 2, max: 20 }),
    "none",
    "Other scenarios of the file to run at the same time, each with its own load and tasks. Their stages get the names `NAME.STAGE`. All other settings of the run come from this scenario.",
    ["callers", "batch"],
  ),
  grace: optional(
    duration("0s", "1h"),
    "10s",
    "How long calls in flight may still run after the duration; then they are cut off.",
  ),
  tasks: maybe(
    mapOf(taskKeys, number(0, 1_000_000), { min: 1, max: 50 }),
    "each service's default task, by the services' weights",
    "The task mix: weight by task. `task@service` names one of several services of a kind, `call@service` or `call@service/exchange` a service of your own.",
    { "llm.chat_stream": 30, "stt.recognize_stream": 20, "tts.synthesize": 20 },
  ),
  thresholds: maybe(
    oneOrMore(threshold, { max: 50 }),
    "June's acceptance criteria",
    "Rules that decide whether the run passes; they replace the default rules.",
    ["p95(response_time, llm.*) < 2s", "error_rate < 1%", "load >= 100%"],
  ),
  objectives: maybe(
    objectives,
    "the limits of the rules on percentiles, means and maxima",
    "Limits of a good call (`goodput`, `good_rate`), by distribution, for all operations or for some.",
    { response_time: "2s", first_message: { "llm.*": "800ms" } },
  ),
  strict: optional(boolean, false, "A rule passes only when enough was measured to be sure."),
  seed: optional(integer(0, 4_294_967_295), 1, "Seed of every random choice; the same seed gives the same choices."),
  workers: maybe(
    integer(1, 256),
    "processor cores less one, at most one per user",
    "Web Workers that make the load.",
  ),
  transport: optional(
    choice("wire", "grpc-js"),
    DEFAULT_TRANSPORT,
    "Client library of the calls: june-load's own HTTP/2, or grpc-js.",
  ),
}, [["users", "duration"], ["rate", "duration"], ["stages"], ["parallel"]]);

/** Decoded scenario. */
export type ScenarioSettings = NonNullable<ReturnType<typeof scenario.decode>>;
