/** How a series comes about from the metrics of a page: as data, for presets. */
import type { ServiceSeries } from "../../measure/service_series.ts";

/** Samples of one metric. */
export interface Selector {
  /** The metric under its names, newer first: the first one on the page is read. */
  readonly metrics: readonly string[];
  /** Only samples whose label has one of these values, or that lack the label. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** No samples whose label has one of these values; `veth*` is all that begin with it. */
  readonly except?: Readonly<Record<string, readonly string[]>>;
}

/** A value from one page, or from two of them. */
export type Formula =
  /** Of gauges: their sum, or the largest. */
  | { readonly kind: "gauge"; readonly of: readonly Selector[]; readonly over: "sum" | "max" }
  /** One sum of gauges less another. */
  | { readonly kind: "less"; readonly of: Selector; readonly less: Selector }
  /** One sum of gauges as a part of another. */
  | { readonly kind: "portion"; readonly of: Selector; readonly whole: Selector }
  /** Increase of counters per second. */
  | { readonly kind: "rate"; readonly of: readonly Selector[] }
  /** Increase of counters by that of others: a mean, where they are a sum and a count. */
  | { readonly kind: "quotient"; readonly of: readonly Selector[]; readonly per: readonly Selector[] }
  /** A quantile of what a histogram counted between two pages. */
  | { readonly kind: "quantile"; readonly of: Selector; readonly quantile: number };

/** A series of a preset. */
export interface SeriesFormula {
  readonly series: ServiceSeries;
  readonly formula: Formula;
  /** What one unit of the formula is in the unit of the series, e.g. 1000 from seconds to milliseconds. */
  readonly scale: number;
  /** Off unless the exporter is told to export it: how it is called there. */
  readonly off?: string;
}

/** A kind of page. */
export interface Preset {
  /** As people call what makes the page. */
  readonly label: string;
  /** A page with a metric whose name begins so is one of its. */
  readonly marks: readonly string[];
  /** Labels by which its series are told apart; others are added up. */
  readonly by: readonly string[];
  readonly series: readonly SeriesFormula[];
  /** How to make an exporter export what is off by default. */
  readonly switchOn?: string;
  /** The page is that of a machine or its GPUs, never that of a service: it is not looked for. */
  readonly machine?: true;
}

/** One metric under one name or several. */
export function metric(metrics: string | readonly string[], more: Omit<Selector, "metrics"> = {}): Selector {
  return { metrics: typeof metrics === "string" ? [metrics] : metrics, ...more };
}

type Of = string | readonly string[] | Selector;

const selector = (of: Of): Selector => typeof of === "string" || Array.isArray(of) ? metric(of) : of as Selector;

/** A gauge; of several their sum. */
export function gauge(series: ServiceSeries, of: Of | Selector, scale = 1): SeriesFormula {
  return { series, formula: { kind: "gauge", of: [selector(of)], over: "sum" }, scale };
}

/** The largest of several gauges. */
export function largest(series: ServiceSeries, of: Of, scale = 1): SeriesFormula {
  return { series, formula: { kind: "gauge", of: [selector(of)], over: "max" }, scale };
}

/** The rate of one counter, or of several together. */
export function rate(series: ServiceSeries, of: Of | readonly Selector[], scale = 1): SeriesFormula {
  const all = Array.isArray(of) && typeof of[0] === "object" ? of as readonly Selector[] : [selector(of as Of)];
  return { series, formula: { kind: "rate", of: all }, scale };
}

/** The mean of a histogram or summary; its unit in ours is `scale`. */
export function mean(series: ServiceSeries, histogram: string | readonly string[], scale = 1): SeriesFormula {
  const named = (end: string) =>
    metric((typeof histogram === "string" ? [histogram] : histogram).map((one) => one + end));
  return { series, formula: { kind: "quotient", of: [named("_sum")], per: [named("_count")] }, scale };
}

/** A quantile of a histogram. */
export function quantile(
  series: ServiceSeries,
  q: number,
  histogram: string | readonly string[],
  scale = 1,
): SeriesFormula {
  const buckets = (typeof histogram === "string" ? [histogram] : histogram).map((one) => `${one}_bucket`);
  return { series, formula: { kind: "quantile", of: metric(buckets), quantile: q }, scale };
}

/** The increase of counters by that of others. */
export function quotient(
  series: ServiceSeries,
  of: readonly Selector[],
  per: Selector | readonly Selector[],
  scale = 1,
): SeriesFormula {
  return { series, formula: { kind: "quotient", of, per: "metrics" in per ? [per] : per }, scale };
}

/** Every selector of a formula. */
export function selectorsOf(formula: Formula): readonly Selector[] {
  switch (formula.kind) {
    case "gauge":
    case "rate":
      return formula.of;
    case "less":
      return [formula.of, formula.less];
    case "portion":
      return [formula.of, formula.whole];
    case "quotient":
      return [...formula.of, ...formula.per];
    case "quantile":
      return [formula.of];
  }
}
