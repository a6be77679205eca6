import assert from "node:assert/strict";
import { UserError } from "../../../lib/plan/errors.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { ModelMetadataResponse, ModelReadyResponse, PATHS } from "../../../proto/kserve.ts";
import { type FakeModel, FakeTriton, refuse, TENSORRT, type TritonSetup } from "./fake_triton.ts";

const GOOD: FakeModel = { name: "ensemble", inputs: TENSORRT, decoupled: true };

async function health(setup: TritonSetup = {}) {
  const service = await new FakeTriton(setup).open();
  return await service.health(1000);
}

Deno.test("a model that is ready tells its version, platform, how it answers, and its server", async () => {
  const { state, details, asked } = await health();
  assert.equal(state, "serving");
  assert.equal(
    details,
    "model ensemble, version 1, python, decoupled: answers piece by piece, triton 2.51.0",
  );
  assert.equal(asked, "inference.GRPCInferenceService/ModelMetadata");
  assert.match(
    (await health({ models: [{ ...GOOD, decoupled: false }] })).details,
    /not decoupled: answers come whole/,
  );
});

Deno.test("a wrong model name is told with the right one and with what there is", async () => {
  const models = [GOOD, { ...GOOD, name: "preprocessing" }];
  const { state, details, remedy } = await health({ models, settings: { model: "ensembel" } });
  assert.equal(state, "failed");
  assert.equal(
    details,
    'The server has no model "ensembel"; did you mean "ensemble"? It has ensemble, preprocessing',
  );
  assert.match(remedy ?? "", /"model"/);
  const far = await health({ models, settings: { model: "whisper" } });
  assert.equal(far.details, 'The server has no model "whisper"; it has ensemble, preprocessing');
  const none = await health({ models: [], settings: { model: "whisper" } });
  assert.equal(none.details, 'The server has no model "whisper"; it has none');
});

Deno.test("a long list of models is cut", async () => {
  const models = Array.from({ length: 12 }, (_, at) => ({ name: `m${at + 10}` }));
  const { details } = await health({ models, settings: { model: "ensemble" } });
  assert.match(details, /it has m10, m11, m12, m13, m14, m15, m16, m17 and 4 more$/);
});

Deno.test("a version that is not there, and models that are not ready, are told apart", async () => {
  const told = async (model: Partial<FakeModel>, version = "") =>
    (await health({ models: [{ ...GOOD, ...model }], settings: { version } })).details;
  assert.equal(await told({}, "7"), 'Model "ensemble" has no version "7"; its versions: 1');
  assert.equal(await told({ state: "LOADING" }), 'Model "ensemble" is still loading');
  assert.equal(
    await told({ state: "UNAVAILABLE", reason: "Internal: no CUDA device" }),
    'Model "ensemble" is UNAVAILABLE: Internal: no CUDA device',
  );
  assert.equal(await told({ state: "" }), 'Model "ensemble" is in the repository, but not loaded');
});

Deno.test("a model that is loading says what to do: wait", async () => {
  const { remedy } = await health({ models: [{ ...GOOD, state: "LOADING" }] });
  assert.match(remedy ?? "", /^Wait/);
});

Deno.test("a server that speaks another protocol is told as such", async () => {
  const { state, details, remedy } = await health({ answer: (call) => refuse(call) });
  assert.equal(state, "failed");
  assert.match(details, /does not speak KServe v2/);
  assert.match(remedy ?? "", /8001/);
});

Deno.test("a server that still loads its models says what to do: wait", async () => {
  const { state, details, remedy } = await health({
    answer: (call) => refuse(call, StatusCode.UNAVAILABLE, "Server not ready"),
  });
  assert.deepEqual([state, details], ["failed", "The server is not ready yet: Server not ready"]);
  assert.match(remedy ?? "", /^Wait until Triton has loaded its models/);
});

Deno.test("a question that fails is told with its status", async () => {
  const { state, details } = await health({ answer: (call) => refuse(call, StatusCode.UNAUTHENTICATED, "no token") });
  assert.deepEqual([state, details], ["failed", "UNAUTHENTICATED: no token"]);
});

Deno.test("servers without configuration and index still serve; their models are taken as not decoupled", async () => {
  const more: string[] = [PATHS.modelConfig, PATHS.repositoryIndex, PATHS.serverMetadata];
  const answer: NonNullable<TritonSetup["answer"]> = (call) => more.includes(call.spec.path) && refuse(call);
  const found = await health({ answer });
  assert.deepEqual([found.state, found.details], [
    "serving",
    "model ensemble, version 1, python, not decoupled: answers come whole",
  ]);
  const lost = await health({ answer, settings: { model: "other" } });
  assert.deepEqual([lost.state, lost.details], ["failed", 'Model "other" is not ready']);
});

Deno.test("replies that are no such messages are told, not thrown", async () => {
  const broken = (path: string): NonNullable<TritonSetup["answer"]> => (call) => {
    if (call.spec.path !== path) return false;
    queueMicrotask(() => {
      call.reply(new Uint8Array([0xff, 0xff]));
      call.end();
    });
    return true;
  };
  for (const path of [PATHS.modelReady, PATHS.modelMetadata]) {
    const { state, details } = await health({ answer: broken(path) });
    assert.equal(state, "failed");
    assert.match(details, /^Cannot decode the reply/);
  }
  assert.equal((await health({ answer: broken(PATHS.modelConfig) })).state, "serving");
});

Deno.test("a task for a model that is not there is refused with the same words", async () => {
  const triton = new FakeTriton({ settings: { model: "ensembel" } });
  await assert.rejects(triton.start("llm.generate"), (error: Error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /^Service llm: The server has no model "ensembel"; did you mean "ensemble"\?/);
    return true;
  });
});

Deno.test("tensors and outputs that do not fit the model fail its health before any load", async () => {
  const tensor = { name: "max_tokens", datatype: "INT64", shape: null, value: 5 };
  const { state, details } = await health({ settings: { inputs: [tensor] } });
  assert.equal(state, "failed");
  assert.match(details, /Input "max_tokens" of model "ensemble" is INT32, not INT64/);
  const output = await health({ settings: { text_output: "text_out" } });
  assert.match(output.details, /has no output "text_out"; did you mean "text_output"\?/);
});

Deno.test("llm.health asks whether the model is ready", async () => {
  const triton = new FakeTriton();
  const started = await triton.start("llm.health");
  await Promise.resolve();
  assert.equal(started.end.outcome, "ok");
  triton.models[0]!.state = "UNAVAILABLE";
  const sick = await triton.start("llm.health");
  await Promise.resolve();
  assert.equal(sick.end.type, "semantic:unhealthy");
  assert.equal(ModelReadyResponse.decode(new Uint8Array(0)).ready, false);
});

Deno.test("metadata with free dimensions is read with their sign", () => {
  const bytes = ModelMetadataResponse.encode({ inputs: [{ name: "a", datatype: "BYTES", shape: [-1, 2] }] });
  assert.deepEqual(ModelMetadataResponse.decode(bytes).inputs[0]?.shape, [-1, 2]);
});
