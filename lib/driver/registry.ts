/** Drivers by protocol: the one place the pools and preflight go to. */
import type { ServicePlan, TaskPlan } from "../plan/plan.ts";
import type { Channel } from "../transport/channel.ts";
import type { CheckHealth, Operation } from "./driver.ts";
import type { Inputs } from "./inputs/inputs.ts";
import { checkJuneHealth } from "./june/preflight.ts";
import { prepareJune } from "./june/prepare.ts";

export type { Inputs } from "./inputs/inputs.ts";
export { loadInputs } from "./inputs/load.ts";

/**
 * Makes a task of the plan ready to be started many times over an open channel.
 * @throws {UserError} kind `config` for metadata that cannot be sent.
 */
export function prepareOperation(task: TaskPlan, service: ServicePlan, channel: Channel, inputs: Inputs): Operation {
  return prepareJune(task.name, service, channel, inputs);
}

/** Asks a service's health in its own protocol, then in gRPC's, then is content with being connected. */
export const checkHealth: CheckHealth = checkJuneHealth;
