import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { listScenarios, loadScenario } from "../../lib/scenario/load.ts";
import { faultsOf, fileWith, load, planOf } from "./helpers.ts";
import { crowdOf, task } from "../plans.ts";

/** The only fault of a file with one scenario and these further lines. */
function scenarioFault(...scenario: string[]): string {
  const faults = faultsOf(fileWith({ scenario }));
  assert.equal(faults.length, 1, faults.join("\n"));
  return faults[0]!;
}

function serviceFault(...services: string[]): string {
  const faults = faultsOf(fileWith({ services }), { exists: (path) => !path.includes("missing") });
  assert.equal(faults.length, 1, faults.join("\n"));
  return faults[0]!;
}

Deno.test("loadScenario() needs no services, no name and little else", () => {
  const plan = planOf(fileWith({}));
  assert.equal(plan.scenario, "one");
  assert.deepEqual(plan.services.map(({ name, address }) => `${name} ${address}`), [
    "llm 127.0.0.1:50051",
    "stt 127.0.0.1:50052",
    "tts 127.0.0.1:50053",
  ]);
  assert.deepEqual(plan.tasks.map(({ weight }) => weight), [30, 20, 20]);
});

Deno.test("loadScenario() refuses YAML faults", () => {
  assert.match(faultsOf("scenarios: [\n")[0]!, /^load\.yaml:\d+:\d+: Not valid YAML: /);
  assert.deepEqual(faultsOf(""), [
    'load.yaml:1:1: scenarios: Missing key "scenarios": expected a map of <name> to a map of keys, such as {"baseline":{"users":10,"duration":"5m"}}',
  ]);
  assert.deepEqual(faultsOf("- a\n"), ["load.yaml:1:1: Expected a map of keys, found a list"]);
  assert.deepEqual(faultsOf("scenarios: {}\n"), ["load.yaml:1:12: scenarios: Expected 1 to 100 entries, found 0"]);
});

Deno.test("loadScenario() refuses wrong types and values out of range", () => {
  const users = "load.yaml:3:12: scenarios.one.users: Expected a whole number from 1 to 100,000, found";
  const cases: [string, string][] = [
    ["-3", "-3"],
    ["0", "0"],
    ["1.5", "1.5"],
    ["100001", "100001"],
    ["many", '"many"'],
    ['"10"', '"10"'],
    ["true", "true"],
    ["[1]", "a list"],
    ["{a: 1}", "a map"],
    ["", "nothing"],
    [".inf", ".inf"],
  ];
  for (const [written, shown] of cases) {
    const faults = faultsOf(`scenarios:\n  one:\n    users: ${written}\n    duration: 1m\n`);
    assert.equal(faults.length, 1, written);
    assert.ok(faults[0]!.endsWith(`from 1 to 100,000, found ${shown}`), faults[0] ?? "");
    if (written !== "") assert.equal(faults[0], `${users} ${shown}`);
  }
});

Deno.test("loadScenario() refuses bad durations", () => {
  const expected = 'expected a duration from 100ms to 7d, such as "30s"';
  const fault = (duration: string) =>
    faultsOf(`scenarios:\n  one:\n    users: 1\n    duration: ${duration}\n`).join("\n");
  const at = "load.yaml:4:15: scenarios.one.duration: ";
  assert.equal(fault("5"), `${at}The duration "5" has no unit: did you mean "5s"? (${expected})`);
  assert.equal(
    fault("5 minutes"),
    `${at}Cannot read the duration "5 minutes": write numbers with units, such as "250ms", "30s", "5m" or "1h30m" (${expected})`,
  );
  assert.equal(fault("8d"), `${at}Expected a duration from 100ms to 7d, such as "30s", found "8d"`);
  assert.equal(fault("0s"), `${at}Expected a duration from 100ms to 7d, such as "30s", found "0s"`);
});

Deno.test("loadScenario() refuses unknown keys and names the nearest", () => {
  assert.equal(
    scenarioFault("spawnrate: 3"),
    'load.yaml:5:5: scenarios.one.spawnrate: Unknown key "spawnrate"; did you mean "spawn_rate"? Allowed here: description, ' +
      "users, spawn_rate, think_time, pacing, start, after_failure, rate, arrivals, max_in_flight, max_wait, duration, " +
      "warm_up, stages, parallel, grace, tasks, thresholds, objectives, strict, seed, workers, transport",
  );
  assert.equal(
    faultsOf(fileWith({ rest: ["extra: 1"] }))[0],
    'load.yaml:5:1: extra: Unknown key "extra"; allowed here: services, scenarios, metrics, reports',
  );
  assert.match(scenarioFault("constructor: 1"), /Unknown key "constructor"; allowed here/);
});

