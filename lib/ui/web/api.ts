/**
 * What the live page and its server say to each other: JSON, each type the body of one request, reply or event. Strings may
 * come from servers and files of strangers: the page must write them as text, never as markup.
 */
import type { PageMark } from "../../report/charts/marks.ts";
import type { DetailView } from "../views/detail_view.ts";
import type { SinceView, StatisticsRow } from "../views/statistics.ts";
import type { LiveView, OfTerminal } from "../views/live_view.ts";

/** Name of the header that every request that changes something carries: no form and no foreign page can send it. */
export const COMMAND_HEADER = "x-june-load";
/** Its value. */
export const COMMAND_VALUE = "1";

/** All that the page shows but the seconds. `GET /api/state`, and `event: state`. */
export interface UiState {
  /** `june-load 0.1.0`. */
  tool: string;
  /** `watch`: `run --ui`, one run begun elsewhere: no form. `choose`: `june-load ui`. */
  mode: "choose" | "watch";
  phase: Phase;
  /** Empty with `watch`. */
  scenarios: ScenarioEntry[];
  /** The run that is under way, or was last; null: none so far. */
  run: RunState | null;
  /** Why the last start did not come to a run, in words (several lines). */
  failure: string | null;
}

/** How far the run is. */
export type Phase =
  /** No run has begun. */
  | "before"
  /** Inputs, services and workers are made ready. */
  | "preparing"
  | "running"
  /** No new tasks start; calls in flight may still end. */
  | "stopping"
  /** The load has ended, and its report is written. */
  | "reporting"
  | "done";

/** A scenario to choose. */
export interface ScenarioEntry {
  /** What requests name it by; its form means nothing. */
  id: string;
  name: string;
  description: string;
  /** `built-in`, or the path of its file as it was given. */
  source: string;
  /** The file's text, in which secrets are hidden; null where it cannot be shown: `problems` say why. */
  yaml: string | null;
  /** Null where the scenario has faults. */
  fields: Fields | null;
  problems: PlanProblem[];
}

/** As Locust's form has them; null where the plan has no such thing, which then cannot be set. */
export interface Fields {
  /** The most at any time. */
  users: number | null;
  /** Null also where stages say when users start. */
  spawn_rate_per_s: number | null;
  /** The highest rate. */
  arrivals_per_s: number | null;
  duration_ms: number;
  /** Address of each service, by its name. */
  hosts: Record<string, string>;
  /** The built-in simulator stands in for every service. */
  simulator: boolean;
}

/** Body of `POST /api/plan`, `/api/check` and `/api/start`. */
export interface PlanRequest {
  /** `ScenarioEntry.id`. */
  scenario: string;
  /** Edited text; null: as in the file. */
  yaml: string | null;
  /** Those that differ from the plan's own; left out: all as in the plan. */
  fields?: Partial<Fields>;
}

/** A fault of a scenario. */
export interface PlanProblem {
  /** Where in the text, from 1; null for a fault of a field. */
  line: number | null;
  column: number | null;
  /** The key, `scenarios.spike.users`, or the field, `users`; may be empty. */
  path: string;
  /** What was found, and what is allowed. */
  message: string;
  /** The wrong word of that line and the right one, where the right one is known. */
  fix?: { old: string; new: string };
}

/** Reply of `POST /api/plan`. */
export type PlanReply = PlanView | { problems: PlanProblem[] };

/** A plan, drawn: nothing is sent. */
export interface PlanView {
  /** As `run --dry-run` prints it. */
  text: string[];
  duration_ms: number;
  loads: { name: string; kind: "closed" | "open"; points: [at_s: number, target: number][] }[];
  stages: { name: string; load: number; from_s: number; to_s: number; warm_up: boolean }[];
  /** `share`: of its load's tasks, 0 to 1. */
  tasks: { name: string; operation: string; load: number; weight: number; share: number }[];
  services: { name: string; address: string; protocol: string }[];
  /** Rules, as the plan writes them. */
  thresholds: string[];
  /** What those on percentiles allow each operation. */
  limits: PlanLimit[];
  warnings: string[];
  /** The text it was made from, in which secrets are hidden. */
  yaml: string;
  fields: Fields;
}

