/** Short ways to load scenario text in tests. */
import assert from "node:assert/strict";
import type { Plan } from "../../lib/plan/plan.ts";
import { type Loaded, type LoadInput, loadScenario } from "../../lib/scenario/load.ts";
import { ScenarioError } from "../../lib/scenario/read/problems.ts";

/** Loads `text` as `load.yaml` in `/files`, where every path exists, on a machine with four cores. */
export function load(text: string, changes: Partial<LoadInput> = {}): Loaded {
  const defaults = { file: "load.yaml", dir: "/files", env: {}, cores: 4, overrides: {}, exists: () => true };
  return loadScenario({ ...defaults, text, ...changes });
}

/** The plan of `text`. */
export function planOf(text: string, changes: Partial<LoadInput> = {}): Plan {
  return load(text, changes).plan;
}

/** The lines of the error that `text` must give. */
export function faultsOf(text: string, changes: Partial<LoadInput> = {}): string[] {
  try {
    load(text, changes);
  } catch (error) {
    assert.ok(error instanceof ScenarioError, String(error));
    assert.equal(error.kind, "config");
    return error.message.split("\n");
  }
  return assert.fail("The scenario was accepted");
}

/** A file with one scenario; `scenario` is further keys of it, `rest` further keys of the file, each a line. */
export function fileWith({ scenario = [], services = [], rest = [] }: {
  scenario?: string[];
  services?: string[];
  rest?: string[];
}): string {
  const lines = ["scenarios:", "  one:", "    users: 10", "    duration: 1m", ...scenario.map((line) => `    ${line}`)];
  const called = services.length === 0 ? [] : ["services:", "  grpc:", ...services.map((line) => `    ${line}`)];
  return [...lines, ...called, ...rest].join("\n");
}
