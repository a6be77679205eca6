/** Operations of services whose calls the scenario defines itself: gRPC, REST, WebSocket. */
import type { ServicePlan, TaskPlan } from "../../plan/plan.ts";
import type { CallStart, Operation, RunningOperation } from "../driver.ts";
import type { TemplateContext } from "./template.ts";

/**
 * The exchange that a task names.
 * @throws {TypeError} when the service has none of this name, which the plan's decoder rules out
 */
export function exchangeOf<Ready>(
  { name, operation }: TaskPlan,
  service: ServicePlan,
  exchanges: ReadonlyMap<string, Ready>,
): Ready {
  const exchange = exchanges.get(operation);
  if (name === "call" && exchange !== undefined) return exchange;
  throw new TypeError(`Cannot prepare ${name} "${operation}": service ${service.name} has no such exchange`);
}

/** An operation whose calls fill in templates. Calls are numbered from 1. */
export function templateOperation(
  name: string,
  reply_stream: boolean,
  begin: (context: TemplateContext, start: CallStart) => RunningOperation,
): Operation {
  let calls = 0;
  return {
    name,
    reply_stream,
    start(start) {
      const number = ++calls;
      const { user, random, inputs } = start;
      return begin({ user, random, inputs, seq: () => number }, start);
    },
  };
}
