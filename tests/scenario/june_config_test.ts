import assert from "node:assert/strict";
import { describePlan } from "../../lib/scenario/describe/describe.ts";
import { listScenarios } from "../../lib/scenario/load.ts";
import { faultsOf, load, planOf } from "./helpers.ts";
import { closedLoad, crowdOf, STAGGERED, task } from "../plans.ts";

const JUNE = await Deno.readTextFile(new URL("./june_config.yaml", import.meta.url));

/** June's file with one passage changed; the passage must be there. */
function changed(from: string, to: string): string {
  assert.ok(JUNE.includes(from), from);
  return JUNE.replace(from, to);
}

Deno.test("loadScenario() turns June's file into a whole plan", () => {
  const { plan, warnings } = load(JUNE, { name: "baseline" });
  assert.equal(plan.scenario, "baseline");
  assert.equal(plan.description, "What the services carry today");
  assert.equal(plan.source, "load.yaml");
  const think_time = { kind: "uniform", min_ms: 1000, max_ms: 3000 } as const;
  assert.deepEqual(plan.loads, [{ ...closedLoad(10, 2, 300_000, think_time), ...STAGGERED, name: "baseline" }]);
  assert.equal(plan.duration_ms, 300_000);
  assert.deepEqual(plan.stages, [
    { name: "ramp", load: 0, start_ms: 0, end_ms: 5_000, warm_up: false, ramp: true },
    { name: "hold", load: 0, start_ms: 5_000, end_ms: 300_000, warm_up: false },
  ]);
  assert.deepEqual(plan.tasks, [
    { ...task("llm.chat_stream", 30), services: ["inference_api"] },
    task("stt.recognize_stream", 20),
    task("tts.synthesize", 20),
  ]);
  assert.deepEqual(plan.services.map(({ name, kind, address }) => [name, kind, address]), [
    ["inference_api", "llm", "localhost:50051"],
    ["stt", "stt", "localhost:50052"],
    ["tts", "tts", "localhost:50053"],
  ]);
  assert.deepEqual(plan.thresholds.map(({ source }) => source), [
    "p95(response_time, llm.chat_stream) < 2s",
    "p95(response_time, stt.recognize_stream) < 2s",
    "p95(response_time, tts.synthesize) < 2s",
    "error_rate < 1%",
    "load >= 100%",
  ]);
  assert.deepEqual(plan.percentiles, [50, 75, 90, 95, 99]);
  assert.equal(plan.throughput_window_ms, 60_000);
  assert.deepEqual(plan.resources, { cpu: true, memory: true, gpu: true });
  assert.deepEqual(plan.output, {
    dir: "reports",
    formats: ["html", "json", "csv"],
    include_charts: true,
    comparison_baseline: "baseline",
  });
  assert.deepEqual(warnings, [
    "load.yaml:4:5: services.gateway: The gateway is not called: use --test-type rest, websocket or all, or name it in tasks",
    'load.yaml:62:5: metrics.resource_utilization: "database_connections" is not sampled: June has no database any more',
  ]);
});

Deno.test("loadScenario() fills in what June's file does not say", () => {
  const plan = planOf(JUNE, { name: "spike" });
  assert.equal(plan.seed, 1);
  assert.equal(plan.grace_ms, 10_000);
  assert.equal(plan.workers, 3);
  assert.equal(plan.transport, "wire");
  const [llm, stt, tts] = plan.services;
  assert.deepEqual(llm, {
    name: "inference_api",
    kind: "llm",
    protocol: "june",
    settings: null,
    address: "localhost:50051",
    connections: 1,
    timeout_ms: 30_000,
    transparent_retry: true,
    metadata: [],
    tls: null,
    inputs: [],
    options: { kind: "llm", max_tokens: 128, temperature: 0.7, system: "" },
  });
  assert.deepEqual(stt!.options, {
    kind: "stt",
    pacing: "real_time",
    chunk_ms: 100,
    language: "en",
    interims: "auto",
    wer_normalizer: "english",
  });
  assert.deepEqual(tts!.options, {
    kind: "tts",
    voice: "default",
    language: "en",
    prebuffer_ms: 0,
    max_parallel_sentences: 100,
  });
});

Deno.test("loadScenario() takes the scenario asked for, not the first (fault 1)", () => {
  const loads: [string, number, number, number][] = [
    ["baseline", 10, 2, 300_000],
    ["target", 100, 10, 600_000],
    ["ramp_up", 200, 5, 1_200_000],
    ["spike", 500, 50, 300_000],
    ["sustained", 150, 10, 1_800_000],
  ];
  for (const [name, users, rate, duration_ms] of loads) {
    const plan = planOf(JUNE, { name });
    assert.equal(plan.scenario, name);
    assert.deepEqual([...crowdOf(plan), plan.duration_ms], [users, rate, duration_ms]);
  }
  assert.deepEqual(listScenarios(JUNE, "load.yaml").map(({ name }) => name), loads.map(([name]) => name));
});

Deno.test("loadScenario() refuses a scenario the file does not have, or none of several", () => {
  assert.deepEqual(faultsOf(JUNE, { name: "targt" }), [
    'load.yaml:28:3: scenarios: Unknown scenario "targt"; did you mean "target"? The file holds baseline, target, ramp_up, spike, sustained',
  ]);
  assert.deepEqual(faultsOf(JUNE, { name: "nightly" }), [
    'load.yaml:28:3: scenarios: Unknown scenario "nightly"; the file holds baseline, target, ramp_up, spike, sustained',
  ]);
  assert.deepEqual(faultsOf(JUNE), [
    "load.yaml:28:3: scenarios: The file holds several scenarios: choose one with --scenario; it holds baseline, target, ramp_up, spike, sustained",
  ]);
});

