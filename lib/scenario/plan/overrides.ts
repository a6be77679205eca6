/** Flags override the file: they become values of the tree, so that they pass the same checks as the file's values. */
import { withRemedy } from "../../plan/nearest.ts";
import type { Problems } from "../read/problems.ts";
import { SERVICE_KINDS } from "../schema/services.ts";
import type { TestType } from "./service_selection.ts";
import { entryOf, looseScalar, quote, type Tree, treeOf, withoutKeys, withValue } from "../read/tree.ts";

/** Values of flags, as typed. An absent flag keeps the file's value. */
export interface Overrides {
  /** Users; with stages, the highest number. Turns an open load into a closed one. */
  users?: string;
  /** Arrivals; with stages, the highest rate. Turns a closed load into an open one. */
  rate?: string;
  arrivals?: string;
  max_in_flight?: string;
  strict?: string;
  spawn_rate?: string;
  duration?: string;
  think_time?: string;
  seed?: string;
  workers?: string;
  transport?: string;
  warm_up?: string;
  grace?: string;
  /** Deadline of every call of every service. */
  timeout?: string;
  /** Which services are called; undefined: all except June's gateway, which is called only when tasks name it. */
  test_type?: TestType;
  /** Address by the service's key in the file (`gateway` is one), or by its kind (`llm`, `stt`, `tts`). */
  targets?: Readonly<Record<string, string>>;
  /** Report formats; each may hold several, with commas. */
  formats?: readonly string[];
  output_dir?: string;
  /** GPUs to read, with commas between them. */
  gpus?: string;
  comparison_baseline?: string;
  /** Rules in addition to the scenario's. */
  thresholds?: readonly string[];
}

/**
 * Where the value of a flag goes: it becomes the key of the same name, of the scenario or of `reports`; or a function of
 * its own lays it over the file, or reads it while planning.
 */
type Place = "scenario" | "reports" | "own";

/** Only a text can become a key's value: everything else has a way of its own. */
type Places = { readonly [Key in keyof Overrides]-?: NonNullable<Overrides[Key]> extends string ? Place : "own" };

const PLACES: Places = {
  users: "scenario",
  rate: "scenario",
  arrivals: "scenario",
  max_in_flight: "scenario",
  strict: "scenario",
  spawn_rate: "scenario",
  duration: "scenario",
  think_time: "scenario",
  seed: "scenario",
  workers: "scenario",
  transport: "scenario",
  warm_up: "scenario",
  grace: "scenario",
  output_dir: "reports",
  comparison_baseline: "reports",
  formats: "own",
  gpus: "own",
  timeout: "own",
  targets: "own",
  test_type: "own",
  thresholds: "own",
};

/** The flag as it is written: `max_in_flight` is `--max-in-flight`. */
const flagOf = (key: string): string => key === "comparison_baseline" ? "--compare" : `--${key.replaceAll("_", "-")}`;

/** Keys of a closed load and of an open load. A flag for one kind removes the keys of the other. */
const KINDS = {
  users: ["users", "spawn_rate", "think_time", "pacing", "start", "after_failure"],
  rate: ["rate", "arrivals", "max_in_flight", "max_wait"],
} as const;

/** The flag that adds a rule. */
export const THRESHOLD_FLAG = "--threshold";

/** Applies flags to a file's tree; `scenario` names the scenario that they change. */
export function applyOverrides(root: Tree, scenario: string, overrides: Overrides, problems: Problems): Tree {
  let tree = root;
  if (overrides.rate !== undefined) tree = withoutKeys(tree, ["scenarios", scenario], KINDS.users);
  if (overrides.users !== undefined) tree = withoutKeys(tree, ["scenarios", scenario], KINDS.rate);
  for (const [key, place] of Object.entries(PLACES)) {
    const value = overrides[key as keyof Overrides];
    if (place === "own" || typeof value !== "string") continue;
    const section = place === "scenario" ? ["scenarios", scenario] : [place];
    tree = withValue(tree, [...section, key], looseScalar(value, flagOf(key)));
  }
  if (overrides.formats !== undefined) {
    tree = withValue(tree, ["reports", "format"], listOf(overrides.formats, "--format"));
  }
  if (overrides.gpus !== undefined) tree = withValue(tree, ["metrics", "gpus"], listOf([overrides.gpus], "--gpus"));
  return overrideServices(tree, overrides, problems);
}

function listOf(texts: readonly string[], flag: string): Tree {
  const words = texts.flatMap((text) => text.split(",")).map((word) => word.trim()).filter((word) => word !== "");
  return { kind: "list", at: flag, items: words.map((word) => looseScalar(word, flag)) };
}

function overrideServices(root: Tree, overrides: Overrides, problems: Problems): Tree {
  const targets = Object.entries(overrides.targets ?? {});
  if (targets.length === 0 && overrides.timeout === undefined) return root;
  let tree = withServices(root);
  const known = namedServices(tree);
  if (overrides.timeout !== undefined) {
    const timeout = looseScalar(overrides.timeout, "--timeout");
    for (const { path } of known) tree = withValue(tree, [...path, "timeout"], timeout);
  }
  for (const [name, address] of targets) {
    const service = targetOf(name, known, problems);
    if (service !== null) {
      tree = withValue(tree, [...service.path, "host"], looseScalar(address, `--target ${name}`));
    }
  }
  return tree;
}

/** A file without services calls one service of each kind; this adds them to the tree, so that flags can change them. */
function withServices(root: Tree): Tree {
  const services = entryOf(root, "services");
  if (["grpc", "calls", "gateway"].some((group) => entryOf(services, group) !== undefined)) return root;
  return withValue(root, ["services", "grpc"], treeOf({ llm: {}, stt: {}, tts: {} }, root.at));
}

/** A service as the file names it. */
interface NamedService {
  name: string;
  /** Of a service in `services.grpc`. */
  kind: string | null;
  path: string[];
}

function namedServices(root: Tree): NamedService[] {
  const services = entryOf(root, "services");
  const grpc = entryOf(services, "grpc");
  const calls = entryOf(services, "calls");
  const voice = Object.entries(SERVICE_KINDS).flatMap(([name, kind]): NamedService[] =>
    entryOf(grpc, name) === undefined ? [] : [{ name, kind, path: ["services", "grpc", name] }]
  );
  const own = (calls?.kind === "map" ? calls.entries : []).map(({ key }): NamedService => (
    { name: key, kind: null, path: ["services", "calls", key] }
  ));
  const gateway = entryOf(services, "gateway") === undefined
    ? []
    : [{ name: "gateway", kind: null, path: ["services", "gateway"] }];
  return [...voice, ...own, ...gateway];
}

function targetOf(name: string, known: readonly NamedService[], problems: Problems): NamedService | null {
  const exact = known.find((service) => service.name === name);
  if (exact) return exact;
  const flag = `--target ${name}`;
  const ofKind = known.filter(({ kind }) => kind === name);
  if (ofKind.length === 1) return ofKind[0]!;
  if (ofKind.length > 1) {
    const names = ofKind.map((service) => service.name).join(", ");
    problems.add(flag, "", `The kind "${name}" fits several services: name one of ${names}`);
  } else {
    const words = [...new Set([...known.map(({ name }) => name), ...known.flatMap(({ kind }) => kind ?? [])])];
    problems.add(flag, "", withRemedy(`The scenario file has no service ${quote(name)}`, name, "it has", words));
  }
  return null;
}
