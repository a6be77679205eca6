/** What a run keeps of a stretch of its time. */
import type { ConnectionData, GeneratorState, SeriesData } from "../measure/interval.ts";

/** A stretch of the run: one second, or 2^n seconds in a long one. */
export interface TimeSlot {
  start_ms: number;
  length_ms: number;
  /** At the end of the slot. */
  users: number;
  in_flight: number;
  connections: ConnectionData[];
  generator: GeneratorState;
  /**
   * What ended in the slot, by operation, all stages together (`stage` is that of the first). Of the distributions only
   * response time is kept, with the ages of calls given up: no chart over time reads another.
   */
  series: Map<string, SeriesData>;
}
