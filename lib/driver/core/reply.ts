/** Reads the replies of one call and judges them. */
import type { Content, OperationEnd } from "../driver.ts";
import type { Ending, Fault } from "./outcome.ts";

/** What `Reply.read` returns for a message without content. */
export const NO_CONTENT = -1;

/** Reads the replies of one call and judges them at its end. */
export interface Reply {
  /**
   * Takes one message: `NO_CONTENT`, or the length of the audio in it in microseconds, 0 for content of another kind.
   * Content is anything that a user would notice.
   * @throws {Error} when the bytes are not the message they should be.
   */
  read(bytes: Uint8Array): number;
  /** After status OK: what is wrong with the replies, or null. */
  judge(): Fault | null;
  /** After a judgement without fault: what the call carried. */
  content?(): Content;
}

/** The end of a call. Its content is computed on request: after the pool has read its clock. */
export class CallEnd implements OperationEnd {
  readonly outcome: OperationEnd["outcome"];
  readonly code: number;
  readonly type: string;
  readonly details: string;
  readonly refused: boolean;
  readonly retry_after_us: number;
  readonly #reply: Pick<Reply, "content">;

  constructor(
    ending: Ending,
    readonly sent_bytes: number,
    readonly received_bytes: number,
    reply: Pick<Reply, "content">,
  ) {
    this.#reply = reply;
    this.outcome = ending.outcome;
    this.code = ending.code;
    this.type = ending.type;
    this.details = ending.details;
    this.refused = ending.refused ?? false;
    this.retry_after_us = ending.retry_after_us ?? 0;
  }

  get content(): Content | undefined {
    return this.outcome === "ok" ? this.#reply.content?.() : undefined;
  }
}
