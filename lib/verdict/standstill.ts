/** How much of a run june-load itself stood still. */
import type { Run, Selection } from "../result/run.ts";

/** Time in which pools could not act. */
export interface Standstill {
  /** Share of the selected stages, on average over the pools: 0 to 1. */
  share: number;
  /** Added up over the pools; microseconds. */
  total_us: number;
}

/** The standstill of the selected stages. */
export function standstill(run: Run, { stage }: Selection): Standstill {
  const { stages, workers } = run.plan;
  const wanted = stages.filter(({ name, warm_up }) => stage === undefined ? !warm_up : name === stage);
  const slots = run.slots.filter(({ start_ms }) =>
    wanted.some((one) => start_ms >= one.start_ms && start_ms < Math.min(one.end_ms, run.load_end_ms))
  );
  const stalled_ms = slots.reduce(
    (sum, { generator: { stalled_ms, stalls = [] } }) =>
      sum + Math.max(stalled_ms ?? 0, stalls.reduce((all, { length_ms }) => all + length_ms, 0)),
    0,
  );
  const length_ms = slots.reduce((sum, slot) => sum + slot.length_ms, 0);
  const share = length_ms === 0 ? 0 : Math.min(1, stalled_ms / length_ms / workers);
  return { share, total_us: stalled_ms * 1000 };
}
