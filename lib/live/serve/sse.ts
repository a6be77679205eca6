/** Server-sent events: one stream a browser, which may come back and go on where it was cut off. */
import type { Board } from "../show/board.ts";
import { HttpError } from "../guard/http_error.ts";
import { reply } from "./replies.ts";

/** Most streams at the same time: each costs a little of every second. */
export const MAX_STREAMS = 32;
/** An event so often shows both ends that the connection lives; it has no id, so nobody goes on from it. */
const PING_MS = 5000;
const PING = "event: ping\ndata: {}\n\n";
/** A browser that reads nothing is cut off at so many events; it comes back, and gets what it missed. */
const MAX_WAITING = 64;
/** How long a browser waits before it comes back. */
const RETRY_MS = 1000;

/** The streams of a server. */
export class Streams {
  readonly #open = new Set<() => void>();

  constructor(readonly board: Board) {}

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /**
   * Opens a stream.
   * @param last id of the last event that this browser got; null: it got none
   * @throws {HttpError} 429 where there are too many
   */
  open(last: string | null): Response {
    if (this.#open.size >= MAX_STREAMS) {
      throw new HttpError(429, `${MAX_STREAMS} pages are open already: close one of them`);
    }
    return reply(this.#stream(last), {
      "content-type": "text/event-stream; charset=utf-8",
      // Deno and proxies would compress it, and hold it back for that.
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
  }

  /** Ends all streams. */
  close(): void {
    for (const close of [...this.#open]) close();
  }

  #stream(last: string | null): ReadableStream<Uint8Array> {
    const { board } = this;
    const encoder = new TextEncoder();
    let end = () => {};
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send = (text: string) => {
          if ((controller.desiredSize ?? 0) < -MAX_WAITING) return end();
          controller.enqueue(encoder.encode(text));
        };
        const missed = last === null ? null : board.feed.since(last);
        send(`retry: ${RETRY_MS}\n\n`);
        const first = missed === null ? board.greeting().join("") : missed.map(({ text }) => text).join("");
        if (first !== "") send(first);
        const deaf = board.feed.listen(({ text }) => send(text));
        const ping = setInterval(() => send(PING), PING_MS);
        end = () => {
          deaf();
          clearInterval(ping);
          if (!this.#open.delete(end)) return;
          try {
            controller.close();
          } catch {
            // The browser went first.
          }
        };
        this.#open.add(end);
      },
      cancel: () => end(),
    });
  }
}
