/** Small signs: marks of rules, bars, sparklines, numbers of the tables. */
import { formatCount, formatDuration, NO_VALUE } from "../../plan/units.ts";
import type { LiveView } from "../views/live_view.ts";
import { type Line, signs, type Span, type Tone } from "./style.ts";
import type { RuleState, RuleView } from "../views/rule_view.ts";

const MARKS: Readonly<Record<RuleState, readonly [mark: string, tone: Tone]>> = {
  pass: ["✓", "pass"],
  fail: ["✕", "fail"],
  warn: ["!", "warn"],
  unknown: ["·", "dim"],
};

/** The mark of a rule's state, in its colour. */
export function ruleMark(state: RuleState): Span {
  const [mark, tone] = MARKS[state];
  return signs(mark, tone);
}

/**
 * Progress bar: fills `share` of `columns`, in eighths of a column. A share that is no number fills none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(progressBar(0.5, 4).map(({ text }) => text).join(""), "██░░");
 * ```
 */
export function progressBar(share: number, columns: number): Line {
  const eighths = Math.round((share > 0 ? Math.min(1, share) : 0) * columns * 8);
  const whole = Math.floor(eighths / 8);
  const part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]!;
  const filled = "█".repeat(whole) + part;
  return [signs(filled, "accent"), signs("░".repeat(columns - [...filled].length), "dim")];
}

/** What a sparkline shows. */
export interface SparkOptions {
  columns: number;
  /** How much of the plan has passed, 0 to 1: the rest of the columns is still to come. Default: all of it. */
  share?: number;
  /** Least value that may fill a bar, so that a few errors do not look like an outage. */
  top_min?: number;
}

/**
 * Values as bars from 0 over the whole plan, so that no bar moves when another comes, and dots for what is to come. The
 * highest value, or `top_min` if that is more, fills its bar. A bar shows the highest of its neighbouring values. A missing
 * value is a gap; a value above 0 is always higher than 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const text = (values: (number | null)[], columns: number, share: number) =>
 *   sparkline(values, "accent", { columns, share }).map(({ text }) => text).join("");
 * assert.equal(text([0, 1, null, 4, 8], 5, 1), "▁▂ ▄█");
 * assert.equal(text([1, 8, 2, 1], 4, 0.5), "█▂··");
 * ```
 */
export function sparkline(
  values: ReadonlyArray<number | null>,
  tone: Tone,
  { columns, share = 1, top_min = 0 }: SparkOptions,
): Line {
  const passed = Math.min(columns, Math.max(0, share) * columns);
  const top = values.reduce<number>((most, value) => Math.max(most, value ?? 0), top_min);
  const perBar = values.length / passed;
  const bars = Array.from({ length: values.length === 0 ? 0 : Math.ceil(passed) }, (_, at) => {
    const from = Math.min(values.length - 1, Math.floor(at * perBar));
    return highest(values.slice(from, Math.max(from + 1, Math.floor((at + 1) * perBar))));
  });
  const text = bars.map((value) => value === null ? " " : barOf(value, top)).join("");
  return [signs(text, tone), signs("·".repeat(Math.max(0, Math.floor(columns) - bars.length)), "dim")];
}

function highest(values: ReadonlyArray<number | null>): number | null {
  return values.reduce((most, value) => most === null || (value !== null && value > most) ? value : most, null);
}

function barOf(value: number, top: number): string {
  if (!(value > 0)) return "▁";
  return "▁▂▃▄▅▆▇█"[Math.min(7, Math.max(1, Math.ceil(8 * value / top) - 1))] ?? "▁";
}

/** Where the limit stands in a gauge; as on the report's page, a value right of it is past the limit. */
const LIMIT_AT = 0.625;

/**
 * How much of a limit is used up, in `columns`: a line from 0, and the limit as a stroke.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const text = (used: number) => gauge(used, 10, "pass").map(({ text }) => text).join("");
 * assert.deepEqual([0, 0.5, 1, 1.3, 9].map(text), ["╌╌╌╌╌╌│   ", "━━━╌╌╌│   ", "━━━━━━│   ", "━━━━━━┿━  ", "━━━━━━┿━━━"]);
 * ```
 */
export function gauge(used: number, columns: number, tone: Tone): Line {
  const limit = Math.floor(columns * LIMIT_AT);
  const filled = used > 0 ? Math.min(columns, Math.round(used * limit)) : 0;
  const over = used > 1 ? Math.min(columns - limit - 1, Math.max(1, filled - limit - 1)) : 0;
  return [
    signs("━".repeat(Math.min(limit, filled)), tone),
    signs("╌".repeat(Math.max(0, limit - filled)), "dim"),
    over > 0 ? signs("┿" + "━".repeat(over), tone) : signs("│", "plain"),
    signs(" ".repeat(Math.max(0, columns - limit - 1 - over)), "plain"),
  ];
}

/**
 * How far a value is from its limit, in words; empty where nobody knows, and just at the limit.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const below = (used: number | null) => marginText({ used, holds: "below" });
 * assert.deepEqual([0.44, 1.308, 0.999, 1, null].map(below), ["56 % left", "31 % over", "<1 % left", "", ""]);
 * assert.equal(marginText({ used: 1.25, holds: "above" }), "20 % short");
 * ```
 */
export function marginText({ used, holds }: Pick<RuleView, "used" | "holds">): string {
  if (used === null || used === 1 || !Number.isFinite(used)) return "";
  if (used < 1) return `${wholePercent(1 - used)} left`;
  return holds === "below" ? `${wholePercent(used - 1)} over` : `${wholePercent(1 - 1 / used)} short`;
}

function wholePercent(share: number): string {
  const percent = 100 * share;
  return `${percent < 1 ? "<1" : percent >= 1000 ? ">999" : Math.round(percent)} %`;
}

/**
 * Microseconds as milliseconds without the unit: `2,580`, `3.4`, `0.08`, `-120`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual([2_580_000, 3400, 80, -120_000, null].map(formatMilliseconds), ["2,580", "3.4", "0.08", "-120", "–"]);
 * ```
 */
export function formatMilliseconds(us: number | null): string {
  if (us === null || !Number.isFinite(us)) return NO_VALUE;
  if (us < 0) return `-${formatMilliseconds(-us)}`;
  const ms = us / 1000;
  if (ms >= 9.95) return formatCount(ms);
  return ms.toFixed(ms >= 0.995 ? 1 : 2);
}

/** `slowest p95 2.58 s llm.chat_stream`: the operation that people waited longest for over the last seconds. */
export function slowestText({ slowest }: Pick<LiveView, "slowest">): string {
  return slowest === null ? `slowest p95 ${NO_VALUE}` : `slowest p95 ${timeText(slowest)} ${slowest.operation}`;
}

/** A time; `≥` before one that lies beyond the deadline of calls that timed out. */
export function timeText({ p95_us, at_least }: { p95_us: number; at_least: boolean }): string {
  return `${at_least ? "≥ " : ""}${formatDuration(p95_us)}`;
}
