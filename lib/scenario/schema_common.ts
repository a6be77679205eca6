/** What services of every kind and protocol may say of themselves: addresses, headers, TLS, time. */
import type { MetadataEntry, ServicePlan, TlsPlan } from "../plan/plan.ts";
import { address } from "./address.ts";
import { keyPattern, type KeyShape, mapOf, scalarOrMap, transform } from "./containers.ts";
import { type Endpoint, endpoint, type Schemes } from "./endpoint.ts";
import { existingPath } from "./paths.ts";
import { boolean, choice, duration, integer, number, pattern, text } from "./scalars.ts";
import {
  type Context,
  type Decoded,
  type Field,
  maybe,
  object,
  optional,
  scalar,
  type Setting,
  type Shape,
} from "./shape.ts";
import { quote } from "./tree.ts";

/** A decoded service before it has a name. */
export interface ServiceDraft {
  plan: Omit<ServicePlan, "name" | "moves">;
  /** Share of its default task in a mix without tasks; of a `call` service the sum of its exchanges' weights. */
  weight: number;
  /** What the file says of calls that move; null: the protocol knows nothing of that. */
  moves: Setting<ServicePlan["moves"]> | null;
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

const RESERVED = ["te", "content-type", "host", "connection", "transfer-encoding"];

const keysOf = (placeholder: string, reserved: (lower: string) => string | null): KeyShape => ({
  placeholder: "key",
  pattern: "^[0-9A-Za-z_.-]{1,64}$",
  fault(key) {
    if (!/^[0-9A-Za-z_.-]{1,64}$/.test(key)) {
      return `The ${placeholder} ${quote(key)} is not allowed: expected letters, digits, "_", "-" and "."`;
    }
    const owner = reserved(key.toLowerCase());
    return owner === null ? null : `The ${placeholder} ${quote(key)} belongs to ${owner} itself`;
  },
});

const metadataKeys = keysOf(
  "metadata key",
  (lower) => lower.startsWith("grpc-") || RESERVED.includes(lower) ? "gRPC" : null,
);
const HTTP_OWN = ["host", "connection", "transfer-encoding", "content-length", "upgrade", "te"];
const headerKeys = keysOf(
  "header",
  (lower) => HTTP_OWN.includes(lower) || lower.startsWith("sec-websocket-") ? "HTTP" : null,
);

const headerValue: Shape<string> = scalar({
  expected: "printable ASCII text of at most 8,192 characters",
  schema: { type: "string" },
  secret: true,
  read: (tree) => /^[\x20-\x7e]{0,8192}$/.test(tree.text) ? { value: tree.text } : null,
});

const metadata: Shape<MetadataEntry[]> = transform(mapOf(metadataKeys, headerValue), (entries, _place, cx) => {
  for (const { key, value, at, path } of entries) {
    if (!key.toLowerCase().endsWith("-bin") || /^[A-Za-z0-9+/]*={0,2}$/.test(value)) continue;
    cx.problems.add(
      at,
      path,
      'Expected base64, because the key ends in "-bin"; the value found is not shown, for it may be secret',
    );
  }
  return entries.map(({ key, value }) => ({ key: key.toLowerCase(), value }));
});

/** HTTP headers, their names in lower case. */
export const headers: Shape<MetadataEntry[]> = transform(
  mapOf(headerKeys, headerValue),
  (entries) => entries.map(({ key, value }) => ({ key: key.toLowerCase(), value })),
);

const fingerprint: Shape<string> = transform(
  pattern("^(sha256:)?([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$", "a SHA-256 fingerprint, 64 hexadecimal digits"),
  (value) => value.replace(/^sha256:/, "").replaceAll(":", "").toLowerCase(),
);

const pemFile = existingPath("a PEM file");

const TLS_FIELDS = {
  ca: maybe(pemFile, "the system's authorities", "Authorities to trust."),
  cert: maybe(pemFile, "none", "The client's certificate; needs `key`."),
  key: maybe(pemFile, "none", "The client's private key; needs `cert`."),
  server_name: maybe(text(253), "the host of the address", "Name to look for in the server's certificate."),
  insecure: optional(boolean, false, "Accept any certificate. For tests only; said loudly wherever it is in force."),
  pin: maybe(
    fingerprint,
    "none",
    "SHA-256 fingerprint of the one server certificate to accept, instead of authorities.",
  ),
};

const tlsMap: Shape<TlsPlan | null> = transform(object(TLS_FIELDS), (given, { at, path }, cx) => {
  tellTlsConflicts(given, at, path, cx);
  return {
    ca_file: given.ca.value,
    cert_file: given.cert.value,
    key_file: given.key.value,
    server_name: given.server_name.value,
    insecure: given.insecure.value,
    pinned_sha256: given.pin.value,
  };
});

function tellTlsConflicts(given: Decoded<typeof TLS_FIELDS>, at: string, path: string, cx: Context): void {
  if (given.cert.given !== given.key.given) {
    const [have, lack] = given.cert.given ? ["cert", "key"] : ["key", "cert"];
    cx.problems.add(at, path, `The key "${have}" is given without "${lack}"; a client certificate needs both`);
  }
  if (given.insecure.value) {
    const text = "The server's certificate is NOT checked: whoever answers there is believed, and gets what is sent";
    cx.problems.warn(given.insecure.at, given.insecure.path, text);
  }
  const checks = [given.ca, given.pin].filter((setting) => setting.given);
  if (given.insecure.value && checks.length > 0) {
    cx.problems.add(
      given.insecure.at,
      given.insecure.path,
      'The key "insecure" accepts any certificate; remove it, or "ca" and "pin"',
    );
  }
}

const NO_FILES: TlsPlan = {
  ca_file: null,
  cert_file: null,
  key_file: null,
  server_name: null,
  insecure: false,
  pinned_sha256: null,
};

/** `true`, `false` or a map of settings. */
const tls: Shape<TlsPlan | null> = scalarOrMap(transform(boolean, (on) => on ? NO_FILES : null), tlsMap);

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
};

