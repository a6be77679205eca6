/** Every example that a reader may copy makes a plan. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { listScenarios, loadScenario } from "../../lib/scenario/load.ts";
import { runCommands, yamlBlocks } from "../trust/kit/examples.ts";

const SCENARIO = { scenarios: { example: { users: 1, duration: "10s" } } };

/** The environment that a block asks for. */
function environmentOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/\$\{(\w+)/g)].map(({ 1: name }) => [name as string, "secret"]));
}

/** A whole file: what a block leaves out is put around it. */
function wholeFile(text: string): string {
  const tree = parse(text) as Record<string, unknown>;
  if (tree.scenarios !== undefined) return text;
  if (tree.services !== undefined) return `${text}\nscenarios: ${JSON.stringify(SCENARIO.scenarios)}`;
  if (tree.metrics !== undefined) return `${text}\nscenarios: ${JSON.stringify(SCENARIO.scenarios)}`;
  const voices = Object.keys(tree).every((name) => ["llm", "stt", "tts"].includes(name));
  if (voices) return JSON.stringify({ ...SCENARIO, services: { grpc: tree } });
  return JSON.stringify({
    ...SCENARIO,
    services: { grpc: { llm: { protocol: "triton", host: "triton:8001", model: "m", ...tree } } },
  });
}

for (const { where, text } of yamlBlocks()) {
  Deno.test(`the example at ${where} makes a plan`, () => {
    const whole = wholeFile(text);
    const names = listScenarios(whole, where).map(({ name }) => name);
    assert.ok(names.length > 0);
    for (const name of names) {
      const { plan } = loadScenario({
        text: whole,
        name,
        file: where,
        dir: ".",
        env: environmentOf(text),
        cores: 2,
        overrides: {},
        exists: () => true,
        readText: () => "0.5\n1.5\n",
      });
      assert.ok(plan.duration_ms > 0 && plan.tasks.length > 0, name);
    }
  });
}

Deno.test("the pages' commands and examples are found", () => {
  assert.ok(yamlBlocks().length >= 10, `${yamlBlocks().length}`);
  const words = runCommands().map(({ words }) => words.join(" "));
  assert.ok(words.length >= 5, words.join("\n"));
});
