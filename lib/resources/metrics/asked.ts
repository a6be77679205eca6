/** Metrics that a plan asks for by name, of which no preset knows what they are: the page says it. */
import type { Formula } from "./formula.ts";
import { metric } from "./formula.ts";
import type { Page } from "./page_text.ts";

/** A series of a metric that was asked for. */
export interface AskedSeries {
  /** As readings name it. */
  name: string;
  formula: Formula;
}

/** The names under which the samples of a metric may stand on a page. */
export const samplesOf = (asked: string): string[] => [
  asked,
  ...["_total", "_sum", "_count", "_bucket"].map((end) => asked + end),
];

/**
 * What becomes of a metric: a gauge stays as it is, a counter becomes a rate, a histogram a mean and a 95th percentile, a
 * summary a mean. Empty: it is not on the page.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { PageText } from "./page_text.ts";
 *
 * const page = new PageText().read("# TYPE seen counter\nseen_total 3\ndepth 4\n", () => true);
 * assert.deepEqual(askedSeries("seen", page).map(({ formula }) => formula.kind), ["rate"]);
 * assert.deepEqual(askedSeries("depth", page).map(({ formula }) => formula.kind), ["gauge"]);
 * assert.deepEqual(askedSeries("gone", page), []);
 * ```
 */
export function askedSeries(asked: string, page: Page): AskedSeries[] {
  const has = (name: string) => page.samples.has(name);
  if (has(`${asked}_sum`) && has(`${asked}_count`)) {
    const mean: Formula = { kind: "quotient", of: [metric(`${asked}_sum`)], per: [metric(`${asked}_count`)] };
    const quantile: Formula = { kind: "quantile", of: metric(`${asked}_bucket`), quantile: 0.95 };
    const p95 = has(`${asked}_bucket`) ? [{ name: `${asked}_p95`, formula: quantile }] : [];
    return [{ name: `${asked}_mean`, formula: mean }, ...p95];
  }
  const name = [asked, `${asked}_total`].find(has);
  if (name === undefined) return [];
  const type = page.types.get(name) ?? page.types.get(name.replace(/_total$/, "")) ?? page.types.get(asked);
  const counts = type === "counter" || (type !== "gauge" && name.endsWith("_total"));
  const of = [metric(name)];
  return [{ name: asked, formula: counts ? { kind: "rate", of } : { kind: "gauge", of, over: "sum" } }];
}
