/** Keys of services of every kind and protocol: addresses, headers, TLS, timeouts. */
import type { ServicePlan } from "../../plan/plan.ts";
import { address } from "../shape/address.ts";
import { keyPattern, transform } from "../shape/containers.ts";
import { type Endpoint, endpoint, type Schemes } from "../shape/endpoint.ts";
import { boolean, choice, duration, integer, number } from "../shape/scalars.ts";
import { auth, headers, metadata, proxy, reportTwoTokens, tls, tlsOf } from "./security.ts";
import {
  type Context,
  type Decoded,
  type Field,
  formerly,
  maybe,
  optional,
  scalar,
  type Setting,
} from "../shape/shape.ts";

/** A decoded service without its name. */
export interface ServiceDraft {
  plan: Omit<ServicePlan, "name" | "transparent_retry">;
  /** Share of its default task in a mix without tasks; for a `call` service the sum of its exchanges' weights. */
  weight: number;
  /** The file's setting for transparent retries; null: the protocol has none. */
  transparent_retry: Setting<boolean> | null;
  /** The exchanges of a `call` service in the order of its settings; empty for other services. */
  exchanges: ExchangeDraft[];
}

/** One exchange of a `call` service. */
export interface ExchangeDraft {
  name: string;
  weight: number;
  at: string;
  path: string;
}

/** Share of a service's default task. */
export const weight = (share: number): Field<number> =>
  optional(
    number(0, 1_000_000),
    share,
    "Share of the service's default task in a mix without `tasks`. Services of one kind also share the tasks of that kind by weight.",
  );

/** Keys of every service. */
export const COMMON = {
  timeout: optional(
    duration("1ms", "1h"),
    "30s",
    "Deadline of each call. Speech in real time gets the clip's length on top.",
  ),
  auth: maybe(
    auth,
    "only the values of `metadata` or `headers`",
    "Source of the token that every call sends as `authorization: Bearer`. Never saved or shown.",
    { bearer: "${TOKEN}" },
  ),
  proxy: maybe(
    proxy,
    "none; proxies of the environment are not used",
    "HTTP proxy that tunnels every connection (CONNECT): `http://[user:password@]host:port`.",
    "http://proxy:3128",
  ),
  wait_for_ready: optional(
    boolean,
    false,
    "What to do with a call that finds no connection. `false`: it waits for the attempt to connect that comes next, within 2s, and fails with UNAVAILABLE and the reason if that one fails. `true`: it waits through failed attempts until its timeout, as gRPC's wait_for_ready does. Latency includes the wait.",
  ),
  addresses: optional(
    choice("spread", "pick_first"),
    "spread",
    "Where connections go if the name has several addresses. `spread`: to all, each connection to the address with the fewest, and at least one to each (over HTTP/1.1 and for WebSockets as many as are opened). `pick_first`: to the first that accepts.",
  ),
};

const transparent_retry: Field<boolean> = formerly(
  optional(
    boolean,
    true,
    "What to do with a call that the server provably did not process (a proxy rotates its connections, the server refuses the stream). `true` retries it once on another connection, and counts that. `false` ends it with UNAVAILABLE, as the transport grpc-js always does.",
  ),
  "moves",
  transform(choice("move", "fail"), (word) => word === "move"),
);

/** Keys of services that speak gRPC. */
export const OVER_GRPC = {
  connections: optional(integer(1, 1_000), 1, "Connections that each worker opens and shares among its users."),
  transparent_retry,
  metadata: maybe(
    metadata,
    "none",
    "Metadata of every call. Values are never saved or shown; take secrets from the environment.",
    { authorization: "Bearer ${TOKEN}" },
  ),
  tls: maybe(tls, "plaintext", "`true`, or how the connection is secured."),
};

/** Over HTTP/1.1 a connection carries one request at a time. */
const HTTP1_CONNECTIONS = 256;

