/** OpenTelemetry's metrics in OTLP's JSON form, as POST /v1/metrics takes them. */
import { OUTCOMES } from "../../measure/interval.ts";
import type { Series } from "../../measure/series.ts";
import type { Histogram } from "../../measure/histogram.ts";
import type { DistributionUnit, MeasureUnit } from "../../plan/threshold/measure_units.ts";
import { DISTRIBUTION_NAMES, DISTRIBUTIONS } from "../../plan/threshold/threshold.ts";
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { ENERGY_FIGURES, type EnergyFigure, energyFigure } from "../../verdict/energy.ts";
import { type ResourceFigure, resourceFigures } from "../figures/resources.ts";
import { plainText } from "../format/escape.ts";
import { exponentialOf } from "./exponential.ts";
import { genAiMetrics } from "./gen_ai.ts";
import { type Attributes, type Metric, type Part, type Point, points } from "./metric.ts";

/** AGGREGATION_TEMPORALITY_CUMULATIVE: every point counts from the start of the run. */
const CUMULATIVE = 2;

/** Units of UCUM, and how many base units each has. */
const UCUM: Record<DistributionUnit, { unit: string; divisor: number }> = {
  us: { unit: "s", divisor: 1e6 },
  ppm: { unit: "1", divisor: 1e6 },
  count: { unit: "{unit}", divisor: 1 },
};

/**
 * All counts and distributions by operation and stage (warm-up has its own), each from the start of the run to its last
 * second, so that documents of a run under way and of its end are points of the same series. Distributions are exponential
 * histograms over ok calls. What OpenTelemetry has a convention for bears its name, too: see `genAiMetrics`.
 * @param verdict null while the run is under way
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * const { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] } = JSON.parse(renderOtlp(makeRun(), null));
 * assert.ok(metrics.some(({ name }: { name: string }) => name === "gen_ai.client.operation.duration"));
 * ```
 */
export function renderOtlp(run: Run, verdict: Verdict | null): string {
  const { header, plan } = run;
  const [name = "june-load", version = ""] = header.tool.split(" ");
  const resource = {
    "service.name": name,
    "service.version": version,
    "service.instance.id": `${header.host.name}/${plan.scenario}/${header.started_at}`,
    "host.name": header.host.name,
    "june_load.scenario": plan.scenario,
  };
  const parts = partsOf(run);
  const metrics = [
    ...callMetrics(parts),
    ...distributionMetrics(parts),
    ...genAiMetrics(plan, parts),
    ...nowMetrics(run),
    ...resourceMetrics(run),
    ...energyMetrics(run),
    ...(verdict === null ? [] : verdictMetrics(verdict)),
  ].filter((metric) => metric.points.length > 0);
  const document = {
    resourceMetrics: [{
      resource: { attributes: attributesJson(resource) },
      scopeMetrics: [{ scope: { name, version }, metrics: metrics.map((metric) => metricJson(run, metric)) }],
    }],
  };
  return `${JSON.stringify(document)}\n`;
}

function partsOf(run: Run): Part[] {
  return run.operations.flatMap((operation) =>
    run.plan.stages.map(({ name }) => ({
      operation,
      series: run.total({ operations: operation, stage: name }),
      attributes: { "june_load.operation": operation, "june_load.stage": name },
    }))
  ).filter(({ series }) => series.issued > 0);
}

function callMetrics(parts: readonly Part[]): Metric[] {
  const count = (name: string, unit: string, description: string, all: Point[]): Metric => ({
    name,
    unit,
    description,
    kind: "count",
    divisor: 1,
    points: all,
  });
  const of = (read: (series: Series) => number) =>
    parts.map(({ series, attributes }) => ({ attributes, value: read(series) }));
  return [
    count("june_load.calls.issued", "{call}", "Calls started", of(({ issued }) => issued)),
    count(
      "june_load.calls",
      "{call}",
      "Calls that ended, by outcome",
      parts.flatMap(({ series, attributes }) =>
        OUTCOMES.map((outcome) => ({
          attributes: { ...attributes, "june_load.outcome": outcome },
          value: series.outcomes[outcome],
        }))
      ),
    ),
    count("june_load.sent", "By", "Message bytes sent", of(({ sent_bytes }) => sent_bytes)),
    count("june_load.received", "By", "Message bytes received", of(({ received_bytes }) => received_bytes)),
  ];
}

function distributionMetrics(parts: readonly Part[]): Metric[] {
  return DISTRIBUTION_NAMES.map((of) => ({
    name: `june_load.${of}`,
    description: `The distribution ${of} of docs/measurement.md, over ok calls`,
    kind: "distribution",
    ...UCUM[DISTRIBUTIONS[of].unit],
    points: points(parts, (series) => series.histogram(of)),
  }));
}

function gauge(name: string, unit: string, description: string, all: Point[]): Metric {
  return { name, unit, description, kind: "gauge", divisor: 1, points: all };
}

