/** One gRPC call in flight: turns events of the transport into marks and exactly one end. */
import { StatusCode } from "../../transport/status.ts";
import type { CallEvents, ClientCall, Method, ShortageErrno, Status } from "../../transport/channel.ts";
import type { Marks, RunningOperation } from "../driver.ts";
import { type Fault, faultEnding, statusEnding, undecodable } from "../core/outcome.ts";
import { CallEnd, NO_CONTENT, type Reply } from "../core/reply.ts";

/** Sends the messages of a request stream. */
export interface Sender {
  /** Sends the first messages with `call.send` and `call.finishSending`. */
  begin(call: StreamCall): void;
  /** The stream accepts more again. */
  drain(): void;
  /** The call is over: cancel all timers. */
  stop(): void;
}

/** The part of a call that a sender uses. */
export interface StreamCall {
  readonly ended: boolean;
  /** Sends one message; false: wait for `drain` before the next. */
  send(message: Uint8Array): boolean;
  finishSending(): void;
}

/** A call in flight. */
export class OperationCall implements CallEvents, RunningOperation, StreamCall {
  ended = false;
  #call: ClientCall | null = null;
  #sent_bytes = 0;
  #received_bytes = 0;
  /** The fault of a reply that could not be read. It decides the end, whatever the status says. */
  #unreadable: Fault | null = null;
  /** `cancel` was called before the transport returned the call. */
  #cancel_asked = false;

  constructor(readonly marks: Marks, readonly reply: Reply, readonly sender: Sender | null) {}

  /**
   * Starts a call with its only request message.
   * @param timeout_ms deadline from now
   */
  static unary(method: Method, request: Uint8Array, timeout_ms: number, marks: Marks, reply: Reply): OperationCall {
    const call = new OperationCall(marks, reply, null);
    call.#sent_bytes = request.length;
    call.#attach(method.start(request, timeout_ms, call));
    return call;
  }

  /** Starts a call whose messages `sender` sends. */
  static stream(method: Method, sender: Sender, timeout_ms: number, marks: Marks, reply: Reply): OperationCall {
    const call = new OperationCall(marks, reply, sender);
    call.#attach(method.start(null, timeout_ms, call));
    sender.begin(call);
    return call;
  }

  #attach(call: ClientCall): void {
    this.#call = call;
    if (this.#cancel_asked) call.cancel();
  }

  send(message: Uint8Array): boolean {
    if (this.#call === null || this.ended) return false;
    this.#sent_bytes += message.length;
    return this.#call.write(message);
  }

  finishSending(): void {
    this.#call?.halfClose();
  }

  cancel(): void {
    this.#cancel_asked = true;
    this.sender?.stop();
    this.#call?.cancel();
  }

  sent(): void {
    this.marks.sent();
  }

  lacking(errno: ShortageErrno): void {
    this.marks.lacking?.(errno);
  }

  message(bytes: Uint8Array): void {
    this.#received_bytes += bytes.length;
    if (this.#unreadable !== null) return;
    try {
      const audio_us = this.reply.read(bytes);
      if (audio_us !== NO_CONTENT) this.marks.content(audio_us);
    } catch (error) {
      this.#unreadable = undecodable(error);
      this.cancel();
    }
  }

  drain(): void {
    this.sender?.drain();
  }

  end(status: Status): void {
    this.ended = true;
    this.sender?.stop();
    const fault = this.#unreadable ?? (status.code === StatusCode.OK ? this.reply.judge() : null);
    const ending = fault === null ? statusEnding(status) : faultEnding(fault);
    this.marks.end(new CallEnd(ending, this.#sent_bytes, this.#received_bytes, this.reply));
  }
}
