/**
 * The interface to the network: calls on bytes. A channel is a pool of connections to one target; it knows HTTP/2 and
 * gRPC but not the meaning of the bytes. Every transport passes the same suite (tests/conformance).
 *
 * Calls report through callbacks, not promises: a call takes a few microseconds, so its bookkeeping must not take more.
 */
import { type ConnectionDetails } from "../measure/interval.ts";
import type { ShortageErrno } from "../plan/shortages.ts";

export type { ShortageErrno };

/**
 * Where and how to connect. Each option names its default (that of `CHANNEL_DEFAULTS`), what is sensible, and what
 * libraries of gRPC call it: `grpc.*` are channel arguments, which grpc-js has too, but for `grpc.http_proxy`.
 *
 * Two things are fixed. After a failed attempt the next one waits, from the beginning of the first: wire 1 s, and 1.6
 * times as long after each further failure, up to 2 s; grpc-js 100 ms to 2 s (`grpc.initial_reconnect_backoff_ms`,
 * `grpc.max_reconnect_backoff_ms`; gRPC's own 1 s to 120 s would hide when a service is back). No failed call is tried
 * again (`grpc.enable_retries` is 0).
 */
export interface ChannelOptions {
  /**
   * Connections opened and kept; calls go to the one with the fewest streams.
   *
   * Default 1. Sensible: 1 to 100; more than 1 where the server allows few streams a connection, or where a balancer
   * spreads connections and not calls. gRPC libraries open one connection to an address; users who want more open
   * several channels (`grpc.use_local_subchannel_pool`: 1 keeps them apart).
   */
  connections: number;
  /**
   * Which addresses of a name, or of a list, connections go to. `spread`: all of them, with at least one connection to
   * each, and each connection to the address with the fewest; a new connection looks the name up again. `pick_first`: the
   * first that accepts, in the resolver's order.
   *
   * Default `spread`. Counterparts: the load balancing policies `round_robin` and `pick_first`, gRPC's default.
   */
  addresses?: "spread" | "pick_first" | undefined;
  /**
   * Limit on name look-up, connect, TLS and HTTP/2 handshake; milliseconds.
   *
   * Default 10,000. Sensible: 1,000 to 60,000. gRPC's counterpart is MIN_CONNECT_TIMEOUT of its document
   * "connection-backoff", 20 s.
   */
  connect_timeout_ms: number;
  /**
   * Largest reply message accepted, after decompression; a larger one fails the call with RESOURCE_EXHAUSTED. Bytes.
   *
   * Default 64 MiB. Sensible: 1 MiB to 1 GiB. Counterpart: `grpc.max_receive_message_length`, 4 MiB in gRPC libraries.
   * Requests have no limit (`grpc.max_send_message_length` is -1).
   */
  max_message_bytes: number;
  /** Default null: plaintext. Counterpart: the channel's credentials, `credentials.createInsecure()` for null. */
  tls: TlsOptions | null;
  /**
   * Every connection is tunnelled through it with CONNECT; absent or null: none, whatever the environment says.
   *
   * Default null. Only wire has it. Counterparts: `grpc.http_proxy` and the variables `grpc_proxy`, `https_proxy`, which
   * are switched off here (`grpc.enable_http_proxy` is 0).
   */
  proxy?: ProxyOptions | null | undefined;
  /**
   * Pings that detect a dead peer on an open connection; null: none.
   *
   * Default null. Counterparts: `interval_ms` is `grpc.keepalive_time_ms` (unlimited in gRPC libraries), sensible from
   * 10,000 to 300,000; `timeout_ms` is `grpc.keepalive_timeout_ms` (20,000 there), sensible from 1,000 to 20,000. Servers
   * that want fewer pings answer ENHANCE_YOUR_CALM, and wire then doubles its interval. wire pings only while calls are
   * open; grpc-js always (`grpc.keepalive_permit_without_calls` is 1).
   */
  keepalive: { interval_ms: number; timeout_ms: number } | null;
  /**
   * What happens to a call that its connection provably did not process (GOAWAY below its stream, REFUSED_STREAM): true
   * starts it once more, on another connection where there is one; false ends it with UNAVAILABLE and origin
   * `connection`.
   *
   * Default true; false to see such calls fail. Counterpart: "transparent retries" of gRPC's proposal A6, which other
   * libraries always make. grpc-js ties them to `grpc.enable_retries`, which is 0 here: it always fails such calls.
   */
  transparentRetry: boolean;
  /**
   * What happens to a call that finds no connection. False: it waits for the attempt to connect that is in progress, or for
   * the next one, which comes within 2 s, and fails with UNAVAILABLE and the reason when that one fails. True: it waits
   * through failed attempts until its deadline, and then ends by that, with the reason of the last attempt. Absent: false.
   *
   * Default false. Counterpart: gRPC's wait_for_ready. Without it gRPC libraries fail a call at once while they pause
   * between attempts, by what was found before the call: a tester would count as often as it can ask a failure that nobody
   * saw.
   */
  waitForReady?: boolean;
}

