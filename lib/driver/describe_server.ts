/** Lists the services and methods of a gRPC server by reflection, or recognises a server without reflection. */
import { openCredentials } from "./auth/credentials.ts";
import { WITHOUT_REFLECTION } from "./grpc/descriptors.ts";
import { recogniseServices } from "./signatures.ts";
import { listServices, reflectDefinitions, ReflectionError } from "./grpc/reflection.ts";
import { type MethodType, Types } from "./grpc/types.ts";
import { redacted } from "./auth/redacted.ts";
import { serviceMetadata } from "./rpc/metadata.ts";
import { openService } from "./core/open_service.ts";
import { UserError } from "../plan/errors.ts";
import type { ServicePlan } from "../plan/plan.ts";
import { type Channel, ConnectError, type Metadata } from "../transport/channel.ts";
import { loadTransport } from "../transport/registry.ts";

/** One service with its methods; null: the server names it but does not describe it. */
export interface DescribedService {
  name: string;
  methods: MethodType[] | null;
  /** Why methods are missing, one text for each. */
  undescribed: string[];
}

/** One service of `types`. */
export function describedService(types: Types, name: string): DescribedService {
  return { name, ...types.methods(name) ?? { methods: null, undescribed: [] } };
}

/**
 * The services of a server: all of them, or only the one that `name` begins with.
 * @throws {UserError} kind `unreachable` where it does not answer or fails, `config` where it has no reflection
 */
export async function askServer(service: ServicePlan, name: string | null): Promise<DescribedService[]> {
  // A server may quote what it was sent.
  const { secrets } = await openCredentials(service);
  return await redacted(secrets, () => ask(service, name));
}

async function ask(service: ServicePlan, name: string | null): Promise<DescribedService[]> {
  let channel: Channel | null = null;
  try {
    channel = await openService(service, await loadTransport("wire"));
    await channel.connect();
    const metadata = serviceMetadata(service);
    return await reflect(channel, metadata, service, name);
  } catch (error) {
    if (error instanceof ConnectError) throw new UserError("unreachable", `${error.message}. ${error.remedy}`);
    throw error;
  } finally {
    await channel?.close();
  }
}

async function reflect(
  channel: Channel,
  metadata: Metadata,
  service: ServicePlan,
  name: string | null,
): Promise<DescribedService[]> {
  const { timeout_ms, address } = service;
  try {
    const listed = await listServices(channel, metadata, timeout_ms);
    const wanted = name === null ? [] : listed.filter((one) => name === one || /^[./]/.test(name.replace(one, "")));
    const names = wanted.length > 0 ? wanted : listed;
    const types = new Types(await reflectDefinitions(channel, metadata, timeout_ms, names, true));
    return names.map((one) => describedService(types, one));
  } catch (error) {
    if (error instanceof RangeError) throw new UserError("config", `Cannot describe ${address}: ${error.message}`);
    if (!(error instanceof ReflectionError)) throw error;
    if (error.fault !== "missing") throw new UserError("unreachable", `Cannot describe ${address}: ${error.message}`);
    throw new UserError("config", await withoutReflection(channel, metadata, service));
  }
}

/**
 * The message for a server without reflection: its protocol if june-load recognises it, else a request for its files.
 */
async function withoutReflection(channel: Channel, metadata: Metadata, { address, timeout_ms }: ServicePlan) {
  const known = await recogniseServices(channel, metadata, timeout_ms);
  if (known.length === 0) {
    return `Cannot describe ${address}: it has no server reflection; ${WITHOUT_REFLECTION}`;
  }
  return [
    `${address} has no server reflection, but june-load knows what answers there:`,
    ...known.map(({ what, kind, protocol }) =>
      `  ${what}: write a service of kind ${kind} with "protocol: ${protocol}"`
    ),
    "No descriptors are needed for that.",
  ].join("\n");
}
