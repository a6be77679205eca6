/** Differences in words: "slower by 12 % ± 3 %", "no change; more than 4 % is ruled out". */
import { formatCount } from "../plan/units.ts";
import { type MeasureUnit, UNITS } from "../plan/threshold/measure_units.ts";
import type { Unknown } from "./differ.ts";
import { type Change, directionOf, type FigureDifference, type SideValue } from "./figures.ts";

/** Why there is no interval, as half a sentence. */
export const UNKNOWN_TEXTS: Readonly<Record<Unknown, string>> = {
  "nothing to compare": "only one side has it",
  "timed out": "too many calls timed out to know it",
  "too few values": "too few values to tell",
  "too short": "too short to tell",
  "none in either": "none in either",
};

/** Relative changes above it go without saying: to rule them out is no finding. */
const MAX_RULED_OUT = 0.5;

/** The value of one side; `≥` where the true one lies beyond a deadline. */
export function valueText({ value, at_least }: SideValue, unit: MeasureUnit): string {
  return value === null ? "–" : `${at_least ? "≥ " : ""}${UNITS[unit].write(value)}`;
}

/** `12 %`, `0.8 %`, `160 ms`, `0.3 points`: how much, without a sign. */
export function amountText(amount: number, { scale }: Pick<Change, "scale">, unit: MeasureUnit): string {
  const size = Math.abs(amount);
  if (scale === "ratio") return `${short(size * 100)} %`;
  return unit === "ratio" ? `${short(size * 100)} points` : UNITS[unit].write(size);
}

/** Two digits below 10, none above: what an interval of some per cent carries. */
function short(value: number): string {
  if (value >= 9.95) return formatCount(value);
  return value >= 0.995 || value === 0 ? String(Number(value.toFixed(1))) : String(Number(value.toPrecision(1)));
}

/** `+12.1 %`, `-0.3 points`, `0 %`. */
export function changeText({ change, unit }: Pick<FigureDifference, "change" | "unit">): string {
  if (change === null) return "–";
  const { value } = change;
  const sign = value > 0 ? "+" : value < 0 ? "-" : "";
  if (change.scale === "ratio" && Math.abs(value) < 10) return `${sign}${Number((Math.abs(value) * 100).toFixed(1))} %`;
  return sign + amountText(value, change, unit);
}

/** `+9.2 to +15 %`: the interval, with signs. */
export function intervalText({ change, unit }: Pick<FigureDifference, "change" | "unit">): string {
  if (change === null) return "–";
  const end = (value: number) => changeText({ change: { ...change, value }, unit });
  const [low, high] = [end(change.low), end(change.high)];
  // One unit for both where they have the same.
  const unitOf = (text: string) => text.replace(/^[-+\d.,]+/, "");
  return `${unitOf(low) === unitOf(high) ? low.slice(0, low.length - unitOf(low).length) : low} to ${high}`;
}

/** Half of the interval, for `±`. */
export function marginText({ change, unit }: Pick<FigureDifference, "change" | "unit">): string {
  return change === null ? "–" : amountText((change.high - change.low) / 2, change, unit);
}

/** The whole difference in words. Never "no change" alone: a run can only rule out a change above some size. */
export function differenceText(difference: FigureDifference): string {
  const { change, certainty, unknown, little } = difference;
  if (unknown !== null) return unknownText(difference);
  if (change === null) return UNKNOWN_TEXTS["too short"];
  const bound = (by: number) => amountText(by, change, difference.unit);
  const most = Math.max(Math.abs(change.low), Math.abs(change.high));
  if (most === 0) return "the same";
  if (certainty === "none") {
    // An interval so wide says nothing of a change that anybody would look for.
    if (change.scale === "ratio" && most > MAX_RULED_OUT) {
      return `${changeText(difference)}, but ${UNKNOWN_TEXTS["too short"]}`;
    }
    return `no change; more than ${bound(roundedUp(most, change))} is ruled out`;
  }
  const word = comparative(difference);
  if (little) return `a little ${word}, by less than ${bound(roundedUp(most, change))}`;
  const by = `${word} by ${plusMinus(bound(change.value), marginText(difference))}`;
  return certainty === "certain" ? by : `perhaps ${by}`;
}

/** `12 % ± 3 %`, `2.7 ± 2.3 points`. */
function plusMinus(value: string, margin: string): string {
  return value.endsWith(" points") ? `${value.slice(0, -7)} ± ${margin}` : `${value} ± ${margin}`;
}

/** A bound is written as the next whole per cent, or digit below one, so that it is never less than the true one. */
function roundedUp(value: number, { scale }: Change): number {
  if (scale !== "ratio" || value === 0) return value;
  const step = value >= 0.01 ? 0.01 : 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / step - 1e-9) * step;
}

function unknownText({ unknown, base, other, better, unit }: FigureDifference): string {
  if (unknown === "nothing to compare" && other.value === null && better !== null) return "not measured any more";
  if (unknown === "timed out" && other.at_least && !base.at_least) return "calls timed out; see the error rate";
  const plain = plainChange(base, other, unit);
  return plain === "" ? UNKNOWN_TEXTS[unknown as Unknown] : `${plain}, but ${UNKNOWN_TEXTS[unknown as Unknown]}`;
}

/** The change of two values of which nobody knows how sure they are; empty where there is none to write. */
function plainChange(base: SideValue, other: SideValue, unit: MeasureUnit): string {
  const [from, to] = [base.value, other.value];
  if (from === null || to === null || base.at_least || other.at_least || from === to) return "";
  const isRatio = unit !== "ratio" && from > 0 && to > 0;
  const value = isRatio ? to / from - 1 : to - from;
  return changeText({ change: { scale: isRatio ? "ratio" : "difference", value, low: value, high: value }, unit });
}

/** `slower`, `faster`, `more`, `better`, ... by unit and direction. */
export function comparative(difference: Pick<FigureDifference, "change" | "better" | "unit">): string {
  const direction = directionOf(difference);
  if (direction === null) return (difference.change?.value ?? 0) > 0 ? "more" : "less";
  if (difference.unit === "us") return direction === "worse" ? "slower" : "faster";
  if (difference.unit === "per_s") return (difference.change?.value ?? 0) > 0 ? "higher" : "lower";
  return direction;
}
