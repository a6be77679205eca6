/** Lines of a saved result -> records. What a line may hold is limited, because strangers write results, too. */
import { DISTRIBUTIONS } from "../../plan/threshold/distributions.ts";
import { COUNTERS } from "../../plan/threshold/threshold.ts";
import type { ConnectionData, HistogramData, SeriesData, SeriesPart } from "../../measure/interval.ts";
import { currentPlan } from "../former_plan.ts";
import { type HeaderRecord, type IntervalRecord, RESULT_FORMAT, type ResultRecord } from "../record.ts";
import { headerFault } from "./header_check.ts";
import { HistogramCheck } from "./histogram_check.ts";
import {
  MAX_DEPTH,
  MAX_EVENTS,
  MAX_GPUS,
  MAX_LINE_BYTES,
  MAX_OPERATIONS,
  MAX_PAGES,
  MAX_SERIES,
  MAX_STATISTICS,
} from "./limits.ts";
import { fits, RECORDS } from "./record_shapes.ts";
import { found, quoted } from "./quotes.ts";
import { faultText } from "./words.ts";

/** A record, or what is wrong with its line: a clause such as `index must be at least 0, and is -5`. */
export type Decoded =
  | { record: ResultRecord }
  | {
    fault: string;
    /** It breaks off, if it is the last line: everything else of it may have been right. */
    is_part?: true;
  };

/**
 * Reads the lines of one result in their order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRecords } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * const [header, interval] = makeRecords().map((record) => JSON.stringify(record));
 * const decoder = new RecordDecoder();
 * assert.ok("record" in decoder.decode(header!, header!.length));
 * assert.ok("record" in decoder.decode(interval!, interval!.length));
 * const again = decoder.decode(interval!, interval!.length);
 * assert.deepEqual(again, { fault: "index must be above that of the second before, 0, and is 0" });
 * ```
 */
export class RecordDecoder {
  #header: HeaderRecord | null = null;
  #ended = false;
  #last_index = -1;
  #events = 0;
  #statistics = 0;
  readonly #gpus = new Set<string>();
  readonly #pages = new Set<string>();
  readonly #operations = new Map<string, Set<number>>();
  #series = 0;
  readonly #histograms = new HistogramCheck();

  /** @param bytes length of the line */
  decode(line: string, bytes: number): Decoded {
    const value = parse(line);
    const type = typeOf(value);
    if (this.#header === null && type !== "header") return { fault: "it is not a june-load result (no header line)" };
    if (this.#ended) return { fault: "it comes after the end mark" };
    if (value === undefined) return { fault: "it is no JSON", is_part: true };
    if (type === null) return { fault: `it is no record: its type is ${found(fieldOf(value, "type"))}` };
    const record = value as ResultRecord;
    if (this.#header !== null && type === "header") return { fault: "it is a second header" };
    const fault = sizeFault(type, bytes, record) ?? this.#fault(record);
    if (fault !== null) return { fault };
    if (record.type !== "header") return { record };
    this.#header = { ...record, plan: currentPlan(record.plan) };
    return { record: this.#header };
  }

  #fault(record: ResultRecord): string | null {
    if (record.type === "header" && record.format !== RESULT_FORMAT) return formatFault(record);
    if (!fits(record.type, record)) return faultText(record.type, record);
    switch (record.type) {
      case "header":
        return headerFault(record);
      case "interval":
        return this.#intervalFault(record);
      case "event":
        return ++this.#events > MAX_EVENTS ? `it is event ${this.#events}; at most ${MAX_EVENTS} are read` : null;
      case "service_statistics":
        return ++this.#statistics > MAX_STATISTICS ? `only ${MAX_STATISTICS} lines of statistics are read` : null;
      case "gpu":
        this.#gpus.add(`${record.index} ${record.uuid}`);
        return this.#gpus.size > MAX_GPUS ? `only ${MAX_GPUS} GPUs are read` : null;
      case "service":
        this.#pages.add(record.source);
        return this.#pages.size > MAX_PAGES ? `only ${MAX_PAGES} pages of metrics are read` : null;
      case "host":
        return null;
      case "end":
        this.#ended = true;
        return null;
    }
  }

  #intervalFault(interval: IntervalRecord): string | null {
    const { index, generator, series, connections } = interval;
    if (index <= this.#last_index) {
      return `index must be above that of the second before, ${this.#last_index}, and is ${index}`;
    }
    this.#last_index = index;
    const lag = this.#histograms.one(generator.start_lag, "");
    if (lag !== null) return `generator.start_lag${lag}`;
    for (const [at, data] of connections.entries()) {
      const fault = this.#connectionFault(data, `connections[${at}]`);
      if (fault !== null) return fault;
    }
    for (const [at, data] of series.entries()) {
      const fault = this.#seriesFault(data, `series[${at}]`);
      if (fault !== null) return fault;
    }
    return null;
  }

  #connectionFault({ service, wait, ping, addresses = [] }: ConnectionData, path: string): string | null {
    const all = [["wait", wait], ["ping", ping], ...addresses.map((one, at) => [`addresses[${at}].ping`, one.ping])];
    for (const [name, data] of all as [string, HistogramData | undefined][]) {
      const fault = data === undefined ? null : this.#histograms.one(data, `connections ${service} ${name}`);
      if (fault !== null) return `${path}.${name}${fault}`;
    }
    return null;
  }

  #seriesFault(data: SeriesData, path: string): string | null {
    const { operation, stage, tainted } = data;
    const stages = this.#header?.plan.stages.length ?? 0;
    if (stage >= stages) return `${path}.stage must be below ${stages}, the number of stages, and is ${stage}`;
    if (!this.#isKnown(operation, stage)) {
      return `${path} is of one operation or stage too many: ${MAX_OPERATIONS} and ${MAX_SERIES} together are read`;
    }
    const key = `${stage} ${operation}`;
    dropUnknown(data);
    if (tainted === undefined) return this.#histograms.part(data, key, path);
    dropUnknown(tainted);
    return this.#histograms.part(data, key, path) ??
      this.#histograms.part(tainted, `tainted ${key}`, `${path}.tainted`);
  }

