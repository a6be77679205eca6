/** The scenarios that the page offers: built in, of files, and of all files of folders. */
import { UserError } from "../../plan/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { BUILT_IN, builtInScenario, builtInScenarios } from "../../scenario/built_in.ts";
import { listScenarios, type Loaded, loadScenario } from "../../scenario/load.ts";
import type { Overrides } from "../../scenario/plan/overrides.ts";
import { UsedByFiles } from "../../scenario/read/bounds.ts";
import { type Masked, maskSecrets } from "../../scenario/read/masked.ts";
import type { CliContext } from "../context.ts";
import { readSource } from "../load_plan.ts";

/** One scenario of one text. */
export interface UiSource {
  id: string;
  name: string;
  description: string;
  file: SourceFile;
}

/** A text with scenarios, and what editing it may use. */
export interface SourceFile {
  /** `built-in`, or its path as it was given. */
  file: string;
  dir: string;
  text: string;
  /** The text as the page shows it; null: it cannot be shown. */
  shown: Masked | null;
  used: UsedByFiles;
}

/** Most files of a folder. */
const MAX_FILES = 200;

/**
 * Finds the scenarios that a command line names; without a name the built-in ones.
 * @throws {UserError} for a name that is none, and a file that cannot be read
 */
export async function findSources(context: CliContext, named: readonly string[]): Promise<UiSource[]> {
  const addresses = new Set<string>();
  const sources: UiSource[] = [];
  for (const name of named.length === 0 ? builtInScenarios().map((one) => one.name) : named) {
    const text = builtInScenario(name);
    const files = text === null ? await filesOf(name) : [{ text, file: BUILT_IN, dir: "." }];
    for (const { text, file, dir } of files) {
      const shown = maskSecrets(text, context.process.env);
      const one: SourceFile = { text, file, dir, shown, used: new UsedByFiles(addresses) };
      sources.push(...scenariosOf(one, `${sources.length}`));
    }
  }
  return sources;
}

function scenariosOf(file: SourceFile, start: string): UiSource[] {
  return listScenarios(file.text, file.file).map(({ name, description }, i) => ({
    id: `${start}-${i}`,
    name,
    description,
    file,
  }));
}

/** A file itself, or the scenario files of a folder; what else is in it is passed over. */
async function filesOf(path: string): Promise<{ text: string; file: string; dir: string }[]> {
  const info = await Deno.stat(path).catch(() => null);
  if (info?.isDirectory !== true) {
    if (info === null && !/[/\\]|\.ya?ml$/i.test(path)) {
      const known = builtInScenarios().map(({ name }) => name).join(", ");
      throw new UserError("config", `Unknown scenario "${path}": name a file, a folder, or one of ${known}`);
    }
    return [await readSource(path, undefined)];
  }
  const folder = path.replace(/\/+$/, "");
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) if (isFile && /\.ya?ml$/i.test(name)) names.push(name);
  const texts = await Promise.all(
    names.sort().slice(0, MAX_FILES).map((name) => readSource(`${folder}/${name}`, undefined)),
  );
  const scenarios = texts.filter(({ text, file }) => holdsScenarios(text, file));
  if (scenarios.length > 0) return scenarios;
  throw new UserError("config", `No file of "${path}" holds scenarios: name a folder with scenario files (*.yaml)`);
}

function holdsScenarios(text: string, file: string): boolean {
  try {
    return listScenarios(text, file).length > 0;
  } catch {
    return false;
  }
}

/** How a scenario is loaded. */
export interface LoadOrder {
  /** Edited text; null: as in the file. */
  yaml: string | null;
  overrides: Overrides;
  /** Load may be sent to any address. */
  any_target: boolean;
}

/**
 * The plan of a scenario. An edited text may use no more of this machine than its file does.
 * @throws {ScenarioError} with all faults
 */
export function loadSource(context: CliContext, { name, file }: UiSource, order: LoadOrder): Loaded {
  return loadScenario({
    text: order.yaml ?? file.text,
    // The page knows the file's text, and messages name lines of it.
    file: file.file,
    dir: file.dir,
    name,
    env: { ...context.process.env, ...file.shown?.variables },
    cores: navigator.hardwareConcurrency,
    overrides: order.overrides,
    bounds: file.used.only(order.any_target),
  });
}

/** Learns what a file uses, so that it and what is edited from it may use just that. Its faults are found later. */
export function learnUse(context: CliContext, { name, file }: UiSource, overrides: Overrides): Plan | null {
  const { used } = file;
  const load = (text: string): Plan | null => {
    try {
      const env = { ...context.process.env, ...file.shown?.variables };
      const cores = navigator.hardwareConcurrency;
      return loadScenario({ text, file: file.file, dir: file.dir, name, env, cores, overrides, bounds: used }).plan;
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  };
  const plan = load(file.text);
  if (file.shown !== null) load(file.shown.text);
  for (const address of plan === null ? [] : addressesOf(plan)) used.address(address);
  return plan;
}

/** Every address to which a plan sends something. */
export function addressesOf({ services }: Plan): string[] {
  return services.flatMap(({ address, auth, proxy }) => [
    address,
    ...(auth?.kind === "oauth2" ? [auth.address] : []),
    ...(proxy === undefined ? [] : [proxy.address]),
  ]);
}
