/** The two plans of a duet, as the command line names its sides. */
import { UserError } from "../../plan/errors.ts";
import { SIDE_NAMES } from "../../plan/duet.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Loaded } from "../../scenario/load.ts";
import type { CliContext } from "../context.ts";
import { parseTargets, type PlanFlags } from "../flags.ts";
import { loadPlan } from "../load_plan.ts";

const FORM = "june-load compare --duet A B SCENARIO, such as --duet gpu-1:50051 gpu-2:50051 smoke";
const FILE = /\.ya?ml$/i;

/** What the command line says of a duet. */
export interface DuetWords {
  /** Addresses, or scenario files; null: the simulator stands for both. */
  sides: readonly [string, string] | null;
  scenario: string | undefined;
}

/**
 * Tells sides and scenario apart.
 * @throws {UserError} kind `usage` where there are too few or too many
 */
export function duetWords(named: readonly string[], simulated: boolean): DuetWords {
  if (simulated) {
    if (named.length <= 1) return { sides: null, scenario: named[0] };
    throw new UserError("usage", "--duet --sim: the simulator stands for both sides, so name only the scenario");
  }
  const [base, other, scenario] = named;
  if (base === undefined || other === undefined || named.length > 3) {
    throw new UserError("usage", `--duet: name two sides and a scenario: ${FORM}`);
  }
  return { sides: [base, other], scenario };
}

/**
 * The plan of each side. An address stands for the scenario's only service, `llm=HOST:PORT,stt=HOST:PORT` for several; a
 * scenario file is the side's own.
 * @throws {UserError} as `loadPlan`, and kind `usage` for an address that does not say which service it is
 */
export async function loadSides(
  context: CliContext,
  { sides, scenario }: DuetWords,
  flags: PlanFlags,
): Promise<[Loaded, Loaded]> {
  if (sides === null) {
    const loaded = await loadPlan(context, scenario, flags);
    return [loaded, loaded];
  }
  const load = async (side: 0 | 1) => await loadSide(context, sides[side], SIDE_NAMES[side], scenario, flags);
  return [await load(0), await load(1)];
}

async function loadSide(
  context: CliContext,
  text: string,
  name: string,
  scenario: string | undefined,
  flags: PlanFlags,
): Promise<Loaded> {
  if (FILE.test(text)) return await loadPlan(context, scenario, { ...flags, config: text });
  if (scenario === undefined && flags.config === undefined && flags.scenario === undefined) {
    throw new UserError("usage", `--duet: which scenario? ${FORM}`);
  }
  const own = /^[\w-]+=/.test(text) ? text.split(/,(?=[\w-]+=)/) : null;
  const targets = own ?? [`${onlyService((await loadPlan(context, scenario, flags)).plan, text, name)}=${text}`];
  const loaded = await loadPlan(context, scenario, { ...flags, target: [...flags.target ?? [], ...targets] });
  for (const service of Object.keys(parseTargets(targets))) {
    if (loaded.plan.services.some((one) => one.name === service)) continue;
    throw new UserError("usage", `${name} "${text}": the scenario calls no service "${service}"`);
  }
  return loaded;
}

function onlyService({ services }: Plan, text: string, name: string): string {
  const [first, ...more] = services;
  if (first !== undefined && more.length === 0) return first.name;
  const all = services.map((service) => `${service.name}=HOST:PORT`).join(",");
  throw new UserError(
    "usage",
    `${name} "${text}" does not say which service it is: the scenario calls ${
      services.map((service) => service.name).join(", ")
    }; write ${all}, or those of them in which the sides differ`,
  );
}
