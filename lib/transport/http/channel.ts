/**
 * The interface to HTTP: requests and replies on bytes. A channel is a pool of connections to one origin; it does not
 * know the meaning of bodies. Requests report through callbacks, not promises, as gRPC calls do.
 */
import type { ChannelStats, ConnectFault, ProxyOptions, ShortageErrno, TlsOptions } from "../channel.ts";

/**
 * Where and how to connect. No option has a default here: drivers fill them in from the plan, and the defaults named are
 * those of a scenario. The counterparts are gRPC's (see `ChannelOptions`) and, for HTTP/1.1, those of undici and node:http.
 */
export interface HttpOptions {
  /** Default null: plaintext, unless the scenario's URL begins with `https`. As `ChannelOptions.tls`. */
  tls: TlsOptions | null;
  /**
   * Every connection is tunnelled through it with CONNECT; absent or null, the default: none, whatever the environment
   * says. As `ChannelOptions.proxy`; undici's `ProxyAgent`.
   */
  proxy?: ProxyOptions | null | undefined;
  /**
   * Most connections. HTTP/1.1 opens them on demand, since each carries one request at a time. HTTP/2 opens all at once
   * and shares them.
   *
   * Default 256 for HTTP/1.1, 1 for HTTP/2. Sensible: as many as requests may be in flight, up to 10,000; 1 to 100 for
   * HTTP/2. A request without a connection waits, and the wait is counted. Counterparts: `connections` of undici's `Pool`,
   * `maxSockets` of node:http's `Agent`, both unlimited by default.
   */
  connections: number;
  /** Which addresses of a name connections go to: as `ChannelOptions.addresses`; over HTTP/1.1 as many as are opened. */
  addresses?: "spread" | "pick_first" | undefined;
  /**
   * Limit on name look-up, connect and TLS handshake; milliseconds. Default 10,000, and never more than the service's
   * timeout. Sensible: 1,000 to 60,000. Counterpart: undici's `connect.timeout`, 10 s.
   */
  connect_timeout_ms: number;
  /** Default `1.1`, as servers of OpenAI's interface speak it. Counterpart: undici's `allowH2`, which negotiates. */
  version: HttpVersion;
  /**
   * What happens to a request that its connection did not process: HTTP/2 says so, or a kept connection closed before
   * the first byte of the reply (then it is almost certain). True sends it once more on another connection.
   *
   * Default true; false to see such requests fail. Counterparts: `ChannelOptions.transparentRetry` for HTTP/2; what Go's
   * net/http does with a kept connection that the server closed.
   */
  transparentRetry: boolean;
  /** What happens to a request that finds no connection. As `ChannelOptions.waitForReady`; absent: false. */
  waitForReady?: boolean;
}

/** The version of HTTP; never negotiated, since a test must know what it measures. */
export type HttpVersion = "1.1" | "2";

/** Header fields in order, values as latin1 text; names of replies in lower case. A name may appear more than once. */
export type HttpHeaders = readonly (readonly [name: string, value: string])[];

/** One request. */
export interface HttpRequest {
  /** `GET`, `POST`, ... */
  method: string;
  /** Begins with `/`; the query belongs to it. */
  path: string;
  /**
   * Beside `host`, `content-length` and `user-agent`, which the channel adds. An array that requests share is encoded
   * once, so leave it unchanged.
   */
  headers: HttpHeaders;
  /** Not copied: leave it unchanged until the request ends. */
  body: Uint8Array | null;
}

/** Events of a request. `end` is called exactly once, last. */
export interface HttpEvents {
  /** The request's first bytes were handed to the socket, so it no longer waits for a connection. */
  sent(): void;
  /** As `CallEvents.lacking`. */
  lacking?(errno: ShortageErrno): void;
  /** The request's last byte was handed to the socket; not called if the reply came before that. */
  uploaded?(): void;
  /** The reply's status and headers; interim replies (1xx) are skipped. */
  headers(status: number, headers: HttpHeaders): void;
  /** Bytes of the body, without chunk framing. Valid only until this returns. */
  data(bytes: Uint8Array): void;
  end(end: HttpEnd): void;
}

/** How a request ended. */
export interface HttpEnd {
  /**
   * `complete`: the whole reply came, whatever its status. `deadline`: ours passed. `cancel`: `cancel` or `close` was
   * called. `connection`: it was refused, lost or never opened. `protocol`: the peer broke a rule of HTTP. `limit`: a part
   * of the reply is longer than june-load reads.
   */
  reason: "complete" | "deadline" | "cancel" | "connection" | "protocol" | "limit";
  /** What happened, for people; empty when complete. May contain the peer's text. */
  details: string;
  /** Why the connection could not be opened or was lost, where known. */
  fault?: ConnectFault | undefined;
  /** Fields after a chunked body; often none. */
  trailers: HttpHeaders;
}

/** A request in flight. */
export interface HttpCall {
  /** Cancels it; `end` follows with reason `cancel` unless it has ended already. */
  cancel(): void;
}

/** A pool of connections to one origin. */
export interface HttpChannel {
  readonly target: string;
  /**
   * Opens the first connection (HTTP/1.1) or all (HTTP/2), to detect a service that cannot be reached.
   * @throws {ConnectError} when one cannot be opened in time
   */
  connect(): Promise<void>;
  /**
   * Sends a request.
   * @param timeout_ms deadline from now; the request ends by then, whatever the peer does
   * @throws {TypeError} for a method, path or header that cannot be sent; the message never shows a value
   */
  request(request: HttpRequest, timeout_ms: number, events: HttpEvents): HttpCall;
  /** `streams_in_flight` counts requests on connections, `waiting` those without one. */
  stats(): ChannelStats;
  /** Ends all connections; requests still open end with reason `cancel`. */
  close(): Promise<void>;
}
