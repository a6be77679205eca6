/** The difference of one figure between two sides, as every form shows it. */
import type { MeasureUnit } from "../plan/threshold/measure_units.ts";
import { holm, type Shift } from "../statistics/difference.ts";
import { differ, type Unknown } from "./differ.ts";
import type { Item } from "./items.ts";
import type { Better } from "./names.ts";
import type { RunFigure } from "./read_figure.ts";

/** A figure of one side. */
export interface SideValue {
  /** In the figure's base unit, of several runs their mean (of times the geometric one); null: not measured. */
  value: number | null;
  /** The true value lies at `value` or above. */
  at_least: boolean;
  /** Values it rests on, all runs together. */
  n: number;
}

/** A difference: by what factor (0.12 is 12 % more), or by how much in the figure's base unit. */
export interface Change {
  scale: "ratio" | "difference";
  value: number;
  /** 95 % interval, of this comparison by itself. */
  low: number;
  high: number;
}

/** What can be said of a difference. */
export type Certainty =
  /** It differs, though many figures were compared. */
  | "certain"
  /** It would differ if it were the only figure compared. */
  | "perhaps"
  /** No difference seen. */
  | "none"
  /** Nothing can be said: see `unknown`. */
  | "unknown";

/** One figure of two sides. */
export interface FigureDifference {
  /** Null: of the machines. */
  operation: string | null;
  /** Null: of the whole run but warm-up. */
  stage: string | null;
  id: string;
  name: string;
  unit: MeasureUnit;
  better: Better;
  base: SideValue;
  other: SideValue;
  change: Change | null;
  /** How probable such a difference is where there is none; null without an interval. */
  p: number | null;
  /** The same with the number of comparisons taken into account (Holm). */
  adjusted: number | null;
  certainty: Certainty;
  /** Why nothing can be said; null where something can. */
  unknown: Unknown | null;
  /** Certain, but so small that few would notice: see `isLittle`. */
  little: boolean;
  /** Of a duet: the change as it would stand if the same runs did not pair. Null: there is none. Absent: no duet. */
  unpaired?: Change | null;
}

/** A difference with what later steps need of it. */
export interface Found {
  difference: FigureDifference;
  shift: Shift | null;
}

/** Adjusted p-values below it are certain differences. */
const LEVEL = 0.05;
/** Changes by a smaller factor are little. */
export const LITTLE_RATIO = 0.04;
/** Differences of time below it are little: the kernel and june-load's own wake-up come to as much. Microseconds. */
const LITTLE_US = 1000;
/** Of a duet, in which the machine's and june-load's own part of a time cancel. */
const PAIRED_LITTLE = { ratio: 0.01, us: 100 };

/** Values of the baseline from which their absence on the other side is an outage and not chance. */
const LEAST_LOST = 30;

/**
 * Compares one figure; null where neither side has it. `adjusted` and `certainty` are set by `judge`.
 * @param paired run k of one side was made at the same instants as run k of the other
 */
export function findDifference(
  item: Item,
  where: Pick<FigureDifference, "operation" | "stage">,
  base: readonly (RunFigure | null)[],
  other: readonly (RunFigure | null)[],
  paired = false,
): Found | null {
  if ([...base, ...other].every((one) => one === null)) return null;
  const { shift, scale, unknown } = differ(base, other, paired);
  const apart = paired ? differ(base, other) : null;
  const { id, name, unit, better } = item;
  const difference: FigureDifference = {
    ...where,
    id,
    name,
    unit,
    better,
    base: sideValue(base, scale === "ratio"),
    other: sideValue(other, scale === "ratio"),
    change: shift === null ? null : changeOf(shift, scale),
    p: shift === null ? null : shift.p(0),
    adjusted: null,
    certainty: "unknown",
    unknown,
    little: false,
    ...(apart !== null && { unpaired: apart.shift === null ? null : changeOf(apart.shift, apart.scale) }),
  };
  return { difference, shift };
}

function sideValue(side: readonly (RunFigure | null)[], geometric: boolean): SideValue {
  const known = side.filter((one) => one !== null);
  const values = known.map(({ value }) => value);
  const mean = (some: number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
  const value = values.length === 1
    ? values[0] as number
    : geometric
    ? Math.exp(mean(values.map(Math.log)))
    : mean(values);
  return {
    value: known.length === 0 ? null : value,
    at_least: known.some(({ at_least }) => at_least),
    n: known.reduce((sum, { n }) => sum + n, 0),
  };
}

function changeOf(shift: Shift, scale: Change["scale"]): Change {
  const { low, high } = shift.interval();
  const shown = (value: number) => scale === "ratio" ? Math.expm1(value) : value;
  return { scale, value: shown(shift.value), low: shown(low), high: shown(high) };
}

/**
 * Sets what can be said of each of a family of comparisons, so that a wrong "certain" is rare in the whole family.
 * @param share of the 5 % that this family may use of one that is larger
 */
export function judge(family: readonly Found[], share = 1): void {
  const tested = family.flatMap(({ difference }) => difference.p === null ? [] : [{ difference, p: difference.p }]);
  const adjusted = holm(tested.map(({ p }) => p));
  for (const [i, { difference, p }] of tested.entries()) {
    const raised = Math.min(1, adjusted[i] as number / share);
    difference.adjusted = raised;
    difference.certainty = raised < LEVEL ? "certain" : p < LEVEL ? "perhaps" : "none";
    difference.little = difference.certainty === "certain" && isLittle(difference);
  }
}

/** Whether a whole interval lies within 4 %, or of times within 1 ms; in a duet within 1 % and 0.1 ms. */
export function isLittle(
  { change, unit, base, unpaired }: Pick<FigureDifference, "change" | "unit" | "base" | "unpaired">,
): boolean {
  if (change === null) return false;
  const little = unpaired === undefined ? { ratio: LITTLE_RATIO, us: LITTLE_US } : PAIRED_LITTLE;
  const most = Math.max(Math.abs(change.low), Math.abs(change.high));
  if (change.scale === "difference") return unit === "us" && most <= little.us;
  return most <= little.ratio || (unit === "us" && base.value !== null && most * base.value <= little.us);
}

/** The baseline has the figure, of enough values to expect it again, and the other side has nothing of it. */
export function isLost({ unknown, base, other }: Pick<FigureDifference, "unknown" | "base" | "other">): boolean {
  return unknown === "nothing to compare" && base.value !== null && base.n >= LEAST_LOST && other.value === null;
}

/** Worse or better; null where a difference is neither. */
export function directionOf(
  { change, better }: Pick<FigureDifference, "change" | "better">,
): "worse" | "better" | null {
  if (change === null || better === null || change.value === 0) return null;
  return (change.value > 0) === (better === "lower") ? "worse" : "better";
}
