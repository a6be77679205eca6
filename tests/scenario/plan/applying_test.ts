import assert from "node:assert/strict";
import { describePlan } from "../../../lib/scenario/describe/describe.ts";
import { faultsOf, fileWith, load } from "../helpers.ts";

/** A scenario of these operations with these lines. */
const withTasks = (tasks: string, ...lines: string[]) => fileWith({ scenario: [`tasks: { ${tasks} }`, ...lines] });
const warningsOf = (text: string) => load(text).warnings;

Deno.test("a rule on a figure that no operation can have is a fault, with the figure to judge by", () => {
  const rules = [
    "p95(final_latency, tts.*) < 300ms",
    "p99(first_audio) < 500ms",
    "max(gap, llm.chat) < 50ms else warn",
    "p95(voice_to_voice) < 1s",
    "wer(llm.*) < 12%",
  ];
  const tasks = "llm.chat: 1, tts.synthesize: 1";
  const faults = faultsOf(withTasks(tasks, "thresholds:", ...rules.map((rule) => `  - ${rule}`)));
  assert.deepEqual(faults.map((fault) => fault.replace(/scenarios\.one\.thresholds\[\d\]: /, "")), [
    'load.yaml:7:9: "p95(final_latency, tts.*) < 300ms" can never be judged: it needs speech to recognise, which tts.synthesize does not have; did you mean "p95(response_time, tts.*)"?',
    'load.yaml:8:9: "p99(first_audio) < 500ms" can never be judged: it needs a reply that is a stream, which tts.synthesize does not have; did you mean "p99(response_time, tts.*)"?',
    'load.yaml:9:9: "max(gap, llm.chat) < 50ms else warn" can never be judged: it needs a reply that is a stream, which llm.chat does not have; did you mean "max(response_time, llm.chat)"?',
    'load.yaml:10:9: "p95(voice_to_voice) < 1s" can never be judged: it needs a voice turn, which llm.chat and tts.synthesize do not have; did you mean "p95(response_time)"?',
    'load.yaml:11:9: "wer(llm.*) < 12%" can never be judged: it needs speech to recognise, which llm.chat does not have; remove it',
  ]);
  const flag = faultsOf(withTasks(tasks), { overrides: { thresholds: ["p95(first_partial) < 1s"] } });
  assert.match(flag[0]!, /^--threshold: "p95\(first_partial\) < 1s" can never be judged/);
});

Deno.test("a glob names the operations that its figure does not apply to, and what to judge them by", () => {
  const text = withTasks(
    "llm.chat: 1, llm.chat_stream: 1",
    "thresholds: [p95(first_token) < 800ms, p95(gap_max) < 1s]",
  );
  const { plan, warnings } = load(text);
  assert.deepEqual(warnings, [
    'load.yaml:6:18: scenarios.one.thresholds[0]: "p95(first_token) < 800ms" does not apply to llm.chat: it needs a reply that is a stream; judge it by "p95(response_time, llm.chat)"',
  ]);
  const lines = describePlan(plan).join("\n");
  assert.match(lines, /p95\(first_token\) < 800ms \(not of llm\.chat\)\n/);
  assert.match(lines, /p95\(gap_max\) < 1s\n/, "a rule on all together reads what there is");
});

Deno.test("a duration that holds the length of clips spoken in real time is a warning, with the better rule", () => {
  const tasks = "llm.chat: 1, stt.recognize: 1, stt.recognize_stream: 1";
  const rule = (source: string) => warningsOf(withTasks(tasks, `thresholds: "${source}"`));
  const better = (
    source: string,
  ) => [/What a person waits is "(.*)"$/.exec(rule(source)[0] ?? "")?.[1], rule(source).length];
  assert.deepEqual(rule("p95(latency) < 2s in hold"), [
    'load.yaml:6:17: scenarios.one.thresholds: "p95(latency) < 2s in hold" holds the length of the clips that stt.recognize_stream speaks in real time: a long clip breaks it, however quick the answer. What a person waits is "p95(response_time, stt.recognize_stream) < 2s in hold"',
  ]);
  assert.deepEqual(better("max(service_time, stt.*) <= 2s else warn"), [
    "max(response_time, stt.recognize_stream) <= 2s else warn",
    1,
  ]);
  for (
    const fine of [
      "p95(latency, llm.*) < 2s",
      "p95(latency, stt.recognize) < 2s",
      "p95(latency) > 1ms",
      "p95(response_time) < 2s",
    ]
  ) {
    assert.deepEqual(rule(fine), [], fine);
  }
  assert.deepEqual(rule("drift(latency) < 5%/h in hold"), [], "another name for the drift of response time");
  const fast = fileWith({ services: ["stt: { pacing: fast }"], scenario: ["thresholds: p95(latency) < 2s"] });
  assert.deepEqual(warningsOf(fast), []);
  const turns = warningsOf(withTasks("voice_turn: 1", "thresholds: p95(latency) < 2s"));
  assert.match(turns.join(), /that voice_turn speaks in real time.*"p95\(response_time, voice_turn\) < 2s"$/);
});

