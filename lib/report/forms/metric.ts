/** Metrics as OpenTelemetry sees them, before they are written. */
import type { Histogram } from "../../measure/histogram.ts";
import type { Series } from "../../measure/series.ts";

/** Attributes of a point; numbers are whole. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A point of a metric, still without its time. */
export interface Point {
  attributes: Attributes;
  /** A distribution, or one value. */
  value: Histogram | number;
}

/** A metric and its points. */
export interface Metric {
  name: string;
  description: string;
  /** Of UCUM. */
  unit: string;
  /** A `count` only grows; a `gauge` is the value of an instant. */
  kind: "count" | "gauge" | "distribution";
  /** Of a distribution: how many base units of the histogram one of `unit` has. */
  divisor: number;
  points: Point[];
}

/** The calls of one operation in one stage. */
export interface Part {
  operation: string;
  series: Series;
  attributes: Attributes;
}

/** A point for each part of which something was recorded. */
export function points(parts: readonly Part[], read: (series: Series) => Histogram, more: Attributes = {}): Point[] {
  return parts.map(({ series, attributes }) => ({ attributes: { ...attributes, ...more }, value: read(series) }))
    .filter(({ value }) => value.count > 0);
}
