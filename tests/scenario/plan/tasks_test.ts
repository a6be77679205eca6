import assert from "node:assert/strict";
import { joinMix, selectedTasks } from "../../../lib/scenario/plan/mix.ts";
import type { Candidate } from "../../../lib/scenario/plan/services.ts";
import { assignTask, offerTasks, type TaskOffer } from "../../../lib/scenario/plan/tasks.ts";
import type { KeyedSetting } from "../../../lib/scenario/shape/containers.ts";
import { CANDIDATES as ALL, entry } from "../candidates.ts";

const summary = (tasks: readonly { operation: string; services: readonly Candidate[]; weight: number }[]) =>
  tasks.map(({ operation, services, weight }) => `${weight} ${operation} ${services.map(({ plan }) => plan.name)}`);

function assigned(key: string, candidates = Object.values(ALL)): string[] {
  const result = assignTask(entry(key, 8), candidates);
  return result.kind === "assigned" ? summary(result.tasks) : assert.fail(result.faults[0]?.text);
}

Deno.test("assignTask() splits an entry among the services that can do it, by their weights", () => {
  assert.deepEqual(assigned("llm.chat"), ["2 llm.chat inference_api", "6 llm.chat llm"]);
  assert.deepEqual(assigned("llm.chat@llm"), ["8 llm.chat llm"]);
  const { llm, inference_api } = ALL;
  const free = [llm, inference_api].map((one) => ({ ...one, weight: 0 }));
  assert.deepEqual(assigned("llm.chat", free), ["4 llm.chat llm", "4 llm.chat inference_api"]);
});

Deno.test("assignTask() puts exchanges under the names of their operations, in whatever order they stand", () => {
  assert.deepEqual(assigned("call@shop"), ["2 order@shop shop", "6 health shop"]);
  assert.deepEqual(assigned("call@shop/order"), ["8 order@shop shop"]);
  const { shop } = ALL;
  const turned = { ...shop, exchanges: shop.exchanges.toReversed() };
  assert.deepEqual(assigned("call@shop", [turned]), ["6 health shop", "2 order@shop shop"]);
});

Deno.test("assignTask() refuses with every fault at the entry's key, and offers nothing of it", () => {
  const { llm, shop } = ALL;
  assert.deepEqual(assignTask(entry("voice_turn", 1), [llm, shop]), {
    kind: "refused",
    faults: ["stt", "tts"].map((kind) => ({
      at: "load.yaml:1:1",
      path: "scenarios.one.tasks.voice_turn",
      text: `The task "voice_turn" needs a service of the kind "${kind}", but services.grpc has none`,
    })),
  });
  const refused = assignTask(entry("call@shop/ordre", 1), [shop]);
  assert.match(
    refused.kind === "refused" ? refused.faults[0]!.text : "",
    /^Unknown exchange "ordre"; did you mean "order"/,
  );
});

Deno.test("offerTasks() tells entries, default tasks and what could not be read apart", () => {
  const { llm, shop } = ALL;
  const setting = { value: null, given: false, valid: true, at: "load.yaml:1:1", path: "scenarios.one.tasks" };
  const defaults = offerTasks(setting, [llm, shop]);
  assert.deepEqual(defaults.kind === "defaults" && summary(defaults.tasks), [
    "3 llm.chat_stream llm",
    "1 order@shop shop",
    "3 health shop",
  ]);
  assert.deepEqual(offerTasks({ ...setting, given: true, valid: false }, [llm]), { kind: "unreadable" });
  const entries = offerTasks({ ...setting, given: true, value: [entry("llm.chat", 1), entry("call", 1)] }, [llm]);
  assert.deepEqual(entries.kind === "entries" && entries.entries.map(({ kind }) => kind), ["assigned", "refused"]);
});

Deno.test("selectedTasks() selects among the same offer for each --test-type", () => {
  const { llm, shop, gateway } = ALL;
  const all = [llm, shop, gateway];
  const defaults: TaskOffer = offerTasks({ value: null, given: false, valid: true, at: "", path: "" }, all);
  const names = (offer: TaskOffer, type: Parameters<typeof selectedTasks>[1], candidates = all) =>
    selectedTasks(offer, type, candidates).map(({ operation }) => operation);
  assert.deepEqual(names(defaults, undefined), ["llm.chat_stream", "order@shop", "health"]);
  assert.deepEqual(names(defaults, "grpc"), ["llm.chat_stream"]);
  assert.deepEqual(names(defaults, "rest"), ["order@shop", "health", "order@gateway"]);
  assert.deepEqual(names(defaults, "websocket"), []);
  assert.deepEqual(names(defaults, "all"), ["llm.chat_stream", "order@shop", "health", "order@gateway"]);
  const named: TaskOffer = { kind: "entries", entries: [assignTask(entry("call@gateway", 1), all)] };
  assert.deepEqual(names(named, undefined), ["order@gateway"]);
  assert.deepEqual(names({ kind: "unreadable" }, "all"), []);
});

Deno.test("joinMix() names operations by the services in which the loads differ", () => {
  const { stt, llm, inference_api, tts } = ALL;
  const candidates = [tts, inference_api, llm, stt];
  const offer = (...entries: KeyedSetting<number>[]): TaskOffer => (
    { kind: "entries", entries: entries.map((one) => assignTask(one, candidates)) }
  );
  const { tasks, services } = joinMix(
    [
      { load: 0, offer: offer(entry("voice_turn@llm", 2), entry("voice_turn@llm", 1)) },
      { load: 1, offer: offer(entry("voice_turn@inference_api", 1), entry("tts.synthesize", 0)) },
    ],
    undefined,
    candidates,
  );
  assert.deepEqual(tasks, [
    { name: "voice_turn", operation: "voice_turn@llm", services: ["stt", "llm", "tts"], load: 0, weight: 3 },
    {
      name: "voice_turn",
      operation: "voice_turn@inference_api",
      services: ["stt", "inference_api", "tts"],
      load: 1,
      weight: 1,
    },
  ]);
  assert.deepEqual(services.map(({ name }) => name), ["tts", "inference_api", "llm", "stt"]);
});
