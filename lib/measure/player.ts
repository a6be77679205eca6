/** A listener's player: what of the audio of one reply would have stalled. */

/**
 * Plays audio as it arrives. Definition: play begins `prebuffer_us` after the first message; a message that arrives
 * after all before it has been played is a stall of that length. Source: the playback model of docs/measurement.md.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const player = new Player(0);
 * player.arrive(300_000, 400_000);
 * player.arrive(950_000, 400_000);
 * assert.deepEqual([player.stalls, player.stalled_us, player.needed_prebuffer_us], [1, 250_000, 250_000]);
 * ```
 */
export class Player {
  /** Messages with audio. */
  messages = 0;
  /** How often it fell silent. */
  stalls = 0;
  /** Silence of all stalls together, and of the longest; microseconds. */
  stalled_us = 0;
  worst_us = 0;
  /** Smallest prebuffer that would have prevented every stall; microseconds. */
  needed_prebuffer_us = 0;
  /** When all audio that has come is played. */
  #end_us = 0;
  /** The same without any prebuffer and without stalls. */
  #ideal_end_us = 0;

  /** @param prebuffer_us audio gathered before play begins */
  constructor(readonly prebuffer_us: number) {}

  /** Takes more audio of the message that arrived last: it was cut on the way. */
  extend(audio_us: number): void {
    this.#end_us += audio_us;
    this.#ideal_end_us += audio_us;
  }

  /** Takes a message that arrives at `at_us` with `audio_us` of audio; arrivals never fall. */
  arrive(at_us: number, audio_us: number): void {
    if (this.messages++ === 0) {
      this.#end_us = at_us + this.prebuffer_us;
      this.#ideal_end_us = at_us;
    }
    if (at_us > this.#end_us) {
      const stall_us = at_us - this.#end_us;
      this.stalls++;
      this.stalled_us += stall_us;
      if (stall_us > this.worst_us) this.worst_us = stall_us;
      this.#end_us = at_us;
    }
    if (at_us - this.#ideal_end_us > this.needed_prebuffer_us) this.needed_prebuffer_us = at_us - this.#ideal_end_us;
    this.#end_us += audio_us;
    this.#ideal_end_us += audio_us;
  }
}
