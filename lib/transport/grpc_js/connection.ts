/** One connection of a grpc-js channel: a grpc-js `Channel` that shares its HTTP/2 session with no other. */
import * as grpc from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import type { TLSSocket } from "node:tls";
import type { ChannelOptions, TlsOptions } from "../channel.ts";
import type { ConnectionLog } from "../connection_log.ts";
import { hasSeveral } from "../socket/addresses.ts";
import { checkPin } from "../socket/node_tls.ts";
import { hostPortOf, isAddress, nameOf, parseTarget } from "../target.ts";
import { Link } from "./link.ts";

const { connectivityState: State } = grpc;

/** Waits between attempts to connect; gRPC's own 1 s to 120 s would hide when a service is back. */
const RECONNECT = { first_ms: 100, longest_ms: 2000 };

/**
 * How long a call waits for the next attempt to connect where the last has failed; milliseconds. grpc-js does not tell when
 * an attempt fails again, and makes some in this time.
 */
const NEXT_ATTEMPT_MS = 1000;

/** A grpc-js channel whose state is observed. */
export class Connection {
  readonly channel: grpc.Channel;
  /** Calls started and not ended. */
  in_flight = 0;
  /** How often this connection opened. */
  opened_total = 0;
  /** The socket that was opened last. */
  socket: object | null = null;
  /** The calls on it. */
  link: Link | null = null;
  #state: grpc.connectivityState;
  #changed = Promise.withResolvers<void>();

  constructor(target: string, options: ChannelOptions, gzip: boolean, log: ConnectionLog) {
    const opened = (socket: object) => {
      const closing = () => this.#state === State.SHUTDOWN;
      this.link = new Link(socket, log, target, this.socket !== null, closing);
      this.socket = socket;
    };
    this.channel = new grpc.Channel(
      grpcTarget(target),
      credentials(target, options.tls, opened),
      {
        "grpc.use_local_subchannel_pool": 1,
        "grpc.enable_retries": 0,
        // Without a retry buffer a write is acknowledged after it has left, so backpressure works.
        "grpc.per_rpc_retry_buffer_size": 0,
        "grpc.enable_channelz": 0,
        "grpc.enable_http_proxy": 0,
        "grpc.service_config_disable_resolution": 1,
        ...spreads(target, options) && { "grpc.service_config": ROUND_ROBIN },
        "grpc.dns_min_time_between_resolutions_ms": 500,
        "grpc.initial_reconnect_backoff_ms": RECONNECT.first_ms,
        "grpc.max_reconnect_backoff_ms": RECONNECT.longest_ms,
        "grpc.max_receive_message_length": options.max_message_bytes,
        "grpc.max_send_message_length": -1,
        "grpc.default_authority": authority(target, options.tls),
        ...(gzip && { "grpc.default_compression_algorithm": grpc.compressionAlgorithms.gzip }),
        ...(options.tls?.server_name && { "grpc.ssl_target_name_override": options.tls.server_name }),
        ...(options.keepalive && {
          "grpc.keepalive_time_ms": options.keepalive.interval_ms,
          "grpc.keepalive_timeout_ms": options.keepalive.timeout_ms,
          "grpc.keepalive_permit_without_calls": 1,
        }),
      },
    );
    this.#state = this.channel.getConnectivityState(false);
    this.#watch();
  }

  get ready(): boolean {
    return this.#state === State.READY;
  }

  /** Starts to connect; resolves when connected (true) or after a failed attempt (false). */
  async opened(): Promise<boolean> {
    this.channel.getConnectivityState(true);
    while (!this.ready && this.#state !== State.TRANSIENT_FAILURE && this.#state !== State.SHUTDOWN) {
      await this.#changed.promise;
    }
    return this.ready;
  }

  /** An attempt to connect is in progress. */
  get opening(): boolean {
    return this.#state === State.CONNECTING;
  }

  /** The last attempt has failed, and grpc-js would fail a call at once. */
  get failing(): boolean {
    return this.#state === State.TRANSIENT_FAILURE;
  }

  /** Resolves when it is connected, or attempts have been made since now. */
  async nextAttempt(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = new Promise<void>((resolve) => timer = setTimeout(resolve, NEXT_ATTEMPT_MS));
    await Promise.race([this.changed, later]);
    clearTimeout(timer);
  }

  /** Resolves at the next change of state. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  #watch(): void {
    if (this.#state === State.SHUTDOWN) return;
    this.channel.watchConnectivityState(this.#state, Infinity, () => {
      this.#state = this.channel.getConnectivityState(false);
      if (this.ready) this.opened_total++;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
      this.#watch();
    });
  }
}

/** Connects to every address and takes turns; without it grpc-js takes the first that accepts. */
const ROUND_ROBIN = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] });

/** `localhost` is one machine, whatever its addresses. */
function spreads(target: string, { addresses = "spread" }: ChannelOptions): boolean {
  const parsed = parseTarget(target);
  return addresses === "spread" && hasSeveral(parsed) && nameOf(parsed) !== "localhost";
}

function grpcTarget(target: string): string {
  const parsed = parseTarget(target);
  if (parsed.kind === "unix") return `unix:${parsed.path}`;
  return parsed.all === undefined ? `dns:${hostPortOf(parsed)}` : target;
}

function authority(target: string, tls: TlsOptions | null): string {
  if (tls?.server_name) return tls.server_name;
  return hostPortOf(parseTarget(target)) || "localhost";
}

/** Receives each socket that grpc-js opens, after its TLS handshake. */
type Opened = (socket: object) => void;

function credentials(target: string, tls: TlsOptions | null, opened: Opened): grpc.ChannelCredentials {
  if (tls === null) return watched(grpc.credentials.createInsecure(), opened);
  const pem = (text: string | null) => text === null ? null : Buffer.from(text);
  const unverified = tls.insecure || tls.pinned_sha256 !== null;
  const secure = grpc.credentials.createSsl(pem(tls.ca_pem), pem(tls.key_pem), pem(tls.cert_pem), {
    ...(unverified && { rejectUnauthorized: false, checkServerIdentity: () => undefined }),
  });
  const { pinned_sha256: pinned } = tls;
  const host = tls.server_name ?? nameOf(parseTarget(target));
  return watched(secure, (socket) => {
    if (pinned !== null) checkPin(socket as TLSSocket, pinned);
    opened(socket);
  }, isAddress(host));
}

/**
 * Adds what grpc-js has no option for: to see the socket, and servers with an IP address. grpc-js would send the address
 * as server name, and node:tls refuses that.
 */
function watched(credentials: grpc.ChannelCredentials, opened: Opened, nameless = false): grpc.ChannelCredentials {
  const create = credentials._createSecureConnector.bind(credentials);
  credentials._createSecureConnector = (...values) => {
    const connector = create(...values) as ReturnType<typeof create> & { connectionOptions?: { servername?: string } };
    if (nameless) delete connector.connectionOptions?.servername;
    const connect = connector.connect.bind(connector);
    connector.connect = async (socket) => {
      const connected = await connect(socket);
      opened(connected.socket);
      return connected;
    };
    return connector;
  };
  return credentials;
}
