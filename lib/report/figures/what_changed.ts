/** "What changed when the P95 rose", in words and for other programs. */
import { UNITS } from "../../plan/threshold/measure_units.ts";
import { formatClock, formatCount, formatDuration, formatPercent, formatRate } from "../../plan/units.ts";
import type { Run } from "../../result/run.ts";
import type { LoadChange } from "../../verdict/change/load_change.ts";
import type { Moved } from "../../verdict/change/moved.ts";
import { type Rise, risesOf, USUAL_LEVEL } from "../../verdict/change/rises.ts";
import { plainText } from "../format/escape.ts";
import { operationsOf } from "./figures.ts";
import { memoized } from "./memory.ts";
import { percentileBins, percentilesOverTime } from "./over_time.ts";

export type { Rise } from "../../verdict/change/rises.ts";

/** A run that goes on is looked at again and again, so that chance has many tries. */
const LIVE_LEVEL = USUAL_LEVEL / 10;

/** The rises of the P95 in a run; see `risesOf`. */
export function knownRises(run: Run): Rise[] {
  return memoized(run, "rises of the P95", () => {
    const lines = operationsOf(run).map((operation) => ({
      operation,
      values: percentilesOverTime(run, operation)[95].values,
    }));
    return risesOf(run, percentileBins(run), lines, run.end === null ? LIVE_LEVEL : USUAL_LEVEL);
  });
}

/** Readings named in a sentence; the document has all. */
const MAX_MOVED = 6;
const MAX_ALSO = 2;

/**
 * A rise in sentences: what rose, whether the load changed then, what else did, and that this proves nothing.
 * `P95 of llm.chat rose from 410 ms to 1.20 s at 4:10. What else changed then: GPU 1: SM clock 1,980 MHz → 1,200 MHz ...`
 */
export function riseText(rise: Rise): string {
  const { operation, at_ms, before_ms, after_ms, load, looked_at } = rise;
  const [before, after] = [before_ms, after_ms].map((ms) => formatDuration(1000 * ms));
  const rose = `P95 of ${operation} rose from ${before} to ${after} at ${formatClock(at_ms)}${alsoText(rise.also)}.`;
  const others = [...rise.happened.map(({ name }) => plainText(name, 120)), ...movedTexts(rise.moved)];
  const first = load === null ? "" : ` The load changed then: ${loadText(load)}.`;
  if (others.length === 0) {
    const read = looked_at === 0 ? "no machine was read" : `none of ${formatCount(looked_at)} readings changed clearly`;
    return `${rose}${first} What else changed then: ${read}.`;
  }
  return `${rose}${first} What else changed then: ${others.join("; ")}. This is correlation, not proof.`;
}

/** `, and that of stt.recognize with it`. */
function alsoText(also: readonly string[]): string {
  if (also.length === 0) return "";
  const named = also.slice(0, MAX_ALSO).join(" and ");
  const more = also.length - MAX_ALSO;
  return `, and that of ${named}${more > 0 ? ` and ${formatCount(more)} more` : ""} with it`;
}

function loadText({ of, before, after, stage }: LoadChange): string {
  const text = of === "users"
    ? `${formatCount(before)} → ${formatCount(after)} users`
    : `${formatRate(before)} → ${formatRate(after)} arrivals`;
  return stage === null ? text : `${plainText(stage, 80)} begins (${text})`;
}

/** `GPU 1: SM clock 1,980 MHz → 1,200 MHz, power cap active 0 % → 96 % of the time`, one text for each device. */
function movedTexts(moved: readonly Moved[]): string[] {
  const told = moved.slice(0, MAX_MOVED);
  return [...Map.groupBy(told, ({ source }) => source)].map(([source, list]) => {
    const texts = list.map(({ label, source, ...one }) => `${wordsOf(label, source)} ${levelsText(one)}`);
    return `${plainText(source, 80)}: ${texts.join(", ")}`;
  });
}

/** What a reading is called without its owner, which stands before it. */
function wordsOf(label: string, source: string): string {
  return label.replace(new RegExp(`^${RegExp.escape(source)}('s)? `), "");
}

/** Readings that say at each instant whether something holds: their mean is a share of the time. */
const SHARES_OF_TIME = new Set<string>(["gpu.power_capped", "gpu.heat_slowed", "gpu.hardware_slowed"]);

function levelsText({ resource, unit, before, after }: Pick<Moved, "resource" | "unit" | "before" | "after">): string {
  const write = unit === "ratio"
    ? (value: number) => formatPercent(Math.round(1000 * value) / 1000)
    : UNITS[unit].write;
  return `${write(before)} → ${write(after)}${SHARES_OF_TIME.has(resource) ? " of the time" : ""}`;
}

/** For the report's JSON document. */
export function risesJson(run: Run) {
  return knownRises(run).map(({ happened, moved, ...rise }) => ({
    ...rise,
    text: riseText({ happened, moved, ...rise }),
    happened: happened.map(({ name, start_ms }) => ({ name: plainText(name, 120), start_ms })),
    moved: moved.map(({ id, label, unit, before, after, standardised }) => ({
      id,
      label: plainText(label, 160),
      unit,
      before,
      after,
      standardised: Number(standardised.toPrecision(3)),
    })),
  }));
}
