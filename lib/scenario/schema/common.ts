/** What services of every kind and protocol may say of themselves: addresses, headers, TLS, time. */
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

/** A decoded service before it has a name. */
export interface ServiceDraft {
  plan: Omit<ServicePlan, "name" | "transparent_retry">;
  /** Share of its default task in a mix without tasks; of a `call` service the sum of its exchanges' weights. */
  weight: number;
  /** What the file says of transparent retries; null: the protocol knows nothing of them. */
  transparent_retry: Setting<boolean> | null;
  /** The exchanges of a `call` service, in the order of its settings; else none. */
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
    "Share of the service's default task in a mix without `tasks`; with two services of one kind, also how they share a task of that kind.",
  );

/** Keys of every service. */
export const COMMON = {
  timeout: optional(
    duration("1ms", "1h"),
    "30s",
    "Deadline of each call. For speech paced in real time the clip's length is added.",
  ),
  auth: maybe(
    auth,
    "only what `metadata` or `headers` hold",
    "Where the token comes from that every call sends as `authorization: Bearer`. Never saved or shown.",
    { bearer: "${TOKEN}" },
  ),
  proxy: maybe(
    proxy,
    "none; proxies of the environment are not used",
    "HTTP proxy that every connection is tunnelled through (CONNECT): `http://[user:password@]host:port`.",
    "http://proxy:3128",
  ),
};

const transparent_retry: Field<boolean> = formerly(
  optional(
    boolean,
    true,
    "A call that its connection provably did not process (a proxy rotates its connections, the server refuses the stream): `true` starts it once more on another connection, and counts that; `false` ends it with UNAVAILABLE, as the transport grpc-js always does.",
  ),
  "moves",
  transform(choice("move", "fail"), (word) => word === "move"),
);

/** Keys of services that speak gRPC. */
export const OVER_GRPC = {
  connections: optional(integer(1, 1_000), 1, "Connections each worker opens and shares among its users."),
  transparent_retry,
  metadata: maybe(
    metadata,
    "none",
    "Sent with every call. Values are never saved or shown; take secrets from the environment.",
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
    `${HTTP1_CONNECTIONS} over HTTP/1.1, opened as they are needed; 1 over HTTP/2`,
    "Most connections of each worker, shared among its users.",
    64,
  ),
  transparent_retry,
  headers: maybe(
    headers,
    "none",
    "Sent with every request. Values are never saved or shown; take secrets from the environment.",
    { authorization: "Bearer ${API_KEY}" },
  ),
  tls: maybe(tls, "as the URL says; plaintext without one", "`true`, or how the connection is secured."),
};

/** Address of a service that speaks gRPC. */
export const grpcHost = (kind: string, port: number): Field<string> =>
  optional(address(port), `127.0.0.1:${port}`, "Where the service listens.", `${kind}.example.net:${port}`);

/** Address of a service that speaks HTTP. */
export const httpHost = (port: number, schemes: Schemes, example: string): Field<Endpoint> =>
  optional(
    endpoint(port, schemes),
    `${schemes.plain}://127.0.0.1:${port}`,
    `Where the service listens. \`${schemes.secure}\` secures the connection.`,
    example,
  );

type Common = Decoded<typeof COMMON>;

/** What the keys that all services have say to the plan. */
export type CommonPlan = Pick<
  ServicePlan,
  "address" | "connections" | "timeout_ms" | "metadata" | "auth" | "tls" | "proxy"
>;

/** Timeout, token and proxy. */
export function inCommon({ timeout, auth, proxy }: Common): Pick<CommonPlan, "timeout_ms" | "auth" | "proxy"> {
  return {
    timeout_ms: timeout.value,
    ...(auth.value === null ? {} : { auth: auth.value }),
    ...(proxy.value === null ? {} : { proxy: proxy.value }),
  };
}

/** What a gRPC service's keys say to the plan. */
export function overGrpc(
  given: Common & Decoded<typeof OVER_GRPC> & { host: Setting<string> },
  context: Context,
): CommonPlan {
  reportTwoTokens(given.auth, given.metadata, context);
  return {
    ...inCommon(given),
    address: given.host.value,
    connections: given.connections.value,
    metadata: given.metadata.value ?? [],
    tls: given.tls.value,
  };
}

/** What an HTTP service's keys say to the plan; a scheme that contradicts `tls` is told. */
export function overHttp(
  given: Common & Decoded<typeof OVER_HTTP> & { host: Setting<Endpoint> },
  context: Context,
): CommonPlan {
  const { http, connections, host, tls } = given;
  reportTwoTokens(given.auth, given.headers, context);
  return {
    ...inCommon(given),
    address: host.value.address,
    connections: connections.value ?? (http.value === "2" ? 1 : HTTP1_CONNECTIONS),
    metadata: given.headers.value ?? [],
    tls: tlsOf(host.value, tls, context),
  };
}

/** Names that become folders. */
export const NAME = keyPattern("name", "^[A-Za-z0-9_-]{1,64}$", '1 to 64 letters, digits, "_" and "-"');
