/**
 * One request on a stream of replies, and the rules for its end. A decoupled model answers with any number of replies;
 * the last one carries `triton_final_response`, with outputs or without. Errors come as replies, and the stream goes
 * on.
 */
import { textAt } from "../../../proto/codec.ts";
import type { InferReplyReader } from "../../../proto/infer_reply.ts";
import type { Status } from "../../transport/channel.ts";
import { StatusCode } from "../../transport/status.ts";
import { type Ending, type Fault, faultEnding, semantic, statusEnding, undecodable } from "../core/outcome.ts";
import { CallEnd } from "../core/reply.ts";
import { oneLine } from "../core/text.ts";
import type { Answer } from "./answer.ts";

const MISSING_FINAL = semantic(
  "missing_final",
  "The stream ended with status OK before the last message of the answer",
);

/** Triton puts ids before its messages, which would make equal failures differ. */
const REQUEST_ID = /^\[request id: [^\]]*\] */;

/** The failure for an error inside a stream. */
function modelError(message: string): Fault {
  return semantic("model_error", oneLine(message.replace(REQUEST_ID, "")));
}

/** A request in flight; it ends exactly once. */
export class StreamRequest {
  ended = false;
  #received_bytes = 0;

  /** @param asked_for_end whether the request asked for an empty final reply */
  constructor(readonly answer: Answer, readonly sent_bytes: number, readonly asked_for_end: boolean) {}

  /** Takes one of its replies, already parsed. */
  reply(bytes: Uint8Array, { error, outputs, is_final }: InferReplyReader): void {
    if (this.ended) return;
    this.#received_bytes += bytes.length;
    if (error.to > error.from) return this.end(faultEnding(modelError(textAt(bytes, error.from, error.to))));
    if (outputs.length > 0 && !this.#take(bytes, outputs)) return;
    if (is_final) this.#judge();
  }

  /** False: the reply could not be read, and the request has ended. */
  #take(bytes: Uint8Array, outputs: InferReplyReader["outputs"]): boolean {
    try {
      if (this.answer.take(bytes, outputs)) this.answer.marks.content();
      return true;
    } catch (error) {
      this.end(faultEnding(undecodable(error)));
      return false;
    }
  }

  /**
   * The stream is over. If the request did not ask for a final reply, status OK after a reply with outputs is success.
   */
  streamEnded(status: Status): void {
    if (status.code !== StatusCode.OK) return this.end(statusEnding(status));
    if (!this.asked_for_end && this.answer.messages > 0) return this.#judge();
    this.end(faultEnding(MISSING_FINAL));
  }

  #judge(): void {
    const fault = this.answer.judge();
    this.end(fault === null ? OK : faultEnding(fault));
  }

  /** Ends it unless it has ended already. */
  end(ending: Ending): void {
    if (this.ended) return;
    this.ended = true;
    this.answer.marks.end(new CallEnd(ending, this.sent_bytes, this.#received_bytes, this.answer));
  }
}

const OK: Ending = { outcome: "ok", code: StatusCode.OK, type: "", details: "" };
