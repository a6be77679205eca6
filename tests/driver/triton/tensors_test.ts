import assert from "node:assert/strict";
import { chatPrompt } from "../../../lib/driver/triton/chat.ts";
import { eachText, integersOf } from "../../../lib/driver/triton/raw.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import type { ChatTurn } from "../../../lib/driver/inputs/inputs.ts";
import type { TensorPlan } from "../../../lib/plan/protocols.ts";
import { ModelInferRequest } from "../../../proto/kserve.ts";
import { task } from "../../plans.ts";
import { MarkList } from "../workbench.ts";
import { type FakeModel, FakeTriton, INPUTS, streamReply, TENSORRT, type TritonSetup } from "./fake_triton.ts";
import { callStart } from "../call_start.ts";

type ModelInputs = NonNullable<FakeModel["inputs"]>;

/** A request's inputs in words: `text_input BYTES [1,1] Hi?`. */
function inWords({ inputs, raw_input_contents }: ModelInferRequest): string[] {
  return inputs.map(({ name, datatype, shape }, at) => {
    const raw = raw_input_contents[at] as Uint8Array;
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    const texts: string[] = [];
    if (datatype === "BYTES") {
      eachText(
        raw,
        { from: 0, to: raw.length },
        (from, to) => texts.push(new TextDecoder().decode(raw.subarray(from, to))),
      );
    }
    const values = datatype === "BYTES"
      ? texts
      : datatype === "BOOL"
      ? [...raw].map((byte) => byte === 1)
      : datatype === "FP32"
      ? [view.getFloat32(0, true)]
      : integersOf(datatype, raw);
    return `${name} ${datatype} [${shape}] ${values}`;
  });
}

const model = (inputs: ModelInputs, more: Partial<FakeModel> = {}): FakeModel[] => [
  { name: "ensemble", inputs, decoupled: true, ...more },
];

async function sent(
  setup: TritonSetup,
  name: "llm.generate_stream" | "llm.generate" | "llm.chat" = "llm.generate_stream",
) {
  return inWords((await new FakeTriton(setup).start(name)).request);
}

const refused = (setup: TritonSetup, message: RegExp) =>
  assert.rejects(sent(setup), (error: Error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    return true;
  });

Deno.test("TensorRT-LLM's tensors are those the model has, in its types and shapes", async () => {
  assert.deepEqual(await sent({ options: { max_tokens: 7, temperature: 0.5 } }), [
    "text_input BYTES [1,1] Hi?",
    "max_tokens INT32 [1,1] 7",
    "stream BOOL [1,1] true",
    "temperature FP32 [1,1] 0.5",
  ]);
});

Deno.test("a model without a batch dimension, with unsigned numbers and counters, is asked in its own way", async () => {
  const inputs: ModelInputs = [
    ["max_tokens", "UINT32", [1]],
    ["text_input", "BYTES", [1]],
    ["exclude_input_in_output", "BOOL", [1], "optional"],
    ["return_num_input_tokens", "BOOL", [1], "optional"],
    ["return_num_output_tokens", "BOOL", [1], "optional"],
  ];
  assert.deepEqual(await sent({ models: model(inputs), options: { max_tokens: 3 } }), [
    "max_tokens UINT32 [1] 3",
    "text_input BYTES [1] Hi?",
    "exclude_input_in_output BOOL [1] true",
    "return_num_input_tokens BOOL [1] true",
    "return_num_output_tokens BOOL [1] true",
  ]);
});

Deno.test("models with older names are known, with the words to avoid that they need", async () => {
  const inputs: ModelInputs = [
    ["INPUT_0", "BYTES", [-1, -1]],
    ["INPUT_1", "UINT32", [-1, -1]],
    ["INPUT_2", "BYTES", [-1, -1]],
    ["INPUT_3", "BYTES", [-1, -1]],
  ];
  const triton = new FakeTriton({ models: model(inputs, { outputs: [["OUTPUT_0", "BYTES", [-1, -1]]] }) });
  const started = await triton.start("llm.generate_stream");
  assert.deepEqual(inWords(started.request), [
    "INPUT_0 BYTES [1,1] Hi?",
    "INPUT_1 UINT32 [1,1] 128",
    "INPUT_2 BYTES [1,1] ",
    "INPUT_3 BYTES [1,1] ",
  ]);
  const more: [string, string, Uint8Array][] = [["OUTPUT_0", "BYTES", new Uint8Array([2, 0, 0, 0, 0x48, 0x69])]];
  started.call.reply(streamReply({ id: started.request.id, more, final: true }));
  assert.equal(started.end.outcome, "ok");
});

