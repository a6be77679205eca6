/** Opens services that speak NVIDIA Riva's protocol: Riva itself and the speech NIMs. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { OpenChannel } from "../../transport/channel.ts";
import type { OpenService } from "../driver.ts";
import { grpcService } from "../rpc/service.ts";
import { openService } from "../core/open_service.ts";
import { checkRivaHealth } from "./health.ts";
import { prepareRiva } from "./prepare.ts";

/**
 * Opens one of Riva's services.
 * @throws {UserError} kind `input` for a TLS file that cannot be read
 */
export async function openRiva(service: ServicePlan, open: OpenChannel): Promise<OpenService> {
  const channel = await openService(service, open);
  return grpcService(channel, {
    operation: (task, inputs) => prepareRiva(task, service, channel, inputs),
    health: (timeout_ms) => checkRivaHealth(service, channel, timeout_ms),
  });
}
