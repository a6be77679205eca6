/** The thread behind an `Alarm`: it sleeps until the instant it was given, and rings. */
/// <reference lib="deno.worker" />
import { type AlarmMemory, CLOSED, GIVEN, RUNG } from "./alarm_memory.ts";

/** A pool gives several orders a second. One that was ended from outside gives none, and Deno leaves its threads running. */
const FORSAKEN_MS = 60_000;

function serve({ words, due_us }: AlarmMemory): void {
  let done = 0;
  for (;;) {
    const given = Atomics.load(words, GIVEN);
    if (given === CLOSED) return self.close();
    if (given === done) {
      if (Atomics.wait(words, GIVEN, given, FORSAKEN_MS) === "timed-out") return self.close();
      continue;
    }
    const wait_ms = Number(Atomics.load(due_us, 0)) / 1000 - performance.timeOrigin - performance.now();
    if (wait_ms > 0 && Atomics.wait(words, GIVEN, given, wait_ms) !== "timed-out") continue;
    done = given;
    Atomics.add(words, RUNG, 1);
    Atomics.notify(words, RUNG);
  }
}

self.onmessage = ({ data }: MessageEvent<AlarmMemory>) => {
  self.postMessage("ready");
  serve(data);
};
