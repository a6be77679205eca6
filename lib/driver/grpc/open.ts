/** Opens any gRPC service: methods by name, their messages from descriptors. */
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import type { GrpcExchange, GrpcSettings } from "../../plan/protocols.ts";
import type { Channel, OpenChannel } from "../../transport/channel.ts";
import type { Health, OpenService, Operation } from "../driver.ts";
import { exchangeOf } from "../exchange/exchange.ts";
import { grpcService } from "../rpc/service.ts";
import { serviceMetadata } from "../rpc/metadata.ts";
import { openService } from "../core/open_service.ts";
import { askOver, checkStandardHealth } from "../rpc/standard_health.ts";
import { typesFromFiles, typesFromServer } from "./descriptors.ts";
import { exchangeOperation, needsTypes, type ReadyExchange, readyExchange } from "./exchange.ts";
import { readFile } from "./read_file.ts";
import { splitMethod, type Types } from "./types.ts";

/**
 * Opens any gRPC service. Types from files are checked here, types from the server's reflection in `connect`.
 * @throws {UserError} kind `input` for a file that cannot be read, `config` for requests that do not fit their method
 */
export async function openGrpc(service: ServicePlan, open: OpenChannel): Promise<OpenService> {
  const { settings } = service;
  if (settings?.protocol !== "grpc") throw new TypeError(`Service ${service.name} has no settings of gRPC`);
  const raw = await readRawFiles(settings);
  const types = settings.exchanges.some(needsTypes) ? await typesFromFiles(settings.descriptors) : null;
  const asksServer = types === null && settings.exchanges.some(needsTypes);
  const ready = (known: Types | null): ReadonlyMap<string, ReadyExchange> =>
    new Map(settings.exchanges.map((exchange) => {
      const bytes = exchange.raw_files.map((path) => raw.get(path) as Uint8Array);
      return [exchange.name, readyExchange(service, exchange, needsTypes(exchange) ? known : null, bytes)];
    }));
  let exchanges = asksServer ? null : ready(types);
  const channel = await openService(service, open);
  return {
    ...grpcService(channel, {
      operation: (task) => operationOf(task, service, channel, exchanges),
      health: (timeout_ms) => checkHealth(service, settings, channel, timeout_ms),
    }),
    async connect() {
      await channel.connect();
      exchanges ??= ready(await typesFromServer(service, channel, servicesOf(settings.exchanges.filter(needsTypes))));
    },
  };
}

function operationOf(
  task: TaskPlan,
  service: ServicePlan,
  channel: Channel,
  exchanges: ReadonlyMap<string, ReadyExchange> | null,
): Operation {
  if (exchanges === null) throw new TypeError(`Service ${service.name} is not connected, so its methods are not known`);
  return exchangeOperation(exchangeOf(task, service, exchanges), service, channel);
}

/** Full names of the services that exchanges call, each once. */
function servicesOf(exchanges: readonly GrpcExchange[]): string[] {
  return [...new Set(exchanges.map(({ method }) => splitMethod(method).service))];
}

/** Checks the standard health of each called service; returns the first that is not healthy, else the last. */
async function checkHealth(
  service: ServicePlan,
  settings: GrpcSettings,
  channel: Channel,
  timeout_ms: number,
): Promise<Health> {
  const ask = askOver(channel, serviceMetadata(service), timeout_ms);
  let health: Health = { state: "connected", asked: "", details: "it has no calls" };
  for (const name of servicesOf(settings.exchanges)) {
    health = await checkStandardHealth(ask, name);
    if (health.state !== "serving" && health.state !== "connected") break;
  }
  return health;
}

async function readRawFiles({ exchanges }: GrpcSettings): Promise<Map<string, Uint8Array>> {
  const paths = new Set(exchanges.flatMap(({ raw_files }) => raw_files));
  const read = async (path: string) => [path, await readFile(path, "a raw request")] as const;
  return new Map(await Promise.all([...paths].map(read)));
}
