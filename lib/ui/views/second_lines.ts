/** The lines of the live charts, second by second: each second is worked out once, when it comes, and never again. */
import type { IntervalData, SeriesData } from "../../measure/interval.ts";
import { endedCalls, errorCalls, Series } from "../../measure/series.ts";
import { gpuKey, gpuLabel } from "../../measure/gpus.ts";
import type { GpuSample, ProcessSample, ServiceSample } from "../../measure/resource.ts";
import { readSeriesKey, type ServiceSeries } from "../../measure/service_series.ts";
import { type Distribution, HEADLINE } from "../../plan/threshold/threshold.ts";
import type { Unit } from "../../report/charts/chart.ts";
import { kindOf } from "../../report/figures/kinds.ts";
import type { Run } from "../../result/run.ts";
import { censoredValue } from "../../verdict/censoring.ts";

/** A value of a line, by the line's name; names are those of the report's lines. */
export type SecondLines = Record<string, { unit: Unit; value: number | null }>;

/** A percentile is of the last seconds, of as few as hold so many ended calls. */
const CALLS_WANTED = 20;
/** It looks back so far at most. */
const LOOK_BACK = 10;

/** Percentiles of the response time that charts show. */
const PERCENTILES = [50, 95, 99] as const;

/** Works out the lines of one run. */
export class SecondLineMaker {
  /** The last seconds of each operation, newest last. */
  readonly #recent = new Map<string, Series[]>();
  #gpus = 0;

  constructor(readonly run: Run) {}

  /** The values of a second, which the run already holds. Call it once for each, in order. */
  second(interval: IntervalData): SecondLines {
    const now = byOperation(interval.series);
    for (const name of now.keys()) if (!this.#recent.has(name)) this.#recent.set(name, []);
    const all = new Series();
    for (const data of interval.series) all.mergeCounts(data);
    return {
      ...this.#loadLines(interval, all),
      ...Object.assign({}, ...[...this.#recent].map(([name, kept]) => this.#operation(name, kept, now.get(name)))),
      ...this.#machineLines(),
    };
  }

  #loadLines({ users, in_flight, generator, connections }: IntervalData, all: Series): SecondLines {
    const { loads, objectives } = this.run.plan;
    const kinds = new Set(loads.map(({ kind }) => kind));
    const lines: SecondLines = {
      "ok answers/s": { unit: "count", value: all.outcomes.ok },
      "failed/s": { unit: "count", value: errorCalls(all) },
      "calls in flight": { unit: "count", value: in_flight },
    };
    if (objectives.length > 0) lines["good answers/s"] = { unit: "count", value: all.counter("good") };
    if (kinds.has("closed")) lines["users"] = { unit: "count", value: users };
    if (kinds.has("open")) {
      lines["offered/s"] = { unit: "count", value: generator.due };
      lines["begun/s"] = { unit: "count", value: generator.begun };
      lines["dropped/s"] = { unit: "count", value: all.outcomes.dropped };
    }
    for (const one of connections) {
      lines[`${one.service} connections`] = { unit: "count", value: one.connections };
      lines[`${one.service} streams`] = { unit: "count", value: one.streams_in_flight };
      lines[`${one.service} waiting`] = { unit: "count", value: one.waiting };
    }
    return lines;
  }

  #operation(name: string, kept: Series[], now: Series = new Series()): SecondLines {
    kept.push(now);
    if (kept.length > LOOK_BACK) kept.shift();
    const recent = enough(kept);
    const lines: SecondLines = {
      [`${name} ok/s`]: { unit: "count", value: now.outcomes.ok },
      [`${name} failed/s`]: { unit: "count", value: errorCalls(now) },
    };
    for (const percentile of PERCENTILES) {
      lines[`${name} P${percentile}`] = { unit: "duration_ms", value: timeOf(recent, percentile, HEADLINE) };
    }
    const first = firstOf(this.run, name);
    if (first !== null) {
      for (const percentile of [50, 95]) {
        const value = plainTimeOf(recent, percentile, first);
        lines[`${name} ${first.replaceAll("_", " ")} P${percentile}`] = { unit: "duration_ms", value };
      }
    }
    return lines;
  }

  #machineLines(): SecondLines {
    const host = this.run.host.at(-1);
    const fresh = this.run.gpu.last(64);
    const gpus = [...new Map(fresh.map((one) => [gpuKey(one), one])).values()].sort((a, b) => a.index - b.index);
    this.#gpus = Math.max(this.#gpus, gpus.length);
    const lines: SecondLines = {};
    if (host !== undefined) {
      lines["CPU"] = { unit: "percent", value: host.cpu_percent };
      lines["memory in use"] = { unit: "bytes", value: host.memory_used_bytes };
      lines["own CPU"] = { unit: "percent", value: host.own_cpu_percent };
      lines["own memory"] = { unit: "bytes", value: host.own_memory_bytes };
    }
    return Object.assign(
      lines,
      ...gpus.map((one) => gpuLines(one, this.run.elapsed_ms)),
      ...(host?.processes ?? []).map(processLines),
      ...this.run.service.devices.map((page) => pageLines(page.at(-1), this.run.elapsed_ms)),
    );
  }
}

