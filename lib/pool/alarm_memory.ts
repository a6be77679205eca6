/** What an alarm and its thread share. */

/** Index of the number of orders given, or `CLOSED`. */
export const GIVEN = 0;
/** Index of the number of times the alarm rang. */
export const RUNG = 1;
/** Instead of a number of orders: there will be none. */
export const CLOSED = -1;

/** Shared memory of an alarm and its thread. */
export interface AlarmMemory {
  /** At `GIVEN` and `RUNG`. */
  words: Int32Array<SharedArrayBuffer>;
  /** One value: the instant of the last order, in microseconds of wall-clock time. */
  due_us: BigInt64Array<SharedArrayBuffer>;
}

/** Memory with no order in it. */
export function alarmMemory(): AlarmMemory {
  return { words: new Int32Array(new SharedArrayBuffer(8)), due_us: new BigInt64Array(new SharedArrayBuffer(8)) };
}
