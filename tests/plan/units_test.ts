import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatElapsed,
  formatNumber,
  formatPercent,
  formatPower,
  formatRate,
  formatRound,
  formatTemperature,
  parseBytes,
  type Parsed,
  parseDuration,
  parseEnergy,
  parseNumber,
  parsePower,
  parseRate,
  parseRatio,
  parseRatioPerHour,
  writeDuration,
} from "../../lib/plan/units.ts";
import {
  CLOCKS,
  COUNTS,
  DURATIONS,
  ELAPSED,
  NUMBERS,
  PERCENTS,
  POWERS,
  RATES,
  ROUND,
  SIZES,
  TEMPERATURES,
} from "./unit_cases.ts";

const value = (parsed: Parsed) => parsed.ok ? parsed.value : assert.fail(parsed.error);
const error = (parsed: Parsed) => parsed.ok ? assert.fail(`read as ${parsed.value}`) : parsed.error;

Deno.test("parseDuration() reads every unit, alone and combined", () => {
  const cases: [string, number][] = [
    ["30s", 30e6],
    ["5m", 300e6],
    ["1h30m", 5400e6],
    ["250ms", 250e3],
    ["2us", 2],
    ["2µs", 2],
    ["1.5s", 1.5e6],
    ["1.1s", 1.1e6],
    ["2d", 172_800e6],
    ["1m30s250ms", 90_250e3],
    [" 10S ", 10e6],
    ["0s", 0],
  ];
  for (const [text, us] of cases) assert.equal(value(parseDuration(text)), us, text);
});

Deno.test("parseDuration() says what is wrong", () => {
  assert.equal(error(parseDuration("30")), 'The duration "30" has no unit: did you mean "30s"?');
  assert.match(error(parseDuration("")), /^The duration is empty: write numbers with units/);
  assert.match(error(parseDuration("-5s")), /^The duration "-5s" has a sign/);
  assert.match(error(parseDuration("5 minutes")), /^Cannot read the duration "5 minutes"/);
  assert.match(error(parseDuration("5min")), /^The duration "5min" has an unknown unit "min"/);
  assert.equal(error(parseDuration("5s1m")), 'The duration "5s1m" must name its units once, largest first');
  assert.match(error(parseDuration("1s1s")), /largest first/);
  assert.match(error(parseDuration("5m constructor")), /^Cannot read/);
  assert.match(error(parseDuration("1constructor")), /unknown unit|Cannot read/);
});

Deno.test("a number of hundreds of digits is refused, not read as infinite", () => {
  const many = "9".repeat(400);
  for (
    const parsed of [
      parseDuration(`${many}s`),
      parseRatio(`${many}%`),
      parseRate(`${many}/s`),
      parseRatioPerHour(`${many}%/h`),
      parseBytes(`${many}GiB`),
      parsePower(`${many}W`),
      parseNumber(many),
    ]
  ) assert.deepEqual(parsed, { ok: false, error: "The number is too large: it has hundreds of digits" });
});

Deno.test("writeDuration() is read back to the same number", () => {
  assert.equal(writeDuration(5400e6), "1h30m");
  assert.equal(writeDuration(300e6), "5m");
  assert.equal(writeDuration(1.5e6), "1s500ms");
  assert.equal(writeDuration(0), "0s");
  assert.equal(writeDuration(2.5), "2.5us");
  fc.assert(fc.property(fc.nat({ max: 1e12 }), (us) => {
    assert.equal(value(parseDuration(writeDuration(us))), us);
  }));
});

Deno.test("parseRatio() reads percentages and shares, and refuses what could be both", () => {
  assert.equal(value(parseRatio("1%")), 0.01);
  assert.equal(value(parseRatio("0.5 %")), 0.005);
  assert.equal(value(parseRatio("0.01")), 0.01);
  assert.equal(value(parseRatio("100%")), 1);
  assert.equal(error(parseRatio("1")), 'The share "1" is not below 1 and has no "%": did you mean "1%" or "100%"?');
  assert.equal(error(parseRatio("5")), 'The share "5" is not below 1 and has no "%": did you mean "5%"?');
  assert.match(error(parseRatio("one")), /^Cannot read the share "one": write a percentage/);
  assert.match(error(parseRatio("-1%")), /^Cannot read the share "-1%"/);
});

Deno.test("parseRate() reads rates per second, minute and hour", () => {
  assert.equal(value(parseRate("20/s")), 20);
  assert.equal(value(parseRate("300/m")), 5);
  assert.equal(value(parseRate("7200 / h")), 2);
  assert.equal(error(parseRate("20")), 'The rate "20" has no unit: did you mean "20/s"?');
  assert.match(error(parseRate("20/day")), /^Cannot read the rate "20\/day"/);
});

