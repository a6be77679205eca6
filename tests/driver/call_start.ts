/** What calls of tests are started with. */
import type { CallStart, Clock, Marks, Random, UserIdentity } from "../../lib/driver/driver.ts";
import { NO_CALL, type PickContext } from "../../lib/driver/inputs/inputs.ts";

/** A start on a clock, its marks written down: nobody's, with the first input; `more` says what a test varies. */
export function callStart(clock: Clock, marks: Marks, more: Partial<CallStart> = {}): CallStart {
  return { ...NO_CALL, clock, marks, givenText: null, ...more };
}

/** A pick by these draws, for nobody. */
export const picking = (random: Random): PickContext => ({ ...NO_CALL, random });

/** A new user. */
export const newUser = (number = 0): UserIdentity => ({ load: 0, number });