const moves: Field<ServicePlan["moves"]> = optional(
  choice("move", "fail"),
  "move",
  "A call that its connection provably did not process (a proxy rotates its connections, the server refuses the stream): `move` starts it once more on another connection, and counts that; `fail` ends it with UNAVAILABLE, as the transport grpc-js always does.",
);

/** Keys of services that speak gRPC. */
export const OVER_GRPC = {
  connections: optional(integer(1, 1_000), 1, "Connections each worker opens and shares among its users."),
  moves,
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
  moves,
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

/** What a gRPC service's keys say to the plan. */
export function overGrpc(
  given: Common & Decoded<typeof OVER_GRPC> & { host: Setting<string> },
): Pick<ServicePlan, "address" | "connections" | "timeout_ms" | "metadata" | "tls"> {
  return {
    address: given.host.value,
    connections: given.connections.value,
    timeout_ms: given.timeout.value,
    metadata: given.metadata.value ?? [],
    tls: given.tls.value,
  };
}

/** What an HTTP service's keys say to the plan; a scheme that contradicts `tls` is told. */
export function overHttp(
  given: Common & Decoded<typeof OVER_HTTP> & { host: Setting<Endpoint> },
  cx: Context,
): Pick<ServicePlan, "address" | "connections" | "timeout_ms" | "metadata" | "tls"> {
  const { http, connections, host, tls } = given;
  return {
    address: host.value.address,
    connections: connections.value ?? (http.value === "2" ? 1 : HTTP1_CONNECTIONS),
    timeout_ms: given.timeout.value,
    metadata: given.headers.value ?? [],
    tls: tlsOf(host.value, tls, cx),
  };
}

/** TLS of a URL and of the key `tls`, which must not contradict each other. */
export function tlsOf({ secure }: Endpoint, tls: Setting<TlsPlan | null>, cx: Context): TlsPlan | null {
  if (tls.given && tls.valid && secure !== null && (tls.value !== null) !== secure) {
    const text = secure
      ? 'The URL says TLS and "tls: false" says none: remove one of them'
      : 'The URL says no TLS and the key "tls" is given: write the URL with the scheme for TLS, or remove "tls"';
    cx.problems.add(tls.at, tls.path, text);
  }
  return tls.value ?? (secure === true ? NO_FILES : null);
}

/** Names that become folders. */
export const NAME = keyPattern("name", "^[A-Za-z0-9_-]{1,64}$", '1 to 64 letters, digits, "_" and "-"');
