/** Answers to the peer's PINGs and SETTINGS. */
import { ConnectionFault, ErrorCode, MAX_STREAM_ID } from "./frames.ts";
import type { Outbox } from "./outbox.ts";

/** Most bytes of PING answers that the peer may leave unread. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** How long an answer may be kept back: servers wait for 10 s and more. Milliseconds. */
const MAX_DELAY_MS = 1000;
/** Most answers kept back. */
const MAX_KEPT = 64;
const PING_BYTES = 8;

/**
 * Answers to the PINGs and SETTINGS of one connection. A server that drains closes its socket as soon as it has written
 * the last reply, and may have sent either before it. An answer that meets the closed socket makes the server's kernel
 * discard the rest of that reply, so it is kept back until the replies have come.
 */
export class Answers {
  readonly #outbox: Outbox;
  readonly #allSent: () => boolean;
  /** The peer has sent GOAWAY. */
  #draining = false;
  /** It has named its last stream, or has the answer to the PING that lets it do so. */
  #leaving = false;
  #kept: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param allSent whether every open request has been sent, so that the peer has nothing more to read */
  constructor(outbox: Outbox, allSent: () => boolean) {
    this.#outbox = outbox;
    this.#allSent = allSent;
  }

  /** The peer has sent GOAWAY. */
  goaway(lastStreamId: number): void {
    this.#draining = true;
    if (lastStreamId < MAX_STREAM_ID) this.#leaving = true;
  }

  /**
   * Answers the PING whose eight bytes begin at `from`.
   * @throws ConnectionFault if the peer sends PINGs and does not read the answers
   */
  ping(bytes: Uint8Array, from: number): void {
    if (this.#outbox.pong_bytes > MAX_UNREAD_BYTES) {
      throw new ConnectionFault(
        ErrorCode.ENHANCE_YOUR_CALM,
        "PING frames, and it does not read the answers",
      );
    }
    if (this.#mayBeClosed()) {
      const copy = bytes.slice(from, from + PING_BYTES);
      return this.#keep(() => this.#outbox.pong(copy, 0));
    }
    this.#outbox.pong(bytes, from);
    this.#leaving = this.#draining;
  }

  /** Acknowledges SETTINGS. */
  settings(): void {
    if (!this.#mayBeClosed()) return this.#outbox.frames.settingsAck();
    this.#keep(() => {
      this.#outbox.frames.settingsAck();
      this.#outbox.touch();
    });
  }

  /** The connection has ended: nothing is answered any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#kept = [];
  }

  #mayBeClosed(): boolean {
    return this.#leaving && this.#allSent();
  }

  #keep(answer: () => void): void {
    this.#kept.push(answer);
    // A peer that asks so often has not closed its socket.
    if (this.#kept.length > MAX_KEPT) return this.#send();
    this.#timer ??= setTimeout(() => this.#send(), MAX_DELAY_MS);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kept = this.#kept;
    this.#kept = [];
    for (const answer of kept) answer();
  }
}
