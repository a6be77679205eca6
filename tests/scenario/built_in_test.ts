import assert from "node:assert/strict";
import { BUILT_IN, builtInScenario, builtInScenarios } from "../../lib/scenario/built_in.ts";
import { initTemplate } from "../../lib/scenario/init.ts";
import { load, planOf } from "./helpers.ts";
import { crowdOf } from "../plans.ts";

const built = (name: string) => {
  const text = builtInScenario(name);
  assert.ok(text !== null, name);
  return load(text, { file: BUILT_IN });
};

Deno.test("builtInScenarios() are the files of scenarios/, each with one scenario of its name", () => {
  const folder = new URL("../../scenarios/", import.meta.url);
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
  assert.deepEqual(builtInScenarios().map(({ name }) => `${name}.yaml`).toSorted(), files);
  for (const { name, description } of builtInScenarios()) {
    assert.notEqual(description, "");
    const { plan, warnings } = built(name);
    assert.deepEqual([plan.scenario, plan.description, plan.source, warnings], [name, description, "built-in", []]);
    if (name !== "mixed") {
      assert.deepEqual(plan.services.map(({ address }) => address), [
        "127.0.0.1:50051",
        "127.0.0.1:50052",
        "127.0.0.1:50053",
      ]);
    }
  }
  assert.equal(builtInScenario("nightly"), null);
});

Deno.test("builtInScenarios() have June's numbers", () => {
  const numbers = (name: string) => {
    const { plan } = built(name);
    return [...crowdOf(plan), plan.duration_ms / 60_000];
  };
  assert.deepEqual(numbers("baseline"), [10, 2, 5]);
  assert.deepEqual(numbers("target"), [100, 10, 10]);
  assert.deepEqual(numbers("ramp_up"), [200, 5, 20]);
  assert.deepEqual(numbers("sustained"), [150, 10, 30]);
  const { plan: { loads, duration_ms } } = built("spike");
  assert.deepEqual(loads.map((load) => load.kind === "closed" && load.users), [500]);
  assert.equal(duration_ms, 300_000);
});

/** Name, length in seconds and whether it is judged of each stage. */
const stagesOf = (name: string) =>
  built(name).plan.stages.map(({ name, start_ms, end_ms, warm_up }) => [name, (end_ms - start_ms) / 1000, !warm_up]);

Deno.test("the spike has a steady stage before it and time to recover", () => {
  assert.deepEqual(stagesOf("spike"), [
    ["warm_up", 20, false],
    ["before", 60, true],
    ["rise", 10, true],
    ["spike", 90, true],
    ["recovery", 120, true],
  ]);
  const { thresholds } = built("spike").plan;
  assert.ok(thresholds.some(({ measure, level }) => measure.kind === "recovery_time" && level === "warn"));
});

Deno.test("the sustained load settles before its drift is judged", () => {
  assert.deepEqual(stagesOf("sustained"), [["ramp", 15, true], ["settle", 105, false], ["hold", 1680, true]]);
  const drifts = built("sustained").plan.thresholds.filter(({ measure }) => measure.kind === "drift");
  assert.deepEqual(drifts.map(({ stage }) => stage), ["hold", "hold", "hold"]);
});

Deno.test("the open scenario's arrivals are random, and none may be dropped", () => {
  const { plan } = built("open");
  assert.deepEqual(plan.loads.map((load) => load.kind === "open" && load.spacing), ["poisson"]);
  assert.ok(plan.thresholds.some(({ measure }) => measure.kind === "dropped"));
});

Deno.test("the mixed scenario speaks every protocol of its own, each with rules of its own", () => {
  const { plan } = built("mixed");
  assert.deepEqual(plan.services.map(({ name, protocol, address }) => [name, protocol, address]), [
    ["tensorrt_llm", "triton", "127.0.0.1:8001"],
    ["llm", "openai", "127.0.0.1:8000"],
    ["stt", "riva", "127.0.0.1:50051"],
    ["tts", "riva", "127.0.0.1:50051"],
    ["gateway", "rest", "127.0.0.1:8080"],
    ["gateway_websocket", "websocket", "127.0.0.1:8080"],
  ]);
  assert.equal(plan.tasks.length, 7);
});

Deno.test("the demo shows every service, unary and streaming, within forty seconds", () => {
  const { plan } = built("demo");
  assert.ok(plan.duration_ms + plan.grace_ms <= 40_000);
  assert.deepEqual(plan.tasks.map(({ name }) => name).toSorted(), [
    "llm.chat_stream",
    "llm.generate",
    "stt.recognize",
    "stt.recognize_stream",
    "tts.synthesize",
    "tts.synthesize_stream",
  ]);
});

Deno.test("built-in scenarios take their addresses from the environment", () => {
  const plan = planOf(builtInScenario("smoke")!, { env: { JUNE_STT: "gpu1:7" } });
  assert.equal(plan.services[1]!.address, "gpu1:7");
  assert.deepEqual([crowdOf(plan)[0], plan.duration_ms], [3, 10_000]);
});

Deno.test("initTemplate() writes a scenario that loads as it is", () => {
  const { plan, warnings } = load(initTemplate({ name: "nightly", targets: { stt: "gpu1:7" } }));
  assert.deepEqual(warnings, []);
  assert.equal(plan.scenario, "nightly");
  assert.deepEqual(plan.services.map(({ address }) => address), ["127.0.0.1:50051", "gpu1:7", "127.0.0.1:50053"]);
  assert.equal(plan.thresholds.length, 6);
  assert.ok(plan.tasks.some(({ name }) => name === "voice_turn"), "all three kinds are there");
});

Deno.test("initTemplate() still loads with its commented settings switched on", () => {
  const text = initTemplate({ name: "full", targets: {} }).replaceAll(/^( +)# (\w+:)/gm, "$1$2");
  const { services } = planOf(text, { env: { TOKEN: "t" } });
  assert.deepEqual(services.map(({ inputs }) => inputs.length), [1, 1, 0]);
  assert.deepEqual(services[0]!.metadata, [{ key: "authorization", value: "Bearer t" }]);
});
