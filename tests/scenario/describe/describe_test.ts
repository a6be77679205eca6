import assert from "node:assert/strict";
import { describePlan } from "../../../lib/scenario/describe/describe.ts";
import { fileWith, planOf } from "../helpers.ts";

/** How the first task comes, and the pause after a refusal. */
const FIRST = ", the first after a random part of that";
const REFUSED = "; at least 1s after a refused or lost call";

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
    `load       closed: 10 users, each pauses 1s to 3s between tasks${FIRST}${REFUSED}`,
    "stages     warm_up 2s: 0 to 4 users, not judged",
    "           ramp 3s: 4 to 10 users, left out of percentiles",
    "           hold 55s: 10 users",
    "tasks      60 % llm.chat_stream, 40 % stt.recognize_stream",
    "length     1m, then up to 10s for calls in flight",
    "sent by    3 workers over wire, seed 1",
    "passes if  p95(response_time, llm.chat_stream) < 2s",
    "           p95(response_time, stt.recognize_stream) < 2s",
    "           error_rate < 1%",
    "           load >= 100%",
    "good if    response_time of llm.chat_stream <= 2s, response_time of stt.recognize_stream <= 2s",
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
  assert.ok(lines.some((line) => line.endsWith(`each without a pause between tasks${REFUSED}`)));
  assert.ok(lines.includes("sent by    1 worker over wire, seed 1"));
});

/** The lines under a label. */
function under(label: string, lines: readonly string[]): string[] {
  const start = lines.findIndex((line) => line.startsWith(label.padEnd(11)));
  const length = lines.slice(start + 1).findIndex((line) => !line.startsWith(" "));
  return lines.slice(start, start + 1 + length).map((line) => line.slice(11));
}

Deno.test("describePlan() tells open loads, and of each stage its length and target", () => {
  const text = `scenarios:
  one:
    arrivals: poisson
    max_wait: 500ms
    stages:
      warm_up: { duration: 10s, rate: 1/s, warm_up: true }
      ramp: { duration: 20s, rate: 1/s to 12.5/s }
      ladder: { duration: 50s, rate: 10/s to 50/s, steps: 5 }
      waves: { duration: 1m, rate: { mean: 20/s, amplitude: 15/s, period: 30s } }
      monday: { replay: monday.txt }
    objectives: { latency: { "llm.*": 2s }, gap_max: 300ms, output_length: 200, real_time_factor: 0.5 }
    strict: true
    thresholds: error_rate < 1%
`;
  const lines = describePlan(planOf(text, { readText: () => "0\n1.5\n" }));
  assert.deepEqual(under("load", lines), [
    "open: Poisson arrivals, at most 1,000 in flight; more wait up to 500ms and are then dropped",
  ]);
  assert.deepEqual(under("stages", lines), [
    "warm_up 10s: 1/s, not judged",
    "ramp 20s: 1/s to 12.5/s",
    "ladder 50s: 10/s to 50/s in 5 steps",
    "waves 1m: 20 ± 15/s in waves of 30s",
    "monday 2s: 2 arrivals of monday.txt",
  ]);
  assert.deepEqual(under("passes if", lines), [
    "error_rate < 1%",
    "strict: a rule passes only when enough was measured to be sure",
  ]);
  assert.deepEqual(under("good if", lines), [
    "latency of llm.* <= 2s, gap_max <= 300ms (not of tts.synthesize), output_length <= 200 (not of " +
    "stt.recognize_stream, tts.synthesize), real_time_factor <= 0.5 (not of llm.chat_stream, stt.recognize_stream)",
  ]);
});

Deno.test("describePlan() tells how users pause", () => {
  const load = (...scenario: string[]) => under("load", describePlan(planOf(fileWith({ scenario }))))[0]!;
  const pause = (line: string) => load(line).replace(FIRST + REFUSED, "");
  const users = "closed: 10 users, each";
  assert.equal(load("think_time: 2s"), `${users} pauses 2s between tasks${FIRST}${REFUSED}`);
  assert.equal(
    load("start: at_once", "after_failure: 5s"),
    `${users} pauses 1s to 3s between tasks, the first at once; at least 5s after a refused or lost call`,
  );
  assert.equal(load("think_time: 0s", "after_failure: 0s"), `${users} without a pause between tasks`);
  assert.equal(pause("think_time: 2s"), `${users} pauses 2s between tasks`);
  assert.equal(
    pause("think_time: { exponential: 2s }"),
    `${users} pauses 2s on average (exponential) between tasks`,
  );
  assert.equal(
    pause("think_time: { lognormal: { median: 2s, sigma: 0.5 } }"),
    `${users} pauses a median of 2s (lognormal, sigma 0.5) between tasks`,
  );
  assert.equal(pause("pacing: 5s"), `${users} starts a task every 5s, or as soon as the previous one has ended`);
});

Deno.test("describePlan() tells loads in parallel apart", () => {
  const text = `scenarios:
  both: { parallel: [callers, batch] }
  callers: { users: 2, duration: 10s, tasks: { llm.chat: 1 } }
  batch: { rate: 5/s, max_wait: 0s, duration: 20s, tasks: { llm.embed: 1, tts.synthesize: 3 } }
`;
  const lines = describePlan(planOf(text, { name: "both" }));
  assert.deepEqual(under("load", lines), [
    `callers: closed: 2 users, each pauses 1s to 3s between tasks${FIRST}${REFUSED}`,
    "batch: open: even arrivals, at most 1,000 in flight; more are dropped",
  ]);
  assert.deepEqual(under("stages", lines), [
    "callers.ramp 200ms: 0 to 2 users, left out of percentiles",
    "callers.hold 9s800ms: 2 users",
    "batch.hold 20s: 5/s",
  ]);
  assert.deepEqual(under("tasks", lines), ["callers: 100 % llm.chat", "batch: 25 % llm.embed, 75 % tts.synthesize"]);
  assert.deepEqual(under("length", lines), ["20s, then up to 10s for calls in flight"]);
});
