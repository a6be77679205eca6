/** Everything a pool opens and reads before the measured span begins. */
import type { OpenService, Operation } from "../driver/driver.ts";
import { indexInputs, type InputIndex, loadInputs, openDriver, prepareTask } from "../driver/registry.ts";
import { isOf, remove } from "../plan/duet.ts";
import type { Plan, ServicePlan, TaskPlan } from "../plan/plan.ts";
import type { Offsets } from "../schedule/arrivals.ts";
import { ConnectError, type OpenChannel } from "../transport/channel.ts";
import { readOffsets } from "./offsets.ts";

/** Services and operations of a plan, opened before the measured span begins. */
export interface Prepared {
  services: { name: string; service: OpenService }[];
  /** One for each task of the plan, in its order. */
  operations: Operation[];
  /** Recorded arrivals of open loads. */
  offsets: Offsets;
}

/** Indexes of the inputs of a plan's services, by the service's name; services without files have none. */
export type InputIndexes = Record<string, InputIndex>;

/**
 * Goes once through all files of inputs, for all pools.
 * @throws {UserError} for inputs that cannot be read
 */
export async function indexPlan(plan: Plan): Promise<InputIndexes> {
  const found: InputIndexes = {};
  for (const service of usedServices(plan)) {
    const own = service.inputs.length > 0 || service.input_plan !== undefined;
    if (!own || service.kind === "call") continue;
    found[service.name] = sharedIndex(plan, service, found) ?? await indexInputs(service);
  }
  return found;
}

/** Both sides of a duet take their inputs from one index, in turns: see `Random.once`. */
function sharedIndex({ duet, services }: Plan, service: ServicePlan, found: InputIndexes): InputIndex | undefined {
  if (duet === undefined || !isOf(service.name, duet.sides[1])) return undefined;
  const [base, other] = duet.sides;
  const partner = services.find(({ name }) => isOf(name, base) && remove(name, base) === remove(service.name, other));
  const inputsOf = ({ kind, inputs, input_plan }: ServicePlan) => JSON.stringify([kind, inputs, input_plan]);
  return partner && inputsOf(partner) === inputsOf(service) ? found[partner.name] : undefined;
}

function usedServices(plan: Plan): ServicePlan[] {
  return plan.services.filter(({ name }) => plan.tasks.some((task) => task.services.includes(name)));
}

/**
 * Reads inputs and recorded arrivals, connects to every service of the task mix and prepares its operations.
 * @param indexes from `indexPlan`; what is in them is shared with the other pools
 * @throws {UserError} for inputs or TLS files that cannot be read
 * @param absent a service that cannot be reached is left to its calls, which fail until it is there
 * @throws {ConnectError} for a service that cannot be reached
 */
export async function preparePool(
  plan: Plan,
  open: OpenChannel,
  indexes: InputIndexes,
  absent = false,
): Promise<Prepared> {
  const used = usedServices(plan);
  const offsets = await readOffsets(plan);
  const parts = await Promise.all(used.map(async (one) => {
    const [inputs, service] = await Promise.all([loadInputs(one, indexes[one.name]), openDriver(one, open)]);
    await service.connect().catch((error) => {
      if (!absent || !(error instanceof ConnectError)) throw error;
    });
    return { plan: one, service, inputs };
  }));
  const find = (task: TaskPlan, wanted: string) => {
    const found = parts.find(({ plan }) => plan.name === wanted);
    if (found === undefined) throw new Error(`Task ${task.name} names service "${wanted}", which the plan lacks`);
    return found;
  };
  const operations = plan.tasks.map((task) => prepareTask(task, task.services.map((name) => find(task, name))));
  return { services: parts.map(({ plan: { name }, service }) => ({ name, service })), operations, offsets };
}