/** The limit of a percentile of an operation, as charts draw it. */
export interface PlanLimit {
  operation: string;
  of: "response_time" | "first_message";
  /** `limit of P95: 2 s`. */
  name: string;
  /** Milliseconds. */
  value: number;
  percentile: number;
  /** Of a rule on one stage. */
  from_s?: number;
  to_s?: number;
}

/** Reply of `POST /api/check`. */
export type CheckReply = { services: ServiceCheckView[] } | { problems: PlanProblem[] };

/** What preflight finds of a target. */
export interface ServiceCheckView {
  name: string;
  address: string;
  state: "serving" | "connected" | "unhealthy" | "doubtful" | "failed" | "unreachable";
  details: string;
  /** What was asked, `grpc.health.v1`. */
  tried: string;
  /** What the user can do; empty when all is well. */
  remedy: string;
  took_ms: number;
}

/** The run that is under way, or was last. */
export interface RunState {
  /** Also names it in `/reports/ID/...` and in `HistoryEntry.id`. */
  id: string;
  scenario: string;
  /** ISO 8601. */
  started_at: string;
  /** As it is now: a steered run's plan changes. */
  plan: PlanView;
  paused: boolean;
  /** What users changed, oldest first. */
  steered: LogLine[];
  /** So far, `Would FAIL`, while it runs; null before the first. */
  verdict: { status: string; tone: Tone; sentence: string } | null;
  /** Null until it is written. */
  report: ReportView | null;
  /** What `june-load run` would end with; null while it runs. */
  exit_code: number | null;
}

/** pass, fail, or `warn` for all between. */
export type Tone = "pass" | "fail" | "warn";

/** A report and its forms. */
export interface ReportView {
  /** The page, to open in place; null where the plan has no page. */
  html: string | null;
  /** To download. */
  forms: { name: string; file: string; href: string }[];
}

/** A line of the log. `event: log`. */
export interface LogLine {
  /** Rising, over all runs. */
  id: number;
  /** Since the start of the load; null: before it. */
  at_ms: number | null;
  tone: "info" | "warn" | "fail" | "steer";
  text: string;
}

/** The view with its details. */
export interface SecondsView extends Omit<LiveView, OfTerminal>, DetailView {
  /** Of each operation. */
  statistics: StatisticsRow[];
  /** The same, and failures, since the user last reset the statistics; null: never. */
  since: SinceView | null;
  /** Stretches and instants that every chart marks. */
  marks: PageMark[];
}

/** What a second brought. `event: seconds`. */
export interface Seconds {
  /** It holds all points of the run so far: forget those known. */
  whole: boolean;
  /** `RunState.id`. */
  run: string;
  view: SecondsView;
  /** Middles of the new seconds. A whole set of a long run has fewer points: one for 2 s, 4 s, ... */
  at_s: number[];
  /** One value for each of `at_s`. The first of a line after others: what went before is null. */
  lines: Record<string, LineValues>;
}

/** The values of a line. Names are those of the report's lines. */
export interface LineValues {
  /** `Unit` of the report's charts. */
  unit: string;
  values: (number | null)[];
}

/** A run in the output folder. `GET /api/history`, newest first. */
export interface HistoryEntry {
  id: string;
  scenario: string;
  started_at: string;
  /** Null: it has no end mark. */
  duration_ms: number | null;
  /** `PASS`, ...; null: not judged yet, or it cannot be read. */
  status: string | null;
  sentence: string;
  calls: number | null;
  /** Null for the one that is under way. */
  report: ReportView | null;
}

/** Reply of every request that was refused, with its status. */
export interface Refusal {
  message: string;
}

/** Reply of `POST /api/start`. */
export interface Started {
  run: string;
}