Deno.test("vLLM's and the LLM API backend's inputs are known", async () => {
  const vllm: ModelInputs = [
    ["text_input", "BYTES", [1]],
    ["stream", "BOOL", [1], "optional"],
    ["sampling_parameters", "BYTES", [1], "optional"],
  ];
  assert.deepEqual(await sent({ models: model(vllm), options: { max_tokens: 9, temperature: 0.5 } }), [
    "text_input BYTES [1] Hi?",
    "stream BOOL [1] true",
    'sampling_parameters BYTES [1] {"max_tokens":9,"temperature":0.5}',
  ]);
  const llmApi: ModelInputs = [
    ["text_input", "BYTES", [-1]],
    ["streaming", "BOOL", [1], "optional"],
    ["sampling_param_max_tokens", "INT32", [1], "optional"],
    ["sampling_param_exclude_input_from_output", "BOOL", [1], "optional"],
  ];
  assert.deepEqual(await sent({ models: model(llmApi), options: { max_tokens: 9 } }), [
    "text_input BYTES [1] Hi?",
    "streaming BOOL [1] true",
    "sampling_param_max_tokens INT32 [1] 9",
    "sampling_param_exclude_input_from_output BOOL [1] true",
  ]);
});

Deno.test("pieces are asked for only where the model and the task have them", async () => {
  const whole = (words: string[]) => words.includes("stream BOOL [1,1] false");
  assert.ok(whole(await sent({}, "llm.generate")));
  assert.ok(whole(await sent({ models: model(TENSORRT, { decoupled: false }) })));
});

Deno.test("a model that needs what is not TensorRT-LLM's, or takes no text, is refused", async () => {
  await refused(
    { models: model([...TENSORRT, ["mel", "FP32", [-1, 80]]]) },
    /Model "ensemble" needs "mel" \(FP32 \[-1, 80\]\), which is not an input of TensorRT-LLM's models: list/,
  );
  await refused(
    { models: model([["WAV", "FP32", [-1]]]) },
    /has no text input "text_input".*"WAV" \(FP32 \[-1\]\)/,
  );
  await refused(
    { models: model([["text_input", "BYTES", [1]], ["max_tokens", "BOOL", [1]]]) },
    /in another form than TensorRT-LLM's/,
  );
});

Deno.test("prompts that tell a length of answer are asked for that length, exact where the model can", async () => {
  const inputs: ModelInputs = [["text_input", "BYTES", [1]], ["max_tokens", "INT32", [1]], [
    "min_tokens",
    "INT32",
    [1],
    "optional",
  ]];
  const drawn = (exact: boolean) => ({ input: "Hi?", limit: { max_tokens: 33, exact }, kept: false });
  const source = (exact: boolean) => ({ next: () => drawn(exact), given: () => drawn(exact), all: () => [] });
  const chats = [[{ role: "user", content: "-" }]] as const;
  const of = (exact: boolean) =>
    sent({ models: model(inputs), inputs: { kind: "llm", prompts: source(exact), chats } });
  assert.deepEqual(await of(false), ["text_input BYTES [1] Hi?", "max_tokens INT32 [1] 33"]);
  assert.deepEqual(await of(true), ["text_input BYTES [1] Hi?", "max_tokens INT32 [1] 33", "min_tokens INT32 [1] 33"]);
});

Deno.test("a given text takes the place of the prompt, in a chat as the user's turn", async () => {
  const triton = new FakeTriton({ options: { system: "Be brief." } });
  const text = async (name: "llm.generate_stream" | "llm.chat_stream", given?: string) =>
    inWords((await triton.start(name, given === undefined ? {} : { given })).request)[0];
  assert.equal(await text("llm.generate_stream", "What?"), "text_input BYTES [1,1] What?");
  assert.equal(await text("llm.chat_stream"), "text_input BYTES [1,1] Be brief.\n\nUser: Hello\nAssistant:");
  assert.equal(await text("llm.chat_stream", "What?"), "text_input BYTES [1,1] Be brief.\n\nUser: What?\nAssistant:");
});

Deno.test("a chat is one prompt: the system's messages first, each turn on a line", () => {
  const turns = [
    { role: "system", content: "Speak French." },
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Salut" },
    { role: "user", content: "Bye" },
  ] as const;
  assert.equal(
    chatPrompt("Be brief.", turns),
    "Be brief.\nSpeak French.\n\nUser: Hi\nAssistant: Salut\nUser: Bye\nAssistant:",
  );
  assert.equal(chatPrompt("", turns.slice(1, 2)), "User: Hi\nAssistant:");
  const called = { id: "c1", type: "function", function: { name: "book", arguments: '{"seats":2}' } };
  const tools: ChatTurn[] = [
    { role: "user", content: "Two?" },
    { role: "assistant", content: "", tool_calls: [called] },
    { role: "tool", content: "free", tool_call_id: "c1" },
  ];
  assert.equal(chatPrompt("", tools), 'User: Two?\nAssistant: book({"seats":2})\nTool: free\nAssistant:');
});

