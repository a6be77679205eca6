/** One REST exchange in flight: turns events of the transport into marks and exactly one end. */
import type { Json } from "../../plan/protocols.ts";
import { StatusCode } from "../../transport/status.ts";
import type {
  HttpCall,
  HttpChannel,
  HttpEnd,
  HttpEvents,
  HttpHeaders,
  HttpRequest,
} from "../../transport/http/channel.ts";
import type { Judge } from "../exchange/checks.ts";
import type { ShortageErrno } from "../../plan/shortages.ts";
import type { Clock, Marks, RunningOperation, Timer } from "../driver.ts";
import { brokenEnding, httpEnding, nameOf, truncatedEnding } from "../http/outcome.ts";
import { type Ending, type Fault, faultEnding, semantic } from "../core/outcome.ts";
import type { TemplateContext } from "../exchange/template.ts";
import type { Login, Token } from "./login.ts";

/** Parts that the calls of one exchange share. */
export interface RestExchangeParts {
  channel: HttpChannel;
  /** Null: no token is sent. */
  login: Login | null;
  /** Deadline from the start, login included; milliseconds. */
  timeout_ms: number;
  isExpected(status: number): boolean;
  /** Null: the reply's content is not checked. */
  judge: Judge | null;
  /** The body holds speech, which ends with its last byte. */
  speaks: boolean;
}

/** Bytes of an error's body that are read. */
const MAX_ERROR_BYTES = 16 * 1024;
/** Longest reply that is checked; bytes. */
const MAX_CHECKED_BYTES = 16 * 1024 * 1024;
const NO_BYTES = new Uint8Array(0);

/** A call in flight. */
export class RestCall implements HttpEvents, RunningOperation {
  readonly #parts: RestExchangeParts;
  readonly #request: HttpRequest;
  readonly #cx: TemplateContext;
  readonly #marks: Marks;
  readonly #clock: Clock;
  readonly #deadline_us: number;
  #call: HttpCall | null = null;
  #token: Token | null = null;
  #renewed = false;
  /** Runs while the call waits for a login. */
  #timer: Timer | null = null;
  #ended = false;
  #status = 0;
  #headers: HttpHeaders = [];
  /** The body, as far as it is needed. */
  #body = NO_BYTES;
  #kept_bytes = 0;
  #received_bytes = 0;

  constructor(parts: RestExchangeParts, request: HttpRequest, context: TemplateContext, clock: Clock, marks: Marks) {
    this.#parts = parts;
    this.#clock = clock;
    this.#deadline_us = clock.now_us() + parts.timeout_ms * 1000;
    this.#request = request;
    this.#cx = context;
    this.#marks = marks;
  }

  /** Sends the request, with a token where one is needed. */
  begin(): this {
    const { login } = this.#parts;
    if (login === null) this.#send(this.#request);
    else this.#logIn(login);
    return this;
  }

  #logIn(login: Login): void {
    this.#timer = this.#clock.at(this.#deadline_us, () => this.#end(LATE));
    login.get(this.#cx, {
      lacking: (errno) => this.lacking(errno),
      over: (token, ending) => this.#loggedIn(token, ending),
    });
  }

  #loggedIn(token: Token | null, ending: Ending | null): void {
    if (this.#ended) return;
    this.#timer?.cancel();
    if (token === null) return this.#end(ending as Ending);
    this.#token = token;
    const headers = this.#request.headers.filter(([name]) => name.toLowerCase() !== "authorization");
    this.#send({ ...this.#request, headers: [...headers, ["authorization", `Bearer ${token.value}`]] });
  }

  #send(request: HttpRequest): void {
    const left_ms = Math.max(1, (this.#deadline_us - this.#clock.now_us()) / 1000);
    try {
      this.#call = this.#parts.channel.request(request, left_ms, this);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // A placeholder's value cannot be sent over HTTP.
      this.#end({ ...REFUSED, details: error.message });
    }
  }

  cancel(): void {
    if (this.#call !== null) this.#call.cancel();
    else queueMicrotask(() => this.#end(CANCELLED));
  }

  sent(): void {
    if (!this.#renewed) this.#marks.sent();
  }

  lacking(errno: ShortageErrno): void {
    if (!this.#ended) this.#marks.lacking?.(errno);
  }

  uploaded(): void {
    if (this.#parts.speaks) this.#marks.speechEnd();
  }

  headers(status: number, headers: HttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    this.#body = NO_BYTES;
    this.#kept_bytes = 0;
  }

  data(bytes: Uint8Array): void {
    this.#received_bytes += bytes.length;
    if (!this.#good) this.#keep(bytes, MAX_ERROR_BYTES);
    else if (this.#parts.judge !== null) this.#keep(bytes, MAX_CHECKED_BYTES + 1);
  }

  get #good(): boolean {
    return this.#parts.isExpected(this.#status);
  }

  #keep(bytes: Uint8Array, most: number): void {
    const part = bytes.subarray(0, most - this.#kept_bytes);
    const needed = this.#kept_bytes + part.length;
    if (needed > this.#body.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#body.length));
      larger.set(this.#body.subarray(0, this.#kept_bytes));
      this.#body = larger;
    }
    this.#body.set(part, this.#kept_bytes);
    this.#kept_bytes = needed;
  }

  end(end: HttpEnd): void {
    const { login } = this.#parts;
    if (end.reason === "complete" && this.#token !== null && login !== null) {
      if (this.#status !== 401) this.#token.worked = true;
      else if (!this.#renewed && login.refused(this.#token)) return this.#again(login);
    }
    this.#end(this.#ending(end));
  }

  /** The token has expired: tries once more with another. The time is part of the call's latency. */
  #again(login: Login): void {
    this.#renewed = true;
    this.#call = null;
    this.#logIn(login);
  }

  #end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.cancel();
    const { details: words } = ending;
    // The caller hides the secrets of the plan. Only this class knows a token that came during the run.
    const details = this.#token === null ? words : this.#token.secrets.hide(words);
    const sent_bytes = this.#request.body?.length ?? 0;
    this.#marks.end({ ...ending, details, sent_bytes, received_bytes: this.#received_bytes });
  }

  #ending(end: HttpEnd): Ending {
    const body = this.#body.subarray(0, this.#kept_bytes);
    if (end.reason === "connection" && this.#good) return truncatedEnding(this.#status, end);
    if (end.reason !== "complete") return brokenEnding(end);
    if (!this.#good) return httpEnding(this.#status, this.#headers, body, nameOf(this.#request));
    const fault = this.#judge(body);
    return fault === null ? brokenEnding(end) : faultEnding(fault);
  }

  #judge(body: Uint8Array): Fault | null {
    const { judge } = this.#parts;
    if (judge === null) return null;
    if (body.length > MAX_CHECKED_BYTES) {
      return semantic("check", `The reply is longer than ${MAX_CHECKED_BYTES} bytes, so it was not checked`);
    }
    return judge(jsonIn(body));
  }
}

const REFUSED: Ending = { outcome: "failed", code: StatusCode.INVALID_ARGUMENT, type: "INVALID_ARGUMENT", details: "" };
const CANCELLED: Ending = {
  outcome: "cancelled",
  code: StatusCode.CANCELLED,
  type: "CANCELLED",
  details: "cancelled while logging in",
};
const LATE: Ending = {
  outcome: "timed_out",
  code: StatusCode.DEADLINE_EXCEEDED,
  type: "DEADLINE_EXCEEDED",
  details: "The deadline passed while the call waited for its login",
};

function jsonIn(body: Uint8Array): Json | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as Json;
  } catch {
    return undefined;
  }
}
