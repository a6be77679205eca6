/**
 * The one-line language of thresholds.
 *
 * ```text
 * p95(latency, llm.*) < 2s              each operation that matches holds it by itself
 * p99.9(first_message) < 800ms in hold  all operations together, in one stage
 * mean(gap, llm.*) < 50ms else warn     shown, but does not fail the run
 * error_rate(stt.*) <= 0.5%             throughput > 20/s    calls > 100    load >= 100%
 * ```
 */
import { didYouMean } from "./nearest.ts";
import { type Distribution, DISTRIBUTION_NAMES, type Measure, type Threshold } from "./threshold.ts";
import { type Parsed, parseDuration, parseRate, parseRatio } from "./units.ts";

/** Why a line is no threshold, and the column (from 1) where it stops being one. */
export interface ThresholdError {
  error: string;
  column: number;
}

/** Longest line that is read. */
const MAX_LENGTH = 300;
const COMPARISONS = ["<", "<=", ">", ">="] as const;
const SHAPES = ["mean", "min", "max"] as const;
const COUNTED = ["error_rate", "throughput", "calls"] as const;
const MEASURE_WORDS = ["p50", "p90", "p95", "p99", ...SHAPES, ...COUNTED, "load"];

/** Words of other tools and of daily use, and what they are called here. */
const MEASURE_SYNONYMS = new Map([
  ["avg", "mean"],
  ["average", "mean"],
  ["median", "p50"],
  ["med", "p50"],
  ["p", "p95"],
  ["failure_rate", "error_rate"],
  ["errors", "error_rate"],
  ["rps", "throughput"],
  ["rate", "throughput"],
  ["requests", "calls"],
  ["count", "calls"],
]);
const DISTRIBUTION_SYNONYMS = new Map([
  ["ttft", "first_message"],
  ["response_time", "latency"],
  ["e2e", "latency"],
  ["duration", "latency"],
  ["itl", "gap"],
]);

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

/** Reads one rule. `source` of the result is the rule in canonical spacing, and reads as the same rule again. */
export function parseThreshold(text: string): Threshold | ThresholdError {
  if (text.length > MAX_LENGTH) {
    return { error: `The threshold is longer than ${MAX_LENGTH} characters`, column: MAX_LENGTH + 1 };
  }
  try {
    return new Reader(text).rule();
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
    const { measure, operations } = this.#left();
    const comparison = this.#comparison();
    const limit = this.#limit(measure);
    const stage = this.#accept("in") ? this.#name("a stage") : null;
    const level = this.#accept("else") ? this.#level() : "fail";
    const rest = this.#peek();
    if (rest !== this.#end) {
      throw new Unreadable(`Expected the end, "in STAGE" or "else warn", found "${rest.text}"`, rest.column);
    }
    const where = stage === null ? "" : ` in ${stage}`;
    const source = `${writeLeft(measure, operations)} ${comparison} ${limit.text}${where}${
      level === "warn" ? " else warn" : ""
    }`;
    return { source, measure, operations, stage, comparison, limit: limit.value, level };
  }

  #left(): { measure: Measure; operations: string | null } {
    const word = this.#next("a measure such as p95, mean, error_rate or load");
    const percentile = /^p(\d+(?:\.\d+)?)$/.exec(word.text);
    if (percentile) {
      const value = Number(percentile[1]);
      if (value <= 0 || value > 100) {
        throw new Unreadable(`The percentile in "${word.text}" must be above 0 and at most 100`, word.column);
      }
      const { of, operations } = this.#distribution(word);
      return { measure: { kind: "percentile", percentile: value, of }, operations };
    }
    const shape = SHAPES.find((name) => name === word.text);
    if (shape) {
      const { of, operations } = this.#distribution(word);
      return { measure: { kind: shape, of }, operations };
    }
    const counted = COUNTED.find((name) => name === word.text);
    if (counted) return { measure: { kind: counted }, operations: this.#accept("(") ? this.#closedGlob() : null };
    if (word.text === "load") return { measure: { kind: "load" }, operations: null };
    throw unknownWord("measure", word, MEASURE_WORDS, MEASURE_SYNONYMS);
  }

  #distribution(measure: Token): { of: Distribution; operations: string | null } {
    const open = this.#peek();
    if (!this.#accept("(")) {
      throw new Unreadable(
        `Expected "(" after "${measure.text}", as in ${measure.text}(latency), found ${shown(open)}`,
        open.column,
      );
    }
    const word = this.#next(`one of ${DISTRIBUTION_NAMES.join(", ")}`);
    const of = DISTRIBUTION_NAMES.find((name) => name === word.text);
    if (!of) throw unknownWord("distribution", word, DISTRIBUTION_NAMES, DISTRIBUTION_SYNONYMS);
    if (this.#accept(",")) return { of, operations: this.#closedGlob() };
    this.#close();
    return { of, operations: null };
  }

  #closedGlob(): string {
    const word = this.#next("an operation such as llm.chat_stream, llm.* or *");
    if (!/^[A-Za-z0-9_.*@/-]+$/.test(word.text)) {
      throw new Unreadable(
        `Expected an operation such as llm.chat_stream, llm.* or *, found "${word.text}"`,
        word.column,
      );
    }
    this.#close();
    return word.text;
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
    const text = words.join("").toLowerCase();
    if (text === "") {
      throw new Unreadable(`Expected a limit such as ${limitExample(measure)}, found ${shown(first)}`, first.column);
    }
    const result = readLimit(measure, text);
    if (!result.ok) throw new Unreadable(result.error, first.column);
    return { value: result.value, text };
  }

  #name(what: string): string {
    const word = this.#next(`the name of ${what}`);
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(word.text)) {
      throw new Unreadable(`Expected the name of ${what}, found "${word.text}"`, word.column);
    }
    return word.text;
  }

  #level(): "warn" {
    const word = this.#next('"warn"');
    if (word.text !== "warn") throw new Unreadable(`Expected "warn" after "else", found "${word.text}"`, word.column);
    return "warn";
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

function writeLeft(measure: Measure, operations: string | null): string {
  if (!("of" in measure)) return operations === null ? measure.kind : `${measure.kind}(${operations})`;
  const name = measure.kind === "percentile" ? `p${measure.percentile}` : measure.kind;
  return operations === null ? `${name}(${measure.of})` : `${name}(${measure.of}, ${operations})`;
}

function readLimit(measure: Measure, text: string): Parsed {
  switch (measure.kind) {
    case "error_rate":
    case "load":
      return parseRatio(text);
    case "throughput":
      return parseRate(text);
    case "calls":
      return /^\d+$/.test(text)
        ? { ok: true, value: Number(text) }
        : { ok: false, error: `Cannot read the count "${text}": write a whole number such as "100"` };
    default:
      return parseDuration(text);
  }
}

function limitExample(measure: Measure): string {
  switch (measure.kind) {
    case "error_rate":
      return "1%";
    case "load":
      return "100%";
    case "throughput":
      return "20/s";
    case "calls":
      return "100";
    default:
      return "2s";
  }
}
