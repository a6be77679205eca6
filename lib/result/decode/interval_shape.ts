/** One second of a run, by `lib/measure/interval.ts`; histograms are examined by `histogram_check.ts`. */
import { type TSchema, Type } from "typebox";
import type {
  ConnectionData,
  FailureData,
  GeneratorData,
  HistogramData,
  OutcomeCounts,
  SeriesData,
  SeriesPart,
  ShortageData,
  StallData,
  TranscriptExample,
  TurnExample,
} from "../../measure/interval.ts";
import { MAX_ADDRESSES, MAX_NOTES } from "../../measure/connections.ts";
import { type AddressData, type ConnectionNote, type LinkFigures, NOTE_KINDS } from "../../measure/interval.ts";
import { SHORTAGES } from "../../plan/shortages.ts";
import type { IntervalRecord } from "../record.ts";
import {
  amount,
  anything,
  count,
  flag,
  instant,
  length,
  list,
  map,
  maybe,
  name,
  only,
  orNull,
  place,
  second,
  signed,
  sum,
  text,
  whole,
  word,
} from "./fields.ts";
import { MAX_SERIES } from "./limits.ts";

/** Most distributions and sums under one name each; later versions may have more of them. */
const MAX_NAMED = 200;

const histogram = map<HistogramData>({
  count,
  min: signed,
  max: signed,
  sum,
  overflow: count,
  buckets: anything,
  below: maybe(anything),
});

const part: Record<keyof SeriesPart, TSchema> = {
  issued: count,
  outcomes: map<OutcomeCounts>({
    ok: count,
    failed: count,
    timed_out: count,
    cancelled: count,
    dropped: count,
    unfinished: count,
  }),
  sent_bytes: amount,
  received_bytes: amount,
  messages: count,
  histograms: Type.Record(Type.String(), histogram, { maxProperties: MAX_NAMED }),
  counters: Type.Record(Type.String(), amount, { maxProperties: MAX_NAMED }),
  failed_latency: maybe(histogram),
  censored: maybe(histogram),
};
const series = map<SeriesData>({ operation: name, stage: place, ...part, tainted: maybe(map<SeriesPart>(part)) });

const failure = map<FailureData>({
  operation: name,
  outcome: word(["failed", "timed_out"]),
  code: signed,
  type: text,
  pattern: text,
  example: text,
  count,
  first_ms: instant,
  last_ms: instant,
});
const links: Record<keyof LinkFigures, TSchema> = {
  opening: count,
  stream_limit: orNull(whole),
  lost_total: whole,
  failed_total: whole,
  goaways_total: whole,
  sent_bytes_total: orNull(amount),
  received_bytes_total: orNull(amount),
  sent_messages_total: orNull(whole),
  received_messages_total: orNull(whole),
  ping: maybe(histogram),
};
const address = map<AddressData>({
  address: name,
  connections: count,
  streams_in_flight: count,
  reconnects_total: whole,
  ...links,
});
const note = map<ConnectionNote>({
  kind: word(NOTE_KINDS),
  address: text,
  text,
  count,
  first_ms: instant,
  last_ms: instant,
});
const optionalLinks = Object.fromEntries(
  Object.entries(links).map(([key, schema]) => [key, maybe(schema)]),
) as typeof links;
const connection = map<ConnectionData>({
  service: name,
  connections: count,
  streams_in_flight: count,
  waiting: count,
  reconnects_total: whole,
  moves_total: whole,
  ...optionalLinks,
  wait: maybe(histogram),
  addresses: maybe(list(address, MAX_ADDRESSES + 1)),
  notes: maybe(list(note, MAX_NOTES + NOTE_KINDS.length)),
});

const stall = map<StallData>({
  start_ms: instant,
  length_ms: length,
  workers: maybe(list(place, 2000)),
  starved: maybe(flag),
});
const shortage = map<ShortageData>({
  errno: word(Object.keys(SHORTAGES)),
  calls: count,
  spoilt: count,
  first_ms: instant,
  last_ms: instant,
});
const generator = map<GeneratorData>({
  due: count,
  begun: count,
  start_lag: histogram,
  loop_lag_us: amount,
  busiest_pool: orNull(amount),
  cpu_wait_us: maybe(orNull(amount)),
  gc_pause_us: orNull(amount),
  stalls: maybe(list(stall, 2000)),
  shortages: maybe(list(shortage, 100)),
  stalled_ms: maybe(amount),
  clock_step_ms: signed,
});

const turn = map<TurnExample>({
  operation: name,
  start_ms: instant,
  voice_to_voice_us: signed,
  spans: list(
    map<TurnExample["spans"][number]>({ name: text, start_us: signed, first_us: orNull(signed), end_us: signed }),
    100,
  ),
});
const transcript = map<TranscriptExample>({
  operation: name,
  start_ms: instant,
  errors: count,
  words: count,
  said: text,
  heard: text,
});

/** A line of the type `interval`. */
export const interval: TSchema = map<IntervalRecord>({
  type: only("interval"),
  index: second,
  series: list(series, MAX_SERIES),
  failures: list(failure, 1000),
  users: count,
  in_flight: count,
  connections: list(connection, 1000),
  generator,
  turns: list(turn, 10_000),
  transcripts: maybe(list(transcript, 100_000)),
});
