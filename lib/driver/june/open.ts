/** Opens services that speak June's own protocol. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { OpenChannel } from "../../transport/channel.ts";
import type { OpenService } from "../driver.ts";
import { grpcService } from "../rpc/service.ts";
import { openService } from "../core/open_service.ts";
import { checkJuneHealth } from "./preflight.ts";
import { prepareJune } from "./prepare.ts";

/**
 * Opens one of June's services.
 * @throws {UserError} kind `input` for a TLS file that cannot be read
 */
export async function openJune(service: ServicePlan, open: OpenChannel): Promise<OpenService> {
  const channel = await openService(service, open);
  return grpcService(channel, {
    operation: (task, inputs) => prepareJune(task, service, channel, inputs),
    health: (timeout_ms) => checkJuneHealth(service, channel, timeout_ms),
  });
}
