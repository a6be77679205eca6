/**
 * What a saved result may hold. june-load itself stays far below: the limits bound the time and the memory that the
 * result of a stranger takes.
 */
import type { ResultRecord } from "../record.ts";

const KIB = 1024;
const MIB = KIB * KIB;

/** Longest line by its type; bytes. Readings and events are kept as they are, thousands of them. */
export const MAX_LINE_BYTES: Readonly<Record<ResultRecord["type"], number>> = {
  header: 16 * MIB,
  interval: 16 * MIB,
  service_statistics: MIB,
  event: 64 * KIB,
  host: 4 * KIB,
  gpu: 4 * KIB,
  service: 32 * KIB,
  end: 64 * KIB,
};
/** Longest line of any type; bytes. */
export const MAX_ANY_LINE_BYTES: number = Math.max(...Object.values(MAX_LINE_BYTES));
/** Deepest nesting of lists and maps in a line; a scenario file has at most 32 levels. */
export const MAX_DEPTH = 64;

/** Most events of a run. */
export const MAX_EVENTS = 10_000;
/** Most lines with statistics of servers: two a service. */
export const MAX_STATISTICS = 1000;
/** Most GPUs with readings. */
export const MAX_GPUS = 256;
/** Most pages of metrics with readings. */
export const MAX_PAGES = 64;
/** Most operations. */
export const MAX_OPERATIONS = 500;
/** Most pairs of an operation and a stage: reports take 20 ms for each. A scenario has at most 50 tasks and 100 stages. */
export const MAX_SERIES = 5000;
/** Most memory of all histograms expanded; bytes. A histogram of calls below one second takes 84 KiB. */
export const MAX_HISTOGRAM_BYTES: number = 1024 * MIB;

/** Most calls, messages or values of one second: sums over weeks of them are exact. */
export const MAX_COUNT = 1e9;
/** Largest amount of anything else: bytes, microseconds, tokens. */
export const MAX_AMOUNT = 1e15;
/** Largest sum of amounts. */
export const MAX_SUM = 1e24;
/** Latest instant; milliseconds since the start of the run, 115 days. A run lasts 7 days at most. */
export const MAX_MS = 1e10;
/** Longest name of anything; characters. */
export const MAX_NAME = 256;
/** Longest text of anything; characters. */
export const MAX_TEXT: number = 64 * KIB;
