/** The keys of your own services: any gRPC method, HTTP request or WebSocket message. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { DescriptorSource, ProtocolSettings } from "../../plan/protocols.ts";
import { list, mapOf, oneOrMore } from "../shape/containers.ts";
import { HTTP, WEBSOCKET } from "../shape/endpoint.ts";
import { template } from "../shape/json_value.ts";
import { existingPath } from "../shape/paths.ts";
import { choice, duration } from "../shape/scalars.ts";
import {
  COMMON,
  commonPlan,
  grpcHost,
  httpHost,
  NAME,
  OVER_GRPC,
  OVER_HTTP,
  overGrpc,
  overHttp,
  queryOf,
  type ServiceDraft,
} from "./common.ts";
import { type Exchange, grpcExchange, httpExchange, webSocketExchange } from "./exchange.ts";
import { reportTwoTokens, tlsOf } from "./security.ts";
import { type Context, type Decoded, maybe, optional, required, type Setting, type Shape } from "../shape/shape.ts";
import { quote } from "../read/tree.ts";
import { variant, variants } from "../shape/variants.ts";

type Rest = Omit<ServicePlan, "name" | "transparent_retry" | "kind" | "inputs" | "options" | "settings" | "protocol">;

/** A service with exchanges of the scenario file. */
export function caller<E>(
  plan: Rest,
  transparent_retry: ServiceDraft["transparent_retry"],
  exchanges: readonly Exchange<E>[],
  settings: (exchanges: E[]) => ProtocolSettings,
): ServiceDraft {
  const made = settings(exchanges.map((exchange) => exchange.plan));
  const drafts = exchanges.map(({ draft }) => draft);
  return {
    plan: { ...plan, kind: "call", protocol: made.protocol, settings: made, inputs: [], options: { kind: "call" } },
    weight: drafts.reduce((sum, { weight }) => sum + weight, 0),
    transparent_retry,
    exchanges: drafts,
  };
}

/** Reports exchanges with the same name; the name identifies an exchange. */
export function reportRepeats(exchanges: readonly Exchange<unknown>[], context: Context): void {
  for (const [i, { draft: { name, at, path } }] of exchanges.entries()) {
    const isRepeated = exchanges.findIndex(({ draft }) => draft.name === name) < i;
    if (isRepeated) {
      context.problems.add(at, path, `Two exchanges have the name ${quote(name)}: give one of them another "name"`);
    }
  }
}

const some = <T>(item: Shape<T>) => list(item, { min: 1, max: 100 });

const files = oneOrMore(existingPath("a .proto file"), { min: 1, max: 100 });
const DESCRIPTORS = {
  protos: maybe(files, "asked of the server (reflection)", "`.proto` files that describe the methods.", "search.proto"),
  import_dirs: maybe(
    oneOrMore(existingPath("a folder"), { min: 1, max: 100 }),
    "the folders of the files",
    "Folders to look up the imports of `protos` in.",
    "protos/",
  ),
  descriptor_set: maybe(
    existingPath("a descriptor set"),
    "none",
    "Instead of `protos`: a file written by `protoc --descriptor_set_out --include_imports`.",
    "search.pb",
  ),
};

function descriptorsOf(
  { protos, import_dirs, descriptor_set }: Decoded<typeof DESCRIPTORS>,
  context: Context,
): DescriptorSource {
  if (protos.given && descriptor_set.given) {
    context.problems.add(
      descriptor_set.at,
      descriptor_set.path,
      'Both "protos" and "descriptor_set" are given: remove one',
    );
  }
  if (import_dirs.given && !protos.given) {
    context.problems.add(import_dirs.at, import_dirs.path, 'The key "import_dirs" needs "protos"');
  }
  if (descriptor_set.value !== null) return { kind: "set", file: descriptor_set.value };
  if (protos.value === null) return { kind: "reflection" };
  const paths = (settings: readonly Setting<string>[] | null) => (settings ?? []).map(({ value }) => value);
  const named = paths(protos.value);
  const dirs = import_dirs.given ? paths(import_dirs.value) : [...new Set(named.map(folderOf))];
  return { kind: "proto", files: named, import_dirs: dirs };
}

const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")));

