import assert from "node:assert/strict";
import { tritonLines } from "../../lib/driver/triton/probe.ts";
import { askForTargets, initScenario } from "../../lib/cli/init/scenario.ts";
import { askOver } from "../../lib/driver/rpc/standard_health.ts";
import type { Choose } from "../../lib/driver/core/probe.ts";
import { UserError } from "../../lib/plan/errors.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { loadScenario } from "../../lib/scenario/load.ts";
import { WireServer } from "../../lib/sim/server/wire_server.ts";
import { startSimulator } from "../../lib/sim/simulator.ts";
import { openSpeechServer, type SpeechServerSetup } from "../driver/openai/speech_server.ts";
import { openShop } from "../driver/grpc/shop_server.ts";
import { type FakeModel, FakeTriton, TENSORRT } from "../driver/triton/fake_triton.ts";
import * as tts from "../../proto/tts.ts";
import { inFolder, june } from "./cli.ts";

const planOf = (text: string): Plan =>
  loadScenario({ text, file: "init.yaml", dir: ".", env: {}, cores: 2, overrides: {} }).plan;

/** An address at which nobody listens. */
const NOBODY = "127.0.0.1:1";

Deno.test("init fills in what the simulator's services tell: models, languages, voices, paths", async () => {
  const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 }, http_port: 0 });
  try {
    const { addresses, http_address } = simulator;
    const { text, checks } = await initScenario("found", {
      "openai": `http://${http_address}/v1`,
      "june-llm": addresses.llm,
      "riva-asr": addresses.stt,
      "riva-tts": addresses.tts,
      "rest": `http://${http_address}`,
      "websocket": `ws://${http_address}/ws/me`,
    });
    assert.deepEqual(checks.map(({ name, state }) => [name, state]), [
      ["inference_api", "serving"],
      ["llm", "serving"],
      ["stt", "serving"],
      ["tts", "serving"],
      ["my_rest", "serving"],
      ["my_websocket", "serving"],
    ]);
    const { services, tasks } = planOf(text);
    const settings = new Map(services.map(({ name, settings }) => [name, settings]));
    const openai = settings.get("llm");
    assert.equal(openai?.protocol === "openai" && openai.model, "june-sim-llm");
    const stt = settings.get("stt");
    assert.equal(stt?.protocol === "riva" && stt.language_code, "en-US");
    const tts = settings.get("tts");
    assert.equal(tts?.protocol === "riva" && tts.sample_rate_hz, 16_000);
    const rest = settings.get("my_rest");
    assert.deepEqual(rest?.protocol === "rest" && rest.exchanges.map(({ path }) => path), ["/health", "/status"]);
    assert.match(text, /voice: default # the server chooses; there are: Simulator\.Amber, Simulator\.Birch/);
    assert.deepEqual(tasks.map(({ operation, weight }) => [operation, weight]).slice(0, 3), [
      ["llm.chat_stream@llm", 30],
      ["llm.chat_stream@inference_api", 30],
      ["stt.recognize_stream", 20],
    ]);
  } finally {
    await simulator.close();
  }
});

Deno.test("what does not answer stands in the file with the reason, and is not called", async () => {
  const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 } });
  try {
    const targets = { "june-llm": simulator.addresses.llm, triton: NOBODY, openai: `http://${NOBODY}` };
    const { text, checks } = await initScenario("half", targets);
    assert.deepEqual(checks.map(({ name, state }) => [name, state]), [
      ["tensorrt_llm", "unreachable"],
      ["inference_api", "serving"],
      ["llm", "unreachable"],
    ]);
    assert.match(text, /# unreachable when this was written: Nobody listens at "127\.0\.0\.1:1"/);
    assert.match(text, /llm\.chat_stream@tensorrt_llm: 0 # 30 once it answers/);
    assert.deepEqual(planOf(text).services.map(({ name }) => name), ["inference_api"]);
    const alone = await initScenario("none", { triton: NOBODY });
    assert.deepEqual(planOf(alone.text).services.map(({ name }) => name), ["tensorrt_llm"]);
  } finally {
    await simulator.close();
  }
});

