/** The scenarios that make the loads of a plan, each with its load or with the fact that it was refused. */
import { withRemedy } from "../../plan/nearest.ts";
import { reportConflicts } from "./conflicts.ts";
import type { KeyedSetting } from "../shape/containers.ts";
import { type LoadReading, planLoad, type PlannedLoad } from "./loads.ts";
import type { Problems } from "../read/problems.ts";
import type { FileSettings } from "../schema/scenario_file.ts";
import type { ScenarioSettings } from "../schema/scenario.ts";
import { quote } from "../read/tree.ts";

/** A decoded scenario under its name. */
export type Scenario = KeyedSetting<ScenarioSettings>;

/** One of the scenarios that make the loads. */
export interface Part {
  scenario: Scenario;
  /** Index of its load in the plan. */
  index: number;
  load: LoadReading;
}

/** The parts of a scenario: itself, or its `parallel` scenarios; their names then precede the names of their stages. */
export function readParts(file: FileSettings, scenario: Scenario, problems: Problems): Part[] {
  const isParallel = scenario.value.parallel.given;
  return scenariosOf(file, scenario, problems).map((part, index) => {
    const load = planLoad(part, index, problems);
    return { scenario: part, index, load: isParallel ? withOwnStages(load, part.key) : load };
  });
}

function withOwnStages(load: LoadReading, key: string): LoadReading {
  if (load.kind === "refused") return load;
  return { ...load, stages: load.stages.map((stage) => ({ ...stage, name: `${key}.${stage.name}` })) };
}

/** All loads, or `refused` because one of them was. */
export type LoadsReading = { kind: "planned"; loads: PlannedLoad[] } | { kind: "refused" };

/** The loads of all parts. */
export function loadsOf(parts: readonly Part[]): LoadsReading {
  const loads = parts.flatMap(({ load }) => load.kind === "planned" ? [load] : []);
  return loads.length === parts.length && loads.length > 0 ? { kind: "planned", loads } : { kind: "refused" };
}

/** The scenarios that make the loads: the scenario itself, or those that it names as `parallel`. */
function scenariosOf({ scenarios }: FileSettings, scenario: Scenario, problems: Problems): Scenario[] {
  const { parallel } = scenario.value;
  if (!parallel.given) return [scenario];
  reportConflicts(scenario.value, problems);
  const others = scenarios.value.filter(({ key, value }) => key !== scenario.key && !value.parallel.given);
  const wanted = parallel.value ?? [];
  return wanted.flatMap(({ value: name, at, path }, i) => {
    const found = others.find(({ key }) => key === name);
    const isRepeated = wanted.findIndex(({ value }) => value === name) < i;
    if (found !== undefined && !isRepeated) return [found];
    problems.add(at, path, isRepeated ? `The scenario ${quote(name)} is named twice` : whyNot(name));
    return [];
  });

  function whyNot(name: string): string {
    if (name === scenario.key) return "A scenario cannot run in parallel with itself: name other scenarios of the file";
    const nested = scenarios.value.some(({ key }) => key === name);
    if (nested) return `The scenario ${quote(name)} has "parallel" scenarios itself: name those instead`;
    return withRemedy(`Unknown scenario ${quote(name)}`, name, "the file also holds", others.map(({ key }) => key));
  }
}