/** A reading older than this is none of now. */
const STALE_MS = 3000;

function gpuLines(sample: GpuSample, elapsed_ms: number): SecondLines {
  const label = gpuLabel(sample);
  const value = (read: number | null) => elapsed_ms - sample.t_ms > STALE_MS ? null : read;
  return {
    [`${label} use`]: { unit: "percent", value: value(sample.utilization_percent) },
    [`${label} power`]: { unit: "watt", value: value(sample.power_w) },
    [`${label} memory`]: { unit: "bytes", value: value(sample.memory_used_bytes) },
    [`${label} temperature`]: { unit: "celsius", value: value(sample.temperature_c) },
  };
}

function processLines({ name, cpu_percent, memory_bytes }: ProcessSample): SecondLines {
  return {
    [`${name} process CPU`]: { unit: "percent", value: cpu_percent },
    [`${name} process memory`]: { unit: "bytes", value: memory_bytes },
  };
}

/** What charts show of a page of metrics. */
const PAGE_LINES = new Map<string, { what: string; unit: Unit }>(
  [
    ["queue_time", { what: "queue time", unit: "duration_ms" }],
    ["waiting_requests", { what: "requests waiting", unit: "count" }],
    ["kv_cache_percent", { what: "KV cache", unit: "percent" }],
  ] satisfies Array<[ServiceSeries, { what: string; unit: Unit }]>,
);

function pageLines(sample: ServiceSample | undefined, elapsed_ms: number): SecondLines {
  const lines: SecondLines = {};
  for (const [key, value] of Object.entries(sample?.values ?? {})) {
    const { name, labels } = readSeriesKey(key);
    const line = PAGE_LINES.get(name);
    if (line === undefined || sample === undefined) continue;
    const where = labels === "" ? sample.source : `${sample.source}{${labels}}`;
    const stale = elapsed_ms - sample.t_ms > PAGE_STALE_MS;
    lines[`${where} ${line.what}`] = { unit: line.unit, value: stale ? null : value };
  }
  return lines;
}

/** Pages are read less often than GPUs. */
const PAGE_STALE_MS = 15_000;

function byOperation(list: readonly SeriesData[]): Map<string, Series> {
  const series = new Map<string, Series>();
  for (const data of list) {
    const one = series.get(data.operation) ?? new Series();
    one.mergeData(data);
    series.set(data.operation, one);
  }
  return series;
}

/** The newest seconds, of as few as hold enough calls. */
function enough(seconds: readonly Series[]): Series {
  const total = new Series();
  for (const series of seconds.toReversed()) {
    total.merge(series);
    if (endedCalls(total.outcomes) >= CALLS_WANTED) break;
  }
  return total;
}

function timeOf(series: Series, percentile: number, of: Distribution): number | null {
  const found = censoredValue(series, { kind: "percentile", percentile, of });
  return found === null ? null : ms(found.value_us);
}

function plainTimeOf(series: Series, percentile: number, of: Distribution): number | null {
  const histogram = series.histogram(of);
  return histogram.count === 0 ? null : ms(histogram.percentile(percentile));
}

/** Three decimals are finer than a pixel. */
const ms = (us: number) => Math.round(us) / 1000;

/** The first output of an operation; null for one of no kind, and for a turn, whose first sound is its response time. */
function firstOf(run: Run, operation: string): Distribution | null {
  const kind = kindOf(run, operation);
  return kind === "stt" ? "first_partial" : kind === "llm" || kind === "tts" ? "first_message" : null;
}
