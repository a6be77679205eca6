/**
 * Reads pages of metrics: Prometheus' text format 0.0.4 and OpenMetrics 1.0, quoted names included. A line that breaks the
 * format is left out and counted, since the others are as good as they were.
 */
import { type Labels, NO_LABELS, readLabels, splitName } from "./labels.ts";

/** One value of a page. */
export interface PageSample {
  readonly labels: Labels;
  /** May be NaN or infinite. */
  readonly value: number;
}

/** What a page says of the metrics that were asked for. */
export interface Page {
  /** Samples by name and then by the id of their labels. */
  readonly samples: ReadonlyMap<string, ReadonlyMap<string, PageSample>>;
  /** What `# TYPE` says: `counter`, `gauge`, `histogram`, ... by family; of all families. */
  readonly types: ReadonlyMap<string, string>;
  /** Samples in all, those included that nobody asked for. */
  readonly lines: number;
  /** Lines that break the format. */
  readonly faults: number;
}

/** Most samples kept of one page: labels cost more than the rest of a line, and the main thread reads them. */
const MAX_SAMPLES = 10_000;
/** Most families whose type is kept. */
const MAX_TYPES = 20_000;
/** Most label texts remembered: they repeat from page to page. */
const MAX_REMEMBERED = 20_000;

const [HASH, OPEN, CLOSE, QUOTE, BACKSLASH] = [35, 123, 125, 34, 92];

/** Reads pages of one server, one after another. */
export class PageText {
  readonly #labels = new Map<string, Labels | null>();

  /**
   * Reads a page.
   * @param wanted whether samples of a name are kept; it is asked for each sample
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * const page = new PageText().read('# TYPE depth gauge\ndepth{queue="a"} 3\nother 1\n', (name) => name === "depth");
   * const [sample] = page.samples.get("depth")?.values() ?? [];
   * assert.deepEqual([sample?.value, sample?.labels.values.get("queue")], [3, "a"]);
   * assert.deepEqual([page.types.get("depth"), page.lines, page.faults], ["gauge", 2, 0]);
   * ```
   */
  read(text: string, wanted: (name: string) => boolean): Page {
    const samples = new Map<string, Map<string, PageSample>>();
    const types = new Map<string, string>();
    let [lines, faults, kept] = [0, 0, 0];
    for (let next = 0; next < text.length;) {
      const newline = text.indexOf("\n", next);
      const end = newline < 0 ? text.length : newline;
      const from = skipBlanks(text, next, end);
      next = end + 1;
      if (from === end) continue;
      if (text.charCodeAt(from) === HASH) {
        if (text.startsWith("# EOF", from)) break;
        if (types.size < MAX_TYPES) addType(text, from, end, types);
        continue;
      }
      const sample = this.#sample(text, from, end, kept < MAX_SAMPLES ? wanted : nobody);
      if (sample === null) {
        faults++;
        continue;
      }
      lines++;
      if (sample.labels === null) continue;
      kept++;
      const { name, labels, value } = sample;
      const ofName = samples.get(name);
      if (ofName === undefined) samples.set(name, new Map([[labels.id, { labels, value }]]));
      else ofName.set(labels.id, { labels, value });
    }
    return { samples, types, lines, faults };
  }

  /** `labels` is null where nobody asked for the name; null: the line breaks the format. */
  #sample(text: string, from: number, end: number, wanted: (name: string) => boolean): Sample | null {
    const nameEnd = endOfName(text, from, end);
    const open = skipBlanks(text, nameEnd, end);
    const name = text.slice(from, nameEnd);
    if (open === end || text.charCodeAt(open) !== OPEN) {
      const value = name === "" ? null : readValue(text, nameEnd, end);
      return value === null ? null : { name, labels: wanted(name) ? NO_LABELS : null, value };
    }
    const close = endOfLabels(text, open + 1, end);
    const value = close < 0 ? null : readValue(text, close + 1, end);
    if (value === null) return null;
    if (name !== "" && !wanted(name)) return { name, labels: null, value };
    const labels = this.#labelsOf(text.slice(open + 1, close));
    if (labels === null || name !== "") return labels === null ? null : { name, labels, value };
    const split = splitName(labels);
    return split === null ? null : { name: split.name, labels: wanted(split.name) ? split.labels : null, value };
  }

  #labelsOf(text: string): Labels | null {
    const known = this.#labels.get(text);
    if (known !== undefined) return known;
    if (this.#labels.size >= MAX_REMEMBERED) this.#labels.clear();
    const read = readLabels(text);
    this.#labels.set(text, read);
    return read;
  }
}

const nobody = (): boolean => false;

interface Sample {
  name: string;
  labels: Labels | null;
  value: number;
}

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 13;

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at;
}

function endOfName(text: string, from: number, end: number): number {
  let at = from;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN || isBlank(code)) break;
  }
  return at;
}

/** The place of the brace that ends the labels, or -1. */
function endOfLabels(text: string, from: number, end: number): number {
  let quoted = false;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH && quoted) at++;
    else if (code === QUOTE) quoted = !quoted;
    else if (code === CLOSE && !quoted) return at;
  }
  return -1;
}

/** As Go's ParseFloat, without its hexadecimal numbers and underscores, which no exporter prints. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ...["nan", "+nan", "-nan"].map((word) => [word, NaN] as const),
  ...["inf", "+inf", "infinity", "+infinity"].map((word) => [word, Infinity] as const),
  ...["-inf", "-infinity"].map((word) => [word, -Infinity] as const),
]);
/** Longest number that is looked at; characters. */
const MAX_NUMBER = 64;

/** The value behind a name and its labels; a time and an exemplar may follow it. Null: there is none. */
function readValue(text: string, from: number, end: number): number | null {
  const start = skipBlanks(text, from, end);
  let stop = start;
  while (stop < end && !isBlank(text.charCodeAt(stop))) stop++;
  if (stop === start || stop - start > MAX_NUMBER) return null;
  const word = text.slice(start, stop);
  if (NUMBER.test(word)) return Number(word);
  return SPECIAL.get(word.toLowerCase()) ?? null;
}

const TYPE = "# TYPE ";

function addType(text: string, from: number, end: number, types: Map<string, string>): void {
  if (!text.startsWith(TYPE, from)) return;
  const line = text.slice(from + TYPE.length, end).trim();
  const blank = line.lastIndexOf(" ");
  if (blank < 0) return;
  types.set(line.slice(0, blank).trim().replace(/^"(.*)"$/, "$1"), line.slice(blank + 1).toLowerCase());
}
