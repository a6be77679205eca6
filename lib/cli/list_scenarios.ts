/** Lists scenarios, or prints one. */
import { builtInScenario, builtInScenarios } from "../scenario/built_in.ts";
import { listScenarios } from "../scenario/load.ts";
import { type CliContext, say } from "./context.ts";
import { UserError } from "../plan/errors.ts";
import { readSource } from "./load_plan.ts";

/**
 * Prints the file of a built-in scenario.
 * @throws {UserError} kind `usage` where there is none of that name
 */
export function showBuiltIn(context: CliContext, name: string): void {
  const text = builtInScenario(name);
  if (text === null) throw new UserError("usage", `Unknown scenario "${name}"; \`june-load scenarios\` lists them`);
  say(context, text.trimEnd());
}

/**
 * Lists the built-in scenarios, or those of a file.
 * @throws {UserError} kind `config` where the file cannot be read
 */
export async function showScenarios(context: CliContext, path: string | undefined): Promise<void> {
  const list = path === undefined ? builtInScenarios() : listScenarios((await readSource(path, undefined)).text, path);
  const width = Math.max(...list.map(({ name }) => name.length));
  for (const { name, description } of list) say(context, `${name.padEnd(width)}  ${description}`.trimEnd());
}
