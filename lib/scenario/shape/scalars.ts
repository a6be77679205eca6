/** Shapes of general single values: numbers, words, durations, shares, rates. */
import { didYouMean } from "../../plan/nearest.ts";
import { formatCount, parseDuration, parseRate, parseRatio, writeDuration } from "../../plan/units.ts";
import { scalar, type Shape } from "./shape.ts";
import type { ScalarTree } from "../read/tree.ts";

/** The number in a scalar, or null. Reads text only from the environment or a flag; quoted YAML text is no number. */
function numberOf(tree: ScalarTree): number | null {
  if (typeof tree.value === "number") return Number.isFinite(tree.value) ? tree.value : null;
  if (!tree.loose || !/^\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*$/.test(tree.text)) return null;
  return Number(tree.text);
}

/** A whole number within bounds. */
export function integer(min: number, max: number): Shape<number> {
  return scalar({
    expected: `a whole number from ${formatCount(min)} to ${formatCount(max)}`,
    schema: { type: "integer", minimum: min, maximum: max },
    read(tree) {
      const value = numberOf(tree);
      return value !== null && Number.isInteger(value) && value >= min && value <= max ? { value } : null;
    },
  });
}

/** A number within bounds; `above` excludes the lower bound itself. */
export function number(min: number, max: number, { above = false } = {}): Shape<number> {
  return scalar({
    expected: `a number ${above ? `above ${min} and at most` : `from ${min} to`} ${formatCount(max)}`,
    schema: { type: "number", [above ? "exclusiveMinimum" : "minimum"]: min, maximum: max },
    read(tree) {
      const value = numberOf(tree);
      return value !== null && value <= max && (above ? value > min : value >= min) ? { value } : null;
    },
  });
}

/** `true` or `false`. */
export const boolean: Shape<boolean> = scalar({
  expected: "true or false",
  schema: { type: "boolean" },
  read(tree) {
    if (typeof tree.value === "boolean") return { value: tree.value };
    return tree.loose && /^(true|false)$/.test(tree.text) ? { value: tree.text === "true" } : null;
  },
});

/** Text of limited length. */
export function text(max: number): Shape<string> {
  return scalar({
    expected: `text of at most ${formatCount(max)} characters`,
    schema: { type: "string" },
    limited: true,
    read: (tree) =>
      tree.text.length <= max
        ? { value: tree.text }
        : { error: `Expected text of at most ${formatCount(max)} characters, found ${formatCount(tree.text.length)}` },
  });
}

/** Text that matches a whole pattern. */
export function pattern(source: string, expected: string): Shape<string> {
  const whole = new RegExp(source);
  return scalar({
    expected,
    schema: { type: "string", pattern: source },
    read: (tree) => whole.test(tree.text) ? { value: tree.text } : null,
  });
}

/** One of several words. */
export function choice<const W extends string>(...words: readonly W[]): Shape<W> {
  const expected = words.length === 1 ? `"${words[0]}"` : `one of ${words.join(", ")}`;
  return scalar<W>({
    expected,
    schema: { enum: [...words] },
    read(tree) {
      const value = words.find((word) => word === tree.text);
      if (value !== undefined) return { value };
      const hint = didYouMean(tree.text, words);
      return hint === "" ? null : { error: `Expected ${expected}, found ${JSON.stringify(tree.text)}${hint}` };
    },
  });
}

/**
 * A duration between two others, all written like `30s`; the value is in milliseconds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Problems } from "../read/problems.ts";
 * import { treeOf } from "../read/tree.ts";
 *
 * const context = { problems: new Problems(), dir: "/", exists: () => true, readText: () => "" };
 * assert.equal(duration("1s", "1h").decode(treeOf("1m30s", "file.yaml:1:1"), "duration", context), 90_000);
 * ```
 */
export function duration(min: string, max: string): Shape<number> {
  const [low, high] = [readOwn(min), readOwn(max)];
  const expected = `a duration from ${min} to ${max}, such as "${writeDuration(Math.min(high, Math.max(low, 30e6)))}"`;
  return scalar({
    expected,
    schema: { type: "string", pattern: "^\\s*(\\d+(\\.\\d+)?(d|h|m|s|ms|us|µs))+\\s*$" },
    read(tree) {
      const parsed = parseDuration(tree.text);
      if (!parsed.ok) return { error: `${parsed.error} (expected ${expected})` };
      return parsed.value >= low && parsed.value <= high ? { value: parsed.value / 1000 } : null;
    },
  });
}

function readOwn(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** A share of 1, written `1%` or `0.01`. */
export const ratio: Shape<number> = scalar({
  expected: 'a share from 0 to 1, such as 0.01 or "1%"',
  schema: {
    anyOf: [{ type: "number", minimum: 0, exclusiveMaximum: 1 }, { type: "string", pattern: "^\\d+(\\.\\d+)?\\s*%$" }],
  },
  read(tree) {
    const parsed = parseRatio(tree.text);
    if (!parsed.ok) return { error: parsed.error };
    return parsed.value <= 1 ? { value: parsed.value } : null;
  },
});

/** A rate, written as a number per second or like `120/m`; the value is per second. */
export function rate(max_per_s: number): Shape<number> {
  const plain = number(0, max_per_s, { above: true });
  const expected = `a number per second above 0 and at most ${formatCount(max_per_s)}, or a rate such as "120/m"`;
  return scalar({
    expected,
    schema: { anyOf: [plain.jsonSchema(), { type: "string", pattern: "^\\d+(\\.\\d+)?\\s*/\\s*[smh]$" }] },
    read(tree) {
      const value = numberOf(tree) ?? perSecond(tree.text);
      return value !== null && value > 0 && value <= max_per_s ? { value } : null;
    },
  });
}

function perSecond(text: string): number | null {
  const parsed = parseRate(text);
  return parsed.ok ? parsed.value : null;
}