/** An HTTP proxy. Counterpart: `grpc.http_proxy`, a URL such as `http://user:password@host:port`. */
export interface ProxyOptions {
  /** `host:port` or `[v6]:port`; no default. */
  address: string;
  /** Value of `proxy-authorization`, such as `Basic dXNlcjpwYXNz`; null, the usual case: none. */
  authorization: string | null;
}

/**
 * TLS material, already read. Counterpart: `credentials.createSsl(rootCerts, privateKey, certChain, verifyOptions)`. All
 * null and false, as `tls: true` of a scenario says, trusts the usual authorities. TLS 1.2 and 1.3 are spoken.
 */
export interface TlsOptions {
  /** Authorities to trust, PEM, one or more; null (the default): those that the runtime brings. `rootCerts`. */
  ca_pem: string | null;
  /** The client's certificate and chain, PEM; null (the default): none is shown. `certChain`; needs `key_pem`. */
  cert_pem: string | null;
  /** The client's private key, PEM, unencrypted; null (the default): none. `privateKey`; needs `cert_pem`. */
  key_pem: string | null;
  /**
   * Name looked for in the server's certificate and sent as SNI and `:authority`; null (the default): the host of the
   * target. `grpc.ssl_target_name_override` with `grpc.default_authority`.
   */
  server_name: string | null;
  /**
   * Accept any certificate. Default false; true only in tests, since it trusts any server.
   * `verifyOptions.rejectUnauthorized: false`.
   */
  insecure: boolean;
  /**
   * Lower-case hex SHA-256 of the only certificate to accept, whoever signed it; null (the default): authorities decide.
   * gRPC has no option for it; the nearest is `verifyOptions.checkServerIdentity`.
   */
  pinned_sha256: string | null;
}

/** Values of one metadata key; bytes for keys that end in `-bin`. */
export type MetadataValue = string | Uint8Array;
/** Metadata in order; keys in lower case, a key may appear more than once. */
export type Metadata = readonly (readonly [key: string, value: MetadataValue])[];

/** One RPC as the transport sees it. */
export interface MethodSpec {
  /** `/package.Service/Method`. */
  path: string;
  request_stream: boolean;
  reply_stream: boolean;
  metadata: Metadata;
  /** Compress request messages with gzip. Default false. */
  gzip?: boolean;
}

/** Who decided how a call ended. */
export type StatusOrigin =
  /** The peer's trailers or reset. */
  | "server"
  /** Our deadline passed. */
  | "deadline"
  /** `ClientCall.cancel` was called. */
  | "cancel"
  /** The connection failed, was refused or never opened. */
  | "connection"
  /** The channel or the reply broke a rule (protocol fault, message too large, wrong number of replies). */
  | "local";

/** How a call ended. */
export interface Status {
  /** gRPC status code, 0 to 16. */
  code: number;
  /** The peer's text or ours; may be hostile. */
  details: string;
  origin: StatusOrigin;
  /** Metadata that came with the status. */
  trailers: Metadata;
  /** The peer answered in HTTP but not in gRPC: `code` follows from the HTTP status, and no gRPC service said it. */
  foreign?: true;
}

