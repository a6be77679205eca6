/** Makes readings of a service from its page of metrics, page after page. */
import { MAX_SERVICE_KEY, MAX_SERVICE_VALUES, type ServiceSeries } from "../../measure/service_series.ts";
import { askedSeries, samplesOf } from "./asked.ts";
import { type Before, type By, evaluate, type Groups, hasFallen } from "./evaluate.ts";
import { type Formula, type Selector, selectorsOf } from "./formula.ts";
import { type Page, PageText } from "./page_text.ts";
import { type PresetName, PRESETS, presetsFor } from "./presets.ts";
import { SeriesKeys } from "./series_keys.ts";

/** What a reader is asked for. */
export interface PageReaderOptions {
  /** Null: whatever the page is recognised as. */
  readonly preset: PresetName | null;
  /** Metrics besides, by name. */
  readonly series: readonly string[];
}

/** What a page said. */
export interface PageReading {
  /** As `ServiceSample.values`; null: the text is no page of metrics. */
  readonly values: Record<string, number | null> | null;
  /** What it was recognised as. */
  readonly presets: readonly PresetName[];
  /** Metrics that were asked for and are not there. */
  readonly missing: readonly string[];
  /** Where some are missing, those that were there when the page was recognised. */
  readonly names: readonly string[];
  /** Series that an exporter has and does not export, as it calls them. */
  readonly off: readonly string[];
  /** Counters began again since the page before. */
  readonly restarted: boolean;
  /** Values that are left out, since there are more than a reading may have. */
  readonly over: number;
}

interface Read {
  name: string;
  formula: Formula;
  by: By;
  scale: number;
}

const NO_GROUPS: Groups = new Map();

/** Largest value that a result keeps. */
const MAX_VALUE = 1e18;

/** Reads the pages of one server. */
export class PageReader {
  readonly #options: PageReaderOptions;
  readonly #text = new PageText();
  readonly #keys = new SeriesKeys();
  #presets: readonly PresetName[] = [];
  /** Samples to keep; null: it is not known yet what the page is. */
  #wanted: ReadonlySet<string> | null = null;
  /** On the page by which it was recognised. */
  #names: ReadonlySet<string> = new Set();
  /** Keys that once had a value. */
  readonly #valued = new Set<string>();
  #before: { page: Page; t_ms: number } | null = null;

  constructor(options: PageReaderOptions) {
    this.#options = options;
  }

  /**
   * Reads the next page.
   * @param t_ms when it came
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * const reader = new PageReader({ preset: null, series: ["jobs_total"] });
   * const page = (jobs: number) => `# TYPE jobs_total counter\njobs_total ${jobs}\nllamacpp:requests_processing 2\n`;
   * assert.deepEqual(reader.read(page(10), 1000).values, { running_requests: 2 });
   * assert.deepEqual(reader.read(page(40), 2000).values, { running_requests: 2, jobs_total: 30 });
   * assert.equal(reader.read(page(0), 3000).restarted, true);
   * ```
   */
  read(text: string, t_ms: number): PageReading {
    const wanted = this.#wanted ?? this.#recognise(text);
    const page = this.#text.read(text, (name) => wanted.has(name));
    // A page of another kind, such as an error in HTML, tells nothing of the server.
    if (page.lines === 0 || page.faults > page.lines) return this.#none();
    const all = this.#series(page);
    const restarted = this.#before !== null && hasFallen(countersOf(all), page, this.#before.page);
    const before: Before | null = this.#before === null || restarted
      ? null
      : { page: this.#before.page, passed_ms: t_ms - this.#before.t_ms };
    this.#before = { page, t_ms };
    return { ...this.#values(all, page, before), presets: this.#presets, restarted, ...this.#lacking(page) };
  }

  /** After pages that could not be read: rates begin anew, since they would be of a longer time. */
  forget(): void {
    this.#before = null;
  }

  #none(): PageReading {
    return { values: null, presets: this.#presets, missing: [], names: [], off: [], restarted: false, over: 0 };
  }

  /** The samples to keep. They stay the same once the page is known. */
  #recognise(text: string): ReadonlySet<string> {
    this.#names = namesOn(text, this.#text);
    const found = presetsFor(this.#names);
    const { preset, series } = this.#options;
    this.#presets = preset === null ? found : found.filter((one) => one === preset);
    const known = this.#presets.flatMap((one) => PRESETS[one].series).flatMap(({ formula }) => selectorsOf(formula));
    const wanted = new Set([...known.flatMap(({ metrics }) => metrics), ...series.flatMap(samplesOf)]);
    if (this.#presets.length > 0 || series.length > 0) this.#wanted = wanted;
    return wanted;
  }

  #series(page: Page): Read[] {
    const known = this.#presets.flatMap((preset) => {
      const { by, series } = PRESETS[preset];
      return series.map(({ series: name, formula, scale }): Read => ({
        name: name satisfies ServiceSeries,
        formula,
        by,
        scale,
      }));
    });
    const asked = this.#options.series.flatMap((one) => askedSeries(one, page))
      .map(({ name, formula }): Read => ({ name, formula, by: "all", scale: 1 }));
    return [...known, ...asked];
  }

