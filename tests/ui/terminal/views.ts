/** Views with made-up numbers for the tests of the terminal. */
import fc from "fast-check";
import { LIVE_COLUMNS, type LiveView } from "../../../lib/ui/views/live_view.ts";
import type { OperationRow } from "../../../lib/ui/views/operation_row.ts";
import type { RuleView } from "../../../lib/ui/views/rule_view.ts";
import { summaryColumns, type SummaryView } from "../../../lib/ui/views/summary_view.ts";

/** A rule without range or place. */
export function rule(
  source: string,
  state: RuleView["state"],
  observed: string,
  used: number | null = null,
): RuleView {
  return { source, state, observed, holds: source.includes("<") ? "below" : "above", used, range: "", where: "" };
}

/** A row; times in milliseconds. */
export function row(
  name: string,
  figures: number[],
  times_ms: Array<number | null>,
  violated: string[] = [],
): OperationRow {
  const [calls = 0, rate_per_s = 0, errors = 0] = figures;
  return {
    name,
    calls,
    rate_per_s,
    errors,
    error_rate: calls === 0 ? null : errors / calls,
    unfinished: 0,
    latencies_us: times_ms.map((ms) => ms === null ? null : ms * 1000),
    violated,
    at_least: [],
    few: [],
  };
}

const RULES: RuleView[] = [
  {
    ...rule("p95(response_time, llm.*) < 2s", "fail", "2.61 s", 1.305),
    range: "2.55–2.68",
    where: "worst in stage spike",
  },
  rule("p95(response_time, stt.*) < 2s", "pass", "1.12 s", 0.56),
  rule("p95(response_time, tts.*) < 2s", "pass", "870 ms", 0.435),
  rule("error_rate < 1%", "pass", "0.21 %", 0.21),
  rule("recovery_time < 30s", "pass", "24 s", 0.8),
  rule("load >= 100%", "pass", "100 %", 1),
];

/** The spike of the sketch, at 2:14 of 5:00. */
export const SPIKE_LIVE: LiveView = {
  scenario: "spike",
  elapsed_ms: 134_000,
  duration_ms: 300_000,
  stage: "spike",
  phase: "running",
  paused: false,
  users: 500,
  arrivals: null,
  calls_per_s: 231,
  good_share: null,
  in_flight: 418,
  unfinished: 0,
  gpu: { label: "GPU", utilization_percent: 97, power_w: 349.4 },
  rate_history: Array.from({ length: 134 }, (_, s) => s < 70 ? 60 + (s % 4) : Math.min(231, 60 + (s - 70) * 6)),
  p95_history_us: Array.from(
    { length: 134 },
    (_, s) => 1000 * (s < 70 ? 780 + 40 * (s % 3) : Math.min(2600, 780 + (s - 70) * 60)),
  ),
  error_history: Array.from({ length: 134 }, (_, s) => s > 110 && s % 5 === 0 ? 0.01 : 0),
  slowest: { operation: "llm.chat_stream", p95_us: 2_580_000, at_least: false },
  error_rate: 0.0021,
  latency_columns: LIVE_COLUMNS,
  operations: [
    row("llm.chat_stream", [11204, 92.1, 31], [610, 2580, 3390, 410], ["p95"]),
    row("stt.recognize_stream", [7480, 61.5, 9], [450, 1130, 1500, 690]),
    row("tts.synthesize", [7455, 61.3, 0], [345, 880, 1220, null]),
  ],
  rules: RULES,
  news: [
    { t_ms: 0, tone: "info", text: "before begins" },
    { t_ms: 70_000, tone: "info", text: "spike begins" },
    { t_ms: 81_000, tone: "fail", text: "llm.chat_stream is over its limit of 2 s; its P95 reaches 2.58 s" },
  ],
  failures: [
    {
      count: 31,
      type: "DEADLINE_EXCEEDED",
      operation: "llm.chat_stream",
      first_ms: 81_000,
      last_ms: 130_000,
      example: "no reply within 10 s",
    },
    {
      count: 9,
      type: "UNAVAILABLE",
      operation: "stt.recognize_stream",
      first_ms: 84_200,
      last_ms: 90_000,
      example: "",
    },
  ],
  details: [
    {
      name: "llm.chat_stream",
      text: "first token P50 184 ms, P95 294 ms · gap P50 12.5 ms · 79.3 words/s for one user (P50)",
    },
    { name: "stt.recognize_stream", text: "first partial P95 833 ms · WER 0 % of 432 words" },
  ],
};

/** Users run, but no call has ended. */
export const NOTHING_YET: LiveView = {
  ...SPIKE_LIVE,
  elapsed_ms: 800,
  stage: "ramp",
  users: 12,
  calls_per_s: 0,
  in_flight: 12,
  gpu: null,
  rate_history: [],
  p95_history_us: [],
  error_history: [],
  slowest: null,
  error_rate: null,
  operations: [],
  rules: RULES.map(({ source }) => rule(source, "unknown", "")),
  news: [],
  failures: [],
  details: [],
};

/** Every call fails. */
export const ALL_FAILED: LiveView = {
  ...SPIKE_LIVE,
  p95_history_us: SPIKE_LIVE.p95_history_us.map(() => null),
  error_history: SPIKE_LIVE.error_history.map(() => 1),
  slowest: null,
  error_rate: 1,
  operations: [row("llm.chat_stream", [1200, 0, 1200], [null, null, null, null], ["errors"])],
  rules: [rule("p95(response_time) < 2s", "fail", "no data"), rule("error_rate < 1%", "fail", "100 %", 100)],
  news: [{ t_ms: 0, tone: "warn", text: 'No GPU readings: "nvidia-smi" was not found on this machine' }],
};

