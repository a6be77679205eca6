/** The result of a duet as two runs, one a side, as if each had been made alone. */
import { type DuetSide, isOf, remove, sidePlan } from "../plan/duet.ts";
import { endedCalls } from "../measure/series.ts";
import type { Damage } from "./damage.ts";
import type { EndRecord, HeaderRecord, IntervalRecord, ResultRecord } from "./record.ts";
import { Run } from "./run.ts";

/** Takes the lines of one result in their order. */
export interface RecordSink {
  add(record: ResultRecord): void;
  breakOff(damage: Damage): void;
}

/** Deals the lines of a duet to the runs of its sides; what is of the machine or of june-load goes to both. */
export class DuetRuns implements RecordSink {
  readonly sides: readonly [Run, Run];
  /** What the sides are called. */
  readonly names: readonly [string, string];
  /** Calls of each side in flight at the last second known. */
  readonly #in_flight = [0, 0];

  /** @param header of a plan with a `duet` */
  constructor(header: HeaderRecord) {
    const { duet } = header.plan;
    if (duet === undefined) throw new TypeError("The header is of no duet");
    this.names = duet.sides;
    this.sides = [new Run(this.#header(header, 0)), new Run(this.#header(header, 1))];
  }

  #header({ plan, services, inputs, ...header }: HeaderRecord, side: DuetSide): HeaderRecord {
    return {
      ...header,
      plan: sidePlan(plan, side),
      services: this.#own(services, "name", side),
      ...(inputs !== undefined && { inputs: this.#own(inputs, "service", side) }),
    };
  }

  /** Those of a list that are of a side, under the names they have there. */
  #own<T extends { [K in Key]: string }, Key extends string>(all: readonly T[], key: Key, side: DuetSide): T[] {
    const name = this.names[side];
    return all.filter((one) => isOf(one[key], name)).map((one) => ({ ...one, [key]: remove(one[key], name) }));
  }

  add(record: ResultRecord): void {
    for (const side of [0, 1] as const) {
      const own = this.#recordOf(record, side);
      if (own !== null) this.sides[side].add(own);
    }
  }

  #recordOf(record: ResultRecord, side: DuetSide): ResultRecord | null {
    switch (record.type) {
      case "interval":
        return this.#interval(record, side);
      case "service_statistics":
        return this.#own([record], "service", side)[0] ?? null;
      case "service":
        // A page that is of neither side is the machine's.
        return this.names.some((name) => isOf(record.source, name))
          ? this.#own([record], "source", side)[0] ?? null
          : record;
      case "end":
        return this.#end(record, side);
      case "header":
      case "host":
      case "gpu":
      case "event":
        return record;
    }
  }

  #interval(record: IntervalRecord, side: DuetSide): IntervalRecord {
    const series = this.#own(record.series, "operation", side);
    const begun = series.reduce((sum, one) => sum + one.issued - endedCalls(one.outcomes), this.#in_flight[side] ?? 0);
    this.#in_flight[side] = begun;
    const { transcripts } = record;
    return {
      ...record,
      series,
      failures: this.#own(record.failures, "operation", side),
      in_flight: Math.max(0, begun),
      connections: this.#own(record.connections, "service", side),
      turns: this.#own(record.turns, "operation", side),
      ...(transcripts !== undefined && { transcripts: this.#own(transcripts, "operation", side) }),
    };
  }

  #end(record: EndRecord, side: DuetSide): EndRecord {
    return { ...record, unaccounted: this.sides[side].open_calls };
  }

  breakOff(damage: Damage): void {
    for (const run of this.sides) run.breakOff(damage);
  }
}
