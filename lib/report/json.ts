/** `june_load_<stamp>.json`: the whole result for other programs. The schema is in docs/result-format.md. */
import { encodeV2 } from "../measure/hdr_exchange.ts";
import type { SeriesData } from "../measure/interval.ts";
import type { Histogram } from "../measure/histogram.ts";
import { errorRate, Series } from "../measure/series.ts";
import { DISTRIBUTION_NAMES } from "../plan/threshold.ts";
import type { Run } from "../result/run.ts";
import type { TimeSlot } from "../result/timeline.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { connectionTotals } from "./facts.ts";
import { percentileMs, type Row, rowsOf, toMs } from "./figures.ts";
import { plainText } from "./text.ts";

/** Version of the schema; it rises when a field changes its meaning or goes away. */
export const JSON_FORMAT = 1;

/** One JSON object; each entry of a list and each member of `plan` and the like on a line of its own. */
export function renderJson(run: Run, verdict: Verdict): string {
  const { header, plan } = run;
  const { operations, all } = rowsOf(run);
  const percentiles = plan.percentiles;
  return layOut({
    format: JSON_FORMAT,
    tool: header.tool,
    started_at: header.started_at,
    complete: run.end !== null,
    end: run.end,
    elapsed_ms: run.elapsed_ms,
    load_end_ms: run.load_end_ms,
    host: header.host,
    services: header.services.map((service) => ({ ...service, details: plainText(service.details) })),
    plan,
    verdict,
    unaccounted: run.unaccounted,
    peak_users: run.peak_users,
    total: rowJson(all, percentiles),
    operations: operations.map((row) => rowJson(row, percentiles)),
    stages: plan.stages.map((stage) => stageJson(run, stage.name, stage)),
    connections: connectionTotals(run),
    failures: run.failures.map((failure) => ({ ...failure, example: plainText(failure.example, 500) })),
    timeline: timelineJson(run.slots),
    resources: { host: run.host, gpu: run.gpu },
    events: run.events.map((event) => ({ ...event, text: plainText(event.text, 500) })),
  });
}

function stageJson(run: Run, name: string, stage: Run["plan"]["stages"][number]) {
  const { operations, all } = rowsOf(run, name);
  const row = (one: Row) => rowJson(one, run.plan.percentiles);
  return { ...stage, total: row(all), operations: operations.map(row) };
}

function rowJson({ name, type, total, calls, share, rate_per_s }: Row, percentiles: readonly number[]) {
  const times = DISTRIBUTION_NAMES.map((key) => [key, distribution(total.histogram(key), percentiles)]);
  return {
    name,
    type,
    calls,
    share,
    rate_per_s,
    issued: total.issued,
    outcomes: total.outcomes,
    error_rate: errorRate(total.outcomes),
    sent_bytes: total.sent_bytes,
    received_bytes: total.received_bytes,
    messages: total.messages,
    ...Object.fromEntries(times),
    failed_latency: distribution(total.failed_latency, percentiles),
  };
}

/** Null when nothing was recorded. */
function distribution(histogram: Histogram, percentiles: readonly number[]) {
  if (histogram.count === 0) return null;
  return {
    count: histogram.count,
    mean_ms: toMs(histogram.mean),
    min_ms: toMs(histogram.min),
    max_ms: toMs(histogram.max),
    percentiles_ms: Object.fromEntries(percentiles.map((p) => [`p${p}`, percentileMs(histogram, p)])),
    hdr_v2: encodeV2(histogram),
  };
}

function timelineJson(slots: readonly TimeSlot[]) {
  // One series filled anew for each row: a series takes memory by its largest value.
  const series = new Series();
  const figures = (list: Iterable<SeriesData>) => {
    series.clear();
    for (const data of list) series.mergeData(data);
    const latency = series.histogram("latency");
    const [p50_ms, p95_ms, p99_ms] = [50, 95, 99].map((p) => percentileMs(latency, p));
    return { issued: series.issued, outcomes: { ...series.outcomes }, p50_ms, p95_ms, p99_ms };
  };
  return slots.map(({ start_ms, length_ms, users, in_flight, generator, connections, series: all }) => ({
    start_ms,
    length_ms,
    users,
    in_flight,
    loop_lag_ms: toMs(generator.loop_lag_us),
    ...figures(all.values()),
    operations: Object.fromEntries([...all].map(([name, data]) => [name, figures([data])])),
    connections,
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
