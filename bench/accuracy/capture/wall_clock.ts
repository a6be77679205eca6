/** The wall clock that packets are stamped with, beside the clock that june-load measures with. */

/** How far one clock is ahead of the other at an instant. */
export interface ClockReading {
  /** The instant, on `performance.now()`; microseconds. */
  at_us: number;
  /** The wall clock less `performance.now()`, since `origin_s`; microseconds. */
  ahead_us: number;
  /** Between the two readings of `performance.now()` around that of the wall clock: the offset is that sure. */
  trip_us: number;
}

const ROUNDS = 2000;
const REALTIME = 0;

/** Reads the kernel's wall clock, to the nanosecond. */
export class WallClock {
  readonly #libc = Deno.dlopen("libc.so.6", { clock_gettime: { parameters: ["i32", "buffer"], result: "i32" } });
  readonly #time = new BigInt64Array(2);
  readonly #bytes = new Uint8Array(this.#time.buffer);

  /** @param origin_s second from which its times count */
  constructor(readonly origin_s: number) {}

  /** Reads both clocks many times, and takes the quickest reading. */
  compare(): ClockReading {
    let best: ClockReading = { at_us: 0, ahead_us: 0, trip_us: Infinity };
    for (let round = 0; round < ROUNDS; round++) {
      const before_us = performance.now() * 1000;
      this.#libc.symbols.clock_gettime(REALTIME, this.#bytes);
      const after_us = performance.now() * 1000;
      if (after_us - before_us >= best.trip_us) continue;
      const [seconds = 0n, nanoseconds = 0n] = this.#time;
      const wall_us = (Number(seconds) - this.origin_s) * 1e6 + Number(nanoseconds) / 1000;
      const at_us = (before_us + after_us) / 2;
      best = { at_us, ahead_us: wall_us - at_us, trip_us: after_us - before_us };
    }
    return best;
  }

  close(): void {
    this.#libc.close();
  }
}
