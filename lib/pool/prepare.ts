/** Everything a pool opens and reads before the measured span begins. */
import type { Operation } from "../driver/driver.ts";
import { openService } from "../driver/open_service.ts";
import { loadInputs, prepareOperation } from "../driver/registry.ts";
import type { Plan } from "../plan/plan.ts";
import type { Channel, OpenChannel } from "../transport/channel.ts";

/** Channels and operations of a plan, opened before the measured span begins. */
export interface Prepared {
  channels: { service: string; channel: Channel }[];
  operations: Operation[];
}

/**
 * Reads inputs, connects to every service of the task mix and prepares its operations.
 * @throws {UserError} for inputs or TLS files that cannot be read
 * @throws {ConnectError} for a service that cannot be reached
 */
export async function preparePool(plan: Plan, open: OpenChannel): Promise<Prepared> {
  const used = plan.services.filter(({ name }) => plan.tasks.some((task) => task.service === name));
  const parts = await Promise.all(used.map(async (service) => {
    const [inputs, channel] = await Promise.all([loadInputs(service), openService(service, open)]);
    await channel.connect();
    return { service, inputs, channel };
  }));
  const operations = plan.tasks.map((task) => {
    const found = parts.find(({ service }) => service.name === task.service);
    if (found === undefined) throw new Error(`Task ${task.name} names service "${task.service}", which the plan lacks`);
    return prepareOperation(task, found.service, found.channel, found.inputs);
  });
  return { channels: parts.map(({ service, channel }) => ({ service: service.name, channel })), operations };
}
