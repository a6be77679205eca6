/** What the page asks for -> a plan, or its faults at their lines. */
import { UserError } from "../../plan/errors.ts";
import { planView } from "../../live/show/plan_view.ts";
import { mistypedWord, suggestionIn } from "../../plan/nearest.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Loaded } from "../../scenario/load.ts";
import type { Overrides } from "../../scenario/plan/overrides.ts";
import { type Problem, ScenarioError } from "../../scenario/read/problems.ts";
import type { Fields, PlanProblem, PlanRequest, PlanView, ScenarioEntry } from "../../ui/web/api.ts";
import type { CliContext } from "../context.ts";
import { type LoadFlags, overridesOf } from "../flags.ts";
import { aimed, NOT_STARTED } from "../run/aim.ts";
import { compareOf } from "../run/run_scenario.ts";
import { addressesOf, learnUse, loadSource, type UiSource } from "./sources.ts";

/** A plan that may run. */
export interface Compiled {
  source: UiSource;
  loaded: Loaded;
  simulator: boolean;
  view: PlanView;
}

/** A request that comes to no plan. */
export interface Faulty {
  problems: PlanProblem[];
}

/** Makes plans for the page, as the flags of the command line say. */
export class Plans {
  readonly #overrides: Overrides;
  readonly #dirs = new Set<string>();
  readonly #baselines = new Set<string | null>([null]);

  constructor(
    readonly context: CliContext,
    readonly sources: readonly UiSource[],
    readonly flags: LoadFlags,
    readonly any_target: boolean,
  ) {
    this.#overrides = { ...overridesOf(flags), ...compareOf(flags) };
    for (const source of sources) this.#learn(learnUse(context, source, this.#overrides));
  }

  #learn(plan: Plan | null): void {
    if (plan === null) return;
    this.#dirs.add(plan.output.dir);
    this.#baselines.add(plan.output.comparison_baseline);
  }

  /** Folders that runs are written to. */
  get folders(): string[] {
    return [...this.#dirs];
  }

  /** The scenarios to choose from. */
  entries(): ScenarioEntry[] {
    return this.sources.map((source) => {
      const compiled = this.compile({ scenario: source.id, yaml: null });
      const faulty = "problems" in compiled;
      return {
        id: source.id,
        name: source.name,
        description: source.description,
        source: source.file.file,
        yaml: source.file.shown?.text ?? null,
        fields: faulty ? null : compiled.view.fields,
        problems: faulty ? compiled.problems : [],
      };
    });
  }

  /** The plan of a request. */
  compile(request: PlanRequest): Compiled | Faulty {
    const source = this.sources.find(({ id }) => id === request.scenario);
    if (source === undefined) return { problems: [fault("scenario", "There is no such scenario")] };
    try {
      return this.#compiled(source, request);
    } catch (error) {
      if (error instanceof ScenarioError) {
        const text = request.yaml ?? source.file.shown?.text ?? "";
        return { problems: error.problems.map((problem) => problemOf(problem, text)) };
      }
      if (error instanceof UserError) return { problems: [fault("", error.message)] };
      throw error;
    }
  }

  #compiled(source: UiSource, { yaml, fields = {} }: PlanRequest): Compiled | Faulty {
    const same = yaml === null || yaml === source.file.shown?.text ? null : yaml;
    const { any_target } = this;
    const plain = loadSource(this.context, source, { yaml: same, overrides: this.#overrides, any_target });
    const simulator = fields.simulator ?? this.flags.sim === true;
    const own = planView(plain.plan, { yaml: "", warnings: [], simulator }).fields;
    const changes = fieldOverrides(own, fields);
    const overrides = { ...this.#overrides, ...changes };
    const changed = Object.keys(changes).length > 0;
    const loaded = changed ? loadSource(this.context, source, { yaml: same, overrides, any_target }) : plain;
    const beyond = this.#beyond(loaded.plan, simulator);
    if (beyond.length > 0) return { problems: beyond };
    const shown = simulator ? aimed(loaded, NOT_STARTED) : loaded;
    const text = same ?? source.file.shown?.text ?? "";
    const view = planView(shown.plan, { yaml: text, warnings: shown.warnings, simulator });
    // The form keeps the addresses that the plan has without the simulator.
    return { source, loaded, simulator, view: { ...view, fields: { ...view.fields, hosts: hostsOf(loaded.plan) } } };
  }

  /** What no key says, such as an address that was left out. */
  #beyond(plan: Plan, simulator: boolean): PlanProblem[] {
    const bounds = this.sources[0]?.file.used.only(this.any_target || simulator);
    const addresses = addressesOf(plan).flatMap((address) => {
      const refused = bounds?.address(address) ?? null;
      return refused === null ? [] : [fault("services", `${address}: ${refused}`)];
    });
    const { dir, comparison_baseline } = plan.output;
    const place = (path: string) => fault(path, "An edited text may not change this: use the flag, or change the file");
    return [
      ...addresses,
      ...(this.#dirs.has(dir) ? [] : [place("reports.output_dir")]),
      ...(this.#baselines.has(comparison_baseline) ? [] : [place("reports.comparison_baseline")]),
    ];
  }
}

const hostsOf = ({ services }: Plan) => Object.fromEntries(services.map(({ name, address }) => [name, address]));

/** Fields that differ from the plan's own, as flags. */
function fieldOverrides(own: Fields, given: Partial<Fields>): Overrides {
  const overrides: Overrides = {};
  const differs = (name: "users" | "spawn_rate_per_s" | "arrivals_per_s" | "duration_ms") => {
    const value = given[name];
    return value !== undefined && value !== null && value !== own[name] ? value : null;
  };
  const [users, spawn, rate, duration] = [
    differs("users"),
    differs("spawn_rate_per_s"),
    differs("arrivals_per_s"),
    differs("duration_ms"),
  ];
  if (users !== null) overrides.users = String(users);
  if (spawn !== null) overrides.spawn_rate = String(spawn);
  if (rate !== null) overrides.rate = `${rate}/s`;
  if (duration !== null) overrides.duration = `${duration}ms`;
  const hosts = Object.entries(given.hosts ?? {}).filter(([name, address]) => own.hosts[name] !== address);
  if (hosts.length > 0) overrides.targets = Object.fromEntries(hosts);
  return overrides;
}

const fault = (path: string, message: string): PlanProblem => ({ line: null, column: null, path, message });

/** The names of fields, by the flags that they become. */
const FIELDS: Readonly<Record<string, string>> = {
  "--users": "users",
  "--spawn-rate": "spawn_rate_per_s",
  "--rate": "arrivals_per_s",
  "--duration": "duration_ms",
};

/** A fault at its line; one of a flag is at its field. */
function problemOf({ at, path, text }: Problem, yaml: string): PlanProblem {
  const [, line, column] = /:(\d+):(\d+)$/.exec(at) ?? [];
  const better = suggestionIn(text);
  const wrong = line === undefined || better === null
    ? null
    : mistypedWord(yaml.split("\n", Number(line)).at(-1) ?? "", better);
  const target = /^--target (.+)$/.exec(at)?.[1];
  return {
    line: line === undefined ? null : Number(line),
    column: column === undefined ? null : Number(column),
    path: line !== undefined ? path : target !== undefined ? `hosts.${target}` : FIELDS[at] ?? at,
    message: text,
    ...(wrong !== null && better !== null && { fix: { old: wrong, new: better } }),
  };
}