  #values(all: readonly Read[], page: Page, before: Before | null): Pick<PageReading, "values" | "over"> {
    const values: Record<string, number | null> = Object.create(null);
    const taken = new Set<string>();
    let [count, over] = [0, 0];
    for (const { name, formula, by, scale } of all) {
      // Where several formulas of a series have something to read, the first one's stands.
      const groups: Groups = taken.has(name) ? NO_GROUPS : evaluate(formula, by, page, before);
      if (groups.size > 0) taken.add(name);
      for (const [key, value] of this.#keys.name(name, by, groups)) {
        const now = kept(value, scale);
        // What never had a value is not worth a word in each reading.
        if (now === null && !this.#valued.has(key)) continue;
        if (count >= MAX_SERVICE_VALUES || key.length > MAX_SERVICE_KEY) {
          over++;
          continue;
        }
        count++;
        this.#valued.add(key);
        values[key] = now;
      }
    }
    return { values: { ...values }, over };
  }

  #lacking(page: Page): Pick<PageReading, "missing" | "off" | "names"> {
    const off = this.#presets.flatMap((preset) => [...PRESETS[preset].series]).flatMap(({ off, formula }) =>
      off !== undefined && selectorsOf(formula).every(({ metrics }) => metrics.every((one) => !page.samples.has(one)))
        ? [off]
        : []
    );
    const missing = this.#options.series.filter((one) => askedSeries(one, page).length === 0);
    return { missing, off, names: missing.length === 0 ? [] : [...this.#names] };
  }
}

/** Most names of a page; longer lists are cut. */
const MAX_NAMES = 20_000;

/** Every name on a page, without a look at labels. */
export function namesOn(text: string, reader: PageText): Set<string> {
  const names = new Set<string>();
  reader.read(text, (name) => {
    if (names.size < MAX_NAMES) names.add(name);
    return false;
  });
  return names;
}

function kept(value: number | null, scale: number): number | null {
  const scaled = value === null ? NaN : value * scale;
  return Number.isFinite(scaled) && Math.abs(scaled) <= MAX_VALUE ? rounded(scaled) : null;
}

/** To six digits: more would be noise, and the result is text. */
const rounded = (value: number): number => Number.isInteger(value) ? value : Number(value.toPrecision(6));

function countersOf(all: readonly Read[]): Selector[] {
  return all.flatMap(({ formula }) => {
    switch (formula.kind) {
      case "rate":
      case "quotient":
      case "quantile":
        return selectorsOf(formula);
      case "gauge":
      case "less":
      case "portion":
        return [];
    }
  });
}
