/**
 * What the terminal shows, as plain data. Numbers are in base units, words are the caller's choice; every string may come
 * from a server or a file: the renderers strip what could act on a terminal.
 */

/** How a rule stands. `unknown`: nothing measured yet; `warn`: broken, but it does not fail the run. */
export type RuleState = "pass" | "fail" | "warn" | "unknown";

/** One rule of the plan. */
export interface RuleView {
  /** As the plan writes it: `p95(latency, llm.*) < 2s`. */
  source: string;
  state: RuleState;
  /** Observed value with its unit; empty when there is none. */
  observed: string;
  /** Range the true value lies in, or empty. Shown at the end only. */
  range: string;
  /** Operation where it was worst, whether enough was measured, what a break does; may be empty. Shown at the end only. */
  where: string;
}

/** A column of times in the operations table. */
export interface LatencyColumn {
  title: string;
  /** Columns of the highest rank go first where the terminal is narrow. */
  rank: number;
}

/** One operation, or all together. */
export interface OperationRow {
  name: string;
  /** Ended calls. */
  calls: number;
  rate_per_s: number;
  /** Calls that failed or timed out. */
  errors: number;
  /** One value for each latency column, in microseconds; null where nothing was measured. */
  latencies_us: ReadonlyArray<number | null>;
  /** Titles of the columns (also `errors`) whose value breaks a rule. */
  broken: readonly string[];
  /** Titles of latency columns whose true value is this or more: so many calls timed out. */
  at_least: readonly string[];
  /** Titles of latency columns that rest on too few calls to be trusted. */
  few: readonly string[];
}

/** Arrivals of open loads over the last seconds. */
export interface ArrivalsView {
  offered_per_s: number;
  begun_per_s: number;
  /** Since the start of the run. */
  dropped: number;
}

/** The GPU, or several put together. */
export interface GpuView {
  /** `GPU`, `GPU 0` or `2 GPUs`. */
  label: string;
  utilization_percent: number | null;
  power_w: number | null;
}

/** A run while it goes. */
export interface LiveView {
  scenario: string;
  elapsed_ms: number;
  /** Planned length of the run. */
  duration_ms: number;
  /** Name of the stage, or empty. */
  stage: string;
  /** `stopping`: users start nothing new, calls in flight may still end. */
  phase: "running" | "stopping";
  users: number;
  /** Null for plans whose loads are all closed. */
  arrivals: ArrivalsView | null;
  calls_per_s: number;
  /** Share of the ended calls of the last seconds that kept every objective; null for plans without objectives. */
  good_share: number | null;
  in_flight: number;
  /** Null where none is watched. */
  gpu: GpuView | null;
  /** P95 of all operations, one value a second, oldest first; null for a second without an ok call. */
  p95_history_us: ReadonlyArray<number | null>;
  /** Error rate, 0 to 1, second by second like the P95. */
  error_history: ReadonlyArray<number | null>;
  /** The same two over the last seconds, as one figure each. */
  p95_us: number | null;
  error_rate: number | null;
  latency_columns: readonly LatencyColumn[];
  operations: readonly OperationRow[];
  rules: readonly RuleView[];
  /** Things worth knowing, newest last. */
  notes: readonly string[];
}

/** Calls that failed in the same way. */
export interface ErrorView {
  count: number;
  /** Status name or semantic failure. */
  type: string;
  operation: string;
  /** Milliseconds since the start of the run. */
  first_ms: number;
  /** The server's words; empty when it had none. */
  example: string;
}

/** A run that is over. */
export interface SummaryView {
  /** `PASS`, `FAIL`, `INVALID`. */
  verdict: string;
  tone: "pass" | "fail" | "warn";
  scenario: string;
  duration_ms: number;
  calls: number;
  /** Issued calls less the sum of their outcomes; anything but 0 is a fault of june-load. */
  unaccounted: number;
  /** What happened, in plain words. */
  sentence: string;
  /** What to change, when the run says nothing about the service; may be empty. */
  advice: readonly string[];
  rules: readonly RuleView[];
  latency_columns: readonly LatencyColumn[];
  operations: readonly OperationRow[];
  /** All operations together; null when there is nothing to add up. */
  total: OperationRow | null;
  /** What matters of each kind of operation, in words; parts are set apart by ` · `. */
  details: ReadonlyArray<{ name: string; text: string }>;
  /** Most frequent first. */
  errors: readonly ErrorView[];
  /** Services some of whose calls moved to another connection, with how many. */
  moved: ReadonlyArray<{ service: string; calls: number }>;
  /** Parts of the line on the machine: `GPU 0 97 % in spike`, `host CPU 41 %`; may be empty. */
  machine: readonly string[];
  /** The page to open, or the folder; empty when nothing was written. */
  report_path: string;
  exit_code: number;
  /** What the exit code means, in a few words; may be empty. */
  exit_meaning: string;
}

/** Columns of the live table: P50, P95, P99 of the latency and P95 of the first message. */
export const LIVE_COLUMNS: readonly LatencyColumn[] = [
  { title: "p50", rank: 2 },
  { title: "p95", rank: 1 },
  { title: "p99", rank: 3 },
  { title: "first p95", rank: 4 },
];

const FAMILIAR_RANKS: Readonly<Record<string, number>> = { p95: 1, p50: 2, p99: 3 };

/** Columns of the summary: mean, the plan's percentiles, max, P95 of the first message; in this order. */
export function summaryColumns(percentiles: readonly number[]): LatencyColumn[] {
  const titles = percentiles.map((percentile) => `p${percentile}`);
  return [
    { title: "mean", rank: 6 },
    ...titles.map((title) => ({ title, rank: FAMILIAR_RANKS[title] ?? 7 })),
    { title: "max", rank: 5 },
    { title: "first p95", rank: 4 },
  ];
}
