/** Logging in at a path of the service itself: one token for all calls of a worker. */
import type { HttpChannel, HttpEnd, HttpHeaders } from "../../transport/http/channel.ts";
import { brokenEnding, httpEnding } from "../http_outcome.ts";
import { type Ending, faultEnding, semantic } from "../outcome.ts";
import type { TemplateContext } from "../template.ts";

/** A token, and how far it is trusted. */
export interface Token {
  readonly value: string;
  /** A call was not refused with it. */
  worked: boolean;
}

/** Takes a token, or how the login ended where it failed. */
export type Waiter = (token: Token | null, ending: Ending | null) => void;

/** Longest reply of a login; bytes. */
const MAX_REPLY_BYTES = 64 * 1024;

/** Asks for tokens, one at a time: calls that come meanwhile wait for the same one. */
export class Login {
  #token: Token | null = null;
  #waiting: Waiter[] = [];
  #count = 0;

  /**
   * @param path of the POST that gives a token, to be filled in for each
   * @param headers sent with it
   * @param timeout_ms deadline of a login
   */
  constructor(
    readonly channel: HttpChannel,
    readonly path: (cx: TemplateContext) => string,
    readonly headers: HttpHeaders,
    readonly timeout_ms: number,
  ) {}

  /** Gives the token, at once where there is one. */
  get(cx: TemplateContext, waiter: Waiter): void {
    if (this.#token !== null) return waiter(this.#token, null);
    if (this.#waiting.push(waiter) === 1) this.#ask(cx);
  }

  /** A call was refused (401) with a token. True: another one may help, for this one has worked, or is not the latest. */
  refused(token: Token): boolean {
    const old = this.#token !== token;
    if (!old && token.worked) this.#token = null;
    return old || token.worked;
  }

  #ask({ random }: TemplateContext): void {
    const number = ++this.#count;
    const reply = { status: 0, headers: [] as HttpHeaders, text: "" };
    const decoder = new TextDecoder();
    const path = this.path({ random, seq: () => number });
    this.channel.request({ method: "POST", path, headers: this.headers, body: null }, this.timeout_ms, {
      sent() {},
      headers: (status, headers) => void Object.assign(reply, { status, headers }),
      data(bytes) {
        if (reply.text.length < MAX_REPLY_BYTES) reply.text += decoder.decode(bytes, { stream: true });
      },
      end: (end) => this.#settle(end, reply),
    });
  }

  #settle(end: HttpEnd, { status, headers, text }: { status: number; headers: HttpHeaders; text: string }): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const value = end.reason === "complete" && status >= 200 && status < 300 ? tokenIn(text) : null;
    if (value !== null) {
      const token = this.#token = { value, worked: false };
      for (const waiter of waiting) waiter(token, null);
      return;
    }
    const ending = end.reason !== "complete"
      ? brokenEnding(end)
      : status >= 200 && status < 300
      ? faultEnding(semantic("login", `the reply holds no access_token`))
      : httpEnding(status, headers, new TextEncoder().encode(text));
    for (const waiter of waiting) waiter(null, { ...ending, details: `The login failed: ${ending.details}` });
  }
}

function tokenIn(text: string): string | null {
  try {
    const reply: unknown = JSON.parse(text);
    if (typeof reply !== "object" || reply === null || !("access_token" in reply)) return null;
    const { access_token } = reply;
    // Anything else could not travel in a header.
    return typeof access_token === "string" && /^[!-~]+$/.test(access_token) ? access_token : null;
  } catch {
    return null;
  }
}
