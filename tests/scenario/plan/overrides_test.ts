import assert from "node:assert/strict";
import type { Overrides } from "../../../lib/scenario/plan/overrides.ts";
import { faultsOf, fileWith, load, planOf } from "../helpers.ts";
import { crowdOf } from "../../plans.ts";

const FILE = fileWith({ services: ["inference_api: { host: a }", "stt: { host: b, timeout: 5s }"] });

Deno.test("loadScenario() lets flags beat the file", () => {
  const { plan, warnings } = load(FILE, {
    overrides: {
      users: "200",
      spawn_rate: "20",
      duration: "2m",
      think_time: "100ms-200ms",
      seed: "7",
      workers: "2",
      transport: "grpc-js",
      warm_up: "5s",
      grace: "1s",
      timeout: "3s",
      targets: { llm: "gpu1:7", stt: "gpu2" },
      formats: ["html,json", "csv"],
      output_dir: "out",
      comparison_baseline: "target",
      thresholds: ["calls > 10"],
    },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(crowdOf(plan), [200, 20]);
  assert.deepEqual(plan.loads.map((load) => load.kind === "closed" && load.think_time), [{
    kind: "uniform",
    min_ms: 100,
    max_ms: 200,
  }]);
  assert.deepEqual([plan.seed, plan.workers, plan.transport, plan.grace_ms], [7, 2, "grpc-js", 1000]);
  assert.deepEqual(plan.services.map(({ address, timeout_ms }) => [address, timeout_ms]), [
    ["gpu1:7", 3000],
    ["gpu2:50052", 3000],
  ]);
  assert.deepEqual(plan.output, {
    dir: "out",
    formats: ["html", "json", "csv"],
    include_charts: true,
    comparison_baseline: "target",
  });
  assert.deepEqual(plan.stages.map(({ name, end_ms }) => [name, end_ms]), [
    ["warm_up", 5_000],
    ["ramp", 10_000],
    ["hold", 120_000],
  ]);
  assert.deepEqual(plan.thresholds.map(({ source }) => source), [
    "p95(response_time, llm.chat_stream) < 2s",
    "p95(response_time, stt.recognize_stream) < 2s",
    "error_rate < 1%",
    "load >= 100%",
    "calls > 10",
  ]);
});

Deno.test("loadScenario() changes nothing without flags", () => {
  const plan = planOf(FILE);
  assert.deepEqual(plan.services.map(({ address, timeout_ms }) => [address, timeout_ms]), [
    ["a:50051", 30_000],
    ["b:50052", 5_000],
  ]);
});

Deno.test("loadScenario() names the flag in its faults", () => {
  assert.deepEqual(
    faultsOf(FILE, {
      overrides: {
        users: "-3",
        duration: "60",
        think_time: "x",
        transport: "grpcjs",
        timeout: "2h",
        targets: { stt: "http://b", sst: "c" },
        formats: ["pdf"],
        thresholds: ["p95(latency) > 2"],
      },
    }),
    [
      '--target sst: The scenario file has no service "sst"; did you mean "stt"? It has inference_api, stt, llm',
      '--timeout: Expected a duration from 1ms to 1h, such as "30s", found "2h"',
      '--target stt: The address "http://b" has a scheme, which gRPC does not use: write "b:50052"',
      '--users: Expected a whole number from 1 to 100,000, found "-3"',
      '--think-time: Cannot read the duration "x": write numbers with units, such as "250ms", "30s", "5m" or "1h30m" (a think time looks like "1s-3s" or "2s")',
      '--duration: The duration "60" has no unit: did you mean "60s"? (expected a duration from 100ms to 7d, such as "30s")',
      '--transport: Expected one of wire, grpc-js, found "grpcjs"; did you mean "grpc-js"?',
      '--format: Expected one of html, json, csv, markdown, junit, prometheus, hlog, otlp, found "pdf"',
      '--threshold: Cannot read the threshold "p95(latency) > 2": The duration "2" has no unit: did you mean "2s"? (column 16 of the rule)',
    ],
  );
});

Deno.test("loadScenario() aims a target at services the file leaves to their defaults", () => {
  const plan = planOf(fileWith({}), { overrides: { targets: { tts: "gpu3:1" } } });
  assert.deepEqual(plan.services.map(({ address }) => address), ["127.0.0.1:50051", "127.0.0.1:50052", "gpu3:1"]);
});

Deno.test("loadScenario() aims a target by name where two services are of a kind", () => {
  const text = fileWith({ services: ["inference_api:", "tensorrt_llm:"] });
  const plan = planOf(text, { overrides: { targets: { tensorrt_llm: "x:1" } } });
  assert.deepEqual(plan.services.map(({ name, address }) => [name, address]), [
    ["tensorrt_llm", "x:1"],
    ["inference_api", "127.0.0.1:50051"],
  ]);
  assert.deepEqual(faultsOf(text, { overrides: { targets: { llm: "x:1" } } }), [
    '--target llm: The kind "llm" fits several services: name one of tensorrt_llm, inference_api',
  ]);
});

Deno.test("loadScenario() lets a flag give what the file lacks or has wrong", () => {
  const text = "scenarios: { one: { users: none } }";
  const plan = planOf(text, { overrides: { users: "1", duration: "1s" } });
  assert.deepEqual([crowdOf(plan)[0], plan.duration_ms], [1, 1000]);
});

Deno.test("loadScenario() does not hide a file fault under a flag", () => {
  assert.deepEqual(faultsOf("scenarios: { one: 5 }", { overrides: { users: "1" } }), [
    "load.yaml:1:19: scenarios.one: Expected a map of keys, found 5",
  ]);
});

Deno.test("loadScenario() takes flags for the scenario asked for alone", () => {
  const text = "scenarios:\n  a: { users: 1, duration: 1m }\n  b: { users: 2, duration: 1m }\n";
  assert.equal(crowdOf(planOf(text, { name: "b", overrides: { users: "9" } }))[0], 9);
  assert.equal(crowdOf(planOf(text, { name: "a", overrides: { duration: "9s" } }))[0], 1);
});

const STAGED = `scenarios:
  one:
    stages:
      before: { duration: 1m, users: 50 }
      spike: { duration: 30s, users: 500 }
      after: { duration: 30s, users: 100 to 50 }
`;

Deno.test("loadScenario() stretches stages to flags: users to their peak, the duration to their sum", () => {
  const plan = planOf(STAGED, { overrides: { users: "50", duration: "20s" } });
  assert.deepEqual(plan.stages.map(({ name, end_ms }) => [name, end_ms]), [
    ["before", 10_000],
    ["spike", 15_000],
    ["after", 20_000],
  ]);
  assert.deepEqual(plan.loads[0]!.courses.map((course) => course.kind === "linear" && [course.from, course.to]), [
    [5, 5],
    [50, 50],
    [10, 5],
  ]);
  assert.deepEqual(plan.loads.map((load) => load.kind === "closed" && load.users), [50]);
  const open = STAGED.replaceAll("users", "rate");
  const [load] = planOf(open, { overrides: { rate: "250/s" } }).loads;
  assert.deepEqual(load!.courses.map((course) => course.kind === "linear" && course.from), [25, 250, 50]);
});

Deno.test("loadScenario() refuses flags that stages cannot follow", () => {
  const open = STAGED.replaceAll("users", "rate");
  const replayed = "scenarios: { one: { stages: { monday: { replay: m.txt } } } }";
  const fault = (text: string, overrides: Overrides) => faultsOf(text, { overrides, readText: () => "1" }).join("\n");
  assert.equal(fault(STAGED, { rate: "5/s" }), "--rate: The scenario's stages have users: use --users");
  assert.equal(fault(open, { users: "5" }), "--users: The scenario's stages have arrivals: use --rate");
  assert.equal(
    fault(open, { rate: "5/s to 9/s" }),
    '--rate: The scenario has stages: give one rate for the highest of them, such as "50/s"',
  );
  assert.equal(
    fault(replayed, { duration: "9s" }),
    "--duration: The scenario replays recorded arrivals, which flags cannot stretch",
  );
  assert.equal(
    fault(STAGED, { spawn_rate: "5" }),
    '--spawn-rate: The stages set how fast users start: write a stage such as { duration: 10s, users: "0 to 50" }',
  );
  assert.equal(fault(STAGED, { warm_up: "5s" }), '--warm-up: Mark a stage with "warm_up: true" instead');
});

Deno.test("loadScenario() makes a load of users one of arrivals by --rate, and the other way round by --users", () => {
  const closed = fileWith({ scenario: ["spawn_rate: 2", "think_time: 1s", "start: at_once", "after_failure: 2s"] });
  const plan = planOf(closed, { overrides: { rate: "20/s", arrivals: "poisson", max_in_flight: "7", strict: "true" } });
  assert.deepEqual(plan.loads, [{
    kind: "open",
    name: "one",
    courses: [{ kind: "linear", start_ms: 0, end_ms: 60_000, from: 20, to: 20 }],
    spacing: "poisson",
    max_in_flight: 7,
    max_wait_ms: 1000,
  }]);
  assert.equal(plan.strict, true);
  const open = "scenarios: { one: { rate: 5/s, arrivals: poisson, max_wait: 1s, duration: 1m } }";
  assert.deepEqual(crowdOf(planOf(open, { overrides: { users: "3" } })), [3, 10]);
  assert.match(
    faultsOf(open, { overrides: { users: "3", rate: "5" } })[0]!,
    /^--rate: Both "users" and "rate" are given/,
  );
});

Deno.test("loadScenario() reads the GPUs that the file or --gpus names", () => {
  const file = fileWith({}) + "\nmetrics: { gpus: [0, GPU-1c7d0f5e-2b9a-4d21-9c3e-8f60aa41b7d2, 0] }\n";
  assert.deepEqual(planOf(file).resources.gpus, ["0", "GPU-1c7d0f5e-2b9a-4d21-9c3e-8f60aa41b7d2"]);
  assert.deepEqual(planOf(file, { overrides: { gpus: "0, 2,0000:17:00.0" } }).resources.gpus, [
    "0",
    "2",
    "0000:17:00.0",
  ]);
  assert.equal(planOf(fileWith({})).resources.gpus, undefined);
  assert.match(faultsOf(fileWith({}), { overrides: { gpus: "0,--help" } })[0]!, /^--gpus: .*index of a GPU/);
});
