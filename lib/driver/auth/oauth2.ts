/** Tokens by OAuth2 client credentials. Source: RFC 6749, sections 2.3.1, 4.4 and 5. */
import { errorText } from "../../base/errors.ts";
import type { OAuth2Plan } from "../../plan/credentials.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import { ConnectError, type ShortageErrno } from "../../transport/channel.ts";
import type { HttpChannel, HttpHeaders } from "../../transport/http/channel.ts";
import { openHttp } from "../../transport/http/open.ts";
import { clientBasicOf, isToken, type NoToken, type Token, type TokenSource } from "../core/tokens.ts";
import { describeStatus } from "../http/outcome.ts";
import { askHttp, type HttpAnswer } from "../http/request.ts";
import { CONNECT_TIMEOUT_MS, proxyOptions, readTls } from "../core/open_service.ts";
import type { Secrets } from "./secrets.ts";
import { oneLine } from "../core/text.ts";

/** Deadline of one token request; milliseconds. */
const ASK_MS = 10_000;
/** A new token is requested this long before the old one expires, but not before 80 % of its life; milliseconds. */
const MARGIN_MS = 60_000;
/** After a failure the next request comes after 1 s, 2 s, ... up to this; milliseconds. */
const MAX_BACKOFF_MS = 30_000;
/** Refused tokens lead to at most one request in this time; milliseconds. */
const FORCED_GAP_MS = 5000;
/** Longest timer there is; milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The endpoint's answer. */
interface Grant {
  token: Token;
  /** Infinity where the answer names none; milliseconds. */
  lives_ms: number;
}

/** Requests tokens from an endpoint: one request at a time, the next before the token expires. */
export class OAuth2Tokens implements TokenSource {
  readonly #service: ServicePlan;
  readonly #plan: OAuth2Plan;
  readonly #secrets: Secrets;
  readonly #endpoint: string;
  #channel: Promise<HttpChannel> | null = null;
  #asking: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #token: Token | null = null;
  #expires_at_ms = Infinity;
  #failures = 0;
  /** Why the last request failed; empty where it did not. */
  #failure = "";
  /** What this machine lacked at the last request. */
  #lacked: ShortageErrno | null = null;
  #forced_at_ms = -Infinity;
  #closed = false;

  constructor(service: ServicePlan, plan: OAuth2Plan, secrets: Secrets) {
    this.#service = service;
    this.#plan = plan;
    this.#secrets = secrets;
    const path = plan.path.split("?")[0];
    this.#endpoint = `${plan.tls === null ? "http" : "https"}://${plan.address}${path}`;
  }

  async ready(): Promise<void> {
    if (this.#token !== null) return;
    await this.#ask();
    if (this.#token === null) throw new ConnectError("other", this.#failure, REMEDY);
  }

  token(): Token | NoToken {
    if (this.#token !== null && performance.now() < this.#expires_at_ms) return this.#token;
    if (this.#failure !== "") return { missing: this.#failure, lacked: this.#lacked };
    return this.#token ?? { missing: `The token endpoint ${this.#endpoint} has not been asked yet` };
  }

  rejected(token: Token): void {
    const now_ms = performance.now();
    // Many calls may have been sent with it, and a client without any rights would request tokens forever.
    if (token !== this.#token || now_ms - this.#forced_at_ms < FORCED_GAP_MS) return;
    this.#forced_at_ms = now_ms;
    this.#ask();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await (await this.#channel?.catch(() => null))?.close();
    await this.#asking;
  }

  /** Requests a token once, or waits for the request in flight. Never rejects. */
  #ask(): Promise<void> {
    this.#asking ??= this.#askOnce().finally(() => this.#asking = null);
    return this.#asking;
  }

  async #askOnce(): Promise<void> {
    if (this.#closed) return;
    const asked_at_ms = performance.now();
    this.#lacked = null;
    try {
      const { token, lives_ms } = await this.#grant();
      this.#token = token;
      this.#expires_at_ms = asked_at_ms + lives_ms;
      this.#failures = 0;
      this.#failure = "";
      this.#again(asked_at_ms + lives_ms - Math.min(MARGIN_MS, lives_ms / 5) - performance.now());
    } catch (error) {
      const why = errorText(error);
      this.#failure = this.#secrets.hide(
        `No token for service ${this.#service.name} from the token endpoint ${this.#endpoint}: ${oneLine(why)}`,
      );
      this.#again(Math.min(MAX_BACKOFF_MS, 1000 * 2 ** this.#failures++));
    }
  }

  #again(wait_ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    // Those who wait for the first token request it.
    if (this.#closed || wait_ms === Infinity || this.#token === null) return;
    this.#timer = setTimeout(() => this.#ask(), Math.min(Math.max(wait_ms, 0), MAX_TIMER_MS));
  }

  async #grant(): Promise<Grant> {
    this.#channel ??= this.#open();
    const body = new TextEncoder().encode(formOf(this.#plan));
    const request = { method: "POST", path: this.#plan.path, headers: headersOf(this.#plan), body };
    const answer = await askHttp(await this.#channel, request, ASK_MS, (errno) => this.#lacked = errno);
    return this.#read(answer);
  }

  async #open(): Promise<HttpChannel> {
    const { address, tls } = this.#plan;
    const { name } = this.#service;
    return openHttp(address, {
      tls: await readTls({ name, tls }, `the token endpoint of service ${name}`),
      proxy: proxyOptions(this.#service),
      connections: 1,
      connect_timeout_ms: CONNECT_TIMEOUT_MS,
      version: "1.1",
      transparentRetry: true,
    });
  }

  /**
   * Reads the endpoint's answer.
   * @throws {Error} without a secret in its message, for an answer that is not a token
   */
  #read({ end, status, headers, body }: HttpAnswer): Grant {
    if (end.reason !== "complete") throw new Error(end.details);
    if (status !== 200) throw new Error(describeStatus(status, headers, body));
    let given: unknown;
    try {
      given = JSON.parse(new TextDecoder().decode(body));
    } catch {
      throw new Error("HTTP 200, but its answer is not JSON");
    }
    const { access_token, token_type = "Bearer", expires_in } = (given ?? {}) as Record<string, unknown>;
    if (typeof access_token !== "string" || !isToken(access_token)) {
      throw new Error("HTTP 200, but its answer has no access_token that can be sent");
    }
    this.#secrets.add(access_token);
    this.#secrets.addGrant(given);
    if (typeof token_type !== "string" || token_type.toLowerCase() !== "bearer") {
      throw new Error("HTTP 200, but the token is not a bearer token");
    }
    const lives_s = Number(expires_in ?? Infinity);
    return {
      token: { authorization: `Bearer ${access_token}` },
      lives_ms: lives_s > 0 ? lives_s * 1000 : Infinity,
    };
  }
}

const REMEDY = "Check the token endpoint, the client's id and secret, and its scope.";

function headersOf(plan: OAuth2Plan): HttpHeaders {
  const form: HttpHeaders = [["content-type", "application/x-www-form-urlencoded"], ["accept", "application/json"]];
  return plan.send_as === "body" ? form : [...form, ["authorization", clientBasicOf(plan)]];
}

function formOf({ send_as, client_id, client_secret, scope, audience }: OAuth2Plan): string {
  return new URLSearchParams({
    grant_type: "client_credentials",
    ...(scope !== "" && { scope }),
    ...(audience !== "" && { audience }),
    ...(send_as === "body" && { client_id, client_secret }),
  }).toString();
}
