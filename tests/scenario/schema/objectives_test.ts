import assert from "node:assert/strict";
import { faultsOf, fileWith, planOf } from "../helpers.ts";

const objectivesOf = (...scenario: string[]) =>
  planOf(fileWith({ scenario })).objectives.map(({ of, operations, limit }) => [of, operations, limit]);

Deno.test("loadScenario() reads objectives in the units of their distributions", () => {
  assert.deepEqual(
    objectivesOf(
      "tasks: { llm.chat_stream: 1, tts.synthesize_stream: 1 }",
      "objectives: { latency: 2s, first_message: { llm.*: 800ms, tts.*: 1s }, real_time_factor: 0.5, output_length: 200 }",
    ),
    [
      ["latency", null, 2e6],
      ["first_message", "llm.*", 8e5],
      ["first_message", "tts.*", 1e6],
      ["real_time_factor", null, 5e5],
      ["output_length", null, 200],
    ],
  );
});

Deno.test("loadScenario() takes the objectives from the rules where none are given, the widest of several", () => {
  const rules = [
    ...["p50(latency, llm.*) < 300ms", "p95(latency, llm.*) < 2s", "max(gap_max) <= 1s", "mean(start_delay) < 10ms"],
    // No limits on single calls: a lower bound, gaps of which a call has many, counts, and a rule that only warns.
    ...["p95(output_length) > 10", "p99(gap) < 50ms", "error_rate < 1%", "p95(latency, tts.*) < 1s else warn"],
  ];
  assert.deepEqual(objectivesOf("thresholds:", ...rules.map((rule) => `  - ${rule}`)), [
    ["latency", "llm.*", 2e6],
    ["gap_max", null, 1e6],
    ["start_delay", null, 1e4],
  ]);
  assert.deepEqual(objectivesOf(), [
    ["response_time", "llm.chat_stream", 2e6],
    ["response_time", "stt.recognize_stream", 2e6],
    ["response_time", "tts.synthesize", 2e6],
  ]);
  assert.deepEqual(objectivesOf("objectives: {}"), []);
});

Deno.test("loadScenario() refuses objectives that no call could keep or break", () => {
  const fault = (objectives: string) =>
    faultsOf(fileWith({ scenario: [`objectives: ${objectives}`] })).join("\n").replace("load.yaml:5:", "");
  const path = "scenarios.one.objectives";
  assert.match(fault("{ latncy: 2s }"), /^19: .* Unknown distribution "latncy"; did you mean "latency"\?/);
  assert.equal(fault("{ gap: 2s }"), `19: ${path}.gap: A call has many gaps: write "gap_max", the largest of them`);
  assert.equal(
    fault("{ latency: 2 }"),
    `28: ${path}.latency: The duration "2" has no unit: did you mean "2s"? (expected a limit such as 2s)`,
  );
  assert.match(
    fault("{ latency: { lm.*: 2s } }"),
    /^36: scenarios\.one\.objectives\.latency\.lm\.\*: No operation matches "lm\.\*"/,
  );
  assert.match(fault("{ latency: { 'a b': 2s } }"), /Expected an operation such as .*, found "a b"$/);
});
