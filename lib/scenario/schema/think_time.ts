/** The keys of the pauses of users. */
import type { ThinkTime } from "../../plan/plan.ts";
import { parseDuration, writeDuration } from "../../plan/units.ts";
import { scalarOrMap, transform } from "../shape/containers.ts";
import { duration, number } from "../shape/scalars.ts";
import { type Decoded, maybe, object, type Read, required, scalar, type Setting, type Shape } from "../shape/shape.ts";
import { quote } from "../read/tree.ts";

const MAX_THINK = "1h";
const part = duration("0s", MAX_THINK);
const mean = duration("1ms", MAX_THINK);

const text: Shape<ThinkTime> = scalar({
  expected: `a think time of at most ${MAX_THINK}, such as "1s-3s" or "2s"`,
  schema: { type: "string" },
  read: (tree) => readThinkTime(tree.text),
});

function readThinkTime(written: string): Read<ThinkTime> {
  const parts = written.split("-").map((part) => parseDuration(part));
  if (parts.length > 2) return null;
  const values: number[] = [];
  for (const part of parts) {
    if (!part.ok) return { error: `${part.error} (a think time looks like "1s-3s" or "2s")` };
    if (part.value > 3_600e6) return null;
    values.push(part.value / 1000);
  }
  const [first, second] = values;
  if (second === undefined) return { value: { kind: "constant", value_ms: first! } };
  const time = uniform(first!, second);
  return time ? { value: time } : { error: `The think time ${quote(written)} must name the shorter duration first` };
}

function uniform(min_ms: number, max_ms: number): ThinkTime | null {
  if (min_ms === max_ms) return { kind: "constant", value_ms: min_ms };
  return min_ms < max_ms ? { kind: "uniform", min_ms, max_ms } : null;
}

const lognormal = object({
  median: required(mean, "2s", "Half of the pauses are shorter."),
  sigma: required(number(0, 3, { above: true }), 0.5, "Spread: two thirds lie within median / e^sigma and * e^sigma."),
});

const FIELDS = {
  min: maybe(part, "none", "Shortest pause, with `max`: pauses are spread evenly between the two.", "1s"),
  max: maybe(part, "none", "Longest pause, with `min`.", "3s"),
  exponential: maybe(mean, "none", "Mean of exponentially distributed pauses: many short ones, few long ones.", "2s"),
  lognormal: maybe(lognormal, "none", "Lognormal pauses, like people's.", { median: "2s", sigma: 0.5 }),
};

const map: Shape<ThinkTime> = transform(object(FIELDS), (given, { at, path }, context) => {
  const ways = [given.min.given || given.max.given, given.exponential.given, given.lognormal.given];
  if (ways.filter((way) => way).length !== 1) {
    context.problems.add(at, path, 'Expected one of "min" and "max", "exponential" or "lognormal"');
    return undefined;
  }
  return timeOf(given, (setting, fault) => context.problems.add(setting.at, setting.path, fault));
});

function timeOf(
  { min, max, exponential, lognormal }: Decoded<typeof FIELDS>,
  report: (setting: Setting<unknown>, fault: string) => void,
): ThinkTime | undefined {
  if (exponential.value !== null) return { kind: "exponential", mean_ms: exponential.value };
  if (lognormal.value !== null) {
    return { kind: "lognormal", median_ms: lognormal.value.median.value, sigma: lognormal.value.sigma.value };
  }
  for (const [setting, other] of [[min, "max"], [max, "min"]] as const) {
    if (!setting.given) report(setting, `Missing key: "${other}" is given, and a range needs both "min" and "max"`);
  }
  if (min.value === null || max.value === null) return undefined;
  const time = uniform(min.value, max.value);
  if (time) return time;
  const [longest, shortest] = [max.value, min.value].map((ms) => writeDuration(ms * 1000));
  report(min, `Expected at most the "max" of ${longest}, found ${shortest}`);
  return undefined;
}

/** A pause between two tasks: one duration, a range, or a map that names a distribution. */
export const thinkTime: Shape<ThinkTime> = scalarOrMap(text, map);
