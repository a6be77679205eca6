/** Finds services that speak another protocol than the scenario says; all calls to them would fail. */
import { type KnownService, recogniseServices } from "../driver/signatures.ts";
import { serviceMetadata } from "../driver/rpc/metadata.ts";
import { openService } from "../driver/core/open_service.ts";
import type { ServicePlan } from "../plan/plan.ts";
import type { OpenChannel } from "../transport/channel.ts";

/** The finding, and what the user can do. */
export interface OtherProtocol {
  details: string;
  remedy: string;
}

/**
 * Sends one harmless request of each protocol over a new connection; null when the right protocol answers, or none.
 * @param timeout_ms deadline of each request
 * @throws {ConnectError} for a service that cannot be reached
 */
export async function findOtherProtocol(
  service: ServicePlan,
  open: OpenChannel,
  timeout_ms: number,
): Promise<OtherProtocol | null> {
  const channel = await openService({ ...service, connections: 1 }, open);
  try {
    await channel.connect();
    return judge(service, await recogniseServices(channel, serviceMetadata(service), timeout_ms));
  } finally {
    await channel.close();
  }
}

function judge({ protocol, kind }: ServicePlan, known: readonly KnownService[]): OtherProtocol | null {
  if (known.length === 0 || known.some((one) => one.protocol === protocol && one.kind === kind)) return null;
  const details = `The server there is ${known.map(({ what }) => what).join(" and ")}`;
  const fit = known.find((one) => one.kind === kind);
  return fit === undefined
    ? { details, remedy: `Correct the address: the scenario needs a ${kind} service that speaks ${protocol}` }
    : { details, remedy: `Write "protocol: ${fit.protocol}" in the scenario, or correct the address` };
}
