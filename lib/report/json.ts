/** `june_load_<stamp>.json`: the whole result for other programs. The schema is in docs/result-format.md. */
import { knownRecovery } from "./figures/memory.ts";
import { censoredPercentile } from "../measure/censored.ts";
import { encodeV2 } from "../measure/hdr_exchange.ts";
import type { HistogramData, SeriesData } from "../measure/interval.ts";
import { Histogram } from "../measure/histogram.ts";
import { errorRate, Series } from "../measure/series.ts";
import type { DistributionUnit } from "../plan/threshold/measure_units.ts";
import { COUNTERS, DISTRIBUTION_NAMES, DISTRIBUTIONS, HEADLINE } from "../plan/threshold/threshold.ts";
import type { Run } from "../result/run.ts";
import type { TimeSlot } from "../result/timeline.ts";
import { answerFindings } from "../verdict/answers.ts";
import { generatorFit } from "../verdict/generator_fit.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { exportUnit, exportValue } from "./format/base_units.ts";
import type { Figure } from "./figures/estimates.ts";
import { energyJson } from "./figures/energy.ts";
import { canPool, exportedPercentile, wordFigures } from "./figures/exported.ts";
import { connectionTotals } from "./figures/facts.ts";
import { type Row, rowsOf, selectionOf, toMs } from "./figures/figures.ts";
import { hasUsers, reachedIn, targetText } from "./figures/load_reached.ts";
import { serverWork } from "./figures/servers.ts";
import { plainText } from "./format/escape.ts";
import { driftJson, recoveryJson } from "./figures/trends.ts";
import { risesJson } from "./figures/what_changed.ts";

/** Version of docs/report.schema.json; it rises when a field changes its meaning or goes away. */
export const JSON_FORMAT = 3;

/**
 * One JSON object; each entry of a list and each member of `plan` and the like on a line of its own.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRun } from "../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../verdict/evaluate.ts";
 *
 * const run = makeRun();
 * const report = JSON.parse(renderJson(run, evaluate(run)));
 * assert.deepEqual([report.plan.scenario, report.verdict.status], ["sample", "PASS"]);
 * ```
 */
export function renderJson(run: Run, verdict: Verdict): string {
  const { header, plan } = run;
  const { operations, all } = rowsOf(run);
  return layOut({
    format: JSON_FORMAT,
    tool: header.tool,
    started_at: header.started_at,
    complete: run.end !== null,
    ...(run.damage !== null && { damage: run.damage }),
    end: run.end,
    elapsed_ms: run.elapsed_ms,
    load_end_ms: run.load_end_ms,
    host: header.host,
    ...(header.calibration !== undefined && { calibration: header.calibration }),
    services: header.services.map((service) => ({ ...service, details: plainText(service.details) })),
    plan,
    ...(run.steered.length > 0 && { steered: run.steered.map(({ at_ms, change }) => ({ at_ms, change })) }),
    verdict,
    unaccounted: run.unaccounted,
    in_flight: run.in_flight,
    peak_users: hasUsers(run) ? run.peak_users : null,
    peak_in_flight: run.slots.length === 0 ? null : Math.max(...run.slots.map(({ in_flight }) => in_flight)),
    total: rowJson(run, all),
    operations: operations.map((row) => rowJson(run, row)),
    stages: plan.stages.map((stage) => stageJson(run, stage.name, stage)),
    recovery: recoveryJson(knownRecovery(run)),
    drift: driftJson(run),
    p95_rises: risesJson(run),
    turns: run.turns,
    transcripts: run.transcripts.map((one) => ({
      ...one,
      said: plainText(one.said, 500),
      heard: plainText(one.heard, 500),
    })),
    answers: answerFindings(run),
    generator: generatorJson(run),
    connections: connectionsJson(run),
    servers: serverWork(run),
    failures: run.failures.map((failure) => ({ ...failure, example: plainText(failure.example, 500) })),
    timeline: timelineJson(run.slots, hasUsers(run)),
    energy: energyJson(run),
    resources: {
      host: [...run.host],
      gpu: [...run.gpu],
      ...(run.remote.length > 0 && { remote: [...run.remote] }),
    },
    events: run.events.map((event) => ({ ...event, text: plainText(event.text, 500) })),
  });
}

function stageJson(run: Run, name: string, stage: Run["plan"]["stages"][number]) {
  const { operations, all } = rowsOf(run, name);
  const row = (one: Row) => rowJson(run, one, name);
  const asked = targetText(run, stage);
  return { ...stage, asked, reached: reachedIn(run, stage), total: row(all), operations: operations.map(row) };
}

function rowJson(run: Run, row: Row, stage?: string) {
  const { name, type, total, values, calls, share, rate_per_s } = row;
  const { percentiles } = run.plan;
  const selection = selectionOf(row, stage);
  const distributions = DISTRIBUTION_NAMES.map((of) => {
    if (!canPool(run, of, selection)) return [of, null];
    const unit = DISTRIBUTIONS[of].unit;
    const sure = values.histogram(of).count === 0
      ? []
      : percentiles.map((p) => ({ p, ...exportedPercentile(run, of, p, selection) }));
    return [of, distribution(values.histogram(of), percentiles, unit, sure)];
  });
  return {
    name,
    type,
    calls,
    share,
    rate_per_s,
    issued: total.issued,
    outcomes: total.outcomes,
    error_rate: errorRate(total),
    sent_bytes: total.sent_bytes,
    received_bytes: total.received_bytes,
    messages: total.messages,
    counters: Object.fromEntries(COUNTERS.map((counter) => [counter, total.counter(counter)])),
    figures: Object.fromEntries(wordFigures(run, selection).map(({ measure, ...figure }) => [measure, figure])),
    ...Object.fromEntries(distributions),
    failed_latency: canPool(run, "latency", selection)
      ? distribution(total.failed_latency, percentiles, "us", [])
      : null,
  };
}

