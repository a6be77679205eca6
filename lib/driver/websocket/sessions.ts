/** All WebSockets of one service in one worker: one for each exchange, or kept between exchanges. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { WebSocketSettings } from "../../plan/protocols.ts";
import { SHORTAGES } from "../../plan/shortages.ts";
import { ConnectError, LocalShortage, type TlsOptions } from "../../transport/channel.ts";
import { AttemptPace } from "../../transport/attempt_pace.ts";
import { ConnectionLog } from "../../transport/connection_log.ts";
import type { HttpHeaders } from "../../transport/http/channel.ts";
import type { ConnectionEvents, WebSocketConnection, WebSocketEnd } from "../../transport/websocket/connection.ts";
import { HandshakeRefused, openWebSocket } from "../../transport/websocket/open.ts";
import { withToken } from "../http/authorized_http.ts";
import type { ConnectionCounts, UserIdentity } from "../driver.ts";
import { CONNECT_TIMEOUT_MS, proxyOptions } from "../core/open_service.ts";
import { checkSendable, compilePath } from "../rest/request.ts";
import type { Template, TemplateContext } from "../exchange/template.ts";
import type { Token, TokenSource } from "../core/tokens.ts";
import { Session } from "./session.ts";

/** A close frame of the peer's is a farewell, as GOAWAY is; the exchange that it cuts off is lost. */
function noteEnd(log: ConnectionLog, connection: WebSocketConnection, end: WebSocketEnd | null): void {
  const { peer } = connection;
  const theirs = end?.by === "peer";
  if (theirs && end.reason === "closed") log.goaway(peer, end.details);
  const lost = theirs && (end.reason !== "closed" || connection.streams > 0);
  log.ended(peer, connection, lost ? { lost, words: end.details } : { lost: false });
}

/** Largest message taken; bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** Time after an exchange's own deadline, which must come first; milliseconds. */
const SPARE_MS = 1000;

/** Opens, keeps and closes sessions. */
export class Sessions {
  readonly #path: Template<string>;
  /** The sessions of users, and those for calls without a user. */
  readonly #own = new WeakMap<UserIdentity, Session>();
  #idle: Session[] = [];
  readonly #all = new Set<Session>();
  #busy = 0;
  #reconnects_total = 0;
  #closed: (() => void) | null = null;
  readonly #pace = new AttemptPace();
  readonly #log = new ConnectionLog();
  /** Why the last attempt failed; empty: it did not. */
  lack = "";

  /**
   * @param headers of every handshake, besides the token of `source`
   * @throws {UserError} kind `config` for a wrong placeholder in the path, or headers that cannot be sent
   */
  constructor(
    readonly service: ServicePlan,
    readonly settings: WebSocketSettings,
    readonly tls: TlsOptions | null,
    readonly headers: HttpHeaders,
    readonly source: TokenSource | null,
  ) {
    this.#path = compilePath(settings.path);
    checkSendable(`the handshake of service ${service.name}`, "GET", settings.path, headers);
  }

  /** A session without an exchange: the user's own, an idle one, or a new one that is opening. */
  take(context: TemplateContext): Session {
    this.#busy++;
    if (this.settings.sessions === "per_exchange") return this.#open(context);
    const { user } = context;
    if (user === null) return this.#idle.pop() ?? this.#open(context);
    const own = this.#own.get(user);
    if (own?.usable === true) return own;
    if (own !== undefined) this.#reconnects_total++;
    const session = this.#open(context, own !== undefined);
    this.#own.set(user, session);
    return session;
  }

  /** An exchange got its answer: keeps its session, or closes it in order. */
  give(session: Session, user: UserIdentity | null): void {
    this.#busy--;
    session.release();
    if (this.settings.sessions === "per_exchange") session.close();
    else if (user === null && session.usable) this.#idle.push(session);
  }

  /** An exchange ended without its answer: closes its session, since a late answer would match the next exchange. */
  drop(session: Session): void {
    this.#busy--;
    session.release();
    session.drop();
  }

