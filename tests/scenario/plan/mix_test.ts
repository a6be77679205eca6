import assert from "node:assert/strict";
import { task } from "../../plans.ts";
import { faultsOf, fileWith, planOf } from "../helpers.ts";

const ALL = ["stt:", "llm:", "tts:"];

Deno.test("a task that calls several kinds of service has one of each, in the task's order", () => {
  const plan = planOf(fileWith({ services: ["tts:", "stt:", "llm:"], scenario: ["tasks: { voice_turn: 3 }"] }));
  assert.deepEqual(plan.tasks, [task("voice_turn", 3)]);
  assert.deepEqual(plan.tasks[0]!.services, ["stt", "llm", "tts"]);
  assert.deepEqual(plan.thresholds[0]!.source, "p95(response_time, voice_turn) < 2s");
});

Deno.test("where several services of a kind can do it, the task is split among them by their weights", () => {
  const services = ["stt:", "tts:", "llm: { weight: 3 }", "inference_api: { weight: 1 }"];
  const turn = task("voice_turn");
  assert.deepEqual(planOf(fileWith({ services, scenario: ["tasks: { voice_turn: 8 }"] })).tasks, [
    { ...turn, operation: "voice_turn@inference_api", services: ["stt", "inference_api", "tts"], weight: 2 },
    { ...turn, operation: "voice_turn@llm", services: ["stt", "llm", "tts"], weight: 6 },
  ]);
  assert.deepEqual(planOf(fileWith({ services, scenario: ["tasks: { voice_turn@inference_api: 8 }"] })).tasks, [
    { ...turn, services: ["stt", "inference_api", "tts"], weight: 8 },
  ]);
});

Deno.test("a turn that lacks a service is refused, and every kind it lacks is named", () => {
  const text = fileWith({ services: ["llm:"], scenario: ["tasks: { voice_turn: 1 }"] });
  assert.deepEqual(faultsOf(text), [
    'load.yaml:5:14: scenarios.one.tasks.voice_turn: The task "voice_turn" needs a service of the kind "stt", but services.grpc has none',
    'load.yaml:5:14: scenarios.one.tasks.voice_turn: The task "voice_turn" needs a service of the kind "tts", but services.grpc has none',
  ]);
  assert.match(
    faultsOf(fileWith({ services: ALL, scenario: ["tasks: { voice_turn@inference_api: 1 }"] })).join(),
    /The task "voice_turn" needs the service "inference_api", but services.grpc has none$/,
  );
});
