/** Values and how people read them: held against lib/plan/units.ts, and against the script that reports carry. */

type Case = readonly [value: number, text: string];

/** Microseconds. */
export const DURATIONS: readonly Case[] = [
  [0, "0 s"],
  [0.5, "0.500 µs"],
  [812, "812 µs"],
  [999.6, "1.00 ms"],
  [4_210, "4.21 ms"],
  [9_996, "10.0 ms"],
  [412_000, "412 ms"],
  [999_600, "1.00 s"],
  [2_610_000, "2.61 s"],
  [24_000_000, "24.0 s"],
  [59_960_000, "1 min"],
  [134_000_000, "2 min 14 s"],
  [3_600_000_000, "1 h"],
  [5_400_000_000, "1 h 30 min"],
  [-4_210, "-4.21 ms"],
  [NaN, "–"],
];

/** Ratios of 1. */
export const PERCENTS: readonly Case[] = [
  [0, "0 %"],
  [0.00001, "<0.01 %"],
  [0.0021, "0.21 %"],
  [0.01, "1 %"],
  [0.125, "12.5 %"],
  [0.97, "97 %"],
  [0.9996, "99.96 %"],
  [0.99999, ">99.99 %"],
  [1, "100 %"],
  [1.2, "120 %"],
  [25, "2,500 %"],
  [-0.05, "-5 %"],
  [NaN, "–"],
];

/** Whole numbers. */
export const COUNTS: readonly Case[] = [
  [0, "0"],
  [999, "999"],
  [61_482, "61,482"],
  [1_234_567, "1,234,567"],
  [-1_000, "-1,000"],
  [NaN, "–"],
];

/** Numbers that need not be whole. */
export const NUMBERS: readonly Case[] = [
  [0.125, "0.125"],
  [-1.5, "-1.50"],
  [9.996, "10.0"],
  [1231.4, "1,231"],
  [Infinity, "–"],
];

/** Events per second. */
export const RATES: readonly Case[] = [
  [0, "0/s"],
  [92.13, "92.1/s"],
  [1231.4, "1,231/s"],
  [NaN, "–"],
];

/** Watts. */
export const POWERS: readonly Case[] = [
  [62.5, "62.5 W"],
  [306.7, "307 W"],
  [10_200, "10,200 W"],
  [NaN, "–"],
];

/** Degrees Celsius. */
export const TEMPERATURES: readonly Case[] = [
  [55, "55.0 °C"],
  [-1.5, "-1.50 °C"],
  [NaN, "–"],
];

/** Megahertz. */
export const CLOCK_RATES: readonly Case[] = [
  [1215, "1,215 MHz"],
  [80.5, "80.5 MHz"],
  [NaN, "–"],
];

/** Bytes. */
export const SIZES: readonly Case[] = [
  [512, "512 B"],
  [1536, "1.50 KiB"],
  [1000, "0.977 KiB"],
  [85_520_809_984, "79.6 GiB"],
  [Infinity, "–"],
];

/** Positions in a run; milliseconds. */
export const CLOCKS: readonly Case[] = [
  [0, "0:00"],
  [134_000, "2:14"],
  [3_734_999, "1:02:14"],
];

/** How far into a run something was; seconds. */
export const ELAPSED: readonly Case[] = [
  [0, "0"],
  [45, "45 s"],
  [60, "1 min"],
  [90, "90 s"],
  [134, "2:14"],
  [300, "5 min"],
  [3600, "1 h"],
  [3734, "1:02:14"],
];

/** Quantities as tooltips have them, and as axes do. */
export const ROUND: ReadonlyArray<readonly [text: string, round: string]> = [
  ["1.00 s", "1 s"],
  ["2.50 GiB", "2.5 GiB"],
  ["100 %", "100 %"],
  ["1,200", "1,200"],
  ["0.105", "0.105"],
  ["10.0", "10"],
  ["0", "0"],
];