Deno.test("loadScenario() tells missing keys", () => {
  assert.deepEqual(faultsOf("scenarios:\n  one: {}\n"), [
    'load.yaml:2:8: scenarios.one: The scenario has no load: give it "users" and "duration", "rate" and "duration", "stages", or "parallel"',
  ]);
  assert.deepEqual(faultsOf("scenarios:\n  one: { users: 1 }\n"), [
    'load.yaml:2:8: scenarios.one.duration: Missing key "duration": expected a duration from 100ms to 7d, such as "30s"',
  ]);
});

Deno.test("loadScenario() refuses scenario names that cannot be folders", () => {
  for (const name of ["a/b", "..", "a b", "x".repeat(65)]) {
    const faults = faultsOf(`scenarios:\n  "${name}": { users: 1, duration: 1m }\n`);
    assert.deepEqual(faults, [
      `load.yaml:2:3: scenarios.${name}: The name "${name}" is not allowed: expected 1 to 64 letters, digits, "_" and "-"`,
    ]);
  }
});

Deno.test("loadScenario() takes a task mix and calls only the services in it", () => {
  const plan = planOf(fileWith({ scenario: ["tasks: { llm.chat: 3, llm.embed: 1, tts.health: 0 }"] }));
  assert.deepEqual(plan.tasks, [
    task("llm.chat", 3),
    task("llm.embed", 1),
  ]);
  assert.deepEqual(plan.services.map(({ name }) => name), ["llm"]);
});

Deno.test("loadScenario() sends task@service to that service", () => {
  const services = ["inference_api: { weight: 1 }", "llm: { host: other, weight: 3 }"];
  const plan = planOf(
    fileWith({ services, scenario: ["tasks: { llm.chat: 8, llm.chat@llm: 2, llm.embed@inference_api: 1 }"] }),
  );
  assert.deepEqual(plan.tasks, [
    { ...task("llm.chat", 2), operation: "llm.chat@inference_api", services: ["inference_api"] },
    { ...task("llm.chat", 8), operation: "llm.chat@llm" },
    { ...task("llm.embed", 1), services: ["inference_api"] },
  ]);
});

Deno.test("loadScenario() refuses tasks that no one can do", () => {
  assert.match(
    scenarioFault("tasks: { llm.chatt: 1 }"),
    /^load\.yaml:5:14: scenarios\.one\.tasks\.llm\.chatt: Unknown task "llm\.chatt"; did you mean "llm\.chat"\? Known are /,
  );
  assert.match(scenarioFault("tasks: { toString: 1 }"), /Unknown task "toString"; known are/);
  assert.match(scenarioFault("tasks: { llm.chat@lm: 1 }"), /Unknown service "lm"; did you mean "llm"\?/);
  assert.match(
    scenarioFault("tasks: { llm.chat@llm@llm: 1 }"),
    /The task "llm.chat@llm@llm" names more than one service$/,
  );
  assert.match(scenarioFault("tasks: { llm.chat@stt: 1 }"), /The service "stt" has no task "llm.chat"$/);
  assert.match(
    scenarioFault("tasks: { llm.chat@inference_api: 1 }"),
    /The task "llm.chat" needs the service "inference_api", but services.grpc has none$/,
  );
  assert.match(
    scenarioFault("tasks: { llm.chat: -1 }"),
    /tasks\.llm\.chat: Expected a number from 0 to 1,000,000, found -1$/,
  );
  assert.match(scenarioFault("tasks: {}"), /tasks: Expected 1 to 50 entries, found 0$/);
  assert.equal(
    scenarioFault("tasks: { llm.chat: 0 }"),
    "load.yaml:5:12: scenarios.one.tasks: Every weight is 0, so there is nothing to do: give a task or a service a weight above 0",
  );
  assert.deepEqual(faultsOf(fileWith({ services: ["stt:"], scenario: ["tasks: { llm.chat: 1 }"] })), [
    'load.yaml:5:14: scenarios.one.tasks.llm.chat: The task "llm.chat" needs a service of the kind "llm", but services.grpc has none',
  ]);
});

Deno.test("loadScenario() refuses weights that leave nothing to do, and no services", () => {
  assert.equal(
    serviceFault("stt: { weight: 0 }"),
    "load.yaml:3:5: scenarios.one: Every weight is 0, so there is nothing to do: give a task or a service a weight above 0",
  );
  assert.deepEqual(faultsOf(`${fileWith({})}\nservices:\n  grpc: {}\n`), [
    "load.yaml:6:9: services.grpc: No service is given: expected at least one of tensorrt_llm, inference_api, llm, stt, tts",
  ]);
});

