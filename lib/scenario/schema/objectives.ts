/** Objectives, the limits of a good call: from the file, or from the scenario's rules. */
import { withRemedy } from "../../plan/nearest.ts";
import type { Objective } from "../../plan/plan.ts";
import {
  type Distribution,
  DISTRIBUTION_NAMES,
  DISTRIBUTIONS,
  type Threshold,
} from "../../plan/threshold/threshold.ts";
import { limitExample, parseLimit } from "../../plan/threshold/limit.ts";
import { type KeyedSetting, type KeyShape, mapOf, scalarOrMap, transform } from "../shape/containers.ts";
import type { Problems } from "../read/problems.ts";
import { scalar, type Setting, type Shape } from "../shape/shape.ts";
import { quote } from "../read/tree.ts";

/** Of those with many values a call there is no one value to hold to a limit. */
const hasOneValue = (name: Distribution) => DISTRIBUTIONS[name].values === "one";
const ALLOWED = DISTRIBUTION_NAMES.filter(hasOneValue);

const distributions: KeyShape = {
  placeholder: "distribution",
  pattern: `^(${ALLOWED.join("|")})$`,
  fault(key) {
    if (key === "gap") return 'A call has many gaps: write "gap_max", the largest of them';
    if (ALLOWED.some((name) => name === key)) return null;
    return withRemedy(`Unknown distribution ${quote(key)}`, key, "known are", ALLOWED);
  },
};

const operations: KeyShape = {
  placeholder: "operations",
  pattern: "^[A-Za-z0-9_.*@/-]{1,64}$",
  fault: (key) =>
    /^[A-Za-z0-9_.*@/-]{1,64}$/.test(key)
      ? null
      : `Expected an operation such as llm.chat_stream, llm.* or *, found ${quote(key)}`,
};

interface Limit {
  operations: string | null;
  text: string;
  at: string;
  path: string;
}

const limitText: Shape<string> = scalar({
  expected: "a limit, such as 2s",
  schema: { anyOf: [{ type: "string" }, { type: "number", minimum: 0 }] },
  read: (tree) => ({ value: tree.text.trim() }),
});

const limits: Shape<Limit[]> = scalarOrMap(
  transform(limitText, (text, place): Limit[] => [{ operations: null, text, ...place }]),
  transform(
    mapOf(operations, limitText, { min: 1, max: 50 }),
    (entries) => entries.map(({ key, value, at, path }) => ({ operations: key, text: value, at, path })),
  ),
);

/** An objective and its position, for checks that need the plan. */
export type GivenObjective = Setting<Objective>;

/** Limits by distribution: one for all operations, or a map of operations to limits. */
export const objectives: Shape<GivenObjective[]> = transform(
  mapOf(distributions, limits, { max: 20 }),
  (entries, _place, context) => {
    const read = entries.flatMap((entry) => entry.value.map((limit) => readLimit(entry, limit, context.problems)));
    const good = read.filter((objective) => objective !== null);
    return good.length === read.length ? good : undefined;
  },
);

function readLimit({ key }: KeyedSetting<unknown>, limit: Limit, problems: Problems): GivenObjective | null {
  const of = key as Distribution;
  const { at, path, text } = limit;
  const parsed = parseLimit({ kind: "max", of }, text);
  if (parsed.ok) {
    return { value: { operations: limit.operations, of, limit: parsed.value }, given: true, valid: true, at, path };
  }
  problems.add(at, path, `${parsed.error} (expected a limit such as ${limitExample({ kind: "max", of })})`);
  return null;
}

/**
 * Objectives from the rules on percentiles, means and maxima: a good call meets the limits that the rules set for most
 * calls. The widest of several limits for the same operations counts: `p50 < 300ms` does not make half of the calls bad.
 */
export function objectivesOf(rules: readonly Threshold[]): Objective[] {
  const widest = new Map<string, Objective>();
  for (const { measure, operations, comparison, limit, level } of rules) {
    const isLimit = measure.kind === "percentile" || measure.kind === "mean" || measure.kind === "max";
    if (!isLimit || !comparison.startsWith("<") || level !== "fail" || !hasOneValue(measure.of)) continue;
    const key = `${measure.of} ${operations}`;
    const earlier = widest.get(key);
    if (earlier && earlier.limit >= limit) continue;
    widest.set(key, { operations, of: measure.of, limit });
  }
  return [...widest.values()];
}
