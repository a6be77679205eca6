/** Opens services and tasks by protocol: the only entry for pools and preflight. */
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
 *
 * @example A service where nobody listens.
 * ```ts
 * import assert from "node:assert/strict";
 * import { openWireChannel } from "../transport/wire/wire.ts";
 *
 * const service = await openDriver({
 *   name: "llm",
 *   kind: "llm",
 *   protocol: "june",
 *   settings: null,
 *   address: "127.0.0.1:1",
 *   connections: 1,
 *   timeout_ms: 2000,
 *   transparent_retry: false,
 *   metadata: [],
 *   tls: null,
 *   inputs: [],
 *   options: { kind: "llm", max_tokens: 64, temperature: 0.7, system: "" },
 * }, openWireChannel);
 * await assert.rejects(service.connect(), { name: "ConnectError" });
 * await service.close();
 * ```
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
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { OpenService } from "./driver.ts";
 * import type { ServicePlan, TaskPlan } from "../plan/plan.ts";
 *
 * const plan = {
 *   name: "tts",
 *   kind: "tts",
 *   protocol: "june",
 *   settings: null,
 *   address: "localhost:50053",
 *   connections: 1,
 *   timeout_ms: 30_000,
 *   transparent_retry: false,
 *   metadata: [],
 *   tls: null,
 *   inputs: [],
 *   options: { kind: "tts", voice: "default", language: "en", prebuffer_ms: 0, max_parallel_sentences: 2 },
 * } satisfies ServicePlan;
 * const service: OpenService = {
 *   connect: () => Promise.resolve(),
 *   operation: ({ operation }) => ({ name: operation, reply_stream: true, start: () => ({ cancel() {} }) }),
 *   health: () => Promise.resolve({ state: "serving", asked: "", details: "" }),
 *   stats: () => ({ connections: 1, streams_in_flight: 0, waiting: 0, reconnects_total: 0, moves_total: 0 }),
 *   close: () => Promise.resolve(),
 * };
 * const task: TaskPlan = { name: "tts.synthesize_stream", operation: "speak", services: ["tts"], load: 0, weight: 1 };
 * const operation = prepareTask(task, [{ plan, service, inputs: await loadInputs(plan) }]);
 * assert.equal(operation.name, "speak");
 * ```
 */
export function prepareTask(task: TaskPlan, services: readonly ReadyService[]): Operation {
  const [first, second, third] = services;
  if (task.name === "voice_turn" && first && second && third) {
    return prepareTurn(task, { stt: first, llm: second, tts: third });
  }
  if (first === undefined) throw new Error(`Task ${task.name} has no service`);
  return observeInputs(first.service.operation(task, first.inputs), first.inputs);
}
