/** Streams of events as OpenAI's interface sends them: JSON in each, `[DONE]` at the end. */
import { type Fault, semantic } from "../core/outcome.ts";
import { type Fields, parseFields } from "./json.ts";
import { SseReader } from "./sse.ts";

const TRUNCATED = semantic("truncated", "HTTP 200, but the stream ended without [DONE]");

/** Events that hold JSON, up to `[DONE]`. */
export class EventStream {
  readonly #take: (fields: Fields) => void;
  readonly #reader = new SseReader((data) => this.#event(data));
  #done = false;

  /** @param take called with each event's fields */
  constructor(take: (fields: Fields) => void) {
    this.#take = take;
  }

  /** The event that ends the stream has come. */
  finish(): void {
    this.#done = true;
  }

  /** @throws {BadReply} for an event that cannot be read; also what `take` throws */
  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /** Whether the stream ended as it should. */
  judge(): Fault | null {
    return this.#done ? null : TRUNCATED;
  }

  #event(data: string): void {
    if (this.#done) return;
    if (data.trim() === "[DONE]") {
      this.#done = true;
    } else if (data !== "") this.#take(parseFields(data));
  }
}

/** Checks the content type of a reply that should be a stream of events; null: nothing is wrong. */
export function acceptEvents(type: string): Fault | null {
  if (type === "text/event-stream") return null;
  const what = type === "" ? "no content type" : `content type "${type.slice(0, 60)}"`;
  return semantic(
    "not_sse",
    `HTTP 200 with ${what} instead of a stream of events: the server or a proxy ignores "stream"`,
  );
}
