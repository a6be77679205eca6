/** All WebSockets of one service in one worker: one for each exchange, or kept. */
import { UserError } from "../../plan/errors.ts";
import { isTemplate } from "../../plan/template.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { WebSocketSettings } from "../../plan/protocols.ts";
import type { TlsOptions } from "../../transport/channel.ts";
import type { HttpHeaders } from "../../transport/http/channel.ts";
import { checkHeaders, checkRequest } from "../../transport/http/request_head.ts";
import type { WebSocketOptions } from "../../transport/websocket/open.ts";
import type { ConnectionCounts, Random } from "../driver.ts";
import { CONNECT_TIMEOUT_MS } from "../open_service.ts";
import { compilePath } from "../rest/request.ts";
import type { Template, TemplateContext } from "../template.ts";
import { Session } from "./session.ts";

/** Largest message taken; bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** An exchange's own deadline comes first; milliseconds after it. */
const SPARE_MS = 1000;

/** Opens sessions, keeps those that are to be kept, and closes all. */
export class Sessions {
  readonly #path: Template<string>;
  /** The session of each user, and those that serve whoever comes. */
  readonly #own = new WeakMap<Random, Session>();
  #idle: Session[] = [];
  readonly #all = new Set<Session>();
  #busy = 0;
  #reconnects_total = 0;
  #closed: (() => void) | null = null;

  /** @throws {UserError} kind `config` for a wrong placeholder in the path, or headers that cannot be sent */
  constructor(
    readonly service: ServicePlan,
    readonly settings: WebSocketSettings,
    readonly tls: TlsOptions | null,
    readonly headers: HttpHeaders,
  ) {
    this.#path = compilePath(settings.path);
    try {
      checkRequest({ method: "GET", path: isTemplate(settings.path) ? "/" : settings.path, headers, body: null });
      checkHeaders(headers);
    } catch (error) {
      throw new UserError(
        "config",
        `Cannot open the WebSocket of service ${service.name}: ${(error as Error).message}`,
      );
    }
  }

  /** A session that nothing else is on: the user's own, an idle one, or one that is being opened. */
  take(cx: TemplateContext): Session {
    this.#busy++;
    if (this.settings.sessions === "per_exchange") return this.#open(cx);
    const { random } = cx;
    if (random.user !== true) return this.#idle.pop() ?? this.#open(cx);
    const own = this.#own.get(random);
    if (own?.usable === true) return own;
    if (own !== undefined) this.#reconnects_total++;
    const session = this.#open(cx);
    this.#own.set(random, session);
    return session;
  }

  /** An exchange has been answered: its session is kept, or closed in order. */
  give(session: Session, random: Random): void {
    this.#busy--;
    session.release();
    if (this.settings.sessions === "per_exchange") session.close();
    else if (random.user !== true && session.usable) this.#idle.push(session);
  }

  /** An exchange ended without its answer: what may still come would be taken for the answer to the next. */
  drop(session: Session): void {
    this.#busy--;
    session.release();
    session.drop();
  }

  /** How a session is opened. */
  options(cx: TemplateContext, timeout_ms: number): WebSocketOptions {
    return {
      tls: this.tls,
      path: this.#path(cx),
      headers: this.headers,
      connect_timeout_ms: Math.min(CONNECT_TIMEOUT_MS, timeout_ms),
      timeout_ms: timeout_ms + SPARE_MS,
      max_message_bytes: MAX_MESSAGE_BYTES,
    };
  }

  #open(cx: TemplateContext): Session {
    const { address, timeout_ms } = this.service;
    const session = new Session(address, this.options(cx, timeout_ms), this.settings.ping_ms, () => {
      this.#all.delete(session);
      this.#idle = this.#idle.filter((idle) => idle !== session);
      if (this.#all.size === 0) this.#closed?.();
    });
    this.#all.add(session);
    return session;
  }

  /** `streams_in_flight`: exchanges on open sessions; `waiting`: sessions that are being opened. */
  counts(): ConnectionCounts {
    const connections = [...this.#all].filter((session) => session.open).length;
    const waiting = [...this.#all].filter((session) => session.usable && !session.open).length;
    return {
      connections,
      streams_in_flight: Math.max(0, this.#busy - waiting),
      waiting,
      reconnects_total: this.#reconnects_total,
      moves_total: 0,
    };
  }

  /** Closes all in order; exchanges in flight are cancelled. */
  async close(): Promise<void> {
    for (const session of [...this.#all]) session.close();
    if (this.#all.size > 0) await new Promise<void>((resolve) => this.#closed = resolve);
  }
}
