/** Prometheus' text format, for a Pushgateway or node_exporter's textfile collector. */
import { OUTCOMES } from "../../measure/interval.ts";
import { DISTRIBUTION_NAMES, DISTRIBUTIONS, measureUnit } from "../../plan/threshold/threshold.ts";
import type { DistributionUnit, ExportUnit, MeasureUnit } from "../../plan/threshold/measure_units.ts";
import type { Run } from "../../result/run.ts";
import type { Verdict } from "../../verdict/verdict.ts";
import { plainPercentile } from "../figures/estimates.ts";
import { wordFigures } from "../figures/exported.ts";
import { type Row, rowsOf, selectionOf } from "../figures/figures.ts";
import { exportUnit, exportValue } from "../format/base_units.ts";
import { ENERGY_FIGURES, type EnergyFigure, energyFigure } from "../../verdict/energy.ts";
import { resourceFigures } from "../figures/resources.ts";
import { plainText } from "../format/escape.ts";

/** A family of samples under one name. */
interface Family {
  name: string;
  type: "gauge" | "counter" | "summary";
  help: string;
  samples: Sample[];
}

interface Sample {
  /** What follows the family's name: `_sum`, `_count`; empty otherwise. */
  suffix: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** Endings of names, and how many of the exported unit one of Prometheus' base unit has. */
const BASE: Record<ExportUnit, { ending: string; divisor: number }> = {
  ms: { ending: "_seconds", divisor: 1000 },
  ratio: { ending: "_ratio", divisor: 1 },
  count: { ending: "", divisor: 1 },
  per_s: { ending: "_per_second", divisor: 1 },
  per_h: { ending: "_per_hour", divisor: 1 },
  bytes: { ending: "_bytes", divisor: 1 },
  w: { ending: "_watts", divisor: 1 },
  j: { ending: "_joules", divisor: 1 },
  bytes_per_s: { ending: "_bytes_per_second", divisor: 1 },
  mhz: { ending: "_hertz", divisor: 1e-6 },
  celsius: { ending: "_celsius", divisor: 1 },
};

/**
 * The run's figures, warm-up left out, in Prometheus' base units: distributions as summaries (over ok calls, calls that
 * timed out as at least that slow), calls by outcome as counters, everything else as gauges, readings of machines and energy among them. There is no row of all
 * operations together, which a sum over them would count twice, and no time: whoever scrapes it adds that.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 *
 * const run = makeRun();
 * assert.match(renderPrometheus(run, evaluate(run)), /^june_load_passed\{scenario="sample"\} 1$/m);
 * ```
 */
export function renderPrometheus(run: Run, verdict: Verdict): string {
  const families = [
    ...runFamilies(run, verdict),
    ...ruleFamilies(run, verdict),
    ...callFamilies(run),
    ...figureFamilies(run),
    ...distributionFamilies(run),
    ...resourceFamilies(run),
    ...energyFamilies(run),
  ];
  const common = { scenario: run.plan.scenario };
  return families.filter(({ samples }) => samples.length > 0).map((family) => familyText(family, common)).join("");
}

/** A value of a measure in Prometheus' base unit; nine digits, as in every export: more is arithmetic noise. */
function baseValue(value: number, unit: MeasureUnit): number {
  return Number((exportValue(value, unit) / BASE[exportUnit(unit)].divisor).toPrecision(9));
}

const gauge = (name: string, help: string, samples: Family["samples"]): Family => ({
  name,
  type: "gauge",
  help,
  samples,
});
const plain = (value: number, labels: Sample["labels"] = {}): Sample => ({ suffix: "", labels, value });

function runFamilies({ header, load_end_ms, end, unaccounted }: Run, { status }: Verdict): Family[] {
  const { tool, host } = header;
  return [
    gauge("june_load_passed", "1 when the verdict is PASS", [plain(status === "PASS" ? 1 : 0)]),
    gauge(
      "june_load_verdict",
      "1 for the verdict of the run",
      ["PASS", "FAIL", "INVALID"].map((verdict) => plain(verdict === status ? 1 : 0, { verdict })),
    ),
    gauge("june_load_info", "What made the load, and where", [plain(1, { tool, host: host.name })]),
    gauge("june_load_complete", "0 when the result breaks off", [plain(end === null ? 0 : 1)]),
    gauge("june_load_start_time_seconds", "Start of the run, since 1970", [
      plain(Date.parse(header.started_at) / 1000),
    ]),
    gauge("june_load_duration_seconds", "Length of the load", [plain(load_end_ms / 1000)]),
    gauge("june_load_unaccounted_calls", "Issued calls without an outcome", [plain(unaccounted)]),
  ];
}

function ruleFamilies({ plan }: Run, { rules }: Verdict): Family[] {
  const of = (read: (rule: typeof rules[number]) => number | null) =>
    rules.flatMap((rule, i) => {
      const value = read(rule);
      // A plan may hold a rule twice: labels must differ.
      return value === null ? [] : [plain(value, { rule: rule.threshold.source, number: String(i + 1) })];
    });
  const base = (rule: typeof rules[number], value: number) => baseValue(value, measureUnit(rule.threshold.measure));
  const count = plan.thresholds.length;
  return [
    gauge("june_load_thresholds", "Rules of the plan", count === 0 ? [] : [plain(count)]),
    gauge("june_load_threshold_passed", "1 when the rule holds", of(({ passed }) => passed ? 1 : 0)),
    gauge(
      "june_load_threshold_observed",
      "What was observed, in seconds, ratios, bytes, watts or counts",
      of((rule) => rule.observed === null ? null : base(rule, rule.observed)),
    ),
    gauge("june_load_threshold_limit", "Its limit, in the same unit", of((rule) => base(rule, rule.threshold.limit))),
  ];
}

function callFamilies(run: Run): Family[] {
  const { operations } = rowsOf(run);
  const counter = (name: string, help: string, samples: Sample[]): Family => ({ name, type: "counter", help, samples });
  const of = (read: (row: Row) => number) => operations.map((row) => plain(read(row), { operation: row.name }));
  return [
    counter(
      "june_load_calls_total",
      "Calls that ended, by outcome",
      operations.flatMap(({ name, total }) =>
        OUTCOMES.map((outcome) => plain(total.outcomes[outcome], { operation: name, outcome }))
      ),
    ),
    counter("june_load_sent_bytes_total", "Message bytes sent", of(({ total }) => total.sent_bytes)),
    counter("june_load_received_bytes_total", "Message bytes received", of(({ total }) => total.received_bytes)),
  ];
}

function figureFamilies(run: Run): Family[] {
  const families = new Map<string, Family>();
  for (const row of rowsOf(run).operations) {
    for (const { measure, unit, value } of wordFigures(run, selectionOf(row))) {
      const { ending, divisor } = BASE[unit];
      const name = `june_load_${measure}${ending}`;
      const family = families.get(name) ?? gauge(name, `The measure ${measure} of docs/measurement.md`, []);
      family.samples.push(plain(value / divisor, { operation: row.name }));
      families.set(name, family);
    }
  }
  return [...families.values()];
}

function distributionFamilies(run: Run): Family[] {
  const { operations } = rowsOf(run);
  return DISTRIBUTION_NAMES.map((of): Family => {
    const { unit } = DISTRIBUTIONS[of];
    const { ending } = BASE[exportUnit(unit)];
    const help = `The distribution ${of} of docs/measurement.md over ok calls`;
    const samples = operations.flatMap((row) => summary(run, row, of, unit));
    return { name: `june_load_${of}${ending}`, type: "summary", help, samples };
  });
}

function summary(run: Run, row: Row, of: typeof DISTRIBUTION_NAMES[number], unit: DistributionUnit): Sample[] {
  const histogram = row.values.histogram(of);
  if (histogram.count === 0) return [];
  const base = (value: number) => baseValue(value, unit);
  const labels = { operation: row.name };
  const quantiles = run.plan.percentiles.flatMap((p) => {
    const { value } = plainPercentile(run, of, p, selectionOf(row));
    return value === null ? [] : [plain(base(value), { ...labels, quantile: String(Number((p / 100).toFixed(6))) })];
  });
  return [
    ...quantiles,
    { suffix: "_sum", labels, value: base(histogram.sum) },
    { suffix: "_count", labels, value: histogram.count },
  ];
}

/** What there is of a reading. */
const SHAPES = ["mean", "min", "max"] as const;

/** Readings as gauges, each with its mean and extremes over the time that figures are about. */
function resourceFamilies(run: Run): Family[] {
  const families = new Map<string, Family>();
  for (const { resource, source, unit, ...figure } of resourceFigures(run)) {
    const name = `june_load_${resource.replace(/[^A-Za-z0-9_]/g, "_")}${BASE[exportUnit(unit)].ending}`;
    const family = families.get(name) ??
      gauge(name, `Readings of ${plainText(resource, 80)}, see docs/measurement.md`, []);
    families.set(name, family);
    for (const shape of SHAPES) {
      family.samples.push(plain(baseValue(figure[shape], unit), { source, of: shape }));
    }
  }
  return [...families.values()];
}

function energyFamilies(run: Run): Family[] {
  const family = (figure: EnergyFigure, stages: readonly (string | undefined)[], name: string, help: string) =>
    gauge(
      name,
      help,
      stages.flatMap((stage) => {
        const { value } = energyFigure(run, figure, stage);
        return value === null ? [] : [plain(baseValue(value, "joule"), stage === undefined ? {} : { stage })];
      }),
    );
  const help = (figure: string) => `The measure ${figure} of docs/measurement.md`;
  return [
    ...ENERGY_FIGURES.map((figure) => family(figure, [undefined], `june_load_${figure}_joules`, help(figure))),
    family("energy", run.plan.stages.map(({ name }) => name), "june_load_stage_energy_joules", "Energy of each stage"),
  ];
}

function familyText({ name, type, help, samples }: Family, common: Sample["labels"]): string {
  const lines = samples.map(({ suffix, labels, value }) => {
    const list = Object.entries({ ...common, ...labels }).map(([label, text]) => `${label}="${labelText(text)}"`);
    return `${name}${suffix}{${list.join(",")}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

/** Backslashes, quotes and line ends have escapes; of names from outside no control character is left. */
function labelText(text: string): string {
  return plainText(text).toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