const httpVersion: Field<"1.1" | "2"> = optional(
  scalar({
    expected: "1.1 or 2",
    schema: { enum: ["1.1", "2", 1.1, 2] },
    read: ({ text }) => text === "1.1" || text === "2" ? { value: text } : null,
  }),
  "1.1",
  "Version of HTTP. With 1.1 a connection carries one request at a time.",
);

/** Keys of services that speak HTTP. */
export const OVER_HTTP = {
  http: httpVersion,
  connections: maybe(
    integer(1, 10_000),
    `${HTTP1_CONNECTIONS} over HTTP/1.1, opened as needed; 1 over HTTP/2`,
    "Most connections of each worker; its users share them.",
    64,
  ),
  transparent_retry,
  headers: maybe(
    headers,
    "none",
    "Headers of every request. Values are never saved or shown; take secrets from the environment.",
    { authorization: "Bearer ${API_KEY}" },
  ),
  tls: maybe(tls, "as in the URL; plaintext without a scheme", "`true`, or how the connection is secured."),
};

/** Address of a service that speaks gRPC. */
export const grpcHost = (kind: string, port: number): Field<string> =>
  optional(address(port), `127.0.0.1:${port}`, "Address of the service.", `${kind}.example.net:${port}`);

/** Address of a service that speaks HTTP. */
export const httpHost = (port: number, schemes: Schemes, example: string): Field<Endpoint> =>
  optional(
    endpoint(port, schemes),
    `${schemes.plain}://127.0.0.1:${port}`,
    `Address of the service. \`${schemes.secure}\` means TLS.`,
    example,
  );

/** The query of a URL, as settings have it. */
export const queryOf = ({ query }: Endpoint): { query?: string } => query === "" ? {} : { query };

type Common = Decoded<typeof COMMON>;

/** The part of a service's plan that the common keys set. */
export type CommonPlan = Pick<
  ServicePlan,
  "address" | "addresses" | "connections" | "timeout_ms" | "metadata" | "auth" | "tls" | "proxy" | "wait_for_ready"
>;

/** Timeout, token, proxy, choice of addresses, and what a call without a connection does. */
export function commonPlan(
  { timeout, auth, proxy, addresses, wait_for_ready }: Common,
): Pick<CommonPlan, "timeout_ms" | "auth" | "proxy" | "addresses" | "wait_for_ready"> {
  return {
    ...(wait_for_ready.value && { wait_for_ready: true }),
    ...(addresses.value === "spread" ? {} : { addresses: addresses.value }),
    timeout_ms: timeout.value,
    ...(auth.value === null ? {} : { auth: auth.value }),
    ...(proxy.value === null ? {} : { proxy: proxy.value }),
  };
}

/** The part of a service's plan that the keys of a gRPC service set. */
export function overGrpc(
  given: Common & Decoded<typeof OVER_GRPC> & { host: Setting<string> },
  context: Context,
): CommonPlan {
  reportTwoTokens(given.auth, given.metadata, context);
  return {
    ...commonPlan(given),
    address: given.host.value,
    connections: given.connections.value,
    metadata: given.metadata.value ?? [],
    tls: given.tls.value,
  };
}

/** The part of a service's plan that the keys of an HTTP service set. Reports a scheme that contradicts `tls`. */
export function overHttp(
  given: Common & Decoded<typeof OVER_HTTP> & { host: Setting<Endpoint> },
  context: Context,
): CommonPlan {
  const { http, connections, host, tls } = given;
  reportTwoTokens(given.auth, given.headers, context);
  return {
    ...commonPlan(given),
    address: host.value.address,
    connections: connections.value ?? (http.value === "2" ? 1 : HTTP1_CONNECTIONS),
    metadata: given.headers.value ?? [],
    tls: tlsOf(host.value, tls, context),
  };
}

/** Names that are also names of folders. */
export const NAME = keyPattern("name", "^[A-Za-z0-9_-]{1,64}$", '1 to 64 letters, digits, "_" and "-"');
