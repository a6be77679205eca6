/** Command line -> plan: finds the file and the scenario, and applies the flags. */
import { errorText } from "../base/errors.ts";
import { FileFault, readRegularText } from "../base/regular_file.ts";
import { didYouMean } from "../plan/nearest.ts";
import { shortageOf, SHORTAGES } from "../plan/shortages.ts";
import { UserError } from "../plan/errors.ts";
import { BUILT_IN, builtInScenario, builtInScenarios } from "../scenario/built_in.ts";
import { type Loaded, loadScenario } from "../scenario/load.ts";
import type { Overrides } from "../scenario/plan/overrides.ts";
import { MAX_FILE_BYTES } from "../scenario/read/yaml_tree.ts";
import type { CliContext } from "./context.ts";
import { overridesOf, type PlanFlags } from "./flags.ts";

interface Source {
  text: string;
  file: string;
  dir: string;
  name?: string;
}

/**
 * The plan that a command line asks for.
 * @param named the positional argument; a path or the name of a built-in scenario
 * @param more overrides from the command itself; they win over flags
 * @throws {UserError} lists every fault
 */
export async function loadPlan(
  context: CliContext,
  named: string | undefined,
  flags: PlanFlags,
  more: Overrides = {},
): Promise<Loaded> {
  const source = await findSource(named, flags);
  return loadScenario({
    ...source,
    env: context.process.env,
    cores: navigator.hardwareConcurrency,
    overrides: { ...overridesOf(flags), ...more },
  });
}

async function findSource(named: string | undefined, flags: PlanFlags): Promise<Source> {
  const { config, scenario } = flags;
  if (config !== undefined) return await readSource(config, scenario ?? named);
  const wanted = named ?? scenario;
  if (wanted === undefined) {
    throw new UserError("usage", `Which scenario? Name a built-in one (${names().join(", ")}) or a scenario file`);
  }
  const text = builtInScenario(wanted);
  if (text !== null) return { text, file: BUILT_IN, dir: ".", name: wanted };
  if (looksLikePath(wanted)) return await readSource(wanted, named === undefined ? undefined : scenario);
  const hint = didYouMean(wanted, names()) || ";";
  throw new UserError("config", `Unknown scenario "${wanted}"${hint} built in are ${names().join(", ")}`);
}

const names = () => builtInScenarios().map(({ name }) => name);
const looksLikePath = (text: string) => /[/\\]|\.ya?ml$/i.test(text);

/** Reads a scenario file; `name` picks one of its scenarios.
 * @throws {UserError} kind `config` when it cannot be read
 */
export async function readSource(path: string, name: string | undefined): Promise<Source> {
  try {
    const text = await readRegularText(path, MAX_FILE_BYTES);
    const cut = path.lastIndexOf("/");
    const dir = cut === -1 ? "." : path.slice(0, cut) || "/";
    return { text, file: path, dir, ...(name === undefined ? {} : { name }) };
  } catch (error) {
    const errno = error instanceof FileFault ? shortageOf(error.cause) : null;
    const why = errno !== null ? `${SHORTAGES[errno].means} (${errno}); ${SHORTAGES[errno].remedy}` : errorText(error);
    throw new UserError("config", `Cannot read "${path}": ${why}`);
  }
}
