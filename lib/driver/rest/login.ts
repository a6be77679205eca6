/** Logs in at a path of the service itself: one token for all calls of a worker. */
import type { ShortageErrno } from "../../transport/channel.ts";
import type { HttpChannel, HttpHeaders } from "../../transport/http/channel.ts";
import { askHttp, type HttpAnswer } from "../http/request.ts";
import { brokenEnding, httpEnding } from "../http/outcome.ts";
import { type Ending, faultEnding, semantic } from "../core/outcome.ts";
import type { TemplateContext } from "../exchange/template.ts";
import { isToken } from "../core/tokens.ts";
import { Secrets } from "../auth/secrets.ts";
import { NO_CALL } from "../inputs/inputs.ts";

/** A token, and whether it has worked. */
export interface Token {
  readonly value: string;
  /** Knows the token, which came during the run and is in no plan. */
  readonly secrets: Secrets;
  /** A call with it was not refused. */
  worked: boolean;
}

/** Waits for a token. */
export interface Waiter {
  /** As `Marks.lacking`. */
  lacking(errno: ShortageErrno): void;
  /** Receives the token, or the ending of a failed login. */
  over(token: Token | null, ending: Ending | null): void;
}

/** Requests tokens, one at a time. Calls that start during a login wait for the same token. */
export class Login {
  #token: Token | null = null;
  #waiting: Waiter[] = [];
  #count = 0;

  /**
   * @param path of the POST that returns a token; its template is filled in for each login
   * @param headers sent with it
   * @param timeout_ms deadline of a login
   */
  constructor(
    readonly channel: HttpChannel,
    readonly path: (context: TemplateContext) => string,
    readonly headers: HttpHeaders,
    readonly timeout_ms: number,
  ) {}

  /** Passes the token to `waiter`, at once if there is one. */
  get(context: TemplateContext, waiter: Waiter): void {
    if (this.#token !== null) return waiter.over(this.#token, null);
    if (this.#waiting.push(waiter) === 1) this.#ask(context);
  }

  /**
   * A call with this token was refused (401). True: another token may help, since this one has worked before or is not
   * the latest.
   */
  refused(token: Token): boolean {
    const old = this.#token !== token;
    if (!old && token.worked) this.#token = null;
    return old || token.worked;
  }

  async #ask({ random }: TemplateContext): Promise<void> {
    const number = ++this.#count;
    // The token is for all users, although one call requests it.
    const path = this.path({ ...NO_CALL, random, seq: () => number });
    const request = { method: "POST", path, headers: this.headers, body: null };
    const answer = await askHttp(this.channel, request, this.timeout_ms, (errno) => {
      for (const waiter of this.#waiting) waiter.lacking(errno);
    });
    const waiting = this.#waiting;
    this.#waiting = [];
    const result = readToken(answer);
    if (typeof result === "string") {
      const secrets = new Secrets(null);
      secrets.add(result);
      const token = this.#token = { value: result, secrets, worked: false };
      for (const waiter of waiting) waiter.over(token, null);
    } else {
      const ending = { ...result, details: `The login failed: ${result.details}` };
      for (const waiter of waiting) waiter.over(null, ending);
    }
  }
}

/** The token of a reply, or how the login ended. */
function readToken({ end, status, headers, body }: HttpAnswer): string | Ending {
  if (end.reason !== "complete") return brokenEnding(end);
  if (status < 200 || status >= 300) return httpEnding(status, headers, body);
  return tokenIn(body) ?? faultEnding(semantic("login", "the reply has no access_token"));
}

function tokenIn(body: Uint8Array): string | null {
  try {
    const reply: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof reply !== "object" || reply === null || !("access_token" in reply)) return null;
    const { access_token } = reply;
    return typeof access_token === "string" && isToken(access_token) ? access_token : null;
  } catch {
    return null;
  }
}