  /**
   * Opens a WebSocket for exchanges, with the current token.
   * @param timeout_ms limit on the whole handshake
   * @throws {ConnectError} when there is no token, or as `openWebSocket` does
   */
  async connect(
    context: TemplateContext,
    timeout_ms: number,
    events: ConnectionEvents,
    signal: AbortSignal,
  ): Promise<WebSocketConnection> {
    const end_ms = performance.now() + timeout_ms;
    for (;;) {
      const began_ms = await this.#turn(signal);
      try {
        const connection = await this.#attempt(context, Math.max(1, Math.ceil(end_ms - began_ms)), events, signal);
        this.#pace.worked();
        this.lack = "";
        return connection;
      } catch (error) {
        const unreachable = error instanceof ConnectError && !signal.aborted;
        if (unreachable) this.#failed(error, began_ms);
        if (!unreachable || !this.service.wait_for_ready || performance.now() >= end_ms) throw error;
      }
    }
  }

  #failed({ message }: ConnectError, began_ms: number): void {
    this.#pace.failed(began_ms);
    this.#log.failed(message);
    this.lack = message;
  }

  /** Waits while it is too early for an attempt; the instant of it. */
  async #turn(signal: AbortSignal): Promise<number> {
    for (let early_ms = this.#pace.early_ms(); early_ms > 0 && !signal.aborted; early_ms = this.#pace.early_ms()) {
      const woken = Promise.withResolvers<void>();
      const timer = setTimeout(woken.resolve, early_ms);
      signal.addEventListener("abort", () => woken.resolve(), { once: true });
      await woken.promise;
      clearTimeout(timer);
    }
    return performance.now();
  }

  async #attempt(
    context: TemplateContext,
    timeout_ms: number,
    events: ConnectionEvents,
    signal: AbortSignal,
  ): Promise<WebSocketConnection> {
    const token = this.#token();
    const options = {
      tls: this.tls,
      proxy: proxyOptions(this.service),
      addresses: this.service.addresses,
      path: this.#path(context),
      headers: token === null ? this.headers : withToken(this.headers, token),
      connect_timeout_ms: Math.min(CONNECT_TIMEOUT_MS, timeout_ms),
      timeout_ms,
      max_message_bytes: MAX_MESSAGE_BYTES,
    };
    try {
      return await openWebSocket(this.service.address, options, events, signal, this.#log);
    } catch (error) {
      const refused = error instanceof HandshakeRefused && error.status === 401;
      if (refused && token !== null) this.source?.rejected(token);
      throw error;
    }
  }

  #token(): Token | null {
    const token = this.source?.token() ?? null;
    if (token === null || !("missing" in token)) return token;
    if (token.lacked) throw new LocalShortage(token.lacked, token.missing, SHORTAGES[token.lacked].remedy);
    throw new ConnectError("other", token.missing, "Check where the token of the service comes from.");
  }

  /** @param again in place of another that its user had */
  #open(context: TemplateContext, again = false): Session {
    const limit_ms = this.service.timeout_ms + SPARE_MS;
    const open = (events: ConnectionEvents, signal: AbortSignal) => this.connect(context, limit_ms, events, signal);
    const log = this.#log;
    const session = new Session(open, this.settings.ping_ms, {
      opened: (connection) => log.came(connection.peer, connection, again),
      answered: ({ peer }, after_ms) => log.answered(peer, after_ms),
      over: (connection, end) => {
        if (connection !== null) noteEnd(log, connection, end);
        this.#all.delete(session);
        this.#idle = this.#idle.filter((idle) => idle !== session);
        if (this.#all.size === 0) this.#closed?.();
      },
    });
    this.#all.add(session);
    return session;
  }

  /** `streams_in_flight`: exchanges on open sessions; `waiting`: sessions that are opening. */
  counts(): ConnectionCounts {
    const connections = [...this.#all].filter((session) => session.open).length;
    const waiting = [...this.#all].filter((session) => session.usable && !session.open).length;
    return {
      connections,
      streams_in_flight: Math.max(0, this.#busy - waiting),
      waiting,
      reconnects_total: this.#reconnects_total,
      moves_total: 0,
      details: () => this.#log.take(),
    };
  }

  /** Closes all sessions in order; exchanges in flight are cancelled. */
  async close(): Promise<void> {
    for (const session of [...this.#all]) session.close();
    if (this.#all.size > 0) await new Promise<void>((resolve) => this.#closed = resolve);
  }
}