const tensor = (name: string, value: TensorPlan["value"], more: Partial<TensorPlan> = {}): TensorPlan => ({
  name,
  datatype: null,
  shape: null,
  value,
  ...more,
});
const text = tensor("text_input", "{{prompt}}");
const length = tensor("max_tokens", 5);
const named = (inputs: TensorPlan[], models = model(TENSORRT)): TritonSetup => ({ models, settings: { inputs } });

Deno.test("named tensors are sent as they are, in the model's types and shapes", async () => {
  const inputs = [tensor("max_tokens", 5, { shape: [1, 1] }), text, tensor("stream", false, { datatype: "BOOL" })];
  assert.deepEqual(await sent(named(inputs)), [
    "max_tokens INT32 [1,1] 5",
    "text_input BYTES [1,1] Hi?",
    "stream BOOL [1,1] false",
  ]);
});

Deno.test("a free dimension is as long as its list; lists may be nested", async () => {
  const models = model([["ids", "INT64", [-1, 3]], ["words", "BYTES", [-1]]]);
  const inputs = [tensor("ids", [[1, 2, 3], [4, 5, 6]]), tensor("words", ["a", "b", "c"])];
  assert.deepEqual(await sent(named(inputs, models)), ["ids INT64 [2,3] 1,2,3,4,5,6", "words BYTES [3] a,b,c"]);
});

Deno.test("templates are filled in for each call", async () => {
  const models = model([["text_input", "BYTES", [1]], ["seed", "UINT64", [1]], ["user", "BYTES", [1]]]);
  const inputs = [text, tensor("seed", "{{seq}}"), tensor("user", "user-{{seq}}")];
  const triton = new FakeTriton({ ...named(inputs, models), inputs: undefined! });
  const service = await triton.open();
  assert.ok(service);
  const operationOf = async (given: string) => inWords((await triton.start("llm.generate_stream", { given })).request);
  assert.deepEqual(await operationOf("one"), [
    "text_input BYTES [1] one",
    "seed UINT64 [1] 1",
    "user BYTES [1] user-1",
  ]);
});

Deno.test("a value made of a template that its tensor does not take fails the call, not the run", async () => {
  const inputs = [text, length, tensor("stream", "{{int 0 5}}")];
  const triton = new FakeTriton(named(inputs));
  const operation = (await triton.open()).operation(task("llm.generate"), INPUTS);
  const [good, bad] = [0, 0.99].map((draw) => {
    const marks = new MarkList(triton.clock, false);
    operation.start(callStart(triton.clock, marks, { random: { next: () => draw } }));
    return marks.result;
  });
  assert.equal(good, null, "0 is a BOOL, and the call goes on");
  assert.equal(bad?.type, "INVALID_ARGUMENT");
  assert.match(bad?.details ?? "", /not sent: a tensor's value 5 is not a BOOL/);
});

Deno.test("named tensors that do not fit the model are refused with what would", async () => {
  await refused(
    named([tensor("txt_input", "x"), length]),
    /has no input "txt_input"; did you mean "text_input"\? Its inputs: text_input,/,
  );
  await refused(named([text]), /Model "ensemble" also needs "max_tokens" \(INT32 \[-1, 1\]\)/);
  await refused(named([text, length, length]), /"max_tokens" is listed twice/);
  await refused(
    named([text, tensor("max_tokens", 5, { datatype: "INT64" })]),
    /is INT32, not INT64: write `datatype: INT32`/,
  );
  await refused(
    named([text, tensor("max_tokens", 5, { shape: [1] })]),
    /has the shape \[-1, 1\] \(-1: free\), not \[1\]/,
  );
  await refused(named([text, tensor("max_tokens", [5, 6], { shape: [1, 1] })]), /shape \[1, 1\] holds 1, but 2 values/);
  await refused(
    named([text, tensor("max_tokens", "many")]),
    /the value "many" is not of type INT32: write a whole number/,
  );
  await refused(named([text, tensor("max_tokens", 2 ** 31)]), /2147483648 does not fit INT32/);
  await refused(named([tensor("a", 1)], model([["a", "FP8", [1]]])), /is FP8, a type june-load cannot send/);
});
