/** A trace of another tool, from its file to what a server gets and when. */
import assert from "node:assert/strict";
import http from "node:http";
import { join } from "node:path";
import { indexPlan } from "../../lib/pool/prepare.ts";
import { Run } from "../../lib/result/run.ts";
import { inputRecords } from "../../lib/run/input_records.ts";
import { inputWarnings } from "../../lib/run/input_warnings.ts";
import { loadScenario } from "../../lib/scenario/load.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { inFolder } from "../driver/inputs/folder.ts";
import { inputFacts } from "../../lib/report/figures/inputs.ts";
import { runPlan } from "../pool/run_plan.ts";
import { makeHeader } from "../result/make_run.ts";

const TRACE = [
  { timestamp: 1000, input_length: 120, output_length: 20, hash_ids: [0, 1] },
  { timestamp: 1300, input_length: 240, output_length: 30, hash_ids: [0, 2], priority: 3 },
  { timestamp: 1600, text_input: "Say it in ten words.", output_length: 12 },
].map((entry) => JSON.stringify(entry)).join("\n");

interface Asked {
  at_ms: number;
  words: number;
  max_tokens: number;
}

/** A language model that answers with two words; notes what it is asked. */
async function model(asked: Asked[]): Promise<http.Server> {
  const server = http.createServer(async (request, response) => {
    const at_ms = performance.now();
    let text = "";
    for await (const piece of request) text += piece;
    const { messages, max_tokens } = JSON.parse(text);
    asked.push({ at_ms, words: messages[0].content.split(" ").length, max_tokens });
    response.setHeader("content-type", "application/json");
    response.end('{"choices":[{"message":{"content":"one two"},"finish_reason":"stop"}]}');
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return server;
}

function planOf(dir: string, port: number, prompts: string, stage: string): Plan {
  const text = `
services:
  grpc:
    llm: { protocol: openai, host: "http://127.0.0.1:${port}/v1", model: m, prompts: ${prompts} }
scenarios:
  trace: { workers: 1, tasks: { llm.chat: 1 }, stages: { all: ${stage} } }
`;
  return loadScenario({ text, file: "load.yaml", dir, env: {}, cores: 2, overrides: {} }).plan;
}

Deno.test("a trace's arrivals come at their times, each with its own lengths", async () => {
  const asked: Asked[] = [];
  const server = await model(asked);
  try {
    await inFolder({ "trace.jsonl": TRACE }, async (dir) => {
      const { port } = server.address() as { port: number };
      const plan = planOf(dir, port, "{ files: trace.jsonl, order: sequential }", "{ replay: trace.jsonl }");
      const indexes = await indexPlan(plan);
      const path = join(dir, "trace.jsonl");
      assert.deepEqual(inputWarnings(plan, indexes), [`${path}:2: june-load does not use the field "priority"`]);
      const inputs = inputRecords(indexes);
      assert.deepEqual(inputs.map(({ unused }) => unused), [["priority"]]);
      const run = await runPlan(plan, new Run({ ...makeHeader(plan), inputs }), indexes);
      assert.equal(run.total().outcomes.ok, 3);
      const [fact] = inputFacts(run);
      assert.match(fact?.text ?? "", /^trace\.jsonl: 3 entries, \d+ B, without the fields priority · in sequence/);
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
  assert.deepEqual(asked.map(({ words, max_tokens }) => [words, max_tokens]), [[90, 20], [180, 30], [5, 12]]);
  const [first, second, third] = asked.map(({ at_ms }) => at_ms - (asked[0] as Asked).at_ms) as [
    number,
    number,
    number,
  ];
  // An arrival never comes early; how late it comes is up to the machine.
  assert.ok(first === 0 && second > 200 && third > 500, `${second}, ${third}`);
});

Deno.test("a task that sends one text of a conversation is told", async () => {
  const chat = '{"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}]}\n';
  await inFolder({ "chats.jsonl": chat }, async (dir) => {
    const plan = planOf(dir, 1, "chats.jsonl", "{ users: 1, duration: 1s }");
    const indexes = await indexPlan(plan);
    assert.deepEqual(inputWarnings(plan, indexes), [], "a chat is sent whole");
    const tasks = plan.tasks.map((task) => ({ ...task, name: "llm.generate" as const, operation: "llm.generate" }));
    const path = join(dir, "chats.jsonl");
    const told = 'llm.generate sends only the first question of a conversation, not the rest of the field "messages"';
    assert.deepEqual(inputWarnings({ ...plan, tasks }, indexes), [`${path}:1: ${told}`]);
  });
});

Deno.test("what a plan leaves of a trace is told: arrivals, or their order", async () => {
  await inFolder({ "trace.jsonl": TRACE }, async (dir) => {
    const warnings = async (prompts: string, stage: string) => {
      const plan = planOf(dir, 1, prompts, stage);
      return inputWarnings(plan, await indexPlan(plan)).filter((text) => text.startsWith(join(dir, "trace.jsonl:1:")));
    };
    const [left] = await warnings("trace.jsonl", "{ users: 1, duration: 1s }");
    assert.match(left ?? "", /does not use the field "timestamp": name the file as "replay" of a stage, too/);
    const [random] = await warnings("trace.jsonl", "{ replay: trace.jsonl }");
    assert.match(random ?? "", /entries are picked at random: with "order: sequential" each arrival has its own entry/);
    assert.deepEqual(await warnings("{ files: trace.jsonl, order: sequential }", "{ replay: trace.jsonl }"), []);
  });
});