/** After the first Ctrl-C. */
export const STOPPING: LiveView = { ...SPIKE_LIVE, phase: "stopping", calls_per_s: 12.5 };

/** More operations than any terminal has lines; one far down breaks a rule. */
export const SIXTY_OPERATIONS: OperationRow[] = Array.from(
  { length: 60 },
  (_, i) => row(`grpc.method_${i + 1}`, [1000 - i, 10, 0], [10 + i, 20 + i, 30 + i, null], i === 41 ? ["p99"] : []),
);

/** Strings that want to act on the terminal, or to burst it. */
export const HOSTILE = {
  colour: "\x1b[31mred\x1b[0m and \x9b1mbold",
  title: "\x1b]0;owned\x07window \x1bP1$r0m\x1b\\title",
  cursor: "up\x1b[9A\x1b[2J\r\n\t down\x08\x08",
  direction: "abc\u202edef\u2066ghi\u200b\u2028end",
  long: "x".repeat(10_000),
  wide: "音声認識サービス 🎤 전사",
  marks: "e" + "\u0301".repeat(500),
  broken: "half \ud83d pair",
};

/** Strings of any code points, lone surrogates and control characters often among them. */
export function anyString(): fc.Arbitrary<string> {
  const code = fc.oneof(fc.nat(0x10ffff), fc.integer({ min: 0xd800, max: 0xdfff }), fc.nat(0xa0));
  return fc.array(code).map((codes) => String.fromCodePoint(...codes));
}

/** The end of the spike. */
export const SPIKE_SUMMARY: SummaryView = {
  verdict: "FAIL",
  tone: "fail",
  scenario: "spike",
  duration_ms: 300_000,
  calls: 61_482,
  unaccounted: 0,
  unfinished: 0,
  in_flight: null,
  sentence: "LLM chat answered too slowly in the spike: P95 2.61 s where 2 s is allowed. It recovered 24 s after the " +
    "spike ended. The other five objectives hold.",
  advice: [],
  rules: RULES,
  latency_columns: summaryColumns([50, 90, 95, 99]),
  operations: [
    row("llm.chat_stream", [24610, 82.0, 76], [692, 540, 1830, 2610, 3420, 6120, 412], ["p95"]),
    row("stt.recognize_stream", [16405, 54.7, 20], [512, 441, 902, 1120, 1490, 2210, 688]),
    row("tts.synthesize", [16390, 54.6, 16], [388, 342, 701, 870, 1210, 1630, null]),
    row("tts.synthesize_stream", [4077, 13.6, 20], [401, 350, 733, 902, 1330, 1880, 121]),
  ],
  total: row("all", [61482, 204.9, 132], [541, 410, 1090, 1380, 2950, 6120, 402]),
  details: [],
  errors: [
    {
      count: 76,
      type: "DEADLINE_EXCEEDED",
      operation: "llm.chat_stream",
      first_ms: 81_000,
      example: "no reply within 10 s",
    },
    { count: 53, type: "UNAVAILABLE", operation: "stt.recognize_stream", first_ms: 84_200, example: "" },
    { count: 3, type: "semantic:empty_transcript", operation: "stt.recognize_stream", first_ms: 12_000, example: "" },
  ],
  repeats: "",
  moved: [],
  changes: [],
  machine: ["GPU 0 97 % in spike, power-capped 71 s", "host CPU 41 %", "busiest worker 31 %"],
  report_path: "reports/spike/20261123_140000/june_load_20261123_140000.html",
  exit_code: 99,
  exit_meaning: "a threshold failed",
};

/** A run in which all went well. */
export const PASS_SUMMARY: SummaryView = {
  ...SPIKE_SUMMARY,
  verdict: "PASS",
  tone: "pass",
  scenario: "demo",
  duration_ms: 20_000,
  calls: 842,
  sentence: "All two objectives hold.",
  rules: [rule("p95(response_time) < 2s", "pass", "380 ms"), rule("error_rate < 1%", "pass", "0 %")],
  operations: [row("llm.chat_stream", [842, 42.1, 0], [210, 190, 330, 380, 420, 501.5, 8.25])],
  total: null,
  errors: [],
  machine: [],
  exit_code: 0,
  exit_meaning: "",
};

/** A run that says nothing about the service. */
export const INVALID_SUMMARY: SummaryView = {
  ...PASS_SUMMARY,
  verdict: "INVALID",
  tone: "warn",
  sentence: "This machine, not the service, was the limit: calls started up to 1.2 s late.",
  advice: ["Run fewer users on this machine or share the plan among several with --shard, then merge the results."],
  rules: [rule("p95(response_time) < 2s", "pass", "380 ms"), {
    ...rule("load >= 100%", "warn", "62 %"),
    where: "stage hold",
  }],
  unaccounted: 2,
  exit_code: 1,
  exit_meaning: "the run is not valid",
};

/** Nothing answered. */
export const FAILED_SUMMARY: SummaryView = {
  ...SPIKE_SUMMARY,
  calls: 1200,
  sentence: "No call succeeded: 1,200 of 1,200 failed.",
  rules: ALL_FAILED.rules,
  operations: [
    row("llm.chat_stream", [1200, 0, 1200], [null, null, null, null, null, null, null], ["errors", "share"]),
  ],
  total: null,
  errors: [{
    count: 1200,
    type: "UNAVAILABLE",
    operation: "llm.chat_stream",
    first_ms: 12,
    example: "connection refused \x1b[2J(127.0.0.1:50051)",
  }],
  repeats: "1,194 of 1,200 calls (99.5 %) were repeats after a refusal",
  report_path: "",
};
