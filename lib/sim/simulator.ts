/** The June simulator: three services, each on a port of its own, and one for HTTP, under one clock. */
import { UserError } from "../plan/errors.ts";
import type { VoiceKind } from "../plan/plan.ts";
import { HostClock } from "./model/clock.ts";
import { FaultState } from "./fault/state.ts";
import { registerGrpcHealth, registerHealthCheck } from "./call/health_service.ts";
import { Backend } from "./http/backend.ts";
import { makeGateway } from "./http/gateway.ts";
import { openAiRoutes } from "./http/openai.ts";
import { metricsRoute } from "./http/metrics_page.ts";
import { type HttpServer, listenHttp } from "./http/server.ts";
import type { ServiceContext } from "./call/job.ts";
import { LlmService } from "./june/llm_service.ts";
import { type Models, modelsOf } from "./model/model.ts";
import { type SimulatorOptions, simulatorOptions } from "./options.ts";
import { Random } from "./model/random.ts";
import { registerRivaStt } from "./riva/stt.ts";
import { registerRivaTts } from "./riva/tts.ts";
import type { GrpcServer, MethodTable, ServerStats } from "./server/server.ts";
import { WireServer } from "./server/wire_server.ts";
import { type QueueStats, SlotQueue } from "./model/slot_queue.ts";
import { SttService } from "./june/stt_service.ts";
import { registerTriton } from "./triton/inference.ts";
import { registerTts } from "./june/tts_service.ts";

/** Counters of one service. */
export interface ServiceStats extends ServerStats {
  queue: QueueStats;
}

/** A running simulator. */
export interface Simulator {
  /** `host:port` of each service; one that refuses connections by a fault has an address too. */
  readonly addresses: Record<VoiceKind, string>;
  /** `host:port` of the HTTP fronts; null where none was asked for. */
  readonly http_address: string | null;
  stats(): Promise<Record<VoiceKind, ServiceStats>>;
  /** Stops all services and cuts what is in flight. */
  close(): Promise<void>;
}

const KINDS: readonly VoiceKind[] = ["llm", "stt", "tts"];
/** Health checks do not wait behind the calls. */
const HEALTH_QUEUE = { slots: 1_000_000, queue_limit: 0 };

/**
 * Starts the simulator in this thread. Use `startInWorker` where users share it.
 * @throws {UserError} when a port is not available
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 }, seed: 7 });
 * assert.match(simulator.addresses.llm, /^127\.0\.0\.1:\d+$/);
 * assert.equal((await simulator.stats()).llm.queue.started_total, 0);
 * await simulator.close();
 * ```
 */
export async function startSimulator(given: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const options = simulatorOptions(given);
  const clock = new HostClock(options.precise);
  const services: RunningService[] = [];
  const backend = new Backend();
  let http: HttpServer | null = null;
  const close = async () => {
    await Promise.all([http?.close(), ...services.map((service) => service.close())]);
    clock.stop();
  };
  try {
    for (const kind of KINDS) services.push(await startService(kind, options, clock, backend));
    http = startHttp(options, clock, backend, () => services);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    addresses: byKind(services, (service) => service.address),
    http_address: http === null ? null : addressOf(options.hostname, http.port),
    stats: () => Promise.resolve(byKind(services, (service) => service.stats())),
    close,
  };
}

interface RunningService {
  kind: VoiceKind;
  address: string;
  /** Requests that it serves at once. */
  slots: number;
  stats(): ServiceStats;
  close(): Promise<void>;
}

