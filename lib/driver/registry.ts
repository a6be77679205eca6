/** Drivers by protocol: the one place the pools and preflight go to. */
import type { ServicePlan, TaskPlan } from "../plan/plan.ts";
import type { OpenChannel } from "../transport/channel.ts";
import { authorizedOpen } from "./rpc/authorized_channel.ts";
import { openCredentials } from "./auth/credentials.ts";
import { DRIVERS } from "./drivers.ts";
import type { OpenService, Operation } from "./driver.ts";
import { redacted, redactedService } from "./auth/redacted.ts";
import { observeInputs } from "./inputs/observed.ts";
import { prepareTurn, type ReadyService } from "./turn/prepare.ts";

export { everyInput, type Inputs } from "./inputs/inputs.ts";
export type { ReadyService } from "./turn/prepare.ts";
export { indexInputs, type InputIndex } from "./inputs/read/index.ts";
export { loadInputs } from "./inputs/load.ts";

/**
 * A service of the plan, opened in its own protocol; nothing is sent yet.
 * @param open makes channels of the plan's transport
 * @throws {UserError} kind `input` for a TLS file that cannot be read
 */
export async function openDriver(service: ServicePlan, open: OpenChannel): Promise<OpenService> {
  const credentials = await openCredentials(service);
  const { source, secrets } = credentials;
  const channels = source === null ? open : authorizedOpen(open, source);
  return redactedService(
    await redacted(secrets, () => DRIVERS[service.protocol].open(service, channels, source)),
    credentials,
  );
}

/**
 * Makes a task ready to be started many times.
 * @param services those of the task, in its order
 * @throws {UserError} kind `config` for metadata that cannot be sent
 */
export function prepareTask(task: TaskPlan, services: readonly ReadyService[]): Operation {
  const [first, second, third] = services;
  if (task.name === "voice_turn" && first && second && third) {
    return prepareTurn(task, { stt: first, llm: second, tts: third });
  }
  if (first === undefined) throw new Error(`Task ${task.name} has no service`);
  return observeInputs(first.service.operation(task, first.inputs), first.inputs);
}
