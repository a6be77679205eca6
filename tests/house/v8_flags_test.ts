import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { V8_FLAGS } from "../../deploy/v8_flags.ts";

Deno.test("the tasks that make load start V8 as the compiled file does", () => {
  const { demo, run, ui, "bench:accuracy": accuracy } = config.tasks;
  assert.ok(accuracy.command.startsWith(`deno run -A ${V8_FLAGS} bench/`), accuracy.command);
  for (const [verb, { command }] of [["run", demo], ["run", run], ["ui", ui]] as const) {
    assert.ok(command.startsWith(`deno run -A ${V8_FLAGS} main.ts ${verb}`), command);
  }
});
