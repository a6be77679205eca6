/** Puts stalls that follow each other closely into one event, so that many of them do not flood a result. Pure. */
import { formatCount, formatDuration } from "../plan/units.ts";
import type { EventRecord } from "../result/record.ts";
import type { KnownStall, StallKind } from "./stall_kind.ts";

/** Stalls of one second are one event; milliseconds. */
const WINDOW_MS = 1000;
/** After so many events of a kind its window doubles: ten minutes of stalls are some fifty events, a day some hundred. */
const EVENTS_PER_WINDOW = 8;

/** Stalls of one kind that will be one event. */
interface Group {
  start_ms: number;
  count: number;
  longest_ms: number;
  workers: Set<number>;
  starved: boolean;
}

/** Collects stalls and gives events. */
export class StallGroups {
  readonly #open = new Map<StallKind, Group>();
  readonly #given = new Map<StallKind, number>();
  #done: EventRecord[] = [];

  /** @param workers how many there are */
  constructor(readonly workers: number) {}

  /** Takes the next stall of a run; they come in rising order. */
  add({ kind, start_ms, length_ms, workers = [], starved = false }: KnownStall): void {
    const open = this.#open.get(kind);
    if (open !== undefined && start_ms >= open.start_ms + this.#window_ms(kind)) this.#close(kind, open);
    const group = this.#open.get(kind) ??
      { start_ms, count: 0, longest_ms: 0, workers: new Set<number>(), starved: false };
    group.count++;
    group.longest_ms = Math.max(group.longest_ms, length_ms);
    for (const worker of workers) group.workers.add(worker);
    group.starved ||= starved;
    this.#open.set(kind, group);
  }

  /** Events whose window ended before an instant; Infinity: all. */
  take(until_ms: number): EventRecord[] {
    for (const [kind, group] of [...this.#open]) {
      if (group.start_ms + this.#window_ms(kind) <= until_ms) this.#close(kind, group);
    }
    return this.#done.splice(0).sort((a, b) => a.t_ms - b.t_ms);
  }

  #window_ms(kind: StallKind): number {
    return WINDOW_MS * 2 ** Math.floor((this.#given.get(kind) ?? 0) / EVENTS_PER_WINDOW);
  }

  #close(kind: StallKind, group: Group): void {
    this.#open.delete(kind);
    this.#given.set(kind, (this.#given.get(kind) ?? 0) + 1);
    this.#done.push({
      type: "event",
      t_ms: Math.round(group.start_ms),
      kind,
      text: textOf(kind, group, this.workers),
      stalls: { count: group.count, longest_ms: Math.round(group.longest_ms) },
    });
  }
}

function textOf(kind: StallKind, group: Group, workers: number): string {
  const { count, longest_ms, starved } = group;
  const length = formatDuration(longest_ms * 1000);
  const often = count === 1 ? `for ${length}` : `${formatCount(count)} times, for ${length} at the longest`;
  switch (kind) {
    case "process_stalled":
      return `june-load as a whole stood still ${often}; calls that it touched are judged apart`;
    case "worker_stalled": {
      const how = starved ? "was not let run" : "was blocked";
      return `${whoOf(group, workers)} ${how} ${often}; calls that it touched are judged apart`;
    }
    case "main_stalled":
      return `june-load's main thread stood still ${often}; calls run in the workers and were not touched`;
  }
}

function whoOf({ workers: seen }: Group, workers: number): string {
  const [first = 0] = seen;
  return seen.size === 1
    ? `worker ${first + 1} of ${formatCount(workers)}`
    : `one of ${formatCount(seen.size)} workers (of ${formatCount(workers)})`;
}
