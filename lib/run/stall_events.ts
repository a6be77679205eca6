/** Writes each stall of june-load into the result, as an event with its kind and length. */
import type { StallData } from "../measure/interval.ts";
import type { CreateObserver } from "./observer.ts";
import { Heartbeat, type Pause } from "./heartbeat.ts";
import { stallKinds } from "./stall_kind.ts";
import { StallGroups } from "./stall_groups.ts";

const SECOND_MS = 1000;

/**
 * Watches the main thread, and takes what the workers saw of themselves. A stall is sorted once every thread has told of
 * it, a second after it ended.
 */
export const reportStalls: CreateObserver = (session) => {
  const { workers } = session.plan;
  const groups = new StallGroups(workers);
  let heart: Heartbeat | null = null;
  let stalls: StallData[] = [];
  let pauses: Pause[] = [];

  const tell = (until_ms: number) => {
    pauses.push(...heart?.take() ?? []);
    const ended = ({ start_ms, length_ms }: StallData) => start_ms + length_ms <= until_ms;
    for (const stall of stallKinds(stalls, pauses, workers)) if (ended(stall)) groups.add(stall);
    stalls = stalls.filter((stall) => !ended(stall));
    pauses = pauses.filter(({ end_ms }) => end_ms > until_ms);
    for (const event of groups.take(until_ms)) session.keep(event);
  };

  return {
    begin() {
      heart = new Heartbeat(() => session.now_ms());
    },
    second(interval) {
      stalls.push(...interval.generator.stalls ?? []);
      tell(interval.index * SECOND_MS);
    },
    finish() {
      tell(Infinity);
      heart?.stop();
      return Promise.resolve();
    },
  };
};