Deno.test("loadScenario() gives every setting of June's file its effect (fault 2)", () => {
  const plan = (text: string) => planOf(text, { name: "baseline" });
  const tasks = plan(changed('host: "localhost:50051"\n      weight: 30', 'host: "gpu1:7001"\n      weight: 5'));
  assert.equal(tasks.tasks[0]!.weight, 5);
  assert.equal(tasks.services[0]!.address, "gpu1:7001");
  assert.deepEqual(plan(changed("[50, 75, 90, 95, 99]", "[99.9, 50]")).percentiles, [50, 99.9]);
  assert.equal(plan(changed('window: "1m"', 'window: "10s"')).throughput_window_ms, 10_000);
  const rule = plan(changed("threshold: 0.01", "threshold: 0.07")).thresholds.find(({ measure }) =>
    measure.kind === "error_rate"
  );
  assert.deepEqual([rule?.source, rule?.limit], ["error_rate < 7%", 0.07]);
  assert.deepEqual(plan(changed("    - cpu\n", "")).resources, { cpu: false, memory: true, gpu: true });
  assert.equal(plan(changed('output_dir: "reports"', 'output_dir: "out"')).output.dir, "out");
  assert.deepEqual(plan(changed('["html", "json", "csv"]', "[json]")).output.formats, ["json"]);
  assert.equal(plan(changed("include_charts: true", "include_charts: false")).output.include_charts, false);
  assert.equal(plan(changed('comparison_baseline: "baseline"', "")).output.comparison_baseline, null);
  assert.equal(plan(changed("What the services carry today", "Other words")).description, "Other words");
});

Deno.test("loadScenario() leaves a service without weight out of mix and plan", () => {
  const plan = planOf(
    changed('host: "localhost:50052"\n      weight: 20', 'host: "localhost:50052"\n      weight: 0'),
    {
      name: "baseline",
    },
  );
  assert.deepEqual(plan.tasks.map(({ services }) => services[0]), ["inference_api", "tts"]);
  assert.deepEqual(plan.services.map(({ name }) => name), ["inference_api", "tts"]);
});

Deno.test("loadScenario() reads durations in every unit (fault 3)", () => {
  for (const [text, ms] of [["30s", 30_000], ["1h", 3_600_000], ["1h30m", 5_400_000], ["5500ms", 5_500]] as const) {
    const plan = planOf(changed('duration: "5m"', `duration: ${text}`), { name: "baseline" });
    assert.equal(plan.duration_ms, ms);
    assert.equal(plan.stages.at(-1)!.end_ms, ms);
  }
});

Deno.test("loadScenario() gives speech a task of its own (fault 4) and streams by default (fault 11)", () => {
  const plan = planOf(JUNE, { name: "baseline" });
  assert.ok(plan.tasks.some(({ name }) => name === "stt.recognize_stream"));
  assert.ok(plan.tasks.some(({ name }) => name === "llm.chat_stream"));
});

Deno.test("loadScenario() lets the ramp lie inside the duration (fault 6)", () => {
  const plan = planOf(JUNE, { name: "ramp_up" });
  assert.deepEqual(plan.stages.map(({ name, end_ms }) => [name, end_ms]), [["ramp", 40_000], ["hold", 1_200_000]]);
});

Deno.test("loadScenario() speaks to TensorRT-LLM as Triton does (fault 10), unless it is told otherwise", () => {
  const named = (more: string) =>
    load(changed('inference_api:\n      host: "localhost:50051"', `tensorrt_llm:${more}`), { name: "baseline" });
  const { plan: { services: [triton] }, warnings } = named('\n      host: "tensorrt-llm:8000"');
  assert.deepEqual([triton!.name, triton!.protocol, triton!.address], ["tensorrt_llm", "triton", "tensorrt-llm:8000"]);
  assert.deepEqual(triton!.settings, {
    protocol: "triton",
    model: "ensemble",
    version: "",
    streams: "per_request",
    inputs: null,
    text_output: "text_output",
  });
  assert.ok(warnings.every((text) => !text.includes("tensorrt_llm")), warnings.join());
  const [june] = named("\n      protocol: june\n      host: trt:50051").plan.services;
  assert.deepEqual([june!.protocol, june!.settings, june!.address], ["june", null, "trt:50051"]);
});

Deno.test("loadScenario() takes both of June's language model services and splits tasks by their weights", () => {
  const text = changed("    stt:\n", '    tensorrt_llm:\n      host: "trt"\n      weight: 10\n    stt:\n');
  const plan = planOf(text, { name: "baseline" });
  assert.deepEqual(plan.tasks.slice(0, 2), [
    { ...task("llm.chat_stream", 10), operation: "llm.chat_stream@tensorrt_llm", services: ["tensorrt_llm"] },
    { ...task("llm.chat_stream", 30), operation: "llm.chat_stream@inference_api", services: ["inference_api"] },
  ]);
  assert.equal(plan.services[0]!.address, "trt:8000");
  assert.equal(plan.thresholds.filter(({ operations }) => operations?.startsWith("llm.chat_stream@")).length, 2);
  assert.ok(describePlan(plan).some((line) => line.includes("12.5 % llm.chat_stream@tensorrt_llm")));
});
