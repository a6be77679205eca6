/**
 * The one-line language of thresholds.
 *
 * ```text
 * p95(response_time, llm.*) < 2s        each operation that matches holds it by itself
 * p99.9(first_message) < 800ms in hold  all operations together, in one stage
 * mean(gap, llm.*) < 50ms else warn     shown, but does not fail the run
 * error_rate < 50% else abort after 30s judged each second from then on; ends the run
 * error_rate(stt.*) <= 0.5%             throughput > 20/s    wer < 12%      recovery_time < 30s
 * gpu.memory_used < 70GiB               mean(host.cpu) < 90% drift(response_time) < 5%/h
 * ```
 */
import { didYouMean } from "../nearest.ts";
import {
  type Distribution,
  DISTRIBUTION_NAMES,
  DRIFT_SUBJECTS,
  FIGURE_NAMES,
  FIGURES,
  isFigure,
  isFigureMeasure,
  isOfWholeRun,
  type Measure,
  type Resource,
  RESOURCE_NAMES,
  resourceFacts,
  type Threshold,
} from "./threshold.ts";
import { canonicalLimit, limitExample, parseLimit } from "./limit.ts";
import { ALIASES, DISTRIBUTION_SYNONYMS, MEASURE_SYNONYMS } from "./words.ts";
import { parseDuration, writeDuration } from "../units.ts";

/** Why a line is no threshold, and the column (from 1) where it stops being one. */
export interface ThresholdError {
  error: string;
  column: number;
}

/** Longest line that is read. */
const MAX_LENGTH = 300;
const COMPARISONS = ["<", "<=", ">", ">="] as const;
const SHAPES = ["mean", "min", "max"] as const;
const MEASURE_WORDS = ["p50", "p90", "p95", "p99", ...SHAPES, ...FIGURE_NAMES, "drift", ...RESOURCE_NAMES];
const DISTRIBUTION_WORDS = [...DISTRIBUTION_NAMES, ...ALIASES.keys()];

/** The left side as read, and as it is written. */
export interface Left {
  measure: Measure;
  operations: string | null;
  text: string;
}

interface Token {
  text: string;
  column: number;
}

/** Thrown inside this file only, so that the parser reads as the grammar does. */
class Unreadable extends Error {
  constructor(message: string, readonly column: number) {
    super(message);
  }
}

/** Whether a parse failed. */
export function isThresholdError(result: Threshold | ThresholdError): result is ThresholdError {
  return "error" in result;
}

/**
 * Reads one rule. `source` of the result is the rule in canonical spacing, and reads as the same rule again.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const rule = parseThreshold("p95(latency,llm.*)<2s in hold");
 * assert.ok(!isThresholdError(rule));
 * assert.deepEqual(rule.measure, { kind: "percentile", of: "latency", percentile: 95 });
 * assert.deepEqual([rule.operations, rule.comparison, rule.limit, rule.stage], ["llm.*", "<", 2_000_000, "hold"]);
 * assert.ok(isThresholdError(parseThreshold("p95(latancy) < 2s")));
 * ```
 */
export function parseThreshold(text: string): Threshold | ThresholdError {
  return reading(text, (reader) => reader.rule());
}

/**
 * Reads the left side of a rule alone; what is meant by a bare `gpu.power` depends on the rule, so that there is none of it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const read = parseMeasure("p95( first_token )");
 * assert.ok(!("error" in read));
 * assert.deepEqual([read.text, read.operations], ["p95(first_token)", "llm.*"]);
 * ```
 */
export function parseMeasure(text: string): Left | ThresholdError {
  return reading(text, (reader) => reader.measure());
}

function reading<T>(text: string, read: (reader: Reader) => T): T | ThresholdError {
  if (text.length > MAX_LENGTH) {
    return { error: `The threshold is longer than ${MAX_LENGTH} characters`, column: MAX_LENGTH + 1 };
  }
  try {
    return read(new Reader(text));
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.message, column: error.column };
    throw error;
  }
}

class Reader {
  readonly #tokens: Token[];
  readonly #end: Token;
  #at = 0;

