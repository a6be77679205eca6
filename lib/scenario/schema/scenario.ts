/** What a scenario file says about one scenario: who does what, how often, for how long, and what must hold. */
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
import { MAX_USERS, rateTarget, stage } from "./stages.ts";
import { thinkTime } from "./think_time.ts";
import { maybe, object, optional, scalar, type Shape } from "../shape/shape.ts";
import { quote } from "../read/tree.ts";

/** The transport where none is named. */
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

/** Keys of a load of users, and what they say. */
const CLOSED = {
  users: maybe(
    integer(1, MAX_USERS),
    "required, unless there is a `rate`, `stages` or `parallel`",
    "A closed load: virtual users that run at the same time, each doing one task after another.",
    10,
  ),
  spawn_rate: optional(rate(MAX_USERS), 10, "Users started per second until all run.", 2),
  think_time: optional(
    thinkTime,
    "1s-3s",
    "Pause of a user between two tasks: a range, from which each pause is drawn evenly, one duration, or a map.",
  ),
  pacing: maybe(
    duration("1ms", "1h"),
    "none",
    "Instead of `think_time`: time from the start of a user's task to the start of its next. A task that takes longer is followed at once.",
    "5s",
  ),
};

/** Keys of a load of arrivals, and what they say. */
const OPEN = {
  rate: maybe(
    rateTarget,
    "none",
    "An open load: tasks that start at instants of their own, whether or not the services keep up. A number is per second; a ramp and waves as in a stage.",
    "50/s",
  ),
  arrivals: optional(
    choice("constant", "poisson"),
    "constant",
    "How the arrivals of an open load are spaced: evenly, or at random as independent callers are (`poisson`).",
  ),
  max_in_flight: optional(
    integer(1, MAX_USERS),
    1_000,
    "Most tasks of an open load at the same time; an arrival above waits.",
  ),
  max_wait: optional(
    duration("0s", "1h"),
    "1s",
    "How long an arrival may wait for that; then it is dropped, and counted as such. Latency counts the wait.",
  ),
};

/** One scenario. */
export const scenario = object({
  description: optional(text(500), "", "What the scenario is for; shown in reports."),
  ...CLOSED,
  ...OPEN,
  duration: maybe(
    duration("100ms", "7d"),
    "required, unless there are `stages` or `parallel`",
    "Time from the first start to the last, the ramp included.",
    "5m",
  ),
  warm_up: optional(
    duration("0s", "7d"),
    "0s",
    "First stretch of the duration, which no threshold reads. Users start in it as they would without it.",
    "30s",
  ),
  stages: maybe(
    mapOf(NAME, stage, { min: 1, max: 100 }),
    "`ramp` while users start, then `hold`",
    "The load over time, stage by stage, instead of `users` or `rate` and `duration`. Every figure is kept for each.",
    { ramp: { duration: "1m", users: "0 to 50" }, hold: { duration: "5m", users: 50 } },
  ),
  parallel: maybe(
    list(text(64), { min: 2, max: 20 }),
    "none",
    "Other scenarios of the file that run at the same time, each with its own load and tasks. Their stages are then called `NAME.STAGE`; what else holds for the run is said here.",
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
    "What must hold for the run to pass; replaces the default rules.",
    ["p95(latency, llm.*) < 2s", "error_rate < 1%", "load >= 100%"],
  ),
  objectives: maybe(
    objectives,
    "the limits of the rules on percentiles, means and maxima",
    "What a call must meet to count as good (`goodput`, `good_rate`): limits by distribution, for all operations or for some.",
    { latency: "2s", first_message: { "llm.*": "800ms" } },
  ),
  strict: optional(boolean, false, "A rule passes only where enough was measured to be sure of it."),
  seed: optional(integer(0, 4_294_967_295), 1, "Seed of every random choice; the same seed gives the same choices."),
  workers: maybe(
    integer(1, 256),
    "processor cores less one, at most one a user",
    "Web Workers that make the load.",
  ),
  transport: optional(choice("wire", "grpc-js"), DEFAULT_TRANSPORT, "What carries the calls."),
}, [["users", "duration"], ["rate", "duration"], ["stages"], ["parallel"]]);

/** Decoded scenario. */
export type ScenarioSettings = NonNullable<ReturnType<typeof scenario.decode>>;
