/** Counts frames that do nothing for a call, to close the connection of a peer that floods us with them. */
import { ConnectionFault, ErrorCode } from "./frames.ts";

/** Far above the rate of BDP probes (a PING per round trip) and other normal behaviour. */
const IDLE_FRAMES_PER_S = 100_000;
/** A lower limit, since each SETTINGS frame changes every open stream. */
const SETTINGS_PER_S = 1000;

/** The meter of one connection. */
export class FloodMeter {
  #since_ms = performance.now();
  #idle_frames = 0;
  #settings = 0;

  /**
   * Counts a frame that does nothing for a call.
   * @throws {ConnectionFault} ENHANCE_YOUR_CALM when there are too many
   */
  idle(): void {
    if (++this.#idle_frames > IDLE_FRAMES_PER_S) this.#judge(IDLE_FRAMES_PER_S, "frames that carry nothing");
  }

  /** A frame did something for a call: resets the count. */
  useful(): void {
    this.#idle_frames = 0;
  }

  /**
   * Counts a SETTINGS frame.
   * @throws {ConnectionFault} ENHANCE_YOUR_CALM when there are too many
   */
  settings(): void {
    if (++this.#settings > SETTINGS_PER_S) this.#judge(SETTINGS_PER_S, "SETTINGS frames");
  }

  /** Reads the clock only here: once for each `limit` frames. */
  #judge(limit: number, what: string): void {
    const now_ms = performance.now();
    if (now_ms - this.#since_ms < 1000) {
      throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, `more than ${limit} ${what} in a second`);
    }
    this.#since_ms = now_ms;
    this.#idle_frames = this.#settings = 0;
  }
}
