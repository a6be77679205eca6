/** The thread behind an `Alarm`: it sleeps until the instant it was given, and rings. */
/// <reference lib="deno.worker" />
import {
  type AlarmMemory,
  CLOSED,
  IDLE,
  LATE_COUNT,
  LATE_KEPT,
  LEAD_US,
  NEVER,
  PAUSE_US,
  RING_COUNT,
  SEQUENCE,
} from "./alarm_memory.ts";
import { STALL_FLOOR_US } from "./stalls.ts";

/** A pool gives several orders a second. One that was ended from outside gives none, and Deno leaves its threads running. */
const ORPHAN_TIMEOUT_MS = 60_000;

function serve(memory: AlarmMemory): void {
  const { control, due_us } = memory;
  /** The instant last rung for. */
  let rung_us = 0n;
  for (;;) {
    const given = Atomics.load(control, SEQUENCE);
    if (given === CLOSED) return self.close();
    const [first_us, second_us] = [Atomics.load(due_us, 0), Atomics.load(due_us, 1)];
    const next_us = first_us > rung_us ? first_us : second_us > rung_us ? second_us : NEVER;
    if (next_us === NEVER) {
      Atomics.store(control, IDLE, 1);
      const woken = Atomics.wait(control, SEQUENCE, given, ORPHAN_TIMEOUT_MS);
      Atomics.store(control, IDLE, 0);
      if (woken === "timed-out") return self.close();
      continue;
    }
    const lead_us = Number(next_us - rung_us) > PAUSE_US ? LEAD_US : 0;
    const wait_ms = (Number(next_us) - lead_us) / 1000 - performance.timeOrigin - performance.now();
    if (wait_ms > 0) {
      const woken = Atomics.wait(control, SEQUENCE, given, wait_ms);
      // After a stop the pool may be first to run, and wake this thread with another order.
      noteLate(memory, next_us);
      if (woken !== "timed-out") continue;
    }
    rung_us = next_us;
    Atomics.add(control, RING_COUNT, 1);
    Atomics.notify(control, RING_COUNT);
  }
}

/** This thread does nothing but sleep: where it wakes late, it was not let run, and nor were the others likely. */
function noteLate({ control, late_us }: AlarmMemory, due_us: bigint): void {
  const now_us = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
  if (now_us - due_us < STALL_FLOOR_US) return;
  const at = 2 * (Atomics.load(control, LATE_COUNT) % LATE_KEPT);
  Atomics.store(late_us, at, due_us);
  Atomics.store(late_us, at + 1, now_us);
  Atomics.add(control, LATE_COUNT, 1);
}

self.onmessage = ({ data }: MessageEvent<AlarmMemory>) => {
  self.postMessage("ready");
  serve(data);
};
