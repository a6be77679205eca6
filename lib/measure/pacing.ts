/** Whether speech was sent as a microphone would send it. */
import type { Series } from "./series.ts";

/** Above this P99 of the pacing error, speech was not sent in real time; microseconds. */
export const PACING_LIMIT_US = 20_000;

/** Whether paced speech fell behind. */
export function paceBroken(total: Series): boolean {
  const late = total.histogram("pacing_error");
  return late.count > 0 && late.percentile(99) > PACING_LIMIT_US;
}
