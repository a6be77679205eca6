/** Streamed replies. The status waits for the first bytes, so that an earlier failure has its own status. */
import { StatusCode } from "../../transport/status.ts";
import { type Backend, BackendError } from "./backend.ts";

/** Converts a call's messages to bytes. */
export interface Streamed {
  path: string;
  request: Uint8Array;
  caller: string;
  content_type: string;
  /** The bytes for one message; null: the stream is cut off here. */
  message(bytes: Uint8Array): Uint8Array | null;
  /** The bytes after the last message, by the status. */
  end(code: number, details: string): Uint8Array;
}

/**
 * Starts a call and answers with its messages.
 * @param signal cancels it
 * @throws {BackendError} when the call fails before its first message
 */
export function streamReply(backend: Backend, streamed: Streamed, signal: AbortSignal): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  let out: ReadableStreamDefaultController<Uint8Array> | null = null;
  let over = false;
  let cancel: (() => void) | null = null;
  // A call that takes no time ends before `start` has returned the function that cancels it.
  const stop = () => {
    over = true;
    cancel?.();
  };
  const begin = (): ReadableStreamDefaultController<Uint8Array> => {
    if (out !== null) return out;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (out = controller),
      cancel: stop,
    });
    resolve(new Response(body, { headers: { "content-type": streamed.content_type, "cache-control": "no-cache" } }));
    return out as unknown as ReadableStreamDefaultController<Uint8Array>;
  };
  cancel = backend.start(streamed.path, streamed.request, streamed.caller, {
    message(bytes) {
      if (over) return;
      const made = streamed.message(bytes);
      if (made !== null) return begin().enqueue(made);
      begin().close();
      stop();
    },
    end(code, details) {
      if (over) return;
      over = true;
      if (out === null && code !== StatusCode.OK) return reject(new BackendError(code, details));
      const last = streamed.end(code, details);
      const controller = begin();
      if (last.length > 0) controller.enqueue(last);
      controller.close();
    },
  });
  if (over) cancel();
  signal.addEventListener("abort", () => {
    stop();
    reject(signal.reason);
  }, { once: true });
  return promise;
}

const encoder = new TextEncoder();

/** Encodes server-sent events. */
export function eventBytes(...events: readonly unknown[]): Uint8Array {
  return encoder.encode(
    events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join(""),
  );
}