  /** Counts an operation and a stage; false when there are too many of them. */
  #isKnown(operation: string, stage: number): boolean {
    let stages = this.#operations.get(operation);
    if (stages === undefined) this.#operations.set(operation, stages = new Set());
    if (!stages.has(stage)) {
      stages.add(stage);
      this.#series++;
    }
    return this.#operations.size <= MAX_OPERATIONS && this.#series <= MAX_SERIES;
  }
}

/** Any value of a line that is JSON; otherwise undefined. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

function typeOf(value: unknown): ResultRecord["type"] | null {
  const type = fieldOf(value, "type");
  return typeof type === "string" && Object.hasOwn(RECORDS, type) ? type as ResultRecord["type"] : null;
}

function sizeFault(type: ResultRecord["type"], bytes: number, record: ResultRecord): string | null {
  const most = MAX_LINE_BYTES[type];
  if (bytes > most) return `it has ${bytes} bytes; a line of the type "${type}" has at most ${most}`;
  return isDeeper(record, MAX_DEPTH) ? `it is nested more than ${MAX_DEPTH} levels deep` : null;
}

function isDeeper(value: object, levels: number): boolean {
  if (levels === 0) return true;
  for (const inner of Array.isArray(value) ? value : Object.values(value) as unknown[]) {
    if (typeof inner === "object" && inner !== null && isDeeper(inner, levels - 1)) return true;
  }
  return false;
}

function formatFault({ format, tool }: HeaderRecord): string {
  const known = `this june-load reads format ${RESULT_FORMAT}`;
  if (!Number.isInteger(format)) return `its format is ${found(format)}, and ${known}`;
  const writer = typeof tool === "string" ? quoted(tool).slice(1, -1) : "the version that wrote it";
  return format > RESULT_FORMAT
    ? `format ${format} is newer than this june-load reads (${RESULT_FORMAT}); use ${writer} or later`
    : `it has format ${format}, and ${known}; use the version that wrote it, ${writer}`;
}

const COUNTER_NAMES: ReadonlySet<string> = new Set(COUNTERS);

/** Leaves out what another version measured and this one does not know. */
function dropUnknown({ histograms, counters }: SeriesPart): void {
  for (const name in histograms) {
    if (!Object.hasOwn(DISTRIBUTIONS, name)) delete histograms[name as keyof typeof histograms];
  }
  for (const name in counters) if (!COUNTER_NAMES.has(name)) delete counters[name as keyof typeof counters];
}