Deno.test("loadScenario() takes every setting of a service", () => {
  const services = [
    "stt:",
    "  host: gpu1",
    "  connections: 4",
    "  timeout: 90s",
    "  transparent_retry: false",
    "  clips: [clips/, /abs/one.wav]",
    "  pacing: fast",
    "  chunk: 20ms",
    "  language: de",
    "  interims: replace",
    "  wer_normalizer: basic",
    "  metadata: { Authorization: Bearer x, x-user-id: 7 }",
    "  tls: { ca: ca.pem, cert: c.pem, key: k.pem, server_name: stt.local }",
    "tts: { texts: lines.txt, voice: male, language: fr, prebuffer: 250ms, max_parallel_sentences: 1, tls: true }",
    "llm: { prompts: p.jsonl, max_tokens: 9, temperature: 0, system: Be brief, tls: false }",
  ];
  const [llm, stt, tts] = planOf(fileWith({ services })).services;
  assert.deepEqual(stt, {
    name: "stt",
    kind: "stt",
    protocol: "june",
    settings: null,
    address: "gpu1:50052",
    connections: 4,
    timeout_ms: 90_000,
    transparent_retry: false,
    metadata: [{ key: "authorization", value: "Bearer x" }, { key: "x-user-id", value: "7" }],
    tls: {
      ca_file: "/files/ca.pem",
      cert_file: "/files/c.pem",
      key_file: "/files/k.pem",
      server_name: "stt.local",
      insecure: false,
      pinned_sha256: null,
    },
    inputs: [
      { path: "/files/clips", at: "load.yaml:12:15" },
      { path: "/abs/one.wav", at: "load.yaml:12:23" },
    ],
    options: {
      kind: "stt",
      pacing: "fast",
      chunk_ms: 20,
      language: "de",
      interims: "replace",
      wer_normalizer: "basic",
    },
  });
  assert.deepEqual(tts!.options, {
    kind: "tts",
    voice: "male",
    language: "fr",
    prebuffer_ms: 250,
    max_parallel_sentences: 1,
  });
  assert.deepEqual(tts!.inputs, [{ path: "/files/lines.txt", at: "load.yaml:20:19" }]);
  assert.equal(tts!.tls?.insecure, false);
  assert.deepEqual(llm!.options, { kind: "llm", max_tokens: 9, temperature: 0, system: "Be brief" });
  assert.equal(llm!.tls, null);
});

Deno.test("loadScenario() retries transparently unless told otherwise or carried by grpc-js, which cannot", () => {
  const retries = (services: string[], transport: string) =>
    planOf(fileWith({ services, scenario: [`transport: ${transport}`] })).services.map((one) => one.transparent_retry);
  assert.deepEqual(retries(["stt: {}", "tts: { transparent_retry: false }"], "wire"), [true, false]);
  assert.deepEqual(retries(["stt: {}", "tts: { transparent_retry: false }"], "grpc-js"), [false, false]);
  const text = fileWith({ services: ["stt: {}", "tts: { transparent_retry: true }"] });
  assert.deepEqual(planOf(text).services.map((service) => service.transparent_retry), [true, true]);
  assert.deepEqual(faultsOf(text, { overrides: { transport: "grpc-js" } }), [
    'load.yaml:8:31: services.grpc.tts.transparent_retry: The transport grpc-js does not retry calls: write "transparent_retry: false", or use the transport wire',
  ]);
});

Deno.test("loadScenario() reads the former names of keys, each with the values it had", () => {
  const services = (tts: string) => ["stt: { moves: fail }", `tts: { ${tts} }`];
  const [stt, tts] = planOf(fileWith({ services: services("moves: move, ahead: 1") })).services;
  assert.deepEqual([stt!.transparent_retry, tts!.transparent_retry], [false, true]);
  assert.equal(tts!.options.kind === "tts" && tts!.options.max_parallel_sentences, 1);
  assert.deepEqual(faultsOf(fileWith({ services: services("ahead: 1, max_parallel_sentences: 2, moves: true") })), [
    'load.yaml:8:12: services.grpc.tts.ahead: Both "max_parallel_sentences" and "ahead" are given, but they are names of the same key: remove "ahead"',
    "load.yaml:8:56: services.grpc.tts.moves: Expected one of move, fail, found true",
  ]);
  const socket = "services: { calls: { a: { protocol: websocket, moves: fail, exchanges: [{ text: hi }] } } }";
  assert.match(
    faultsOf(fileWith({ rest: [socket] })).join(),
    /The key "moves" needs "protocol: grpc" or "rest", but here/,
  );
});

