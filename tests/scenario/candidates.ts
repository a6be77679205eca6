/** Services and entries of a task mix for tests of the planner's steps. */
import { type Candidate, readServices } from "../../lib/scenario/plan/services.ts";
import { Problems } from "../../lib/scenario/read/problems.ts";
import { readTree } from "../../lib/scenario/read/yaml_tree.ts";
import { scenarioFile } from "../../lib/scenario/schema/scenario_file.ts";
import type { KeyedSetting } from "../../lib/scenario/shape/containers.ts";

const FILE = `services:
  grpc: { llm: { weight: 3 }, inference_api: { weight: 1, protocol: june }, stt: {}, tts: {} }
  calls:
    shop: { protocol: rest, exchanges: [{ name: order, path: /o }, { name: health, path: /h, weight: 3 }] }
  gateway: { rest_endpoints: [{ name: order, path: /order }] }
scenarios: { one: { users: 1, duration: 1s } }
`;

type Name = "llm" | "inference_api" | "stt" | "tts" | "shop" | "gateway";

/** The services of a file with one of each kind, by their names. */
export const CANDIDATES: Readonly<Record<Name, Candidate>> = read();

function read(): Record<Name, Candidate> {
  const problems = new Problems();
  const tree = readTree(FILE, "load.yaml", {}, problems);
  const context = { problems, dir: "/files", exists: () => true, readText: () => "" };
  const file = tree === null ? undefined : scenarioFile.decode(tree, "", context);
  problems.throwIfAny();
  const services = readServices(file!.services, "wire", problems);
  if (services.kind === "unreadable") throw new Error("The services of the tests cannot be read");
  return Object.fromEntries(services.candidates.map((one) => [one.plan.name, one])) as Record<Name, Candidate>;
}

/** One entry of `tasks`. */
export function entry(key: string, weight: number): KeyedSetting<number> {
  const at = "load.yaml:1:1";
  return { key, keyAt: at, value: weight, given: true, valid: true, at, path: `scenarios.one.tasks.${key}` };
}
