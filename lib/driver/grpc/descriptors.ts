/** The message types of a service's methods, from the source that its settings name. */
import { UserError } from "../../plan/errors.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import type { DescriptorSource } from "../../plan/protocols.ts";
import type { Channel } from "../../transport/channel.ts";
import { serviceMetadata } from "../rpc/metadata.ts";
import { loadDescriptorSet } from "./descriptor_files.ts";
import { loadProtoFiles } from "./proto_files.ts";
import { listServices, reflectDefinitions, ReflectionError } from "./reflection.ts";
import { offer, Types } from "./types.ts";

/**
 * Types from files; null where they come from the server's reflection.
 * @throws {UserError} kind `input` for a file that cannot be used
 */
export async function typesFromFiles(source: DescriptorSource): Promise<Types | null> {
  switch (source.kind) {
    case "proto":
      return new Types(await loadProtoFiles(source.files, source.import_dirs));
    case "set":
      return new Types(await loadDescriptorSet(source.file));
    case "reflection":
      return null;
  }
}

/** Time limit on all requests to a server's reflection together; milliseconds. */
const REFLECTION_TIMEOUT_MS = 10_000;

/**
 * Types from the server's reflection.
 * @param services full names of the services that are called
 * @throws {UserError} kind `config` where the server has no reflection or no such service, `unreachable` where it fails
 */
export async function typesFromServer(
  service: ServicePlan,
  channel: Channel,
  services: Iterable<string>,
): Promise<Types> {
  const metadata = serviceMetadata(service);
  try {
    return new Types(await reflectDefinitions(channel, metadata, REFLECTION_TIMEOUT_MS, services));
  } catch (error) {
    if (!(error instanceof ReflectionError)) throw error;
    const who = `Service ${service.name} at ${service.address}`;
    if (error.fault === "missing") throw new UserError("config", `${who}: ${error.message}; ${WITHOUT_REFLECTION}`);
    if (error.fault !== "unknown") {
      throw new UserError("unreachable", `${who}: its reflection failed: ${error.message}`);
    }
    const listed = await listServices(channel, metadata, REFLECTION_TIMEOUT_MS).catch((): string[] => []);
    const [wanted = ""] = [...services].filter((name) => !listed.includes(name));
    throw new UserError("config", `${who}: ${error.message}${offer(wanted, listed)}`);
  }
}

/** What to do about a server without reflection. */
export const WITHOUT_REFLECTION =
  "name its .proto files or a descriptor set (protoc --include_imports --descriptor_set_out), or switch reflection on in the server";
