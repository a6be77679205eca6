import assert from "node:assert/strict";
import { canHave } from "../../lib/plan/measured.ts";
import { DISTRIBUTION_NAMES } from "../../lib/plan/threshold/threshold.ts";
import { type TaskName, TASKS } from "../../lib/plan/tasks.ts";
import { inFolder, runScenario } from "./cli.ts";

/** The tasks of one service. */
const SINGLE = (Object.keys(TASKS) as TaskName[]).filter((name) =>
  TASKS[name].services.length === 1 && name !== "call"
);

for (const transport of ["wire", "grpc-js"]) {
  Deno.test(`every task of the catalogue succeeds against the simulator over ${transport}`, async () => {
    await inFolder(async (dir) => {
      const mix = SINGLE.map((name) => `      ${name}: 1`).join("\n");
      await Deno.writeTextFile(
        `${dir}/all.yaml`,
        `services:
  grpc:
    llm: { host: 127.0.0.1:1 }
    stt: { host: 127.0.0.1:1, pacing: fast }
    tts: { host: 127.0.0.1:1 }
scenarios:
  all:
    users: 12
    spawn_rate: 12
    duration: 4s
    think_time: 20ms
    thresholds: [error_rate < 1%]
    tasks:
${mix}
`,
      );
      const flags = ["--transport", transport];
      const { run } = await runScenario(dir, { wanted: `${dir}/all.yaml`, name: "all", flags });
      assert.deepEqual(run.operations.toSorted(), SINGLE.toSorted());
      for (const [name, { reply_stream }] of SINGLE.map((name) => [name, TASKS[name]] as const)) {
        const total = run.total({ operations: name });
        assert.equal(total.outcomes.ok, total.issued, name);
        assert.equal(total.histogram("first_message").count > 0, reply_stream, name);
        for (const of of DISTRIBUTION_NAMES) {
          const can = canHave(run.plan, name, of);
          // Prompts of the user's own have a length; the built-in ones only where the server counts their tokens.
          const may = of === "input_length" && can === true;
          if (!may && can !== null) assert.equal(total.histogram(of).count > 0, can, `${of} of ${name}`);
        }
      }
    });
  });
}
