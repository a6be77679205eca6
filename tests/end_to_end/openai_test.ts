import assert from "node:assert/strict";
import { inFolder, june, runFolder, runScenario, start } from "./cli.ts";

const KEY = "sk-planted-key-5309";

/** A scenario whose every service speaks OpenAI's interface, over one version of HTTP. */
const scenario = (http: string, tasks: string, options = "") =>
  `services:
  grpc:
    stt: { protocol: openai, host: http://127.0.0.1:1, http: ${http}, headers: { authorization: Bearer ${KEY} } }
    llm: { protocol: openai, host: http://127.0.0.1:1, http: ${http}, model: june-sim-llm, headers: { authorization: Bearer ${KEY} } }
    tts: { protocol: openai, host: http://127.0.0.1:1, http: ${http}, format: wav }
scenarios:
  openai:
    users: 16
    spawn_rate: 160
    duration: 2s
    think_time: 20ms
    thresholds: [error_rate < 1%${tasks.includes("stt") ? ", wer < 1%" : ""}]
    tasks: { ${tasks} }
${options}`;

const TASKS = [
  "stt.recognize",
  "stt.recognize_stream",
  "llm.chat",
  "llm.chat_stream",
  "llm.generate_stream",
  "llm.embed",
  "tts.synthesize_stream",
  "voice_turn",
];

for (const http of ["1.1", "2"]) {
  Deno.test(`every task over HTTP/${http}, voice turns too, from a scenario file`, () =>
    inFolder(async (dir) => {
      await Deno.writeTextFile(`${dir}/openai.yaml`, scenario(http, TASKS.map((name) => `${name}: 1`).join(", ")));
      const { run, stdout, stderr } = await runScenario(dir, { wanted: `${dir}/openai.yaml`, name: "openai" });
      assert.deepEqual(run.operations.toSorted(), TASKS.toSorted());
      for (const operations of TASKS) {
        assert.equal(run.total({ operations }).outcomes.ok, run.total({ operations }).issued);
      }
      const chat = run.total({ operations: "llm.chat_stream" });
      assert.equal(chat.histogram("first_message").count, chat.issued);
      assert.ok(chat.counter("output_tokens") > 0, "the server counts tokens");
      const heard = run.total({ operations: "stt.recognize_stream" });
      assert.equal(heard.histogram("final_latency").count, heard.issued);
      const spoken = run.total({ operations: "tts.synthesize_stream" });
      assert.equal(spoken.counter("played_calls"), spoken.issued);
      const turn = run.total({ operations: "voice_turn" });
      assert.equal(turn.histogram("voice_to_voice").count, turn.issued);
      assert.ok(!(stdout + stderr).includes(KEY));
      for await (const { name } of Deno.readDir(await runFolder(dir, "openai"))) {
        const file = `${await runFolder(dir, "openai")}/${name}`;
        if ((await Deno.stat(file)).isFile) {
          assert.ok(!(await Deno.readTextFile(file)).includes(KEY), name);
        }
      }
    }));
}

Deno.test("a limit is shown with the server's word of when to come back", () =>
  inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/openai.yaml`, scenario("1.1", "llm.chat_stream: 1"));
    const flags = ["--fault", "llm.rate_limit=5"];
    const { run, stdout, stderr } = await runScenario(dir, {
      wanted: `${dir}/openai.yaml`,
      name: "openai",
      flags,
      code: 99,
    });
    const [failure] = run.failures;
    assert.equal(failure?.type, "HTTP 429", stdout + stderr);
    assert.match(JSON.stringify(failure), /HTTP 429: too many requests; try again after \d+ s/);
  }));

Deno.test("check finds out before any load: a wrong key, and a model that is not there", () =>
  inFolder(async (dir) => {
    const ports = ["--llm-port", "0", "--stt-port", "0", "--tts-port", "0", "--http-port", "0"];
    const sim = start(["sim", ...ports, "--openai-key", KEY]);
    await sim.until("Ctrl-C ends it");
    const address = /http: (\S+)/.exec(sim.seen())?.[1] ?? "";
    const check = async (key: string, model: string) => {
      const llm =
        `{ protocol: openai, host: "http://${address}", model: ${model}, headers: { authorization: Bearer ${key} } }`;
      await Deno.writeTextFile(
        `${dir}/key.yaml`,
        `services: { grpc: { llm: ${llm} } }\nscenarios: { key: { users: 1, duration: 1s } }\n`,
      );
      const { code, stdout, stderr } = await june("check", `${dir}/key.yaml`);
      assert.ok(!(stdout + stderr).includes(key));
      return [code, stdout + stderr] as const;
    };
    try {
      const [right, well] = await check(KEY, "june-sim-llm");
      assert.equal(right, 0, well);
      assert.match(well, /✓ +llm .* serving .*model june-sim-llm/);
      const [wrong, refused] = await check("sk-another-key", "june-sim-llm");
      assert.equal(wrong, 3, refused);
      assert.match(refused, /HTTP 401: the key is missing or not accepted: Incorrect API key provided/);
      const [, missing] = await check(KEY, "gpt-x");
      assert.match(missing, /it does not list the model "gpt-x"; it lists june-sim-llm/);
    } finally {
      sim.child.kill("SIGINT");
      await sim.finished;
    }
  }));
