import assert from "node:assert/strict";
import { DEFAULT_INPUT_PLAN } from "../../../lib/plan/inputs.ts";
import { describePlan } from "../../../lib/scenario/describe/describe.ts";
import { faultsOf, fileWith, planOf } from "../helpers.ts";

const serviceOf = (line: string) => planOf(fileWith({ services: [line] })).services[0]!;
const paths = (line: string) => serviceOf(line).inputs.map(({ path }) => path);

Deno.test("inputs are a path, a list of paths, or a map with files", () => {
  assert.deepEqual(paths("llm: { prompts: a.txt }"), ["/files/a.txt"]);
  assert.deepEqual(paths("llm: { prompts: [a.txt, b] }"), ["/files/a.txt", "/files/b"]);
  assert.deepEqual(paths("llm: { prompts: { files: [a.txt, b] } }"), ["/files/a.txt", "/files/b"]);
  assert.deepEqual(paths("stt: { clips: { files: c/ } }"), ["/files/c"]);
  assert.deepEqual(paths("tts: { texts: { order: sequential } }"), []);
  assert.equal(serviceOf("llm: { prompts: { files: a.txt } }").input_plan, undefined);
});

Deno.test("a map says which entry comes when and how prompts are shaped", () => {
  assert.deepEqual(
    serviceOf(
      "llm: { prompts: { input_tokens: 'lognormal(200, 0.5)', output_tokens: 50 to 200, unique: true, shared_prefix: 500, history: 8 } }",
    ).input_plan,
    {
      ...DEFAULT_INPUT_PLAN,
      input_tokens: { kind: "lognormal", median: 200, sigma: 0.5 },
      output_tokens: { kind: "uniform", min: 50, max: 200 },
      unique: true,
      shared_prefix: { tokens: 500, groups: 1 },
      history_turns: 8,
    },
  );
  assert.deepEqual(
    serviceOf(
      "llm: { protocol: openai, model: m, prompts: { files: a.csv, field: question, order: sequential, output_tokens: 'normal(64,8)', exact_output: true, shared_prefix: { tokens: 9, groups: 4 } } }",
    ).input_plan,
    {
      ...DEFAULT_INPUT_PLAN,
      field: "question",
      order: "sequential",
      output_tokens: { kind: "normal", mean: 64, deviation: 8 },
      exact_output: true,
      shared_prefix: { tokens: 9, groups: 4 },
    },
  );
  assert.deepEqual(serviceOf("tts: { texts: { input_tokens: 20 } }").input_plan?.input_tokens, {
    kind: "constant",
    value: 20,
  });
});

Deno.test("wrong inputs are told with their place and what to do", () => {
  const cases: [string, RegExp][] = [
    [
      "llm: { prompts: { input_tokens: many } }",
      /prompts.input_tokens: Expected tokens, such as 200, .*, found "many"$/,
    ],
    ["llm: { prompts: { input_tokens: 0 } }", /Expected tokens, .* \(at most 1,000,000\), found 0$/],
    ["llm: { prompts: { input_tokens: 9 to 3 } }", /The tokens "9 to 3" must name the smaller number first$/],
    ["llm: { prompts: { input_tokens: 'lognormal(9, 4)' } }", /must have a sigma of at most 3$/],
    ["llm: { prompts: { input_tokens: 1.5 } }", /Expected tokens/],
    ["llm: { prompts: { files: a, input_tokens: 9 } }", /:47: .*Both "files" and "input_tokens" are given/],
    [
      "llm: { prompts: { exact_output: true } }",
      /prompts: The key "exact_output" needs "protocol: openai", but here it is june$/,
    ],
    ["stt: { clips: { unique: true } }", /Unknown key "unique"; allowed here: files, order$/],
  ];
  for (const [line, message] of cases) {
    assert.match(faultsOf(fileWith({ services: [line] })).join("\n"), message);
  }
});

Deno.test("describePlan() says how inputs are picked and shaped", () => {
  const lineOf = (line: string) => describePlan(planOf(fileWith({ services: [line] })))[1]!;
  assert.match(
    lineOf(
      "llm: { protocol: openai, model: m, prompts: { input_tokens: 'lognormal(200, 0.5)', output_tokens: 5 to 1000, exact_output: true, shared_prefix: { tokens: 50, groups: 3 }, unique: true, history: 4 } }",
    ),
    /, prompts of lognormal\(200, 0\.5\) tokens, 3 shared beginnings of 50 tokens, each of the prompts unique, histories of up to 4 turns, answers of exactly 5 to 1,000 tokens$/,
  );
  assert.match(lineOf("llm: { prompts: { output_tokens: 7 } }"), /, timeout 30s, answers of at most 7 tokens$/);
  assert.match(
    lineOf("stt: { clips: { files: [a, b], order: sequential } }"),
    /, clips of \/files\/a and \/files\/b, clips in their order$/,
  );
  assert.match(lineOf("tts: { texts: a.txt }"), /, sentences of \/files\/a\.txt$/);
});
