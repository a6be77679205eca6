/** Files of inputs for tests, and what is read from them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { ChatTurn, Clip, Inputs, Source, Supply } from "../../../lib/driver/inputs/inputs.ts";
import { everyInput, isList } from "../../../lib/driver/inputs/inputs.ts";
import { loadInputs } from "../../../lib/driver/registry.ts";
import { DEFAULT_INPUT_PLAN, type InputPlan } from "../../../lib/plan/inputs.ts";
import type { InputFile, ServicePlan } from "../../../lib/plan/plan.ts";
import { SERVICES } from "../workbench.ts";

/** Files by name, in a folder that goes away with the test. */
export async function inFolder(
  files: Record<string, Uint8Array | string>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      if (name.includes("/")) await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeFile(join(folder, name), bytes);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const named = (path: string): InputFile => ({ path, at: "load.yaml:7:9" });

/** A service that reads these files. */
export const withInputs = (kind: "stt" | "llm" | "tts", ...paths: string[]): ServicePlan => ({
  ...SERVICES[kind],
  inputs: paths.map(named),
});

/** A language model's service with these files and this plan. */
export const planned = (plan: Partial<InputPlan>, ...paths: string[]): ServicePlan => ({
  ...withInputs("llm", ...paths),
  input_plan: { ...DEFAULT_INPUT_PLAN, ...plan },
});

/** Inputs of one kind; fails the test for others. */
export async function loaded<Kind extends Inputs["kind"]>(
  kind: Kind,
  service: ServicePlan,
): Promise<Extract<Inputs, { kind: Kind }>> {
  const inputs = await loadInputs(service);
  assert.equal(inputs.kind, kind);
  return inputs as Extract<Inputs, { kind: Kind }>;
}

/** The recordings of files. */
export async function clips(...paths: string[]): Promise<Clip[]> {
  return [...everyInput((await loaded("stt", withInputs("stt", ...paths))).clips)];
}

/** The prompts and chats of files. */
export async function texts(...paths: string[]): Promise<{ prompts: string[]; chats: (readonly ChatTurn[])[] }> {
  const { prompts, chats } = await loaded("llm", withInputs("llm", ...paths));
  return { prompts: [...everyInput(prompts)], chats: [...everyInput(chats)] };
}

/** The supply as a source; fails the test for a list. */
export function sourceOf<Input>(supply: Supply<Input>): Source<Input> {
  assert.ok(!isList(supply));
  return supply;
}

/** Asserts that loading fails, naming the file and where it was named, and with `what`. */
export async function refused(
  kind: "stt" | "llm" | "tts",
  path: string,
  what: string | RegExp,
  culprit = path,
): Promise<void> {
  await refusedBy(withInputs(kind, path), what, culprit);
}

/** The same for a service. */
export async function refusedBy(service: ServicePlan, what: string | RegExp, culprit: string): Promise<void> {
  await assert.rejects(loadInputs(service), (error: Error & { kind?: string }) => {
    assert.deepEqual([error.name, error.kind], ["UserError", "input"]);
    const start = `Cannot use ${JSON.stringify(culprit)} (named at load.yaml:7:9): `;
    assert.equal(error.message.slice(0, start.length), start);
    const rest = error.message.slice(start.length);
    if (typeof what === "string") assert.equal(rest, what);
    else assert.match(rest, what);
    return true;
  });
}