type SureFigure = Figure & { p: number };

/** Null when nothing was recorded. Names carry the unit: `_ms`, `_ratio` or `_count`. */
function distribution(
  histogram: Histogram,
  percentiles: readonly number[],
  base: DistributionUnit,
  sure: readonly SureFigure[],
) {
  if (histogram.count === 0) return null;
  const unit = exportUnit(base);
  const write = (value: number) => exportValue(Math.round(value), base);
  const of = <T>(list: readonly T[], entry: (one: T) => [string, unknown]) => Object.fromEntries(list.map(entry));
  const hidden = sure.filter(({ at_least, value }) => at_least && value !== null);
  return {
    count: histogram.count,
    [`mean_${unit}`]: write(histogram.mean),
    [`min_${unit}`]: write(histogram.min),
    [`max_${unit}`]: write(histogram.max),
    [`percentiles_${unit}`]: of(percentiles, (p) => [`p${p}`, write(histogram.percentile(p))]),
    // 95 % confidence intervals; a percentile that is missing here has none.
    [`intervals_${unit}`]: of(
      sure.filter(({ interval }) => interval !== null),
      ({ p, interval }) => [`p${p}`, interval === null ? null : [write(interval.low), write(interval.high)]],
    ),
    // Percentiles that lie beyond the deadline of calls that timed out: their true value is this or more.
    ...(hidden.length === 0
      ? {}
      : { [`at_least_${unit}`]: of(hidden, ({ p, value }) => [`p${p}`, write(value ?? 0)]) }),
    hdr_v2: encodeV2(histogram),
  };
}

/** What the connections to each service did, and those to each of its addresses. */
function connectionsJson(run: Run) {
  const times = (data: HistogramData | null) => {
    const histogram = new Histogram();
    if (data !== null) histogram.mergeData(data);
    return distribution(histogram, run.plan.percentiles, "us", []);
  };
  return connectionTotals(run).map(({ wait, ping, addresses, notes, ...totals }) => ({
    ...totals,
    wait: times(wait),
    ping: times(ping),
    addresses: addresses.map(({ ping, ...one }) => ({ ...one, ping: times(ping) })),
    notes: notes.map((note) => ({ ...note, text: plainText(note.text, 300) })),
  }));
}

/** How june-load itself fared, and what that means. */
function generatorJson(run: Run) {
  const { due, begun, start_lag, loop_lag_us, busiest_pool, gc_pause_us, clock_step_ms } = run.generator;
  const lag = new Histogram();
  lag.mergeData(start_lag);
  return {
    due,
    begun,
    start_lag: distribution(lag, run.plan.percentiles, "us", []),
    loop_lag_ms: toMs(loop_lag_us),
    busiest_pool_ratio: busiest_pool,
    gc_pause_ms: gc_pause_us === null ? null : toMs(gc_pause_us),
    clock_step_ms,
    stalls: run.generator.stalls ?? [],
    checks: run.slots.length === 0 ? [] : generatorFit(run),
  };
}

/** @param crowd whether there are users */
function timelineJson(slots: readonly TimeSlot[], crowd: boolean) {
  // One series filled anew for each row: a series takes memory by its largest value.
  const series = new Series();
  const figures = (list: Iterable<SeriesData>) => {
    series.clear();
    for (const data of list) series.mergeData(data);
    const response = series.histogram(HEADLINE);
    const [p50_ms, p95_ms, p99_ms] = [50, 95, 99].map((p) => {
      const found = censoredPercentile(response, series.censored, p);
      return found === null ? null : toMs(found.value_us);
    });
    return { issued: series.issued, outcomes: { ...series.outcomes }, p50_ms, p95_ms, p99_ms };
  };
  return slots.map(({ start_ms, length_ms, users, in_flight, generator, connections, series: all }) => ({
    start_ms,
    length_ms,
    users: crowd ? users : null,
    in_flight,
    loop_lag_ms: toMs(generator.loop_lag_us),
    ...figures(all.values()),
    operations: Object.fromEntries([...all].map(([name, data]) => [name, figures([data])])),
    connections: connections.map(({ wait: _wait, ping: _ping, addresses: _addresses, ...counters }) => counters),
  }));
}

/** JSON laid out two levels deep, so that people and `diff` can read it without a line for every number. */
function layOut(document: Record<string, unknown>): string {
  const member = ([key, value]: [string, unknown]) => `  ${JSON.stringify(key)}: ${layOutValue(value)}`;
  return `{\n${Object.entries(document).map(member).join(",\n")}\n}\n`;
}

function layOutValue(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `[\n${value.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `    ${JSON.stringify(key)}: ${JSON.stringify(item)}`);
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n  }`;
}