Deno.test("init asks a gRPC server's reflection what to call, and says what to do where it has none", async () => {
  await using shop = await openShop({ reflection: true });
  const { text } = await initScenario("shop", { grpc: shop.address });
  const settings = planOf(text).services[0]!.settings;
  assert.ok(settings?.protocol === "grpc" && settings.exchanges.length > 0);
  assert.ok(settings.exchanges.every(({ method }) => method.startsWith("shop.")), text);
  await using mute = await openShop({ reflection: false });
  const guessed = await initScenario("mute", { grpc: mute.address });
  assert.equal(guessed.checks[0]!.state, "failed");
  assert.match(guessed.text, /# failed when this was written: it has no server reflection; name its \.proto files/);
  assert.match(guessed.text, /method: your\.Service\/Method # write the method to call here/);
});

const linesOf = (models: FakeModel[]) => tritonLines(askOver(new FakeTriton({ models }).channel, [], 1000));

Deno.test("of Triton's models the one that takes texts is chosen; another gets tensors by its metadata", async () => {
  const parts: FakeModel[] = [{ name: "preprocessing" }, { name: "chat", inputs: TENSORRT }];
  assert.deepEqual(await linesOf([...parts, { name: "ensemble", inputs: TENSORRT }]), [
    'model: "ensemble" # also there: preprocessing, chat',
    "max_tokens: 128",
  ]);
  assert.deepEqual((await linesOf(parts))?.[0], 'model: "chat" # also there: preprocessing');
  assert.equal(await linesOf([]), null);
  const own = await linesOf([{
    name: "own",
    inputs: [["question", "BYTES", [1]], ["beams", "INT32", [1]], ["fast", "BOOL", [1]]],
    outputs: [["score", "FP32", [1]], ["answer", "BYTES", [1]]],
  }]);
  assert.deepEqual(own, [
    'model: "own"',
    "max_tokens: 128",
    "tensors: # the model has inputs of its own: put in what it wants",
    '  - { name: "question", datatype: BYTES, value: "{{prompt}}" }',
    '  - { name: "beams", datatype: INT32, value: 1 }',
    '  - { name: "fast", datatype: BOOL, value: true }',
    'text_output: "answer" # outputs: score, answer',
  ]);
});

Deno.test("on a terminal init asks for each service until the terminal is closed, and for one of a kind only", () => {
  const asked: string[] = [];
  const answers = new Map([["Triton", "gpu:8001"], ["Riva's speech recognition", " asr:1 "], [
    "June's speech synthesis",
    null,
  ]]);
  const targets = askForTargets((question) => {
    asked.push(question);
    const found = [...answers].find(([start]) => question.startsWith(start));
    return found === undefined ? "" : found[1];
  });
  assert.deepEqual(targets, { "triton": "gpu:8001", "riva-asr": "asr:1" });
  assert.ok(!asked.some((question) => question.startsWith("June's speech recognition")), asked.join());
  assert.match(asked.at(-1)!, /^June's speech synthesis, HOST:PORT \(Enter: none\)$/);
});

Deno.test("init refuses addresses it cannot read and two services in one place, by their flags", async () => {
  const refused = (targets: Record<string, string>, message: RegExp) =>
    assert.rejects(initScenario("x", targets), (error) => {
      assert.ok(error instanceof UserError && error.kind === "usage");
      assert.match(error.message, message);
      return true;
    });
  await refused(
    { triton: "http://a" },
    /^--triton: The address "http:\/\/a" has a scheme, which gRPC does not use: write "a:8000"$/,
  );
  await refused({ rest: "ftp://a" }, /^--rest: The scheme of "ftp:\/\/a" must be "http" or "https"$/);
  await refused(
    { "riva-asr": "a", "june-stt": "b" },
    /^--riva-asr and --june-stt: a scenario has only one service "stt": remove one of them$/,
  );
});

Deno.test("the command tells what it found on each service, and writes nothing for a mistake", async () => {
  await inFolder(async (dir) => {
    const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 } });
    try {
      const file = `${dir}/found.yaml`;
      const { code, stdout, stderr } = await june(
        "init",
        file,
        "--june-llm",
        simulator.addresses.llm,
        "--triton",
        NOBODY,
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /✓ inference_api at 127\.0\.0\.1:\d+: serving, model june-sim-llm/);
      assert.match(stderr, /✕ tensorrt_llm at 127\.0\.0\.1:1: unreachable, Nobody listens at .*\. Start the service/);
      assert.equal((await june("check", file)).code, 0);
      const both = await june("init", `${dir}/b.yaml`, "--target", "llm=a", "--triton", "b");
      assert.equal(both.code, 2);
      const named = await june("init", "--name", "a b");
      assert.deepEqual([named.code, /^--name: The name "a b" is not allowed/m.test(named.stderr)], [2, true]);
      assert.match(both.stderr, /--target: cannot be combined with other services; use --june-llm/);
    } finally {
      await simulator.close();
    }
  });
});

