/** What workflow, action and README say of one another and of the tool is so. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { V8_FLAGS } from "../../deploy/v8_flags.ts";
import { builtInScenarios } from "../../lib/scenario/built_in.ts";

const read = (path: string) => Deno.readTextFile(new URL(`../../${path}`, import.meta.url));

Deno.test("the workflow offers every built-in scenario, and runs at 02:00 UTC", async () => {
  const { on } = parse(await read(".github/workflows/load_tests.yml"));
  const { options, default: first } = on.workflow_dispatch.inputs.scenario;
  assert.deepEqual(options.toSorted(), builtInScenarios().map(({ name }) => name).toSorted());
  assert.equal(first, "baseline");
  assert.deepEqual(on.schedule, [{ cron: "0 2 * * *" }]);
});

Deno.test("the README's step is five lines, and names inputs that the action has", async () => {
  const readme = await read("README.md");
  const [, block = ""] = /```yaml\n(- uses:[^`]*)```/.exec(readme) ?? [];
  assert.equal(block.trimEnd().split("\n").length, 5);
  const [step] = parse(block);
  const { inputs } = parse(await read("action.yml"));
  for (const name of Object.keys(step.with)) assert.ok(name in inputs, name);
});

Deno.test("the action starts the Deno that CI does, and V8 as the compiled file does", async () => {
  const [script, ci] = await Promise.all([read("deploy/action.sh"), read(".ci/run")]);
  const version = /deno@(\d+\.\d+\.\d+)/;
  assert.equal(version.exec(script)?.[1], version.exec(ci)?.[1]);
  assert.ok(script.includes(`'^deno ${version.exec(ci)?.[1]?.replaceAll(".", "\\.")} '`), "the version it looks for");
  assert.ok(script.includes(` ${V8_FLAGS} `));
});
