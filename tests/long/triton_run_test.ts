import assert from "node:assert/strict";
import { standAloneSimulator } from "../../lib/cli/sim/simulator.ts";
import { readResult } from "../../lib/result/file.ts";
import { serverWork } from "../../lib/report/figures/servers.ts";
import { filesBelow, type Finished, inFolder, june, runFolder } from "../end_to_end/cli.ts";
import { type RunningTriton, startTriton } from "../foreign/triton/server.ts";

let triton: RunningTriton;
Deno.test.beforeAll(async () => {
  triton = await startTriton();
});
Deno.test.afterAll(() => triton.stop());

/** Runs a scenario named `real`; thresholds are its own. */
async function run(dir: string, scenario: string): Promise<Finished> {
  await Deno.writeTextFile(`${dir}/real.yaml`, scenario);
  return await june("run", `${dir}/real.yaml`, "--output-dir", dir);
}

const service = (lines: string) =>
  `services:
  grpc:
    tensorrt_llm:
      host: ${triton.target}
      max_tokens: 12
${lines.split("\n").map((line) => `      ${line}\n`).join("")}`;

const load = (tasks: string) =>
  `scenarios:
  real:
    users: 6
    spawn_rate: 60
    duration: 4s
    think_time: 20ms
    tasks: ${tasks}
    thresholds:
`;

const resultOf = async (dir: string) => await readResult(await runFolder(dir, "real"));

for (const streams of ["per_request", "shared"]) {
  Deno.test(`a run against Triton, ${streams}: first token, gaps, exact tokens, and the server's own figures`, () =>
    inFolder(async (dir) => {
      const rules = [
        "calls > 20",
        "error_rate <= 0%",
        "p50(first_token) < 500ms",
        "p50(gap) > 5ms",
        "token_rate > 10/s",
      ];
      const scenario = service(`model: words_batched\nstreams: ${streams}`) +
        load("{ llm.generate_stream: 3, llm.chat: 1 }") +
        rules.map((rule) => `      - ${rule}\n`).join("");
      const { code, stdout, stderr } = await run(dir, scenario);
      assert.equal(code, 0, stdout + stderr);
      const result = await resultOf(dir);
      const stream = result.total({ operations: "llm.generate_stream" });
      // The model makes its first word after 30 ms, and one every 10 ms from then on.
      const { ok } = stream.outcomes;
      assert.ok(ok > 10);
      assert.equal(stream.histogram("gap").count, 11 * ok);
      assert.ok(stream.histogram("first_message").min >= 30_000);
      assert.ok(stream.histogram("gap").percentile(50) >= 9000);
      assert.equal(stream.counter("output_tokens"), 12 * ok);
      const [server] = serverWork(result);
      assert.deepEqual(server?.models.map(({ model }) => model), ["words_batched"]);
      assert.equal(server?.models[0]?.ok, server?.issued);
      const folder = await runFolder(dir, "real");
      assert.match(await Deno.readTextFile(`${folder}/analysis/summary.txt`), /What the servers counted/);
      const html = (await filesBelow(folder)).find((name) => name.endsWith(".html"));
      assert.match(await Deno.readTextFile(`${folder}/${html}`), /<h3 id="servers">/);
    }));
}

Deno.test("a voice turn with the simulator's speech and Triton's language model", () =>
  inFolder(async (dir) => {
    const simulator = await standAloneSimulator({ ports: { llm: 0, stt: 0, tts: 0 } });
    try {
      const speech =
        `    stt: { host: "${simulator.addresses.stt}", pacing: fast }\n    tts: { host: "${simulator.addresses.tts}" }\n`;
      const scenario = service("model: words_ef\nstreams: shared\nsystem: Be brief.") + speech +
        load("{ voice_turn: 1 }") +
        "      - calls > 3\n      - error_rate <= 0%\n";
      const { code, stdout, stderr } = await run(dir, scenario);
      assert.equal(code, 0, stdout + stderr);
      const result = await resultOf(dir);
      const turns = result.total({ operations: "voice_turn" });
      assert.ok(turns.outcomes.ok > 3);
      assert.equal(turns.histogram("turn_llm").count, turns.outcomes.ok);
      // No sentence of the model's is over before its last word.
      assert.ok(turns.histogram("turn_llm").min >= 30_000);
    } finally {
      await simulator.close();
    }
  }));

Deno.test("a run is refused before any load for a wrong model, and for tensors that do not fit", () =>
  inFolder(async (dir) => {
    const refused = async (lines: string) => {
      const { code, stderr } = await run(dir, service(lines) + load("{ llm.generate: 1 }") + "      - calls > 0\n");
      assert.notEqual(code, 0);
      assert.match(stderr, /no load was sent/);
      return stderr;
    };
    const unknown = await refused("model: wordz");
    assert.match(unknown, /The server has no model "wordz"; did you mean "words"\? It has words, words_batched,/);
    assert.match(unknown, /try: Set the service's "model" to a model the server has/);
    const tensors = await refused(
      'model: words\ntensors:\n  - { name: text_input, value: "{{prompt}}" }\n  - { name: max_tokens, datatype: FP32, value: 3 }',
    );
    assert.match(tensors, /Input "max_tokens" of model "words" is INT32, not FP32/);
    assert.match(await refused("model: words_broken"), /Model "words_broken" is UNAVAILABLE: .*broken on purpose/);
  }));
