/** The value of a formula on a page, or between two. */
import { type Bucket, bucketQuantile } from "./buckets.ts";
import type { Formula, Selector } from "./formula.ts";
import type { Labels } from "./labels.ts";
import type { Page, PageSample } from "./page_text.ts";

/** The value of those samples whose labels are alike. */
export interface Group {
  /** Of one of them. */
  readonly labels: Labels;
  /** Null: there is none, such as a mean of nothing. */
  readonly value: number | null;
}

/** The page before, and how long ago it came. */
export interface Before {
  readonly page: Page;
  readonly passed_ms: number;
}

/** Labels by which samples are told apart: some of them, or all but those of the format itself. */
export type By = readonly string[] | "all";

/** By what tells them apart. */
export type Groups = ReadonlyMap<string, Group>;

const NOTHING: Groups = new Map();
const OF_FORMAT: ReadonlySet<string> = new Set(["le", "quantile"]);

/**
 * The values of a formula, one for each group of samples; none where the page lacks its metrics.
 * @param before null: there was no page, or the server was started anew since; then rates have no value
 */
export function evaluate(formula: Formula, by: By, page: Page, before: Before | null): Groups {
  switch (formula.kind) {
    case "gauge":
      return sums(formula.of.flatMap((of) => select(page, of)), by, ({ value }) => value, JOIN[formula.over]);
    case "less":
      return combine(gauges(page, formula.of, by), gauges(page, formula.less, by), (of, less) => of - less);
    case "portion":
      return combine(gauges(page, formula.of, by), gauges(page, formula.whole, by), ratioOf);
    case "rate": {
      const all = increases(formula.of, by, page, before);
      return mapValues(all, (rise) => before === null ? null : ratioOf(rise * 1000, before.passed_ms));
    }
    case "quotient":
      if (formula.of.some((of) => select(page, of).length === 0)) return NOTHING;
      return combine(increases(formula.of, by, page, before), increases(formula.per, by, page, before), ratioOf);
    case "quantile":
      return quantiles(formula.of, formula.quantile, by, page, before);
  }
}

/** Whether a counter of these has fallen from one page to the next: then its server was started anew between them. */
export function hasFallen(selectors: readonly Selector[], page: Page, before: Page): boolean {
  return selectors.some((of) =>
    select(page, of).some((sample) => {
      const earlier = earlierOf(sample, of, page, before);
      return earlier !== undefined && sample.value < earlier.value;
    })
  );
}

const JOIN = {
  sum: (a: number, b: number) => a + b,
  max: (a: number, b: number) => Math.max(a, b),
} as const;

const ratioOf = (part: number, whole: number): number | null => whole > 0 ? part / whole : null;

const gauges = (page: Page, of: Selector, by: By): Groups => sums(select(page, of), by, ({ value }) => value, JOIN.sum);

const nameOn = (page: Page, { metrics }: Selector): string | undefined =>
  metrics.find((name) => page.samples.has(name));

function select(page: Page, of: Selector): PageSample[] {
  const name = nameOn(page, of);
  const all = name === undefined ? [] : [...page.samples.get(name)?.values() ?? []];
  return of.where === undefined && of.except === undefined ? all : all.filter((sample) => isOf(sample, of));
}

function isOf({ labels }: PageSample, { where = {}, except = {} }: Selector): boolean {
  for (const label in where) {
    const value = labels.values.get(label);
    if (value !== undefined && !where[label]?.includes(value)) return false;
  }
  for (const label in except) {
    const value = labels.values.get(label);
    if (value !== undefined && except[label]?.some((one) => matches(value, one))) return false;
  }
  return true;
}

const matches = (value: string, pattern: string): boolean =>
  pattern.endsWith("*") ? value.startsWith(pattern.slice(0, -1)) : value === pattern;

function earlierOf(sample: PageSample, of: Selector, page: Page, before: Page): PageSample | undefined {
  const name = nameOn(page, of);
  return name === undefined ? undefined : before.samples.get(name)?.get(sample.labels.id);
}

/** What tells a sample's group from others. */
function groupOf({ values }: Labels, by: By): string {
  const told = by === "all"
    ? [...values].filter(([name]) => !OF_FORMAT.has(name)).sort()
    : by.map((one) => values.get(one));
  return JSON.stringify(told);
}

function sums(
  samples: readonly PageSample[],
  by: By,
  valueOf: (sample: PageSample) => number | null,
  join: (a: number, b: number) => number,
): Groups {
  const groups = new Map<string, Group>();
  for (const sample of samples) {
    const key = groupOf(sample.labels, by);
    const value = valueOf(sample);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { labels: sample.labels, value });
    else if (value !== null) {
      groups.set(key, { labels: known.labels, value: known.value === null ? value : join(known.value, value) });
    }
  }
  return groups;
}

/**
 * By how much counters rose. A sample that the page before lacks adds nothing: nobody knows from when on it counted.
 * Source: as Prometheus' `increase`, without its extrapolation to the borders of a window, which these are.
 */
function increases(of: readonly Selector[], by: By, page: Page, before: Before | null): Groups {
  const rises = new Map<PageSample, number>();
  const samples = of.flatMap((selector) =>
    select(page, selector).map((sample) => {
      const earlier = before === null ? undefined : earlierOf(sample, selector, page, before.page);
      if (earlier !== undefined) rises.set(sample, sample.value - earlier.value);
      return sample;
    })
  );
  return sums(samples, by, (sample) => rises.get(sample) ?? null, JOIN.sum);
}

function combine(one: Groups, other: Groups, join: (a: number, b: number) => number | null): Groups {
  const groups = new Map<string, Group>();
  for (const [key, { labels, value }] of one) {
    const second = other.get(key);
    if (second === undefined) continue;
    groups.set(key, { labels, value: value === null || second.value === null ? null : join(value, second.value) });
  }
  return groups;
}

function mapValues(groups: Groups, change: (value: number) => number | null): Groups {
  return new Map(
    [...groups].map(([key, { labels, value }]) => [key, { labels, value: value === null ? null : change(value) }]),
  );
}

function quantiles(of: Selector, q: number, by: By, page: Page, before: Before | null): Groups {
  const samples = select(page, of);
  const counts = new Map<string, Map<number, number>>();
  for (const sample of samples) {
    const key = groupOf(sample.labels, by);
    const buckets = counts.get(key) ?? new Map<number, number>();
    counts.set(key, buckets);
    const le = boundOf(sample.labels.values.get("le"));
    const earlier = before === null ? undefined : earlierOf(sample, of, page, before.page);
    if (earlier === undefined || le === null) continue;
    buckets.set(le, (buckets.get(le) ?? 0) + sample.value - earlier.value);
  }
  return new Map(
    [...sums(samples, by, () => null, JOIN.sum)].map(([key, { labels }]) => {
      const rising: Bucket[] = [...counts.get(key) ?? []].map(([le, count]) => ({ le, count }))
        .sort((a, b) => a.le - b.le);
      return [key, { labels, value: bucketQuantile(q, rising) }];
    }),
  );
}

function boundOf(le: string | undefined): number | null {
  if (le === undefined) return null;
  if (/^\+?inf(inity)?$/i.test(le)) return Infinity;
  const bound = le.trim() === "" ? NaN : Number(le);
  return Number.isFinite(bound) ? bound : null;
}