function nowMetrics(run: Run): Metric[] {
  const last = run.slots.at(-1);
  if (last === undefined) return [];
  const one = (value: number): Point[] => [{ attributes: {}, value }];
  return [
    gauge("june_load.users", "{user}", "Users running, of closed loads", one(last.users)),
    gauge("june_load.in_flight", "{call}", "Calls in flight", one(last.in_flight)),
  ];
}

/** Units of UCUM of readings, and how many base units each has. */
const RESOURCE_UCUM: Partial<Record<MeasureUnit, { unit: string; divisor: number }>> = {
  us: { unit: "s", divisor: 1e6 },
  per_s: { unit: "1/s", divisor: 1 },
  bytes: { unit: "By", divisor: 1 },
  bytes_per_s: { unit: "By/s", divisor: 1 },
  watt: { unit: "W", divisor: 1 },
  celsius: { unit: "Cel", divisor: 1 },
  megahertz: { unit: "MHz", divisor: 1 },
};

/** The newest reading of each device, as a gauge is the value of an instant. */
function resourceMetrics(run: Run): Metric[] {
  return [...Map.groupBy(resourceFigures(run), ({ resource }) => resource)].map(([resource, all]) => {
    const { unit, divisor } = RESOURCE_UCUM[(all[0] as ResourceFigure).unit] ?? { unit: "1", divisor: 1 };
    const points = all.map(({ source, last }) => ({
      attributes: { "june_load.source": source },
      value: Number((last / divisor).toPrecision(9)),
    }));
    return gauge(`june_load.${plainText(resource, 120)}`, unit, "The newest reading, see docs/measurement.md", points);
  });
}

/** Energy of each stage, and of all but warm-up what was made with it. */
function energyMetrics(run: Run): Metric[] {
  const point = (figure: EnergyFigure, attributes: Attributes, stage?: string): Point[] => {
    const { value } = energyFigure(run, figure, stage);
    return value === null ? [] : [{ attributes, value: Number(value.toPrecision(9)) }];
  };
  const stages = run.plan.stages.flatMap(({ name }) => point("energy", { "june_load.stage": name }, name));
  return [
    gauge("june_load.stage.energy", "J", "Energy of each stage so far", stages),
    ...ENERGY_FIGURES.map((figure) =>
      gauge(`june_load.${figure}`, "J", `The measure ${figure} of docs/measurement.md`, point(figure, {}))
    ),
  ];
}

function verdictMetrics({ status, rules }: Verdict): Metric[] {
  const passed = rules.map(({ passed, threshold }, i) => ({
    attributes: { "june_load.rule": threshold.source, "june_load.rule_number": i + 1 },
    value: passed ? 1 : 0,
  }));
  return [
    gauge("june_load.passed", "1", "1 when the verdict is PASS", [
      { attributes: { "june_load.verdict": status }, value: status === "PASS" ? 1 : 0 },
    ]),
    gauge("june_load.threshold.passed", "1", "1 when the rule holds", passed),
  ];
}

function metricJson(run: Run, { name, description, unit, kind, divisor, points: all }: Metric) {
  const start = BigInt(Date.parse(run.header.started_at)) * 1_000_000n;
  const now = start + BigInt(Math.round(run.elapsed_ms)) * 1_000_000n;
  const times = { startTimeUnixNano: String(start), timeUnixNano: String(now) };
  const dataPoints = all.map(({ attributes, value }) => ({
    attributes: attributesJson(attributes),
    ...times,
    ...(typeof value === "number" ? numberJson(value, kind) : histogramJson(value, divisor)),
  }));
  const data = kind === "gauge"
    ? { gauge: { dataPoints } }
    : kind === "count"
    ? { sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true } }
    : { exponentialHistogram: { dataPoints, aggregationTemporality: CUMULATIVE } };
  return { name, description, unit, ...data };
}

/** Whole numbers of 64 bits are strings in JSON's form of protobuf. */
function numberJson(value: number, kind: Metric["kind"]) {
  return kind === "gauge" ? { asDouble: value } : { asInt: String(Math.round(value)) };
}

function histogramJson(histogram: Histogram, divisor: number) {
  const { scale, zero_count, positive, negative } = exponentialOf(histogram, divisor);
  const buckets = ({ offset, counts }: typeof positive) => ({ offset, bucketCounts: counts.map(String) });
  const write = (value: number) => Number((value / divisor).toPrecision(12));
  return {
    count: String(histogram.count),
    // A sum that may fall is no cumulative one.
    ...(histogram.min < 0 ? {} : { sum: write(histogram.sum) }),
    scale,
    zeroCount: String(zero_count),
    positive: buckets(positive),
    negative: buckets(negative),
    min: write(histogram.min),
    max: write(histogram.max),
  };
}

function attributesJson(attributes: Attributes) {
  const value = (one: string | number | boolean) =>
    typeof one === "string"
      ? { stringValue: plainText(one).toWellFormed() }
      : typeof one === "number"
      ? { intValue: String(one) }
      : { boolValue: one };
  return Object.entries(attributes).map(([key, one]) => ({ key, value: value(one) }));
}
