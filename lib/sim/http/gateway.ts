/**
 * June's former HTTP gateway, in front of the simulator's services. The real one's chat and WebSocket were mocks; here
 * they call the models, so that their figures are realistic.
 */
import { asError } from "./gateway_input.ts";
import { GatewayServices } from "./gateway_services.ts";
import { GatewaySocket } from "./gateway_socket.ts";
import { GatewayTokens } from "./gateway_tokens.ts";
import type { Backend } from "./backend.ts";
import type { SimClock } from "../model/clock.ts";
import { type Answer, jsonReply, type Route } from "./server.ts";

const VERSION = "0.2.0";

/** A call that needs only a user and the body. */
type Ask = (request: Request, user: string) => Promise<unknown>;

/** A gateway: its routes, and a function that closes its WebSockets. */
export interface Gateway {
  routes: Route[];
  closeSockets(): void;
}

/** Makes the gateway of a simulator. */
export function makeGateway(backend: Backend, clock: SimClock): Gateway {
  const services = new GatewayServices(backend);
  const tokens = new GatewayTokens();
  const sockets = new Set<GatewaySocket>();
  /** Converts an answer or an error to a reply. */
  const reply = async (work: () => Promise<Response>): Promise<Response> => {
    try {
      return await work();
    } catch (error) {
      const { status, headers, message } = asError(error, clock);
      return jsonReply({ detail: message }, status, headers);
    }
  };
  const ask = (work: Ask): Answer => (request) =>
    reply(async () => jsonReply(await work(request, tokens.userOf(request) ?? "anonymous")));
  const askAsUser = (work: Ask): Answer => (request) =>
    reply(async () => jsonReply(await work(request, tokens.requireUser(request))));
  const routes = [
    get("/health", () => health(services)),
    get("/status", () => jsonReply(status(clock, sockets.size))),
    post("/auth/token", (request) => reply(() => Promise.resolve(jsonReply(tokens.tokenFor(request))))),
    post("/auth/login", (request) => reply(async () => jsonReply(await tokens.login(request)))),
    post("/auth/refresh", (request) => reply(async () => jsonReply(await tokens.refresh(request)))),
    post("/auth/logout", (request) => reply(() => Promise.resolve(jsonReply(tokens.logout(request))))),
    post("/api/v1/llm/generate", ask((request, user) => services.generate(request, user))),
    post("/api/v1/tts/speak", ask((request, user) => services.speak(request, user))),
    post("/api/v1/audio/transcribe", ask((request, user) => services.transcribe(request, user))),
    post("/chat", askAsUser((request, user) => services.chat(request, user))),
    {
      method: "GET",
      path: /^\/ws\/([^/]+)$/,
      answer: (request: Request, [user = ""]: readonly string[]) => openSocket(request, user, services, clock, sockets),
    },
  ];
  return { routes, closeSockets: () => sockets.forEach(({ socket }) => socket.close(1000, "the simulator ends")) };
}

const get = (path: string, answer: Answer): Route => ({ method: "GET", path: exactly(path), answer });
const post = (path: string, answer: Answer): Route => ({ method: "POST", path: exactly(path), answer });
const exactly = (path: string): RegExp => new RegExp(`^${path}$`);

async function health(services: GatewayServices): Promise<Response> {
  const checks = await services.health();
  const well = Object.values(checks).every((state) => state === "healthy");
  return jsonReply({ status: well ? "healthy" : "unhealthy", checks, timestamp: timestamp() }, well ? 200 : 503);
}

function status(clock: SimClock, active_connections: number) {
  return {
    service: "gateway",
    version: VERSION,
    active_connections,
    uptime: clock.now_ms() / 1000,
    timestamp: timestamp(),
  };
}

function openSocket(
  request: Request,
  user: string,
  services: GatewayServices,
  clock: SimClock,
  sockets: Set<GatewaySocket>,
): Response {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return jsonReply({ detail: "this path is a WebSocket" }, 426, { upgrade: "websocket" });
  }
  const { socket, response } = Deno.upgradeWebSocket(request);
  const one = new GatewaySocket(socket, user, services, clock, () => sockets.delete(one));
  sockets.add(one);
  return response;
}

const timestamp = (): string => new Date().toISOString();