/** The models that `init` writes for the three kinds, on one server. */
async function onOneServer(setup: SpeechServerSetup, choose: Choose | null = null) {
  await using server = openSpeechServer(setup);
  const { url } = server;
  const targets = { "openai": url, "openai-stt": url, "openai-tts": url };
  const { text, checks } = await initScenario("talk", targets, choose);
  const plan = planOf(text);
  const models = Object.fromEntries(plan.services.map(({ name, settings }) => [
    name,
    settings?.protocol === "openai" ? settings.model : "",
  ]));
  return { text, checks, plan, models, asked: server.asked };
}

Deno.test("init finds the model of each task on one server, by name and trial, a voice, and writes a voice turn", async () => {
  const { models, plan, checks, text } = await onOneServer({
    listed: ["whisper-tiny.en", "piper-joe", "bge-small", "smollm2-135m"],
    llm: ["smollm2-135m"],
    stt: ["whisper-tiny.en"],
    tts: ["piper-joe"],
    anyChat: true,
    voices: { voices: ["amy", "joe"] },
  });
  assert.deepEqual(models, { llm: "smollm2-135m", stt: "whisper-tiny.en", tts: "piper-joe" });
  assert.deepEqual(checks.map(({ state }) => state), ["serving", "serving", "serving"]);
  assert.match(text, /voice: "amy" # also there: joe/);
  const tts = plan.services.find(({ kind }) => kind === "tts")!;
  assert.ok(tts.settings?.protocol === "openai" && tts.settings.audio_format === "wav");
  assert.ok(plan.tasks.some(({ name }) => name === "voice_turn"), text);
});

Deno.test("names that say nothing are told apart by what each model answers to", async () => {
  const { models, checks } = await onOneServer({
    listed: ["alpha", "beta", "gamma"],
    stt: ["alpha"],
    tts: ["beta"],
    llm: ["gamma"],
  });
  assert.deepEqual(models, { llm: "gamma", stt: "alpha", tts: "beta" });
  assert.deepEqual(checks.map(({ state }) => state), ["serving", "serving", "serving"]);
});

Deno.test("where several models hear, init asks, or writes the candidates where nobody can be asked", async () => {
  const both = { listed: ["alpha", "beta", "gamma"], stt: ["alpha", "beta"], tts: ["gamma"], llm: ["gamma"] };
  const questions: string[] = [];
  const asked = await onOneServer(both, (question, names) => {
    questions.push(`${question} ${names.join()}`);
    return "beta";
  });
  assert.deepEqual(questions, ["Which model recognises speech? alpha,beta"]);
  assert.equal(asked.models["stt"], "beta");
  const alone = await onOneServer(both);
  assert.match(alone.text, /# it is not certain which model recognises speech: alpha, beta\n/);
  assert.equal(alone.models["stt"], "alpha");
});

Deno.test("init picks a voice that June's synthesiser has", async () => {
  const server = new WireServer();
  const reply = tts.HealthResponse.encode({ healthy: true, version: "1", available_voices: ["male", "female"] });
  server.handle(tts.PATHS.healthCheck, (call) => ({
    message() {
      call.write(reply);
      call.end(0, "");
    },
    halfClose() {},
    cancel() {},
    drain() {},
  }));
  const port = await server.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { text, checks } = await initScenario("speak", { "june-tts": `127.0.0.1:${port}` });
    assert.match(text, /voice: "male" # also there: female/);
    assert.equal(checks[0]!.state, "serving");
  } finally {
    await server.close();
  }
});
