/** One stream for each request: its status, deadline and cancellation are the request's. */
import { inferReplies } from "../../../proto/kserve.ts";
import type { CallEvents, ClientCall, Method, ShortageErrno, Status } from "../../transport/channel.ts";
import type { RunningOperation } from "../driver.ts";
import { faultEnding, undecodable } from "../core/outcome.ts";
import type { StreamRequest } from "./stream_request.ts";

/** A request and its stream, which is half-closed after the request. */
export class OwnStream implements CallEvents, RunningOperation {
  readonly #call: ClientCall;

  /** Opens a stream and sends a request on it. The stream ends at the latest `timeout_ms` from now. */
  constructor(method: Method, readonly request: StreamRequest, bytes: Uint8Array, timeout_ms: number) {
    this.#call = method.start(null, timeout_ms, this);
    this.#call.write(bytes);
    this.#call.halfClose();
  }

  cancel(): void {
    this.#call.cancel();
  }

  sent(): void {
    this.request.answer.marks.sent();
  }

  lacking(errno: ShortageErrno): void {
    this.request.answer.marks.lacking?.(errno);
  }

  message(bytes: Uint8Array): void {
    if (this.request.ended) return;
    try {
      inferReplies.readStreamed(bytes);
    } catch (error) {
      this.request.end(faultEnding(undecodable(error)));
      return this.cancel();
    }
    this.request.reply(bytes, inferReplies);
  }

  end(status: Status): void {
    this.request.streamEnded(status);
  }
}
