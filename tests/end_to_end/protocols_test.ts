import assert from "node:assert/strict";
import { inFolder, june } from "./cli.ts";

const FILE = `
services:
  grpc:
    tensorrt_llm: { max_tokens: 8 }
    llm: { protocol: openai, host: https://llm.example.net/v1, model: any, max_tokens: 8, auth: { bearer: hush } }
    stt: { protocol: riva, pacing: fast, model: any }
    tts: { protocol: riva }
  calls:
    chat:
      protocol: websocket
      host: ws://chat.example.net
      path: /ws/{{uuid}}
      exchanges:
        - { name: greet, json: { type: text, text: "{{prompt}}" }, reply: [{ path: type, equals: response }] }
  gateway:
    rest_endpoints:
      - { path: /health }
      - { path: /api/v1/llm/generate, method: POST }
      - { path: /chat, method: POST, requires_auth: true }
    websocket: { path: "/ws/{user_id}" }
scenarios:
  all:
    rate: 20/s
    duration: 2s
    tasks:
      llm.chat_stream: 2
      stt.recognize_stream: 1
      tts.synthesize_stream: 1
      call@chat: 1
      call@gateway: 3
      call@gateway_websocket: 1
    thresholds: [error_rate <= 0%]
    workers: 1
  typed: { rate: 20/s, duration: 1s, thresholds: [error_rate <= 0%], workers: 1 }
`;

Deno.test("one scenario calls services of every protocol beside each other, and --test-type picks among them", async () => {
  await inFolder(async (dir) => {
    const file = `${dir}/all.yaml`;
    await Deno.writeTextFile(file, FILE);
    const run = (...args: string[]) => june("run", file, "--sim", "--quiet", "--output-dir", dir, ...args);
    const all = await run("--scenario", "all");
    assert.equal(all.code, 0, all.stdout + all.stderr);
    assert.doesNotMatch(all.stderr, /tensorrt_llm/);
    for (
      const operation of [
        "llm.chat_stream@",
        "stt.recognize_s",
        "tts.synthesize_",
        "greet",
        "rest GET /health",
        "websocket",
      ]
    ) {
      assert.ok(all.stdout.includes(operation), `${operation} in\n${all.stdout}`);
    }
    const typed = await run("--scenario", "typed", "--test-type", "rest");
    assert.equal(typed.code, 0, typed.stdout + typed.stderr);
    assert.match(typed.stdout, /rest POST \/chat/);
    assert.doesNotMatch(typed.stdout, /websocket|llm\.chat|greet/);
  });
});

Deno.test("the simulator stands for no gRPC service of one's own, and says so", async () => {
  await inFolder(async (dir) => {
    const file = `${dir}/own.yaml`;
    await Deno.writeTextFile(
      file,
      "services: { calls: { shop: { protocol: grpc, exchanges: [{ method: a.B/C }] } } }\nscenarios: { one: { users: 1, duration: 1s } }\n",
    );
    const { code, stderr } = await june("run", file, "--sim");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /--sim: the simulator has no service like "shop": remove it from the tasks, or run without --sim/,
    );
  });
});
