/** Every block of YAML in the documentation is a scenario that june-load takes, or a part of one. */
import assert from "node:assert/strict";
import { ScenarioError } from "../../lib/scenario/read/problems.ts";
import { load } from "./helpers.ts";

const ROOT = new URL("../../", import.meta.url);

interface Block {
  /** `docs/inputs.md:12`: the file and the line of the block's first line. */
  place: string;
  text: string;
}

async function pages(): Promise<string[]> {
  const names = ["README.md"];
  for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
    if (name.endsWith(".md")) names.push(`docs/${name}`);
  }
  return names.sort();
}

async function blocks(): Promise<Block[]> {
  const found: Block[] = [];
  for (const name of await pages()) {
    const page = await Deno.readTextFile(new URL(name, ROOT));
    for (const { index, 1: text = "" } of page.matchAll(/^```ya?ml[^\n]*\n(.*?)^```/gms)) {
      // A step of a GitHub workflow.
      if (text.startsWith("- uses:")) continue;
      found.push({ place: `${name}:${page.slice(0, index).split("\n").length + 1}`, text });
    }
  }
  return found;
}

const indented = (text: string, by: number) => text.replace(/^(?=.)/gm, " ".repeat(by));

/** What stands around the parts of a scenario, by the first key of the part. */
const AROUND: Record<string, (text: string) => string> = {
  services: (text) => text,
  scenarios: (text) => text,
  metrics: (text) => text,
  stt: (text) => `services:\n  grpc:\n${indented(text, 4)}`,
  llm: (text) => `services:\n  grpc:\n${indented(text, 4)}`,
  tensors: (text) =>
    `services:\n  grpc:\n    tensorrt_llm:\n      host: triton:8001\n      model: ensemble\n${indented(text, 6)}`,
  prompts: (text) => `services:\n  grpc:\n    llm:\n      host: llm:50051\n${indented(text, 6)}`,
};

/** Values of the variables that an example uses. */
const envOf = (text: string) =>
  Object.fromEntries([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => [name, "secret"]));
const SCENARIO = "\nscenarios:\n  one: { users: 1, duration: 1s }\n";

function faultOf({ place, text }: Block): string | null {
  const [, first = ""] = /^([a-z_]+):/m.exec(text) ?? [];
  const around = AROUND[first];
  if (around === undefined) return `${place}: "${first}" belongs to no part of a scenario that this test knows`;
  const whole = around(text);
  const file = /^scenarios:/m.test(whole) ? whole : whole + SCENARIO;
  // All scenarios of a file are checked, whichever is chosen.
  const [, name = ""] = /^scenarios:[^\n]*\n(?:\s*#[^\n]*\n)*\s+([\w-]+):/m.exec(file) ?? [];
  try {
    load(file, { name, env: envOf(file), readText: () => "0\n1\n" });
    return null;
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return `${place}: ${error.message}`;
  }
}

Deno.test("every block of YAML in the documentation is taken", async () => {
  const all = await blocks();
  assert.ok(all.length >= 12, `${all.length} blocks`);
  assert.deepEqual(all.map(faultOf).filter((fault) => fault !== null), []);
});

Deno.test("an example with a key that does not exist is found", () => {
  const fault = faultOf({
    place: "docs/x.md:1",
    text: "services:\n  grpc:\n    tts: { host: a:1, audio_format: pcm }\n",
  });
  assert.match(fault ?? "", /^docs\/x\.md:1: .*Unknown key "audio_format"/s);
});
