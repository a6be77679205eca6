/** What an alarm and its thread share. */

/** Index of the number of orders given, or `CLOSED`. */
export const SEQUENCE = 0;
/** Index of the number of times the alarm rang. */
export const RING_COUNT = 1;
/** Index of 1 while the thread waits for an order with nothing left to ring for. */
export const IDLE = 2;
/** Index of the number of times the thread overslept. */
export const LATE_COUNT = 3;
/** Instead of a number of orders: there will be none. */
export const CLOSED = -1;

/** Shared memory of an alarm and its thread. */
export interface AlarmMemory {
  /** At `SEQUENCE`, `RING_COUNT`, `IDLE` and `LATE_COUNT`. */
  control: Int32Array<SharedArrayBuffer>;
  /** The two instants of the last order, the earlier first; microseconds of wall-clock time, `NEVER` for none. */
  due_us: BigInt64Array<SharedArrayBuffer>;
  /** When the thread should have woken and when it did, of the last `LATE_KEPT` times it overslept; as `due_us`. */
  late_us: BigInt64Array<SharedArrayBuffer>;
}

/** Times that are remembered until the alarm is asked for them, which is once a second. */
export const LATE_KEPT = 32;

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
  const late_us = new BigInt64Array(new SharedArrayBuffer(16 * LATE_KEPT));
  return { control: new Int32Array(new SharedArrayBuffer(16)), due_us, late_us };
}