Deno.test("loadScenario() warns that an unchecked certificate is not checked", () => {
  const { warnings } = load(fileWith({ services: ["stt: { tls: { insecure: true } }", "tts: { tls: true }"] }));
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^load\.yaml:7:29: services\.grpc\.stt\.tls\.insecure: .* NOT checked/);
});

Deno.test("loadScenario() reads a pinned fingerprint in either spelling", () => {
  const hex = "AB".repeat(32);
  for (const pin of [hex, `sha256:${hex}`, Array(32).fill("ab").join(":")]) {
    const [stt] = planOf(fileWith({ services: [`stt: { tls: { pin: "${pin}" } }`] })).services;
    assert.equal(stt!.tls?.pinned_sha256, "ab".repeat(32));
  }
});

Deno.test("loadScenario() refuses service settings with their line", () => {
  const cases: [string, string][] = [
    [
      "stt: { clips: missing.wav }",
      '6:19: services.grpc.stt.clips: No such file or folder: "missing.wav" (looked for "/files/missing.wav")',
    ],
    [
      "stt: { clips: [a.wav, missing] }",
      '6:27: services.grpc.stt.clips[1]: No such file or folder: "missing" (looked for "/files/missing")',
    ],
    [
      "stt: { chunk: 5ms }",
      '6:19: services.grpc.stt.chunk: Expected a duration from 20ms to 100ms, such as "100ms", found "5ms"',
    ],
    [
      "stt: { pacing: realtime }",
      '6:20: services.grpc.stt.pacing: Expected one of real_time, fast, found "realtime"; did you mean "real_time"?',
    ],
    [
      "stt: { protocol: rivva }",
      '6:22: services.grpc.stt.protocol: Expected one of june, riva, openai, found "rivva"; did you mean "riva"?',
    ],
    [
      "stt: { connections: 0 }",
      "6:25: services.grpc.stt.connections: Expected a whole number from 1 to 1,000, found 0",
    ],
    [
      "stt: { language: english! }",
      '6:22: services.grpc.stt.language: Expected a language such as "en" (ISO 639-1), found "english!"',
    ],
    ["llm: { temperature: 3 }", "6:25: services.grpc.llm.temperature: Expected a number from 0 to 2, found 3"],
    [
      "llm: { max_tokens: 0 }",
      "6:24: services.grpc.llm.max_tokens: Expected a whole number from 1 to 1,000,000, found 0",
    ],
    ["tts: { voice: [a] }", "6:19: services.grpc.tts.voice: Expected text of at most 64 characters, found a list"],
    ["tts: { tls: maybe }", '6:17: services.grpc.tts.tls: Expected true or false, found "maybe"'],
    [
      "tts: { tls: { cert: c.pem } }",
      '6:17: services.grpc.tts.tls: The key "cert" is given without "key"; a client certificate needs both',
    ],
    [
      "tts: { tls: { insecure: true, ca: c.pem } }",
      '6:29: services.grpc.tts.tls.insecure: The key "insecure" accepts any certificate; remove it, or "ca" and "pin"',
    ],
    [
      "tts: { tls: { pin: abc } }",
      '6:24: services.grpc.tts.tls.pin: Expected a SHA-256 fingerprint, 64 hexadecimal digits, found "abc"',
    ],
  ];
  for (const [line, message] of cases) {
    const rewritten = message.replace(/^6:(\d+)/, (_all, column) => `load.yaml:7:${column}`);
    assert.equal(serviceFault(line), rewritten);
  }
});

Deno.test("loadScenario() never repeats a metadata value in a message", () => {
  for (const value of ["gehéim", "a\\nb"]) {
    const fault = serviceFault(`stt: { metadata: { authorization: "${value}" } }`);
    assert.match(
      fault,
      /Expected printable ASCII text of at most 8,192 characters; the value found is not shown because it may be secret$/,
    );
  }
  assert.match(
    serviceFault("stt: { metadata: { x-bin: no-base64! } }"),
    /Expected base64, because the key ends in "-bin"; the value found is not shown/,
  );
  assert.match(
    serviceFault("stt: { metadata: { grpc-timeout: 1 } }"),
    /The metadata key "grpc-timeout" is reserved for gRPC$/,
  );
  assert.match(serviceFault('stt: { metadata: { "a b": 1 } }'), /The metadata key "a b" is not allowed/);
});

