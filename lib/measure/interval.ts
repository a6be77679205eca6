/** What the pools measure, as plain data: it crosses worker borders and is one line of the saved result. */
import type { ShortageErrno } from "../plan/shortages.ts";
import type { Counter, Distribution } from "../plan/threshold/threshold.ts";

/** Every way a call can end; each issued call ends in exactly one. */
export const OUTCOMES = ["ok", "failed", "timed_out", "cancelled", "dropped", "unfinished"] as const;
/** Name of an outcome. */
export type Outcome = typeof OUTCOMES[number];

/** Calls by outcome. */
export type OutcomeCounts = Record<Outcome, number>;

/** A histogram as data. Sparse: `buckets` holds pairs (index minus the previous index, count), rising. */
export interface HistogramData {
  count: number;
  /** Exact, in microseconds; 0 when empty. */
  min: number;
  max: number;
  sum: number;
  /** Values above the range, counted in `count` and in the last bucket. */
  overflow: number;
  buckets: ArrayLike<number>;
  /** Amounts of the negative values, as pairs like `buckets`; absent where there is none. */
  below?: ArrayLike<number>;
}

/** One operation in one stage during one interval. */
export interface SeriesData {
  operation: string;
  /** Index into the plan's stages. */
  stage: number;
  /** Calls started in this interval. */
  issued: number;
  /** Calls ended in this interval. */
  outcomes: OutcomeCounts;
  /** Message bytes of the calls that ended. */
  sent_bytes: number;
  received_bytes: number;
  /** Content messages received on streams. */
  messages: number;
  /**
   * Over ok calls, but for `gap`, which is recorded as messages arrive, also in calls that fail later. Absent when nothing
   * was recorded.
   */
  histograms: Partial<Record<Distribution, HistogramData>>;
  /** Sums over ok calls; what was not counted is absent. */
  counters: Partial<Record<Counter, number>>;
  /** Latency of failed and timed-out calls. */
  failed_latency?: HistogramData;
  /**
   * Ages at which calls timed out or were cut off, counted as `response_time` counts: each of them took at least that long.
   */
  censored?: HistogramData;
  /** The part of all this that is of tainted calls; see docs/measurement.md. Absent when there was none. */
  tainted?: SeriesPart;
}

/** A part of a series: the same figures over some of its calls. */
export type SeriesPart = Omit<SeriesData, "operation" | "stage" | "tainted">;

/** Calls that failed in the same way. */
export interface FailureData {
  operation: string;
  outcome: "failed" | "timed_out";
  code: number;
  /** See `OperationEnd.type`. */
  type: string;
  /** Details with numbers, ids and addresses replaced, at most 200 characters: what groups them. */
  pattern: string;
  /** Details of the first, at most 500 characters. */
  example: string;
  count: number;
  /** Milliseconds since the start of the run. */
  first_ms: number;
  last_ms: number;
}

/** Counters of connections; gauges unless named total. Null: the transport cannot know it. */
export interface LinkFigures {
  /** Attempts to connect in progress. */
  opening: number;
  /** Calls that the peers allow at a time on the connections now open; null: no limit, or not known. */
  stream_limit: number | null;
  /** Total connections that the peer or the network ended unannounced, or with calls on them. */
  lost_total: number;
  /** Total attempts to connect that failed. */
  failed_total: number;
  /** Total connections that the peer told to go: GOAWAY of HTTP/2, a close frame of WebSocket. */
  goaways_total: number;
  /** Total bytes, those of HTTP/2's and WebSocket's own frames included; TLS not. */
  sent_bytes_total: number | null;
  received_bytes_total: number | null;
  /** Total messages: of gRPC and WebSocket; over HTTP requests and whole replies. */
  sent_messages_total: number | null;
  received_messages_total: number | null;
  /** Round trips of june-load's own pings that were answered in this interval; microseconds. Absent: none were. */
  ping?: HistogramData;
}

/** The connections to one address of a service. */
export interface AddressData extends LinkFigures {
  /** `10.0.0.7:50051`, `[v6]:port` or `unix:/path`. */
  address: string;
  /** Open connections that take new calls. */
  connections: number;
  streams_in_flight: number;
  /** Total connections to it that were opened in place of another. */
  reconnects_total: number;
}

/** What a note is about. */
export const NOTE_KINDS = ["lost", "goaway", "failed", "reconnected"] as const;
/** Kind of a note: a connection was lost, told to go, could not be opened, or was opened in place of another. */
export type ConnectionNoteKind = typeof NOTE_KINDS[number];

