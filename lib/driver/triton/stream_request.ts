/**
 * One request on a stream of replies, and when it is over. A decoupled model answers with any number of replies; the
 * last one carries `triton_final_response`, with outputs or without. Errors come as replies, and the stream goes on.
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

/** Ids that Triton puts before its words would keep equal failures apart. */
const REQUEST_ID = /^\[request id: [^\]]*\] */;

/** The failure that an error inside a stream tells of. */
function modelError(message: string): Fault {
  return semantic("model_error", oneLine(message.replace(REQUEST_ID, "")));
}

/** A request in flight; it ends exactly once. */
export class StreamRequest {
  ended = false;
  #received_bytes = 0;

  /**
   * @param asked_for_end the request asked for an empty reply where the last one has no final mark
   */
  constructor(readonly answer: Answer, readonly sent_bytes: number, readonly asked_for_end: boolean) {}

  /** Takes one of its replies, as it was read. */
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

  /** The stream is over: without the question for an end its OK is one, after a reply with outputs. */
  streamEnded(status: Status): void {
    if (status.code !== StatusCode.OK) return this.end(statusEnding(status));
    if (!this.asked_for_end && this.answer.messages > 0) return this.#judge();
    this.end(faultEnding(MISSING_FINAL));
  }

  #judge(): void {
    const fault = this.answer.judge();
    this.end(fault === null ? OK : faultEnding(fault));
  }

  /** Ends it, unless it has ended. */
  end(ending: Ending): void {
    if (this.ended) return;
    this.ended = true;
    this.answer.marks.end(new CallEnd(ending, this.sent_bytes, this.#received_bytes, this.answer));
  }
}

const OK: Ending = { outcome: "ok", code: StatusCode.OK, type: "", details: "" };