  constructor(text: string) {
    this.#tokens = [...text.matchAll(/[(),]|[<>=!]+|[^\s(),<>=!]+/g)]
      .map((match) => ({ text: match[0], column: match.index + 1 }));
    this.#end = { text: "", column: text.trimEnd().length + 1 };
  }

  rule(): Threshold {
    const left = this.#left();
    const comparison = this.#comparison();
    const measure = left.measure ?? bareResource(left.resource, comparison);
    const limit = this.#limit(measure);
    const stage = this.#stage(measure);
    const level = this.#accept("else") ? this.#level() : { level: "fail" as const };
    this.#finish(level.level);
    const where = stage === null ? "" : ` in ${stage}`;
    const source = `${left.text} ${comparison} ${limit.text}${where}${writeLevel(level)}`;
    return { source, measure, operations: left.operations, stage, comparison, limit: limit.value, ...level };
  }

  measure(): Left {
    const left = this.#left();
    const rest = this.#peek();
    if (rest !== this.#end) throw new Unreadable(`Expected the end, found "${rest.text}"`, rest.column);
    if (left.measure !== null) return left;
    throw new Unreadable(`"${left.resource}" needs "mean", "min" or "max": "mean(${left.resource})"`, rest.column);
  }

  #finish(level: Threshold["level"]): void {
    const rest = this.#peek();
    if (rest === this.#end) return;
    if (level !== "fail" && rest.text === "in") {
      throw new Unreadable('Write "in STAGE" before "else"', rest.column);
    }
    const allowed = level === "abort" ? 'the end or "after 30s"' : 'the end, "in STAGE", "else warn" or "else abort"';
    throw new Unreadable(`Expected ${allowed}, found "${rest.text}"`, rest.column);
  }

  #left(): Left | { measure: null; resource: Resource; operations: null; text: string } {
    const word = this.#next("a measure such as p95, mean, error_rate or load");
    const percentile = /^p(\d+(?:\.\d+)?)$/.exec(word.text);
    if (percentile) return this.#percentile(word, Number(percentile[1]));
    const shape = SHAPES.find((name) => name === word.text);
    if (shape) return this.#shaped(word, shape);
    const figure = word.text;
    if (isFigure(figure)) {
      const operations = this.#figureGlob(word, FIGURES[figure].operations);
      const text = operations === null ? figure : `${figure}(${operations})`;
      return { measure: { kind: figure }, operations, text };
    }
    if (word.text === "drift") return this.#drift(word);
    const resource = RESOURCE_NAMES.find((name) => name === word.text);
    if (resource) return { measure: null, resource, operations: null, text: resource };
    if (DISTRIBUTION_WORDS.includes(word.text)) {
      throw new Unreadable(`"${word.text}" has many values: say which, as in "p95(${word.text})"`, word.column);
    }
    throw unknownMeasure(word);
  }

