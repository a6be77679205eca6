/** What `init` reads from any gRPC server: methods to call. */
import type { ServicePlan } from "../plan/plan.ts";
import { namesComment, type ProbeLines } from "./core/probe.ts";
import { askServer } from "./describe_server.ts";
import { exchangeLines } from "./grpc/description.ts";

/** Most methods of a server in a new scenario. */
const MAX_METHODS = 5;

/**
 * Exchanges with the methods that a gRPC server's reflection names, each with an example of its request.
 * @throws {UserError} for a server that cannot be reached or has no reflection, with what to do
 */
export async function probeGrpc(service: ServicePlan): Promise<ProbeLines> {
  const services = await askServer(service, null);
  const methods = services.filter(({ name }) => !/^grpc\.(health|channelz)\./.test(name)).flatMap(({ methods }) =>
    methods ?? []
  );
  if (methods.length === 0) return null;
  const left = namesComment("also there", methods.slice(MAX_METHODS).map(({ name }) => name));
  return [`exchanges:${left}`, ...methods.slice(0, MAX_METHODS).flatMap(exchangeLines)];
}
