/** The thread behind an `Alarm`: it sleeps until the instant it was given, and rings. */
/// <reference lib="deno.worker" />
import { type AlarmMemory, CLOSED, GIVEN, IDLE, LEAD_US, NEVER, PAUSE_US, RUNG } from "./alarm_memory.ts";

/** A pool gives several orders a second. One that was ended from outside gives none, and Deno leaves its threads running. */
const FORSAKEN_MS = 60_000;

function serve({ words, due_us }: AlarmMemory): void {
  /** The instant last rung for. */
  let rung_us = 0n;
  for (;;) {
    const given = Atomics.load(words, GIVEN);
    if (given === CLOSED) return self.close();
    const [first_us, second_us] = [Atomics.load(due_us, 0), Atomics.load(due_us, 1)];
    const next_us = first_us > rung_us ? first_us : second_us > rung_us ? second_us : NEVER;
    if (next_us === NEVER) {
      Atomics.store(words, IDLE, 1);
      const woken = Atomics.wait(words, GIVEN, given, FORSAKEN_MS);
      Atomics.store(words, IDLE, 0);
      if (woken === "timed-out") return self.close();
      continue;
    }
    const lead_us = Number(next_us - rung_us) > PAUSE_US ? LEAD_US : 0;
    const wait_ms = (Number(next_us) - lead_us) / 1000 - performance.timeOrigin - performance.now();
    if (wait_ms > 0 && Atomics.wait(words, GIVEN, given, wait_ms) !== "timed-out") continue;
    rung_us = next_us;
    Atomics.add(words, RUNG, 1);
    Atomics.notify(words, RUNG);
  }
}

self.onmessage = ({ data }: MessageEvent<AlarmMemory>) => {
  self.postMessage("ready");
  serve(data);
};
