/** When something came in. */
import type { Clock } from "../driver.ts";

/**
 * When that came in which is being handled: the time of its read, where the clock keeps one, else now. Microseconds since
 * the run's epoch.
 */
export function cameAt(clock: Clock): number {
  return clock.came_us === undefined ? clock.now_us() : clock.came_us();
}