/** Something that happened to connections, in the same way each time. */
export interface ConnectionNote {
  kind: ConnectionNoteKind;
  /** As in `AddressData`; empty: none was reached. */
  address: string;
  /** What happened, with the peer's words; hostile until escaped. */
  text: string;
  count: number;
  /** Milliseconds since the start of the run. */
  first_ms: number;
  last_ms: number;
}

/** What a service's connections did in an interval, beside the counters that every result has. */
export interface ConnectionDetails extends LinkFigures {
  /**
   * How long calls waited for a connection or a stream, of those whose wait ended in this interval; microseconds. Absent:
   * none waited.
   */
  wait?: HistogramData;
  addresses: AddressData[];
  notes: ConnectionNote[];
}

/** Counters of the channels to one service; the details are absent in results of older builds. */
export interface ConnectionData extends Partial<ConnectionDetails> {
  service: string;
  connections: number;
  streams_in_flight: number;
  waiting: number;
  reconnects_total: number;
  moves_total: number;
}

/** All that one pool, or all pools together, measured in one second. */
export interface IntervalData {
  /** The second it covers: `index` * 1000 ms to (`index` + 1) * 1000 ms. */
  index: number;
  series: SeriesData[];
  failures: FailureData[];
  /**
   * Users of closed loads running; once the load has ended, those whose last call is still in flight. Open loads have no
   * users, but tasks in flight, which older results counted here where a plan had no closed load.
   */
  users: number;
  /** Operations in flight at the end of the interval. */
  in_flight: number;
  connections: ConnectionData[];
  generator: GeneratorData;
  /** Example voice turns that ended in this interval, at most one a pool: the slowest. */
  turns: TurnExample[];
  /** The worst transcripts so far that ended in this interval, at most ten an operation; absent: none. */
  transcripts?: TranscriptExample[];
}

/** How the load generator itself fared in one interval; for several pools together the worst, but for sums. */
export interface GeneratorData {
  /** Arrivals that fell due (open loads) and tasks begun (all loads). */
  due: number;
  begun: number;
  /** How far behind its instant each task was begun, for which only the generator is to blame. Microseconds. */
  start_lag: HistogramData;
  /** Largest delay of a timer or of the event loop seen; microseconds. */
  loop_lag_us: number;
  /** Processor time of the busiest pool, as a share of one core; null where it cannot be read. */
  busiest_pool: number | null;
  /**
   * How long the pool's thread was ready to run and had no processor, of the pool that waited longest; microseconds, null
   * where it cannot be read. Absent in older results.
   */
  cpu_wait_us?: number | null;
  /** Longest garbage collection seen; microseconds, null where it cannot be seen. */
  gc_pause_us: number | null;
  /** The longest stretches in which a pool could not act; absent: none worth a word. */
  stalls?: StallData[];
  /** What this machine lacked for connections, one entry an error number; absent: older builds did not look. */
  shortages?: ShortageData[];
  /** All time in which a pool could not act, added up over the pools; milliseconds. Absent: none. */
  stalled_ms?: number;
  /** How far the wall clock moved against the monotonic one; milliseconds, signed, the largest. */
  clock_step_ms: number;
}

/** How the generator fared, without the distribution: as a run keeps it for each of its seconds. */
export type GeneratorState = Omit<GeneratorData, "start_lag">;

/** A stretch in which a pool could not act; milliseconds since the start of the run. */
export interface StallData {
  start_ms: number;
  length_ms: number;
  /** Pools that stood still, by number from 0; absent in older results. */
  workers?: number[];
  /**
   * They did not work: they waited for a processor, or a thread that only sleeps was not let run either. So the processor
   * was taken away, or the process was stopped.
   */
  starved?: boolean;
}

/** Calls that waited for something this machine lacked. */
export interface ShortageData {
  /** What the operating system said. */
  errno: ShortageErrno;
  /** Calls that waited for it, and those of them that failed by it or waited longer than their limit: tainted calls. */
  calls: number;
  spoilt: number;
  /** When the first of them began to wait, and when the last began or ended; milliseconds since the start of the run. */
  first_ms: number;
  last_ms: number;
}

/** One voice turn kept as an example. */
export interface TurnExample {
  operation: string;
  /** Its intended start; milliseconds since the start of the run. */
  start_ms: number;
  voice_to_voice_us: number;
  /** From its start; microseconds. */
  spans: { name: string; start_us: number; first_us: number | null; end_us: number }[];
}

/** One transcript kept as an example of what was not understood. */
export interface TranscriptExample {
  operation: string;
  /** The intended start of its call; milliseconds since the start of the run. */
  start_ms: number;
  /** Substitutions, deletions and insertions, and words that were said; by the rules of the word error rate. */
  errors: number;
  words: number;
  /** What was said, and what was understood; cut at 500 characters. Hostile until escaped. */
  said: string;
  heard: string;
}
