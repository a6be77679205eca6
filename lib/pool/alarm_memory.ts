/** What an alarm and its thread share. */

/** Index of the number of orders given, or `CLOSED`. */
export const SEQUENCE = 0;
/** Index of the number of times the alarm rang. */
export const RING_COUNT = 1;
/** Index of 1 while the thread waits for an order with nothing left to ring for. */
export const IDLE = 2;
/** Instead of a number of orders: there will be none. */
export const CLOSED = -1;

/** Shared memory of an alarm and its thread. */
export interface AlarmMemory {
  /** At `GIVEN`, `RUNG` and `IDLE`. */
  control: Int32Array<SharedArrayBuffer>;
  /** The two instants of the last order, the earlier first; microseconds of wall-clock time, `NEVER` for none. */
  due_us: BigInt64Array<SharedArrayBuffer>;
}

/**
 * After a pause the alarm rings this much before the instant: a thread that slept on an idle processor takes 0.1 to 0.3 ms
 * to run again. Microseconds.
 */
export const LEAD_US = 250;
/** What counts as a pause. Instants that follow each other more closely find the processor awake. Microseconds. */
export const PAUSE_US = 2000;

/** An instant that does not come. */
export const NEVER = 2n ** 62n;

/** Memory with no order in it. */
export function alarmMemory(): AlarmMemory {
  const due_us = new BigInt64Array(new SharedArrayBuffer(16)).fill(NEVER);
  return { control: new Int32Array(new SharedArrayBuffer(12)), due_us };
}
