/** How much of a run june-load itself stood still. */
import type { Run, Selection } from "../result/run.ts";

/** Share of the selected stages in which a pool could not act, on average over the pools: 0 to 1. */
export function standstill(run: Run, { stage }: Selection): number {
  const { stages, workers } = run.plan;
  const wanted = stages.filter(({ name, warm_up }) => stage === undefined ? !warm_up : name === stage);
  const slots = run.slots.filter(({ start_ms }) =>
    wanted.some((one) => start_ms >= one.start_ms && start_ms < Math.min(one.end_ms, run.load_end_ms))
  );
  const stalled_ms = slots.reduce((sum, { generator }) => sum + (generator.stalled_ms ?? 0), 0);
  const length_ms = slots.reduce((sum, slot) => sum + slot.length_ms, 0);
  return length_ms === 0 ? 0 : Math.min(1, stalled_ms / length_ms / workers);
}