  #percentile(word: Token, percentile: number): Left {
    if (percentile <= 0 || percentile > 100) {
      throw new Unreadable(`The percentile in "${word.text}" must be above 0 and at most 100`, word.column);
    }
    this.#open(word, "latency");
    const { of, operations, text } = this.#distribution(word, DISTRIBUTION_WORDS);
    return { measure: { kind: "percentile", percentile, of }, operations, text: `p${percentile}(${text})` };
  }

  #shaped(word: Token, shape: typeof SHAPES[number]): Left {
    this.#open(word, "latency");
    const resource = RESOURCE_NAMES.find((name) => name === this.#peek().text);
    if (resource) {
      this.#accept(resource);
      return this.#resource(shape, resource);
    }
    const { of, operations, text } = this.#distribution(word, [...DISTRIBUTION_WORDS, ...RESOURCE_NAMES]);
    return { measure: { kind: shape, of }, operations, text: `${shape}(${text})` };
  }

  /** After its name: the one device or service that is meant, where there may be several. */
  #resource(shape: typeof SHAPES[number], of: Resource): Left {
    const device = resourceFacts(of).of !== "own" && this.#accept(",")
      ? this.#name("a GPU (0, 1, ...), a service, or a machine in metrics.remote")
      : undefined;
    this.#close();
    const text = `${shape}(${device === undefined ? of : `${of}, ${device}`})`;
    return {
      measure: { kind: "resource", shape, of, ...(device !== undefined && { device }) },
      operations: null,
      text,
    };
  }

  #drift(word: Token): Left {
    this.#open(word, "response_time");
    const subject = this.#next(`one of ${DRIFT_SUBJECTS.join(", ")}`);
    // The former name of what drifted: never the whole duration, which would drift with the clips.
    const wanted = subject.text === "latency" ? "response_time" : subject.text;
    const of = DRIFT_SUBJECTS.find((name) => name === wanted);
    if (!of) throw unknownWord("subject of a drift", subject, DRIFT_SUBJECTS, DISTRIBUTION_SYNONYMS);
    const process = of === "memory" && this.#accept(",")
      ? this.#name("a service in metrics.processes, or a machine in metrics.remote")
      : null;
    this.#close();
    if (process === null) return { measure: { kind: "drift", of }, operations: null, text: `drift(${of})` };
    return { measure: { kind: "drift", of, process }, operations: null, text: `drift(${of}, ${process})` };
  }

  #open(word: Token, example: string): void {
    const open = this.#peek();
    if (this.#accept("(")) return;
    const fault = `Expected "(" after "${word.text}", as in ${word.text}(${example}), found ${shown(open)}`;
    throw new Unreadable(fault, open.column);
  }

  /** What stands between the parentheses after p95, mean and the like. */
  #distribution(shape: Token, known: readonly string[]): { of: Distribution; operations: string | null; text: string } {
    const word = this.#next(`one of ${known.join(", ")}`);
    const alias = ALIASES.get(word.text);
    const of = alias?.of ?? DISTRIBUTION_NAMES.find((name) => name === word.text);
    if (!of) throw unknownDistribution(shape, word, known);
    const operations = this.#accept(",") ? this.#closedGlob() : null;
    if (operations === null) this.#close();
    const text = operations === null ? word.text : `${word.text}, ${operations}`;
    return { of, operations: operations ?? alias?.operations ?? null, text };
  }

  #figureGlob(word: Token, allowed: boolean): string | null {
    const open = this.#peek();
    if (!this.#accept("(")) return null;
    if (allowed) return this.#closedGlob();
    throw new Unreadable(`"${word.text}" is of the whole run: write it without "("`, open.column);
  }

  #closedGlob(): string {
    const words = [this.#globWord()];
    while (/^[A-Za-z0-9_.*@/{}:-]+$/.test(this.#peek().text)) words.push(this.#globWord());
    this.#close();
    return words.join(" ");
  }

  /** Operations may have blanks in their names, as `rest GET /health` has. */
  #globWord(): string {
    const word = this.#next("an operation such as llm.chat_stream, llm.* or *");
    if (/^[A-Za-z0-9_.*@/{}:-]+$/.test(word.text)) return word.text;
    throw new Unreadable(
      `Expected an operation such as llm.chat_stream, llm.* or *, found "${word.text}"`,
      word.column,
    );
  }

  #close(): void {
    const token = this.#peek();
    if (!this.#accept(")")) throw new Unreadable(`Expected ")", found ${shown(token)}`, token.column);
  }

  #comparison(): Threshold["comparison"] {
    const token = this.#next(`one of ${COMPARISONS.join(" ")}`);
    const found = COMPARISONS.find((comparison) => comparison === token.text);
    if (!found) throw new Unreadable(`Expected one of ${COMPARISONS.join(" ")}, found "${token.text}"`, token.column);
    return found;
  }

  #limit(measure: Measure): { value: number; text: string } {
    const first = this.#peek();
    const words: string[] = [];
    while (![this.#end.text, "in", "else"].includes(this.#peek().text)) words.push(this.#next("a limit").text);
    const text = canonicalLimit(measure, words.join(""));
    if (text === "") {
      throw new Unreadable(`Expected a limit such as ${limitExample(measure)}, found ${shown(first)}`, first.column);
    }
    const result = parseLimit(measure, text);
    if (!result.ok) throw new Unreadable(result.error, first.column);
    return { value: result.value, text };
  }

  #stage(measure: Measure): string | null {
    const { column } = this.#peek();
    if (!this.#accept("in")) return null;
    const stage = this.#name("a stage");
    if (!isFigureMeasure(measure) || !isOfWholeRun(measure.kind)) return stage;
    throw new Unreadable(`"${measure.kind}" is of the whole run: leave out "in ${stage}"`, column);
  }

  #name(what: string): string {
    const word = this.#next(`the name of ${what}`);
    if (!/^[A-Za-z0-9_.-]{1,129}$/.test(word.text)) {
      throw new Unreadable(`Expected the name of ${what}, found "${word.text}"`, word.column);
    }
    return word.text;
  }

  #level(): Pick<Threshold, "level" | "abort_after_ms"> {
    const word = this.#next('"warn" or "abort"');
    if (word.text === "warn") return { level: "warn" };
    if (word.text !== "abort") {
      throw new Unreadable(`Expected "warn" or "abort" after "else", found "${word.text}"`, word.column);
    }
    if (!this.#accept("after")) return { level: "abort" };
    const time = this.#next("a time such as 30s");
    const parsed = parseDuration(time.text);
    if (!parsed.ok) throw new Unreadable(parsed.error, time.column);
    return { level: "abort", abort_after_ms: parsed.value / 1000 };
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? this.#end;
  }

  #next(what: string): Token {
    const token = this.#peek();
    if (token === this.#end) throw new Unreadable(`Expected ${what}, found the end`, token.column);
    this.#at++;
    return token;
  }

  #accept(text: string): boolean {
    const found = this.#peek().text === text;
    if (found) this.#at++;
    return found;
  }
}

