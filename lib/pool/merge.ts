/** Puts the seconds of all pools together. */
import { ConnectionNotes, mergeAddresses, mergeHistograms, mergeLinks } from "../measure/connections.ts";
import { type ConnectionDetails } from "../measure/interval.ts";
import { Failures } from "../measure/failures.ts";
import { mergeGenerators, noGenerator } from "../measure/generator.ts";
import type { ConnectionData, IntervalData, SeriesData, TranscriptExample } from "../measure/interval.ts";
import { endedCalls, noOutcomes, Series } from "../measure/series.ts";
import { WorstTranscripts } from "../measure/worst_transcripts.ts";

/**
 * One interval out of the same second of several pools; exact, in any order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { noGenerator } from "../measure/generator.ts";
 * const second = { index: 4, series: [], failures: [], connections: [], generator: noGenerator(), turns: [] };
 * const merged = mergeIntervals(4, [{ ...second, users: 3, in_flight: 1 }, { ...second, users: 4, in_flight: 2 }]);
 * assert.deepEqual([merged.users, merged.in_flight], [7, 3]);
 * ```
 */
export function mergeIntervals(index: number, parts: readonly IntervalData[]): IntervalData {
  const failures = new Failures();
  for (const failure of parts.flatMap((part) => part.failures)) failures.merge(failure);
  const sum = (pick: (part: IntervalData) => number) => parts.reduce((total, part) => total + pick(part), 0);
  return {
    index,
    series: mergeSeries(parts.flatMap((part) => part.series)),
    failures: failures.list(),
    users: sum((part) => part.users),
    in_flight: sum((part) => part.in_flight),
    connections: mergeConnections(parts.flatMap((part) => part.connections)),
    generator: mergeGenerators(parts.map((part) => part.generator)),
    turns: parts.flatMap((part) => part.turns),
    ...mergeTranscripts(parts.flatMap((part) => part.transcripts ?? [])),
  };
}

function mergeTranscripts(all: readonly TranscriptExample[]): Pick<IntervalData, "transcripts"> {
  const worst = new WorstTranscripts();
  for (const one of all) worst.add(one);
  return all.length === 0 ? {} : { transcripts: worst.list() };
}

function mergeSeries(list: readonly SeriesData[]): SeriesData[] {
  const groups = Map.groupBy(list, ({ operation, stage }) => `${stage}\n${operation}`);
  return [...groups.values()].map((group) => {
    const [first] = group as [SeriesData];
    if (group.length === 1) return first;
    const series = new Series();
    for (const data of group) series.mergeData(data);
    return series.toData(first.operation, first.stage);
  });
}

function mergeConnections(list: readonly ConnectionData[]): ConnectionData[] {
  const groups = Map.groupBy(list, ({ service }) => service);
  return [...groups].map(([service, group]) => {
    const sum = (key: "connections" | "streams_in_flight" | "waiting" | "reconnects_total" | "moves_total") =>
      group.reduce((total, one) => total + one[key], 0);
    return {
      service,
      connections: sum("connections"),
      streams_in_flight: sum("streams_in_flight"),
      waiting: sum("waiting"),
      reconnects_total: sum("reconnects_total"),
      moves_total: sum("moves_total"),
      ...mergeDetails(group),
    };
  });
}

/** Nothing where a transport tells no details. */
function mergeDetails(group: readonly ConnectionData[]): Partial<ConnectionDetails> {
  const detailed = group.filter((one): one is ConnectionData & ConnectionDetails => one.addresses !== undefined);
  if (detailed.length === 0) return {};
  const wait = mergeHistograms(detailed.map((one) => one.wait));
  const notes = new ConnectionNotes();
  for (const note of detailed.flatMap((one) => one.notes)) notes.add(note);
  return {
    ...mergeLinks(detailed),
    ...(wait !== undefined && { wait }),
    addresses: mergeAddresses(detailed.flatMap(({ addresses }) => addresses)),
    notes: notes.list(),
  };
}

/** Calls a pool has begun and not ended, by operation and stage: what is lost if it dies. */
export class OpenCalls {
  readonly #open = new Map<string, { operation: string; stage: number; count: number }>();

  /** Follows one interval of the pool. */
  add(interval: IntervalData): void {
    for (const { operation, stage, issued, outcomes } of interval.series) {
      const key = `${stage}\n${operation}`;
      const entry = this.#open.get(key) ?? { operation, stage, count: 0 };
      entry.count += issued - endedCalls(outcomes);
      this.#open.set(key, entry);
    }
  }

  /** The open calls as an interval in which they end as unfinished; null when there are none. */
  unfinished(index: number): IntervalData | null {
    const series = [...this.#open.values()].filter(({ count }) => count > 0).map(({ operation, stage, count }) => ({
      ...new Series().toData(operation, stage),
      outcomes: { ...noOutcomes(), unfinished: count },
    }));
    if (series.length === 0) return null;
    return {
      index,
      series,
      failures: [],
      users: 0,
      in_flight: 0,
      connections: [],
      generator: noGenerator(),
      turns: [],
    };
  }
}