Deno.test("loadScenario() asks the file system for input paths unless told otherwise", () => {
  const dir = fileURLToPath(new URL(".", import.meta.url));
  const text = fileWith({ services: ["stt: { clips: helpers.ts }", "tts: { texts: no_such_file.txt }"] });
  assert.throws(() => loadScenario({ text, file: "load.yaml", dir, env: {}, cores: 1, overrides: {} }), {
    message:
      `load.yaml:8:19: services.grpc.tts.texts: No such file or folder: "no_such_file.txt" (looked for "${dir}no_such_file.txt")`,
  });
});

Deno.test("loadScenario() tells all faults of all scenarios in the order of the file", () => {
  const faults = faultsOf(
    "scenarios:\n  one: { users: 0, duration: 1m }\n  two: { users: 1, duration: x }\nmetrics:\n  latency: { percentiles: [0, 101] }\nreports: { format: [html, pdf] }\n",
    { name: "one", overrides: { seed: "-1" } },
  );
  assert.deepEqual(faults.map((line) => line.split(": ").slice(0, 2).join(": ")), [
    '--seed: Expected a whole number from 0 to 4,294,967,295, found "-1"',
    "load.yaml:2:17: scenarios.one.users",
    "load.yaml:3:30: scenarios.two.duration",
    "load.yaml:5:28: metrics.latency.percentiles[0]",
    "load.yaml:5:31: metrics.latency.percentiles[1]",
    "load.yaml:6:27: reports.format[1]",
  ]);
});

Deno.test("loadScenario() tells a hundred faults and counts the rest", () => {
  const faults = faultsOf(
    `scenarios: { one: { users: 1, duration: 1m } }\n${Array.from({ length: 130 }, (_, i) => `k${i}: 1`).join("\n")}\n`,
  );
  assert.equal(faults.length, 101);
  assert.equal(faults.at(-1), "... and 30 more");
});

Deno.test("loadScenario() takes numbers, words and flags from the environment", () => {
  const text =
    "scenarios:\n  one:\n    users: ${USERS}\n    duration: ${LENGTH:-2m}\n    spawn_rate: ${RATE}\nreports:\n  include_charts: ${CHARTS}\n";
  const plan = planOf(text, { env: { USERS: "25", RATE: "120/m", CHARTS: "false" } });
  assert.deepEqual([...crowdOf(plan), plan.duration_ms], [25, 2, 120_000]);
  assert.equal(plan.output.include_charts, false);
  assert.deepEqual(faultsOf(text, { env: { USERS: "many", RATE: "1" } }), [
    'load.yaml:3:12: scenarios.one.users: Expected a whole number from 1 to 100,000, found "many"',
    'load.yaml:7:19: reports.include_charts: The environment variable "CHARTS" is not set and has no default: set it, or write ${CHARTS:-default}',
  ]);
});

Deno.test("loadScenario() keeps at most one worker a user, and at least one", () => {
  const workers = (users: number, cores: number) =>
    planOf(`scenarios: { one: { users: ${users}, duration: 1m } }`, { cores }).workers;
  assert.deepEqual([workers(100, 8), workers(3, 64), workers(100, 1), workers(100, 2)], [7, 3, 1, 1]);
  assert.equal(planOf(fileWith({ scenario: ["workers: 9"] })).workers, 9);
});

Deno.test("loadScenario() refuses a warm-up as long as the run", () => {
  assert.equal(
    scenarioFault("warm_up: 60s"),
    "load.yaml:5:14: scenarios.one.warm_up: The warm-up must be shorter than the duration of 1m, or nothing is measured",
  );
});

Deno.test("loadScenario() warns of a ramp that does not end within the run", () => {
  const { plan, warnings } = load("scenarios: { one: { users: 1000, spawn_rate: 10, duration: 30s } }");
  assert.deepEqual(plan.stages.map(({ name }) => name), ["ramp"]);
  assert.deepEqual(warnings, [
    "load.yaml:1:60: scenarios.one.duration: Only about 300 of 1,000 users start within 30s; all of them need 1m40s",
  ]);
});

Deno.test("listScenarios() lists names and descriptions, whatever else is wrong", () => {
  const text = 'scenarios:\n  a: { description: "First ${X}", users: no }\n  b:\nbad: 1\n';
  assert.deepEqual(listScenarios("scenarios:\n  a: { description: First, users: no }\n  b:\nbad: 1\n", "f.yaml"), [
    { name: "a", description: "First" },
    { name: "b", description: "" },
  ]);
  assert.deepEqual(listScenarios(text, "f.yaml").map(({ name }) => name), ["a", "b"]);
  assert.throws(() => listScenarios("services: {}\n", "f.yaml"), {
    message: "f.yaml:1:1: scenarios: The file holds no scenarios",
  });
  assert.throws(() => listScenarios("a: [", "f.yaml"), /Not valid YAML/);
});