function shown(token: Token): string {
  return token.text === "" ? "the end" : `"${token.text}"`;
}

function unknownWord(
  what: string,
  word: Token,
  known: readonly string[],
  synonyms: ReadonlyMap<string, string>,
): Unreadable {
  const synonym = synonyms.get(word.text.toLowerCase());
  const hint = synonym ? `; did you mean "${synonym}"?` : didYouMean(word.text, known);
  return new Unreadable(`Unknown ${what} "${word.text}"${hint || `; known are ${known.join(", ")}`}`, word.column);
}

function unknownMeasure(word: Token): Unreadable {
  const lower = word.text.toLowerCase();
  const distribution = DISTRIBUTION_SYNONYMS.get(lower);
  if (!MEASURE_SYNONYMS.has(lower) && distribution !== undefined) {
    return new Unreadable(`Unknown measure "${word.text}"; did you mean "p95(${distribution})"?`, word.column);
  }
  return unknownWord("measure", word, MEASURE_WORDS, MEASURE_SYNONYMS);
}

function unknownDistribution(shape: Token, word: Token, known: readonly string[]): Unreadable {
  const figure = word.text;
  if (isFigure(figure)) {
    return new Unreadable(
      `"${figure}" stands by itself, without "${shape.text}": "${FIGURES[figure].example}"`,
      word.column,
    );
  }
  if (RESOURCE_NAMES.some((name) => name === word.text)) {
    return new Unreadable(
      `"${word.text}" has no percentiles: write "mean(${word.text})" or "max(${word.text})"`,
      word.column,
    );
  }
  return unknownWord("distribution", word, known, DISTRIBUTION_SYNONYMS);
}

/** A reading without a shape: the worst of all. */
function bareResource(of: Resource, comparison: Threshold["comparison"]): Measure {
  return { kind: "resource", shape: comparison.startsWith("<") ? "max" : "min", of };
}

function writeLevel({ level, abort_after_ms }: Pick<Threshold, "level" | "abort_after_ms">): string {
  if (level === "fail") return "";
  return abort_after_ms === undefined ? ` else ${level}` : ` else abort after ${writeDuration(abort_after_ms * 1000)}`;
}
