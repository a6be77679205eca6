/** Streams of events as OpenAI's interface sends them: JSON in each, `[DONE]` at the end. */
import { type Fault, semantic } from "../core/outcome.ts";
import { oneLine } from "../core/text.ts";
import { errorMessage } from "../http/outcome.ts";
import { BadReply } from "./call.ts";
import { type Fields, NO_WORDS, parseFields } from "./json.ts";
import { type SseEvent, SseReader } from "./sse.ts";

const TRUNCATED = semantic("truncated", "HTTP 200, but the stream ended without [DONE]");

/** Data that some servers and proxies send to keep a connection open; it is no chunk of the answer. */
const KEEP_ALIVE = /^(?::|\[?(?:ping|heartbeat|keep-?alive)\]?$)/i;

/** Events that hold JSON, up to `[DONE]`. */
export class EventStream {
  readonly #take: (fields: Fields) => void;
  readonly #reader = new SseReader((event) => this.#event(event));
  #done = false;

  /** @param take called with each event's fields */
  constructor(take: (fields: Fields) => void) {
    this.#take = take;
  }

  /** The event that ends the stream has come: what may follow is no part of the answer. */
  get done(): boolean {
    return this.#done;
  }

  /** Called by whoever knows another event that ends the stream. */
  finish(): void {
    this.#done = true;
  }

  /** @throws {BadReply} for an event that cannot be read or says that the answer failed; also what `take` throws */
  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /**
   * The body is over: whether the stream ended as it should.
   * @throws what `push` throws, for a last event
   */
  judge(): Fault | null {
    if (!this.#done) this.#reader.finish();
    return this.#done ? null : TRUNCATED;
  }

  #event({ name, data, error, comment }: SseEvent): void {
    if (this.#done) return;
    if (error !== null || name === "error") throw streamError([error ?? "", data ?? "", comment]);
    const text = (data ?? "").trim();
    if (text === "[DONE]") this.#done = true;
    else if (text !== "" && !KEEP_ALIVE.test(text)) this.#take(parseFields(text));
  }
}

/** @param places where servers write what went wrong; the first with words is told */
function streamError(places: readonly string[]): BadReply {
  const said = places.map(errorMessage).find((words) => words !== "") ?? NO_WORDS;
  return new BadReply(semantic("stream_error", `HTTP 200, but the stream reports an error: ${oneLine(said)}`));
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
