/** Drivers by protocol: the one place the pools and preflight go to. */
import type { ServicePlan } from "../plan/plan.ts";
import type { OpenChannel } from "../transport/channel.ts";
import type { OpenService } from "./driver.ts";
import { openJune } from "./june/open.ts";

export type { Inputs } from "./inputs/inputs.ts";
export { loadInputs } from "./inputs/load.ts";

/**
 * A service of the plan, opened in its own protocol; nothing is sent yet.
 * @param open makes channels of the plan's transport
 * @throws {UserError} kind `input` for a TLS file that cannot be read
 */
export function openDriver(service: ServicePlan, open: OpenChannel): Promise<OpenService> {
  switch (service.protocol) {
    case "june":
      return openJune(service, open);
  }
}