const grpc = variant(
  COMMON,
  {
    host: grpcHost("search", 50051),
    ...OVER_GRPC,
    ...DESCRIPTORS,
    exchanges: required(some(grpcExchange), [{ method: "shop.Search/Find" }], "The methods to call."),
  },
  (given, _place, context) => {
    const exchanges = given.exchanges.value.map(({ value }) => value);
    reportRepeats(exchanges, context);
    const descriptors = descriptorsOf(given, context);
    return caller(
      overGrpc(given, context),
      given.transparent_retry,
      exchanges,
      (exchanges) => ({ protocol: "grpc", descriptors, exchanges }),
    );
  },
);

/** The request that gets a token. */
export const login = maybe(
  template(8_000),
  "none",
  "Path of a POST that gets a token: its JSON reply holds `access_token`, which exchanges with `requires_auth` send. Each worker logs in once, and again when the service rejects the token.",
  "/auth/token?user_id={{random 8}}",
);

const rest = variant(
  COMMON,
  {
    host: httpHost(80, HTTP, "https://shop.example.net/api"),
    ...OVER_HTTP,
    login,
    exchanges: required(some(httpExchange), [{ path: "/health" }], "The requests to send."),
  },
  (given, _place, context) => {
    const exchanges = given.exchanges.value.map(({ value }) => value);
    reportRepeats(exchanges, context);
    const [needy] = exchanges.filter(({ plan }) => plan.requires_auth);
    if (needy !== undefined && given.login.value === null) {
      const { at, path } = needy.draft;
      context.problems.add(at, path, 'The key "requires_auth" needs a "login" of the service to get the token');
    }
    return caller(overHttp(given, context), given.transparent_retry, exchanges, (exchanges) => ({
      protocol: "rest",
      base_path: given.host.value.path,
      ...queryOf(given.host.value),
      http_version: given.http.value,
      login_path: given.login.value,
      exchanges,
    }));
  },
);

const { headers, tls } = OVER_HTTP;

/** Keys that say how a WebSocket service opens its sockets. */
export const SOCKETS = {
  ping: maybe(duration("100ms", "1h"), "none", "Interval of pings on an open socket.", "20s"),
  sessions: optional(
    choice("per_exchange", "kept"),
    "per_exchange",
    "Open a socket for each exchange, or keep one socket per user.",
  ),
};

const websocket = variant(
  COMMON,
  {
    host: httpHost(80, WEBSOCKET, "wss://chat.example.net/ws"),
    headers,
    tls,
    path: maybe(template(8_000), "the URL's", "Path and query; may hold placeholders.", "/ws/{{uuid}}"),
    ...SOCKETS,
    exchanges: required(some(webSocketExchange), [{ text: "hello" }], "The messages to send, and their answers."),
  },
  (given, _place, context) => {
    const { host, path } = given;
    reportTwoTokens(given.auth, given.headers, context);
    const own = host.value.path;
    if (path.value !== null && own !== "") {
      context.problems.add(
        path.at,
        path.path,
        `The URL already has the path ${quote(own)}: write the path in only one place`,
      );
    }
    if (path.value !== null && !path.value.startsWith("/")) {
      context.problems.add(path.at, path.path, `The path ${quote(path.value)} must begin with "/"`);
    }
    const { query } = host.value;
    const opened = path.value ?? `${own || "/"}${query === "" ? "" : `?${query}`}`;
    const exchanges = given.exchanges.value.map(({ value }) => value(opened, context));
    reportRepeats(exchanges, context);
    return caller(
      {
        ...commonPlan(given),
        address: host.value.address,
        connections: 1,
        metadata: given.headers.value ?? [],
        tls: tlsOf(host.value, given.tls, context),
      },
      null,
      exchanges,
      (exchanges) => ({
        protocol: "websocket",
        path: opened,
        exchanges,
        ping_ms: given.ping.value,
        sessions: given.sessions.value,
      }),
    );
  },
);

const call: Shape<ServiceDraft> = variants(
  { key: "protocol", doc: "What the service speaks.", fallback: null },
  { grpc, rest, websocket },
);

/** Your own services, by any name. */
export const calls = mapOf(NAME, call, { min: 1, max: 50 });