Deno.test("an objective that no call can meet is a fault, one that leaves an operation out a warning", () => {
  const all = "llm.chat: 1, llm.chat_stream: 1, tts.synthesize: 1";
  assert.deepEqual(faultsOf(withTasks(all, "objectives: { final_latency: 300ms }")), [
    'load.yaml:6:34: scenarios.one.objectives.final_latency: No call can meet a limit on final_latency: it needs speech to recognise, which llm.chat, llm.chat_stream and tts.synthesize do not have; did you mean "response_time"?',
  ]);
  assert.deepEqual(warningsOf(withTasks(all, "objectives: { first_message: { llm.*: 800ms }, latency: 2s }")), [
    "load.yaml:6:43: scenarios.one.objectives.first_message.llm.*: first_message does not apply to llm.chat: it needs a reply that is a stream; limit its response_time",
  ]);
  assert.deepEqual(warningsOf(withTasks(all, "objectives: { first_message: 800ms }")), [
    "load.yaml:6:34: scenarios.one.objectives.first_message: No objective applies to llm.chat and tts.synthesize: calls of them are neither good nor bad. Limit response_time, which every call has",
  ]);
  assert.deepEqual(warningsOf(withTasks(all, "objectives: { first_message: 800ms, response_time: 2s }")), []);
  assert.match(
    warningsOf(withTasks("stt.recognize_stream: 1", "objectives: { latency: 2s }")).join(),
    /latency holds the length of the clips that stt\.recognize_stream speaks in real time.*Limit response_time/,
  );
});

Deno.test("a rule on good calls of an operation to which no objective applies is a fault", () => {
  const all = "llm.chat_stream: 1, tts.synthesize: 1";
  const objectives = "objectives: { first_message: 800ms }";
  assert.deepEqual(faultsOf(withTasks(all, objectives, 'thresholds: ["good_rate(tts.*) > 95%", goodput > 1/s]')), [
    'load.yaml:7:18: scenarios.one.thresholds[0]: "good_rate(tts.*) > 95%" can never be judged: no objective applies to tts.synthesize. Limit response_time there',
  ]);
  assert.equal(load(withTasks(all, 'thresholds: ["good_rate(tts.*) > 95%"]')).plan.objectives.length, 0);
});

Deno.test("rules and objectives on figures that --test-type takes away are left out", () => {
  const text = `scenarios:
  one:
    users: 1
    duration: 1m
    thresholds: [p95(first_message) < 1s, error_rate < 1%]
    objectives: { first_message: 800ms, response_time: 2s }
services:
  grpc: { llm: {} }
  calls: { shop: { protocol: rest, host: "shop:80", exchanges: [{ path: / }] } }
`;
  const { plan, warnings } = load(text, { overrides: { test_type: "rest" } });
  assert.deepEqual(plan.thresholds.map(({ source }) => source), ["error_rate < 1%"]);
  assert.deepEqual(plan.objectives.map(({ of }) => of), ["response_time"]);
  assert.deepEqual(warnings.map((line) => line.replace(/^.*: /, "")), [
    "--test-type takes away the operations that have first_message",
    "--test-type takes away the operations that have first_message",
  ]);
});

Deno.test("what an operation of the scenario's own can have is known where its exchange tells", () => {
  const file = (exchange: string, protocol: string, rule: string) =>
    `scenarios:
  one: { users: 1, duration: 1m, thresholds: "${rule}" }
services:
  calls:
    shop: { protocol: ${protocol}, exchanges: [${exchange}] }
`;
  const rest = 'rest, host: "shop:80"';
  const grpc = 'grpc, host: "shop:1"';
  const upload = "{ path: /stt, multipart: { audio: { clip: speech } } }";
  const faults = (...parts: Parameters<typeof file>) => faultsOf(file(...parts)).join();
  assert.match(faults("{ path: / }", rest, "p95(first_message) < 1s"), /can never be judged: .*GET \/ does not have/);
  assert.match(faults("{ path: / }", rest, "p95(final_latency) < 1s"), /can never be judged/);
  assert.match(faults("{ method: a.S/M, message: {}, call: unary }", grpc, "p95(gap) < 1s"), /can never be judged/);
  for (
    const [exchange, protocol, rule] of [
      [upload, rest, "p95(final_latency) < 1s"],
      ["{ method: a.S/M, message: {}, call: server_stream }", grpc, "p95(first_message) < 1s"],
      ["{ method: a.S/M, message: {} }", grpc, "p95(first_message) < 1s"],
    ] as const
  ) assert.deepEqual(warningsOf(file(exchange, protocol, rule)), [], rule);
});
