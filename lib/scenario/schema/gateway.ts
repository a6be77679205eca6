/** June's former HTTP gateway: REST endpoints and a WebSocket, with the keys of June's own files. */
import type { HttpBody, RestExchange, WebSocketExchange } from "../../plan/protocols.ts";
import { list, transform } from "../shape/containers.ts";
import { HTTP } from "../shape/endpoint.ts";
import { template } from "../shape/json_value.ts";
import { boolean, number } from "../shape/scalars.ts";
import { caller, login, reportRepeats, SOCKETS } from "./calls.ts";
import { COMMON, httpHost, OVER_HTTP, overHttp, queryOf, type ServiceDraft } from "./common.ts";
import { defaultName, type Exchange, HTTP_EXCHANGE, planHttpExchange } from "./exchange.ts";
import { type Context, type Decoded, maybe, object, optional, required, type Shape } from "../shape/shape.ts";
import type { Place } from "../shape/variants.ts";

/** The gateway's two halves; null: not in the file. */
export interface GatewayDraft {
  rest: ServiceDraft | null;
  websocket: ServiceDraft | null;
}

const VARIED = "{{prompt}} {{random 8}}";

/** Default bodies for June's endpoints. They vary, because the gateway answers repeated requests from a cache. */
const BODIES: Readonly<Record<string, HttpBody>> = {
  "/api/v1/llm/generate": { kind: "json", value: { prompt: VARIED } },
  "/api/v1/tts/speak": { kind: "json", value: { text: VARIED, language: "en", voice_id: "default" } },
  "/api/v1/audio/transcribe": { kind: "multipart", parts: [{ name: "audio", kind: "clip" }] },
  "/chat": { kind: "json", value: { type: "text", text: VARIED } },
};

const endpoint = object({
  ...HTTP_EXCHANGE,
  requires_auth: optional(boolean, false, "Send the token of the gateway's `login`."),
});

const SOCKET = {
  path: required(template(8_000), "/ws/{user_id}", "Path of the socket; each socket gets a new `{user_id}`."),
  weight: optional(number(0, 1_000_000), 1, "Share of the calls."),
  ...SOCKETS,
};

const FIELDS = {
  host: httpHost(8000, HTTP, "http://localhost:8000"),
  ...COMMON,
  ...OVER_HTTP,
  login: optional(login.shape, "/auth/token?user_id={{random 8}}", login.doc),
  rest_endpoints: optional(
    list(endpoint, { max: 100 }),
    [],
    "HTTP requests. Requests to June's own endpoints have a suitable body by default.",
  ),
  websocket: maybe(
    object(SOCKET),
    "none",
    "WebSocket exchanges: a text message; the answer is a message of the type `response`.",
  ),
};

/** June's gateway. */
export const gateway: Shape<GatewayDraft> = transform(object(FIELDS), (given, _place, context) => {
  const endpoints = given.rest_endpoints.value.map(({ value, at, path }) => planEndpoint(value, { at, path }, context));
  reportRepeats(endpoints, context);
  const plan = overHttp(given, context);
  const settings = {
    protocol: "rest",
    base_path: given.host.value.path,
    ...queryOf(given.host.value),
    http_version: given.http.value,
    login_path: endpoints.some(({ plan }) => plan.requires_auth) ? given.login.value : null,
  } as const;
  return {
    rest: endpoints.length === 0
      ? null
      : caller(plan, given.transparent_retry, endpoints, (exchanges) => ({ ...settings, exchanges })),
    websocket: given.websocket.value === null
      ? null
      : planSocket(given.websocket.value, { ...plan, connections: 1 }, settings.base_path, given.websocket, context),
  };
});

/** Gives a request to one of June's endpoints its default body. */
function planEndpoint(given: Decoded<typeof HTTP_EXCHANGE>, place: Place, context: Context): Exchange<RestExchange> {
  const exchange = planHttpExchange(given, place, context);
  const { plan } = exchange;
  const body = plan.method === "POST" ? plan.body ?? BODIES[plan.path] ?? null : plan.body;
  return { ...exchange, plan: { ...plan, body } };
}

function planSocket(
  { path, weight, ping, sessions }: Decoded<typeof SOCKET>,
  plan: Parameters<typeof caller>[0],
  basePath: string,
  place: Place,
  context: Context,
): ServiceDraft {
  const name = defaultName(`websocket ${path.value} text`, context);
  const send = { kind: "json", value: { type: "text", text: VARIED } } as const;
  const reply = [{ path: "type", equals: "response", matches: null }];
  const exchange: Exchange<WebSocketExchange> = {
    plan: { name, send, reply },
    draft: { name, weight: weight.value, at: place.at, path: place.path },
  };
  return caller(plan, null, [exchange], (exchanges) => ({
    protocol: "websocket",
    path: basePath + path.value.replaceAll("{user_id}", "{{uuid}}"),
    exchanges,
    ping_ms: ping.value,
    sessions: sessions.value,
  }));
}