/** Events of a call. `end` is called exactly once, last. */
export interface CallEvents {
  /** The request's first bytes were handed to the socket, so it no longer waits for a connection or a stream slot. */
  sent(): void;
  /**
   * The call waits for a connection that cannot be opened for want of something on this machine. May come again, before
   * `sent` or `end`.
   */
  lacking?(errno: ShortageErrno): void;
  /** Initial metadata arrived (not called for a trailers-only reply). */
  headers?(metadata: Metadata): void;
  /** One reply message. The bytes are valid only until this returns. */
  message(bytes: Uint8Array): void;
  /** After `write` returned false: the stream accepts more again. */
  drain?(): void;
  end(status: Status): void;
}

/** A call in flight. All methods are harmless after the end. */
export interface ClientCall {
  /** Sends one message. False: the queue is full; wait for `drain` before the next. The bytes are copied. */
  write(bytes: Uint8Array): boolean;
  /** No more messages follow. */
  halfClose(): void;
  /** Resets the stream; `end` follows with origin `cancel` unless the call has ended already. */
  cancel(): void;
}

/** One RPC prepared for many calls: everything constant is encoded once. */
export interface Method {
  /**
   * Starts a call.
   * @param request the only request message, or null for request streams, which then `write` and `halfClose`. It is not
   * copied: leave it unchanged until the call ends.
   * @param timeout_ms deadline from now; the call ends by then, whatever the peer does.
   */
  start(request: Uint8Array | null, timeout_ms: number, events: CallEvents): ClientCall;
}

/** Counters of a channel; gauges unless named total. */
export interface ChannelStats {
  connections: number;
  streams_in_flight: number;
  /** Calls waiting for a connection or a stream slot. */
  waiting: number;
  /** Total connections opened after the first `connections`. */
  reconnects_total: number;
  /** Total calls retried on another connection because the first provably did not process them. */
  moves_total: number;
  /** Bytes written to and read from sockets, in total; 0 where the transport cannot know. */
  sent_bytes_total: number;
  received_bytes_total: number;
  /**
   * Takes the rest: counters by address, and what has happened since it was last taken. The instants of its notes are those
   * of `performance.now`.
   */
  details?(): ConnectionDetails;
}

/** A pool of connections to one target. */
export interface Channel {
  readonly target: string;
  /**
   * Opens all connections and finishes their handshakes.
   * @throws {ConnectError} when one cannot be opened in time.
   */
  connect(): Promise<void>;
  method(spec: MethodSpec): Method;
  stats(): ChannelStats;
  /** Ends idle connections gracefully; calls still open end with origin `cancel`. */
  close(): Promise<void>;
}

/** Opens a channel to `host:port`, `[v6]:port` or `unix:/path`; no traffic before `connect` or the first call. */
export type OpenChannel = (target: string, options: ChannelOptions) => Channel;

/** Why a connection could not be opened. */
export type ConnectFault =
  | "refused"
  | "timeout"
  | "name_not_found"
  | "unreachable"
  | "http1_server"
  | "tls_server"
  | "not_tls_server"
  /** One side does not accept the other's certificate. */
  | "certificate"
  /** The service requires a client certificate, and there is none. */
  | "certificate_wanted"
  | "not_http2"
  | "proxy"
  | "closed"
  /** This machine lacks a local port, a descriptor or memory: see {@linkcode LocalShortage}. */
  | "shortage"
  | "other";

/**
 * A connection that could not be opened, with the likely cause and what to do about it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const error = new ConnectError("refused", '"gpu1:50051" refused the connection', "Start the service.");
 * assert.deepEqual([error.fault, error.remedy], ["refused", "Start the service."]);
 * ```
 */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  /**
   * @param fault the class of cause
   * @param message what happened, naming the address
   * @param remedy what the user can do, one sentence
   */
  constructor(readonly fault: ConnectFault, message: string, readonly remedy: string) {
    super(message);
  }
}

/** A connection that could not be opened for want of something on this machine: no fault of the service. */
export class LocalShortage extends ConnectError {
  /** @param errno what the operating system said */
  constructor(readonly errno: ShortageErrno, message: string, remedy: string) {
    super("shortage", message, remedy);
  }
}

/** Default options: one plaintext connection, 10 s to connect, 64 MiB messages, no keepalive, transparent retries. */
export const CHANNEL_DEFAULTS: ChannelOptions = {
  connections: 1,
  connect_timeout_ms: 10_000,
  max_message_bytes: 64 * 1024 * 1024,
  tls: null,
  keepalive: null,
  transparentRetry: true,
};
