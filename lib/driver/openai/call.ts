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
import type { ShortageErrno } from "../../plan/shortages.ts";
import type { Clock, Content, Marks, RunningOperation, Timer } from "../driver.ts";
import { brokenEnding, errorMessage, httpEnding, nameOf, truncatedEnding } from "../http/outcome.ts";
import { type Ending, type Fault, faultEnding, semantic } from "../core/outcome.ts";
import { CallEnd } from "../core/reply.ts";
import { oneLine } from "../core/text.ts";

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
  /**
   * The answer has ended by its own end mark, so that the call ends here, however long the body stays open. Absent: it
   * ends with the body.
   */
  readonly done?: boolean;
  /**
   * After the whole reply: what is wrong with it, or null.
   * @throws {Fault | Error} as `data` does
   */
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

/**
 * How long a body may stay open after the answer's own end mark. Within it the connection is free for the next request;
 * then it is closed. Microseconds.
 */
const DRAIN_US = 1_000_000;

/** What a call needs besides its marks. */
export interface Asked {
  channel: HttpChannel;
  clock: Clock;
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
  /** The marks have been told the end; what the body still holds is drained. */
  #ended = false;
  #drain: Timer | null = null;

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

  lacking(errno: ShortageErrno): void {
    this.#marks.lacking?.(errno);
  }

  uploaded(): void {
    if (!this.#ended) this.#asked.uploaded?.();
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
    if (this.#ended) return;
    this.#received_bytes += bytes.length;
    if (!this.#good || this.#fault !== null) return this.#keep(bytes);
    try {
      this.#reply.data(bytes);
    } catch (error) {
      this.#fault = faultOf(error);
      this.cancel();
      return;
    }
    if (this.#reply.done === true) this.#endEarly();
  }

  #endEarly(): void {
    const { clock } = this.#asked;
    this.#drain = clock.at(clock.now_us() + DRAIN_US, () => this.#call.cancel());
    this.#end(COMPLETE);
  }

  /** Keeps the beginning of an error's body for its message. */
  #keep(bytes: Uint8Array): void {
    const room = MAX_ERROR_BYTES - this.#error.length;
    if (room <= 0) return;
    const part = bytes.subarray(0, room);
    this.#error = joinBytes(this.#error, part);
  }

  end(end: HttpEnd): void {
    this.#drain?.cancel();
    this.#end(end);
  }

  #end(end: HttpEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const ending = this.#ending(end);
    const sent_bytes = this.#asked.request.body?.length ?? 0;
    this.#marks.end(new CallEnd(ending, sent_bytes, this.#received_bytes, this.#reply));
  }

  #ending(end: HttpEnd): Ending {
    if (this.#fault !== null) return faultEnding(this.#withWords(this.#fault));
    if (end.reason !== "complete") return this.#broken(end);
    if (!this.#good) return httpEnding(this.#status, this.#headers, this.#error, nameOf(this.#asked.request));
    const fault = this.#judge();
    return fault === null ? brokenEnding(end) : faultEnding(fault);
  }

  #judge(): Fault | null {
    try {
      return this.#reply.judge();
    } catch (error) {
      return faultOf(error);
    }
  }

  /** A reply of the wrong kind often says why in its body, such as an error object at HTTP 200. */
  #withWords(fault: Fault): Fault {
    const said = errorMessage(new TextDecoder().decode(this.#error));
    return said === "" ? fault : { ...fault, details: oneLine(`${fault.details}: ${said}`) };
  }

  /** A body that is cut off after a good status is a failure of its own class: the answer was truncated. */
  #broken(end: HttpEnd): Ending {
    if (end.reason !== "connection" || !this.#good) return brokenEnding(end);
    return truncatedEnding(this.#status, end);
  }
}

const COMPLETE: HttpEnd = { reason: "complete", details: "", trailers: [] };

function faultOf(error: unknown): Fault {
  return error instanceof BadReply ? error.fault : semantic("unreadable", `Cannot read the reply: ${errorText(error)}`);
}
