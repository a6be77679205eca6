import assert from "node:assert/strict";
import { describePlan } from "../../lib/scenario/describe.ts";
import { fileWith, planOf } from "./helpers.ts";

Deno.test("describePlan() says who is called, how hard, how long and what must hold", () => {
  const text = fileWith({
    services: [
      'inference_api: { host: gpu1:7, metadata: { authorization: "Bearer hush" }, tls: { insecure: true } }',
      "stt: { connections: 2 }",
    ],
    scenario: ["description: First try", "spawn_rate: 2", "warm_up: 2s"],
    rest: ["reports: { comparison_baseline: baseline, format: html }"],
  });
  assert.deepEqual(describePlan(planOf(text)), [
    "scenario   one (load.yaml): First try",
    "calls      inference_api at gpu1:7, june over gRPC, 1 connection a worker, TLS, certificate NOT checked, timeout 30s, metadata authorization",
    "           stt at 127.0.0.1:50052, june over gRPC, 2 connections a worker, plaintext, timeout 30s, audio in real time",
    "users      10, 2 started per second; each pauses 1s to 3s between two tasks",
    "tasks      60 % llm.chat_stream, 40 % stt.recognize_stream",
    "length     1m (warm_up 2s (not judged), ramp 3s, hold 55s), then up to 10s for calls in flight",
    "sent by    3 workers over wire, seed 1",
    "passes if  p95(latency, llm.chat_stream) < 2s",
    "           p95(final_latency, stt.recognize_stream) < 2s",
    "           error_rate < 1%",
    "           load >= 100%",
    "report     reports/one/ (html), compared with baseline",
  ]);
});

Deno.test("describePlan() never shows a metadata value", () => {
  const text = fileWith({ services: ["stt: { metadata: { x-api-key: hush } }"] });
  assert.ok(!describePlan(planOf(text)).join("\n").includes("hush"));
});

Deno.test("describePlan() tells how TLS is checked and what has no rule", () => {
  const pin = "ab".repeat(32);
  const text = fileWith({
    services: [
      `llm: { tls: { pin: ${pin} } }`,
      "stt: { tls: true, pacing: fast }",
      "tts: { tls: { cert: c, key: k } }",
    ],
    scenario: ["thresholds: []", "think_time: 0s", "workers: 1"],
  });
  const lines = describePlan(planOf(text));
  assert.match(lines[1]!, /TLS \(pinned to abababababab\.\.\.\)/);
  assert.match(lines[2]!, / TLS, .*audio sent at once/);
  assert.match(lines[3]!, /TLS \(client certificate\)/);
  assert.ok(lines.includes("passes if  nothing"));
  assert.ok(lines.some((line) => line.includes("each pauses not at all between two tasks")));
  assert.ok(lines.includes("sent by    1 worker over wire, seed 1"));
});
