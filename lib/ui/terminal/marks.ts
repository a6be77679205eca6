/** Small signs: marks of rules, bars, sparklines, numbers of the tables. */
import { formatCount, formatDuration, NO_VALUE } from "../../plan/units.ts";
import type { LiveView } from "../views/live_view.ts";
import { type Line, signs, type Span, type Tone } from "./style.ts";
import type { RuleState } from "../views/rule_view.ts";

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
 * Progress bar: fills `share` of `columns`, in eighths of a column.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(progressBar(0.5, 4).map(({ text }) => text).join(""), "██░░");
 * ```
 */
export function progressBar(share: number, columns: number): Line {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const whole = Math.floor(eighths / 8);
  const part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]!;
  const filled = "█".repeat(whole) + part;
  return [signs(filled, "accent"), signs("░".repeat(columns - [...filled].length), "dim")];
}

/**
 * All values in at most `columns` bars from 0; the highest value, or `top_min` if that is more, fills the line. A bar
 * shows the highest of its neighbouring values. A missing value is a gap; a value above 0 is always higher than 0. Empty
 * when there are no values.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(sparkline([0, 1, null, 4, 8], 5), "▁▂ ▄█");
 * ```
 */
export function sparkline(values: ReadonlyArray<number | null>, columns: number, top_min = 0): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || columns < 1) return "";
  const top = known.reduce((most, value) => Math.max(most, value), top_min);
  // A bar covers a whole number of values, counted from the start, so bars do not move when new values arrive.
  const perBar = Math.ceil(values.length / columns);
  const bars = Array.from(
    { length: Math.ceil(values.length / perBar) },
    (_, i) => highest(values.slice(i * perBar, (i + 1) * perBar)),
  );
  return bars.map((value) => value === null ? " " : barOf(value, top)).join("");
}

function highest(values: ReadonlyArray<number | null>): number | null {
  return values.reduce((most, value) => most === null || (value !== null && value > most) ? value : most, null);
}

function barOf(value: number, top: number): string {
  if (value <= 0) return "▁";
  return "▁▂▃▄▅▆▇█"[Math.min(7, Math.max(1, Math.ceil(8 * value / top) - 1))]!;
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
