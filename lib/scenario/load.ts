/** Scenario text -> plan: the entry point of this room. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { readRegularTextSync } from "../base/regular_file.ts";
import { withRemedy } from "../plan/nearest.ts";
import type { Plan } from "../plan/plan.ts";
import type { HiddenValue } from "../plan/secret/quotes.ts";
import { MAX_REPLAY_BYTES } from "../schedule/replay.ts";
import type { Bounds } from "./read/bounds.ts";
import type { Environment } from "./read/environment.ts";
import { applyOverrides } from "./plan/overrides.ts";
import { planScenario, type PlanSettings } from "./plan/planner.ts";
import { Hidden } from "./read/hidden.ts";
import { Problems } from "./read/problems.ts";
import { scenarioFile } from "./schema/scenario_file.ts";
import type { Context } from "./shape/shape.ts";
import { entryOf, quote, type Tree } from "./read/tree.ts";
import { readTree } from "./read/yaml_tree.ts";

/** Everything needed to make a plan. */
export interface LoadInput extends PlanSettings {
  text: string;
  /** Folder that the input paths of the file are relative to. */
  dir: string;
  /** Name of the scenario; may be absent when the file holds only one. */
  name?: string;
  env: Environment;
  /** Whether a path exists; default: check the file system. */
  exists?: (path: string) => boolean;
  /** Reads a file that the scenario names; default: from the file system. */
  readText?: (path: string) => string;
  /** What the text may use of this machine; default: all. */
  bounds?: Bounds;
}

/** A plan, and warnings for its author; the plan can run all the same. */
export interface Loaded {
  plan: Plan;
  warnings: string[];
}

/**
 * Reads, checks and completes one scenario of a file. All scenarios of the file are checked.
 * @throws {ScenarioError} with everything that is wrong.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const text = "scenarios: { short: { users: 5, duration: 30s, tasks: { llm.chat: 1 } } }";
 * const { plan, warnings } = loadScenario({
 *   text,
 *   file: "short.yaml",
 *   dir: ".",
 *   env: {},
 *   cores: 4,
 *   overrides: { users: "20" },
 * });
 * assert.equal(plan.loads[0]?.kind === "closed" && plan.loads[0].users, 20);
 * assert.deepEqual(plan.services.map(({ name, address }) => `${name} ${address}`), ["llm 127.0.0.1:50051"]);
 * assert.deepEqual(warnings, []);
 * ```
 */
export function loadScenario(input: LoadInput): Loaded {
  const hidden = new Hidden();
  const problems = new Problems((text) => hidden.hide(text));
  const { exists = existsSync, readText = (path) => readRegularTextSync(path, MAX_REPLAY_BYTES) } = input;
  const nameless = (text: string, made: boolean) => hidden.named(text, made);
  const context: Context = { problems, dir: resolve(input.dir), exists, readText, nameless, bounds: input.bounds };
  const root = readTree(input.text, input.file, input.env, problems, hidden, input.bounds);
  if (root === null) throw problems.asError();
  const name = chooseScenario(root, input.name, problems);
  const tree = name === null ? root : applyOverrides(root, name, input.overrides, problems);
  const file = scenarioFile.decode(tree, "", context);
  const scenario = file?.scenarios.value.find((candidate) => candidate.key === name);
  const planned = file && scenario ? planScenario(file, scenario, input, context) : { kind: "refused" as const };
  problems.throwIfAny();
  if (planned.kind === "refused") throw new Error("A refused scenario must have problems");
  return { plan: withHidden(planned.plan, hidden.values()), warnings: problems.warnings() };
}

/** Every service may be quoted by each: a gateway knows the keys of those behind it. */
function withHidden(plan: Plan, hidden: HiddenValue[]): Plan {
  if (hidden.length === 0) return plan;
  return { ...plan, hidden, services: plan.services.map((service) => ({ ...service, hidden })) };
}

/** Most scenarios that a message lists. */
const MAX_LISTED = 20;

/** The scenario asked for, or the only one; null after reporting why there is none. */
function chooseScenario(root: Tree, wanted: string | undefined, problems: Problems): string | null {
  const scenarios = entryOf(root, "scenarios");
  if (scenarios?.kind !== "map" || scenarios.entries.length === 0) return null;
  const names = scenarios.entries.map(({ key }) => key);
  if (wanted === undefined && names.length === 1) return names[0]!;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const listed = names.slice(0, MAX_LISTED);
  const text = wanted === undefined
    ? `The file holds several scenarios: choose one with --scenario; it holds ${listed.join(", ")}`
    : withRemedy(`Unknown scenario ${quote(wanted)}`, wanted, "the file holds", listed);
  problems.add(scenarios.at, "scenarios", text);
  return null;
}

/** One line of a list of scenarios. */
export interface ScenarioSummary {
  name: string;
  description: string;
}

/**
 * Names and descriptions of a file's scenarios, whatever else may be wrong in it.
 * @throws {ScenarioError} when the file is not YAML or holds no scenarios.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const text = "scenarios: { short: { users: 1, duration: 1s, description: a try }, long: { users: 9, duration: 1h } }";
 * assert.deepEqual(listScenarios(text, "file.yaml"), [
 *   { name: "short", description: "a try" },
 *   { name: "long", description: "" },
 * ]);
 * ```
 */
export function listScenarios(text: string, file: string): ScenarioSummary[] {
  const problems = new Problems();
  const root = readTree(text, file, {}, problems);
  const scenarios = root === null ? undefined : entryOf(root, "scenarios");
  if (scenarios?.kind === "map" && scenarios.entries.length > 0) {
    return scenarios.entries.map(({ key, value }) => {
      const description = entryOf(value, "description");
      return { name: key, description: description?.kind === "scalar" ? description.text : "" };
    });
  }
  if (problems.list.length === 0) problems.add(root?.at ?? `${file}:1:1`, "scenarios", "The file holds no scenarios");
  throw problems.asError();
}