/** @param backend also gets the service's methods, unless the service refuses connections */
async function startService(
  kind: VoiceKind,
  options: SimulatorOptions,
  clock: HostClock,
  backend: Backend,
): Promise<RunningService> {
  const models = modelsOf(options.profile, options.models);
  const random = new Random(options.seed).fork(kind);
  const limiter = options.profile === "june" ? "python_exception" : "resource_exhausted";
  const faults = new FaultState(options.faults, kind, random.fork("faults"), limiter);
  const queue = new SlotQueue(models[kind]);
  const context: ServiceContext = { clock, queue, faults, random };
  const server = new WireServer();
  register(faults.refuses ? server : both(server, backend), kind, context, models, options);
  const port = await listen(server, kind, options, faults);
  const intervals = faults.refuses ? [] : startIntervals(server, faults);
  return {
    kind,
    address: addressOf(options.hostname, port),
    slots: models[kind].slots,
    stats: () => ({ ...server.stats(), queue: queue.stats() }),
    close: () => {
      intervals.forEach(clearInterval);
      return server.close();
    },
  };
}

function startHttp(
  options: SimulatorOptions,
  clock: HostClock,
  backend: Backend,
  services: () => readonly RunningService[],
): HttpServer | null {
  const { hostname, http_port } = options;
  if (http_port === null) return null;
  try {
    const gateway = makeGateway(backend, clock);
    const page = metricsRoute(() =>
      services().map(({ kind, slots, stats }) => ({ kind, slots, queue: stats().queue }))
    );
    const routes = [...gateway.routes, ...openAiRoutes(backend, clock, options.openai), page];
    const { port, close } = listenHttp(hostname, http_port, routes);
    return {
      port,
      close: () => {
        gateway.closeSockets();
        return close();
      },
    };
  } catch (error) {
    throw new UserError("usage", listenMessage(error as Error, "HTTP fronts", hostname, http_port));
  }
}

function addressOf(hostname: string, port: number): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Registers methods in two tables. */
function both(one: MethodTable, other: MethodTable): MethodTable {
  return {
    handle(path, handle) {
      one.handle(path, handle);
      other.handle(path, handle);
    },
  };
}

function register(
  server: MethodTable,
  kind: VoiceKind,
  context: ServiceContext,
  models: Models,
  { profile, transcripts, grpc_health }: SimulatorOptions,
): void {
  const health = { ...context, queue: new SlotQueue(HEALTH_QUEUE) };
  registerHealthCheck(server, kind, health, profile);
  if (grpc_health) registerGrpcHealth(server, kind, health);
  switch (kind) {
    case "llm":
      registerTriton(server, context, health, new LlmService(context, models.llm, "ideal"));
      return new LlmService(context, models.llm, profile).register(server);
    case "stt":
      registerRivaStt(server, context, health, models.stt, transcripts);
      return new SttService(context, models.stt, profile, transcripts).register(server);
    case "tts":
      registerRivaTts(server, context, health, models.tts);
      return registerTts(server, context, models.tts, profile);
  }
}

async function listen(
  server: GrpcServer,
  kind: VoiceKind,
  { hostname, ports }: SimulatorOptions,
  faults: FaultState,
): Promise<number> {
  try {
    const port = await server.listen({ hostname, port: ports[kind] });
    // To refuse connections, use a port that was free a moment ago.
    if (faults.refuses) await server.close();
    return port;
  } catch (error) {
    throw new UserError("usage", listenMessage(error as Error, `${kind} service`, hostname, ports[kind]));
  }
}

function listenMessage(error: Error, what: string, hostname: string, port: number): string {
  const head = `The simulator cannot listen on ${hostname}:${port} for its ${what}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `${head}: the port is in use. Stop the program that has it, or choose another port (0 takes any free one)`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${head}: ports below 1024 need special rights. Choose a higher port (0 takes any free one)`;
  }
  return `${head}: ${error.message}. Check the address, or use 127.0.0.1`;
}

function startIntervals(server: GrpcServer, faults: FaultState): ReturnType<typeof setInterval>[] {
  return [
    ...faults.drop_intervals_ms.map((every_ms) => setInterval(() => server.dropConnections(), every_ms)),
    ...faults.goaway_intervals_ms.map((every_ms) => setInterval(() => server.goaway(), every_ms)),
  ];
}

function byKind<T>(services: readonly RunningService[], read: (service: RunningService) => T): Record<VoiceKind, T> {
  return Object.fromEntries(services.map((service) => [service.kind, read(service)])) as Record<VoiceKind, T>;
}
