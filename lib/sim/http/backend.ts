/** The simulator's services without a network: its HTTP fronts call them, with the same queues, times and faults. */
import type { Codec, Draft } from "../../../proto/codec.ts";
import { StatusCode, statusName } from "../../transport/status.ts";
import type { Handle, MethodTable, ServerCall } from "../server/server.ts";

/** Events of a call for its front. `end` is called exactly once, last, unless the call is cancelled. */
export interface BackendEvents {
  message(bytes: Uint8Array): void;
  end(code: number, details: string): void;
}

/** A call that ended with a status other than OK. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  constructor(readonly code: number, details: string) {
    super(details === "" ? statusName(code) : details);
  }
}

/** The caller, for limits per user. */
export type Caller = string;

/** The handlers of all services. */
export class Backend implements MethodTable {
  readonly #handles = new Map<string, Handle>();

  handle(path: string, handle: Handle): void {
    this.#handles.set(path, handle);
  }

  /**
   * Starts a call with its only request message. A path without a handler ends UNAVAILABLE: that service is not
   * running.
   * @returns a function that cancels it; no event follows
   */
  start(path: string, request: Uint8Array, caller: Caller, events: BackendEvents): () => void {
    const handle = this.#handles.get(path);
    let over = false;
    const call: ServerCall = {
      path,
      metadata: [["user_id", caller]],
      timeout_ms: null,
      write(bytes) {
        if (!over) events.message(bytes);
        return true;
      },
      end(code, details) {
        if (over) return;
        over = true;
        events.end(code, details);
      },
    };
    if (handle === undefined) {
      call.end(StatusCode.UNAVAILABLE, "the service is not running");
      return () => {};
    }
    const handler = handle(call);
    handler.message(request);
    handler.halfClose();
    return () => {
      if (over) return;
      over = true;
      handler.cancel();
    };
  }

  /**
   * Runs a call with one reply.
   * @param signal cancels it
   * @throws {BackendError} for a status other than OK
   * @throws {DOMException} when the signal aborts it
   */
  ask<Request, Reply>(
    path: string,
    [request, reply]: readonly [Codec<Request>, Codec<Reply>],
    message: Draft<Request>,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    let made: Reply | null = null;
    const cancel = this.start(path, request.encode(message), caller, {
      message: (bytes) => void (made = reply.decode(bytes)),
      end(code, details) {
        if (code !== StatusCode.OK) reject(new BackendError(code, details));
        else if (made === null) reject(new BackendError(StatusCode.INTERNAL, "the call ended without a reply"));
        else resolve(made);
      },
    });
    signal.addEventListener("abort", () => {
      cancel();
      reject(signal.reason);
    }, { once: true });
    return promise;
  }
}
