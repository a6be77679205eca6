/** Streams one clip: in real time, or as fast as the stream takes it. */
import type { Clock, Marks, Timer } from "../driver.ts";
import type { Sender, StreamCall } from "../rpc/call.ts";

/** A clip, encoded as messages of a stream. */
export interface ChunkedClip {
  /** Sent before the first chunk; null: nothing. */
  preface: Uint8Array | null;
  chunks: readonly Uint8Array[];
  /** Start of each chunk in the clip; microseconds. */
  starts_us: readonly number[];
  /** Length of the clip; microseconds. */
  length_us: number;
  /** Chunks are sent when they have been spoken, not at once. */
  paced: boolean;
  /** Index of the chunk that holds the end of speech; null for a clip without speech. */
  last_speech: number | null;
  /** Where in the clip speech ends; microseconds. Of a clip without speech its whole length. */
  speech_end_us: number;
}

/**
 * Tolerance: servers report places in a clip in seconds as 32-bit floats, so one that is slightly past a chunk's end
 * belongs to that chunk.
 */
const POSITION_TOLERANCE_US = 100;

/**
 * Writes each chunk when it is due, counted from the start, so a late timer delays one chunk and not all that follow. A
 * chunk of paced speech is due when its last sample has been spoken, as a microphone hands it over. While the stream is
 * full it waits, then sends all due chunks at once.
 */
export class Speaker implements Sender {
  readonly #sent_at_us: Float64Array;
  #call: StreamCall | null = null;
  #start_us = 0;
  /** When the stream last accepted more after it had been full. */
  #room_us = -Infinity;
  #next = 0;
  #timer: Timer | null = null;

  constructor(readonly clip: ChunkedClip, readonly clock: Clock, readonly marks: Marks) {
    this.#sent_at_us = new Float64Array(clip.chunks.length);
  }

  /** Whether the last chunk with speech was handed to the stream. */
  get spoken(): boolean {
    return this.clip.last_speech === null || this.#next > this.clip.last_speech;
  }

  /** Length of the audio handed to the stream; microseconds. */
  get sent_us(): number {
    return this.clip.starts_us[this.#next] ?? this.clip.length_us;
  }

  /**
   * Time since the stream took the chunk that contains or ends at `audio_us` of the clip. For a place after the last
   * chunk sent: time since that chunk. Microseconds; null before the first chunk.
   */
  since_us(audio_us: number): number | null {
    const { starts_us } = this.clip;
    let index = this.#next - 1;
    while (index > 0 && starts_us[index] as number >= audio_us - POSITION_TOLERANCE_US) index--;
    return index < 0 ? null : this.clock.now_us() - (this.#sent_at_us[index] as number);
  }

  begin(call: StreamCall): void {
    if (call.ended) return;
    this.#call = call;
    this.#start_us = this.clock.now_us();
    const { preface, paced, speech_end_us } = this.clip;
    if (paced) this.marks.asking?.(speech_end_us);
    if (preface === null || call.send(preface)) this.#sendDue();
  }

  drain(): void {
    if (this.#timer !== null) return;
    this.#room_us = this.clock.now_us();
    this.#sendDue();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#call = null;
  }

  #sendDue(): void {
    const { chunks, starts_us, length_us, paced, last_speech } = this.clip;
    for (let call = this.#call; call !== null; call = this.#call) {
      const index = this.#next;
      const chunk = chunks[index];
      if (chunk === undefined) return this.#finish(call);
      const now_us = this.clock.now_us();
      if (paced) {
        const due_us = this.#start_us + (starts_us[index + 1] ?? length_us);
        if (now_us < due_us) return this.#wait(due_us);
        this.marks.paced(now_us - due_us, now_us - Math.max(due_us, this.#room_us));
      }
      this.#sent_at_us[this.#next++] = now_us;
      const room = call.send(chunk);
      if (call.ended) return;
      if (index === last_speech) this.marks.speechEnd();
      if (!room && this.#next < chunks.length) return;
    }
  }

  #finish(call: StreamCall): void {
    this.#call = null;
    call.finishSending();
  }

  #wait(at_us: number): void {
    this.#timer = this.clock.at(at_us, () => {
      this.#timer = null;
      this.#sendDue();
    });
  }
}
