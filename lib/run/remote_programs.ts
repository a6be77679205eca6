/** Whether the programs are here that lead to the other machines of a plan. */
import { UserError } from "../plan/errors.ts";
import type { Plan } from "../plan/plan.ts";
import { viaCommand } from "../resources/program/via.ts";

/** Why machines and pages cannot be read, one text for each whose program is missing. */
export function missingPrograms({ resources: { remote = [], pages = [] } }: Plan): string[] {
  const ways = [
    ...remote.map(({ name, via }) => ({ key: `metrics.remote.${name}`, via })),
    ...pages.flatMap(({ name, via }) => via === undefined ? [] : [{ key: `metrics.pages.${name}`, via }]),
  ];
  return ways.flatMap(({ key, via }) => {
    const command = viaCommand(via);
    return "missing" in command ? [`${command.missing}: ${key} is read through it`] : [];
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
