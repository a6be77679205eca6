/** Whether the programs are here that lead to the other machines of a plan. */
import { UserError } from "../plan/errors.ts";
import type { Plan } from "../plan/plan.ts";
import { viaCommand } from "../resources/program/via.ts";

/** Why machines cannot be read, one text for each whose program is missing. */
export function missingPrograms({ resources: { remote = [] } }: Plan): string[] {
  return remote.flatMap(({ name, via }) => {
    const command = viaCommand(via);
    return "missing" in command ? [`${command.missing}: metrics.remote.${name} is read through it`] : [];
  });
}

/**
 * Refuses a plan that reads machines through a program that is not here.
 * @throws {UserError} kind `config`
 */
export function checkPrograms(plan: Plan): void {
  const missing = missingPrograms(plan);
  if (missing.length > 0) throw new UserError("config", missing.join("; "));
}