Deno.test("formatDuration() keeps three digits and never carries past its unit", () => {
  for (const [us, text] of DURATIONS) assert.equal(formatDuration(us), text, String(us));
});

Deno.test("formatDuration() is within half a per cent of the value below a minute", () => {
  const size: Record<string, number> = { "µs": 1, ms: 1e3, s: 1e6 };
  fc.assert(fc.property(fc.double({ min: 1, max: 59e6, noNaN: true }), (us) => {
    const [number, unit] = formatDuration(us).split(" ");
    const shown = Number(number!.replaceAll(",", "")) * size[unit!]!;
    assert.ok(Math.abs(shown - us) <= us * 0.005001, `${us} shown as ${shown}`);
  }));
});

Deno.test("formatCount() groups thousands", () => {
  for (const [value, text] of COUNTS) assert.equal(formatCount(value), text, String(value));
});

Deno.test("formatPercent() shows 0 % and 100 % only where nothing is hidden", () => {
  for (const [ratio, text] of PERCENTS) assert.equal(formatPercent(ratio), text, String(ratio));
});

Deno.test("formatNumber() keeps three digits", () => {
  for (const [value, text] of NUMBERS) assert.equal(formatNumber(value), text, String(value));
});

Deno.test("formatRate(), formatPower() and formatTemperature() write three digits and the unit", () => {
  for (const [value, text] of RATES) assert.equal(formatRate(value), text, String(value));
  for (const [value, text] of POWERS) assert.equal(formatPower(value), text, String(value));
  for (const [value, text] of TEMPERATURES) assert.equal(formatTemperature(value), text, String(value));
});

Deno.test("formatBytes() writes binary units", () => {
  for (const [bytes, text] of SIZES) assert.equal(formatBytes(bytes), text, String(bytes));
});

Deno.test("formatRound() takes off only zeros that say nothing", () => {
  for (const [text, round] of ROUND) assert.equal(formatRound(text), round);
});

Deno.test("formatElapsed() is as short as an axis needs", () => {
  for (const [seconds, text] of ELAPSED) assert.equal(formatElapsed(seconds), text);
});

Deno.test("formatClock() writes a position in a run", () => {
  for (const [ms, text] of CLOCKS) assert.equal(formatClock(ms), text, String(ms));
});

Deno.test("parseBytes() tells binary units from decimal ones and refuses what could be either", () => {
  const cases: [string, number][] = [
    ["70GiB", 70 * 1024 ** 3],
    ["512mib", 512 * 1024 ** 2],
    ["1.5 KiB", 1536],
    ["80GB", 80e9],
    ["2TB", 2e12],
    ["7B", 7],
  ];
  for (const [text, bytes] of cases) assert.equal(value(parseBytes(text)), bytes, text);
  assert.equal(error(parseBytes("70")), 'The size "70" has no unit: did you mean "70GiB"?');
  assert.equal(error(parseBytes("70g")), 'The size "70g" has an unknown unit "g": did you mean "70GiB"?');
  assert.match(error(parseBytes("70 apples")), /unknown unit "apples": write a number with a unit/);
  assert.match(error(parseBytes("-1GiB")), /^Cannot read the size/);
});

Deno.test("parseRatioPerHour() reads a change with its time, up or down", () => {
  assert.equal(value(parseRatioPerHour("5%/h")), 0.05);
  assert.equal(value(parseRatioPerHour("-12 % / d")), -0.005);
  assert.equal(Math.round(value(parseRatioPerHour("1%/m")) * 1e9), 600_000_000);
  assert.equal(error(parseRatioPerHour("5%")), 'The drift "5%" has no time: did you mean "5%/h"?');
  assert.match(error(parseRatioPerHour("5/h")), /^Cannot read the drift "5\/h"/);
});

Deno.test("parseEnergy() reads joules and watt hours", () => {
  const cases = [["0.5J", 0.5], ["300mJ", 0.3], ["2 kj", 2000], ["1.5Wh", 5400], ["1kWh", 3.6e6]] as const;
  for (const [text, joules] of cases) assert.equal(value(parseEnergy(text)), joules, text);
  for (const text of ["0.5", "J", "5W", "-1J", "1e3J"]) {
    assert.match(error(parseEnergy(text)), /a number of joules/, text);
  }
});

Deno.test("parsePower() reads watts and parseNumber() nothing but a number", () => {
  assert.equal(value(parsePower("300W")), 300);
  assert.equal(value(parsePower("1.2 kw")), 1200);
  assert.match(error(parsePower("300")), /write a number of watts/);
  assert.equal(value(parseNumber(" 0.5 ")), 0.5);
  for (const text of ["", "-1", "0.5x", "50%", "1e3"]) assert.match(error(parseNumber(text)), /without a unit/);
});
