/** What an operation is: the kind of service it calls decides which figures say something of it. */
import type { Plan } from "./plan.ts";
import { TASKS } from "./tasks.ts";
import type { OperationKind } from "./threshold/shown.ts";

/** The kind of an operation; null for one that the plan does not name, and for calls of the user's own. */
export function operationKind({ tasks }: Pick<Plan, "tasks">, operation: string): OperationKind | null {
  const task = tasks.find((one) => one.operation === operation);
  if (task === undefined) return null;
  const { services } = TASKS[task.name];
  const [first] = services;
  return services.length > 1 ? "turn" : first === "call" ? null : first;
}
