/** One request in flight: turns events of the transport into marks and exactly one end. */
import { joinBytes } from "../../base/bytes.ts";
import { errorText } from "../../base/errors.ts";
import type {
  HttpCall,
  HttpChannel,
  HttpEnd,
  HttpEvents,
  HttpHeaders,
  HttpRequest,
} from "../../transport/http/channel.ts";
import type { Content, Marks, RunningOperation } from "../driver.ts";
import { brokenEnding, httpEnding, truncatedEnding } from "../http/outcome.ts";
import { type Ending, type Fault, faultEnding, semantic } from "../core/outcome.ts";
import { CallEnd } from "../core/reply.ts";

/** Bytes of an error's body that are read. */
const MAX_ERROR_BYTES = 16 * 1024;

/** Reads the body of one successful reply and judges it at its end. */
export interface BodyReply {
  /** What is wrong with the content type, or null. `type`: the media type, in lower case. */
  accept(type: string, headers: HttpHeaders): Fault | null;
  /**
   * Takes bytes of the body and reports their content to the marks.
   * @throws {Fault | Error} for a malformed body
   */
  data(bytes: Uint8Array): void;
  /** After the whole reply: what is wrong with it, or null. */
  judge(): Fault | null;
  /** After a judgement without fault: the call's content. */
  content?(): Content;
}

/** A reply that proves to be a failure while it is read. */
export class BadReply extends Error {
  override readonly name = "BadReply";
  /** @param fault what was wrong */
  constructor(readonly fault: Fault) {
    super(fault.details);
  }
}

/** What a call needs besides its marks. */
export interface Asked {
  channel: HttpChannel;
  request: HttpRequest;
  /** Deadline from the start; milliseconds. */
  timeout_ms: number;
  /** Called when the last byte of the request was handed to the socket. */
  uploaded?: () => void;
}

/** A call in flight. */
export class OpenAiCall implements HttpEvents, RunningOperation {
  readonly #marks: Marks;
  readonly #reply: BodyReply;
  readonly #asked: Asked;
  readonly #call: HttpCall;
  #status = 0;
  #headers: HttpHeaders = [];
  #error = new Uint8Array(0);
  #received_bytes = 0;
  /** If set, this decides the end. */
  #fault: Fault | null = null;

  /** Starts it. */
  constructor(asked: Asked, marks: Marks, reply: BodyReply) {
    this.#marks = marks;
    this.#reply = reply;
    this.#asked = asked;
    this.#call = asked.channel.request(asked.request, asked.timeout_ms, this);
  }

  cancel(): void {
    this.#call.cancel();
  }

  sent(): void {
    this.#marks.sent();
  }

  uploaded(): void {
    this.#asked.uploaded?.();
  }

  headers(status: number, headers: HttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (!this.#good) return;
    const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
    this.#fault = this.#reply.accept((type.split(";")[0] as string).trim().toLowerCase(), headers);
  }

  get #good(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  data(bytes: Uint8Array): void {
    this.#received_bytes += bytes.length;
    if (!this.#good || this.#fault !== null) return this.#keep(bytes);
    try {
      this.#reply.data(bytes);
    } catch (error) {
      this.#fault = error instanceof BadReply ? error.fault : unreadable(error);
      this.cancel();
    }
  }

  /** Keeps the beginning of an error's body for its message. */
  #keep(bytes: Uint8Array): void {
    const room = MAX_ERROR_BYTES - this.#error.length;
    if (room <= 0) return;
    const part = bytes.subarray(0, room);
    this.#error = joinBytes(this.#error, part);
  }

  end(end: HttpEnd): void {
    const ending = this.#ending(end);
    const sent_bytes = this.#asked.request.body?.length ?? 0;
    this.#marks.end(new CallEnd(ending, sent_bytes, this.#received_bytes, this.#reply));
  }

  #ending(end: HttpEnd): Ending {
    if (this.#fault !== null) return faultEnding(this.#fault);
    if (end.reason !== "complete") return this.#broken(end);
    if (!this.#good) return httpEnding(this.#status, this.#headers, this.#error);
    const fault = this.#reply.judge();
    return fault === null ? brokenEnding(end) : faultEnding(fault);
  }

  /** A body that is cut off after a good status is a failure of its own class: the answer was truncated. */
  #broken(end: HttpEnd): Ending {
    if (end.reason !== "connection" || !this.#good) return brokenEnding(end);
    return truncatedEnding(this.#status, end);
  }
}

function unreadable(error: unknown): Fault {
  const why = errorText(error);
  return semantic("unreadable", `Cannot read the reply: ${why}`);
}
