import assert from "node:assert/strict";
import type { ServicePlan } from "../../../lib/plan/plan.ts";
import { describePlan } from "../../../lib/scenario/describe/describe.ts";
import { faultsOf, load, planOf } from "../helpers.ts";

/** A file with services of its own; each line is one, `scenario` more keys of the scenario. */
const callsFile = (lines: readonly string[], scenario = ""): string =>
  [
    "services:",
    "  calls:",
    ...lines.map((line) => `    ${line}`),
    `scenarios: { one: { users: 1, duration: 1s, ${scenario} } }`,
  ]
    .join("\n");

const serviceOf = (line: string): ServicePlan => planOf(callsFile([line])).services[0]!;
const faultOf = (line: string): string => faultsOf(callsFile([line])).join("\n");

Deno.test("a gRPC service names methods, where they are described, and what is sent", () => {
  const service = serviceOf(
    "search: { protocol: grpc, host: s, protos: [p/a.proto, p/b.proto, q/c.proto], exchanges: [{ method: /shop.Search/Find, message: { q: '{{pick words.txt}}' }, checks: [{ path: a }] }, { name: raw, method: a.B/C, raw: x.bin, call: unary }] }",
  );
  assert.deepEqual([service.kind, service.address, service.options], ["call", "s:50051", { kind: "call" }]);
  assert.deepEqual(service.settings, {
    protocol: "grpc",
    descriptors: {
      kind: "proto",
      files: ["/files/p/a.proto", "/files/p/b.proto", "/files/q/c.proto"],
      import_dirs: ["/files/p", "/files/q"],
    },
    exchanges: [
      {
        name: "grpc shop.Search/Find",
        method: "shop.Search/Find",
        messages: [{ q: "{{pick /files/words.txt}}" }],
        raw_files: [],
        checks: [{ path: "a", equals: null, matches: null }],
      },
      { name: "raw", method: "a.B/C", messages: [], raw_files: ["/files/x.bin"], call_kind: "unary", checks: [] },
    ],
  });
  const set = serviceOf(
    "s: { protocol: grpc, descriptor_set: s.pb, exchanges: [{ method: a.B/C, messages: [1, 2] }] }",
  );
  assert.ok(set.settings?.protocol === "grpc");
  assert.deepEqual(set.settings.descriptors, { kind: "set", file: "/files/s.pb" });
  assert.deepEqual(set.settings.exchanges[0]!.messages, [1, 2]);
  const reflected = serviceOf("s: { protocol: grpc, exchanges: [{ method: a.B/C }] }").settings;
  assert.ok(reflected?.protocol === "grpc");
  assert.deepEqual([reflected.descriptors, reflected.exchanges[0]!.messages], [{ kind: "reflection" }, [{}]]);
});

Deno.test("a REST service names requests: a body makes it a POST, the name leaves out what varies", () => {
  const { settings, address, tls } = serviceOf(
    "shop: { protocol: rest, host: 'https://shop/api', login: /auth, exchanges: [{ path: '/items/{{int 1 9}}?x={{seq}}', requires_auth: true }, { path: /a, json: { a: [1, true, null] }, status: 201 }, { path: /b, method: PUT, multipart: { t: x, f: { file: f.txt }, c: { clip: speech } } }, { path: /c, file: f, content_type: a/b, headers: { X-Id: '{{uuid}}' } }] }",
  );
  assert.deepEqual([address, tls !== null], ["shop:443", true]);
  assert.ok(settings?.protocol === "rest");
  assert.deepEqual([settings.base_path, settings.login_path, settings.http_version], ["/api", "/auth", "1.1"]);
  assert.deepEqual(settings.exchanges.map(({ name, requires_auth, statuses }) => [name, requires_auth, statuses]), [
    ["rest GET /items/{int}", true, []],
    ["rest POST /a", false, [201]],
    ["rest PUT /b", false, []],
    ["rest POST /c", false, []],
  ]);
  assert.deepEqual(settings.exchanges.map(({ body }) => body), [
    null,
    { kind: "json", value: { a: [1, true, null] } },
    {
      kind: "multipart",
      parts: [
        { name: "t", kind: "text", text: "x" },
        { name: "f", kind: "file", path: "/files/f.txt", content_type: "application/octet-stream" },
        { name: "c", kind: "clip" },
      ],
    },
    { kind: "file", path: "/files/f", content_type: "a/b" },
  ]);
  assert.deepEqual(settings.exchanges[3]!.headers, [{ key: "x-id", value: "{{uuid}}" }]);
});

Deno.test("a WebSocket service names what is sent and what answers", () => {
  const { settings, address, metadata } = serviceOf(
    "chat: { protocol: websocket, host: 'ws://chat:9', path: '/ws/{{uuid}}', ping: 5s, sessions: kept, headers: { A: b }, exchanges: [{ json: { t: 1 }, reply: [{ path: type, equals: response }] }, { clip: json }, { clip: binary, name: bin }] }",
  );
  assert.deepEqual([address, metadata], ["chat:9", [{ key: "a", value: "b" }]]);
  assert.deepEqual(settings, {
    protocol: "websocket",
    path: "/ws/{{uuid}}",
    ping_ms: 5000,
    sessions: "kept",
    exchanges: [
      {
        name: "websocket /ws/{uuid} json",
        send: { kind: "json", value: { t: 1 } },
        reply: [{ path: "type", equals: "response", matches: null }],
      },
      { name: "websocket /ws/{uuid} clip", send: { kind: "clip", field: "audio_data" }, reply: [] },
      { name: "bin", send: { kind: "clip", field: null }, reply: [] },
    ],
  });
});

const THREE = [
  "a: { protocol: rest, exchanges: [{ path: /health, weight: 3 }, { path: /b, name: other }] }",
  "b: { protocol: rest, exchanges: [{ path: /health }] }",
  "c: { protocol: websocket, exchanges: [{ text: hi, weight: 5 }] }",
];
const operations = (text: string, overrides = {}) =>
  planOf(text, { overrides }).tasks.map(({ operation, weight }) => [operation, weight]);

Deno.test("without tasks each exchange has its weight; a name that two services have is told apart", () => {
  const plan = planOf(callsFile(THREE));
  assert.deepEqual(plan.tasks.map(({ name, operation, services, weight }) => [name, operation, services[0], weight]), [
    ["call", "rest GET /health@a", "a", 3],
    ["call", "other", "a", 1],
    ["call", "rest GET /health@b", "b", 1],
    ["call", "websocket / text", "c", 5],
  ]);
  const named = plan.services.map(({ settings }) => settings?.protocol === "rest" && settings.exchanges[0]!.name);
  assert.deepEqual(named, ["rest GET /health@a", "rest GET /health@b", false]);
  assert.deepEqual(plan.thresholds[0]!.source, "p95(response_time, rest GET /health@a) < 2s");
});

Deno.test("tasks name all calls, those of a service, or one exchange", () => {
  assert.deepEqual(operations(callsFile(THREE, "tasks: { call: 20 }")), [
    ["rest GET /health@a", 6],
    ["other", 2],
    ["rest GET /health@b", 2],
    ["websocket / text", 10],
  ]);
  assert.deepEqual(operations(callsFile(THREE, "tasks: { call@a: 8, call@c: 1 }")), [
    ["rest GET /health@a", 6],
    ["other", 2],
    ["websocket / text", 1],
  ]);
  assert.deepEqual(operations(callsFile(THREE, "tasks: { call@a/other: 8, call@b/GET /health: 1 }")), [
    ["other", 8],
    ["rest GET /health@b", 1],
  ]);
  const rule = 'thresholds: ["p95(latency, rest *) < 1s"]';
  assert.equal(planOf(callsFile(THREE, rule)).thresholds.length, 1);
});

Deno.test("--test-type chooses among the services", () => {
  assert.deepEqual(operations(callsFile(THREE), { test_type: "websocket" }), [["websocket / text", 5]]);
  assert.deepEqual(operations(callsFile(THREE, "tasks: { call: 10 }"), { test_type: "rest" }).length, 3);
  assert.deepEqual(faultsOf(callsFile(THREE), { overrides: { test_type: "grpc" } }), [
    '--test-type: No task of the scenario has the type "grpc"; the types of the file\'s services are rest, websocket',
  ]);
});

Deno.test("--test-type leaves out rules and objectives of what it takes away, and says so", () => {
  const rules = 'thresholds: ["p95(latency, rest *) < 1s", "p95(latency, websocket *) < 1s", "error_rate < 1%"]';
  const text = callsFile(THREE, `${rules}, objectives: { latency: { other: 1s } }`);
  assert.equal(planOf(text).thresholds.length, 3);
  const { plan, warnings } = load(text, { overrides: { test_type: "websocket" } });
  assert.deepEqual(plan.thresholds.map(({ source }) => source), ["p95(latency, websocket *) < 1s", "error_rate < 1%"]);
  assert.deepEqual(plan.objectives, []);
  assert.deepEqual(warnings.map((line) => line.replace(/^.*: /, "")), [
    '--test-type takes away the operations of "rest *"',
    '--test-type takes away the operations of "other"',
  ]);
  const wrong = callsFile(THREE, 'thresholds: ["p95(latency, rset *) < 1s"]');
  assert.match(faultsOf(wrong, { overrides: { test_type: "websocket" } })[0]!, /No operation matches "rset \*"/);
});

Deno.test("--target and --timeout reach services of one's own", () => {
  const plan = planOf(callsFile(THREE), { overrides: { targets: { b: "http://x:1/base" }, timeout: "3s" } });
  assert.deepEqual(plan.services.map(({ address }) => address), ["127.0.0.1:80", "x:1", "127.0.0.1:80"]);
  assert.ok(plan.services.every(({ timeout_ms }) => timeout_ms === 3000));
});

Deno.test("faults of calls name the place and what to do", () => {
  const cases: [string, RegExp][] = [
    [
      "a: { exchanges: [{ path: / }] }",
      /^load.yaml:3:8: services.calls.a.protocol: Missing key "protocol": expected one of grpc, rest, websocket$/,
    ],
    [
      "stt: { protocol: rest, exchanges: [{ path: / }] }",
      /^load.yaml:3:5: services.calls.stt: The name "stt" is taken: give the service another$/,
    ],
    ["a: { protocol: rest, exchanges: [] }", /Expected 1 to 100 items, found 0$/],
    ["a: { protocol: rest, exchanges: [{ path: x }] }", /exchanges\[0\].path: The path "x" must begin with "\/"$/],
    [
      "a: { protocol: rest, exchanges: [{ path: /, json: 1, text: a }] }",
      /:64: .*text: Only one of "json", "text", "file" and "multipart" may be given$/,
    ],
    [
      "a: { protocol: rest, exchanges: [{ path: /, json: 1, content_type: a/b }] }",
      /"content_type" is only for "text" and "file"; other bodies have a fixed content type$/,
    ],
    [
      "a: { protocol: rest, exchanges: [{ path: / }, { path: '/?a' }] }",
      /exchanges\[1\]: Two exchanges have the name "rest GET \/": give one of them another "name"$/,
    ],
    [
      "a: { protocol: rest, exchanges: [{ path: /, requires_auth: true }] }",
      /"requires_auth" needs a "login" of the service to get the token$/,
    ],
    [
      "a: { protocol: rest, exchanges: [{ path: /, name: llm.chat }] }",
      /The name "llm.chat" is a task of june-load$/,
    ],
    [
      "a: { protocol: rest, exchanges: [{ path: /, name: 'a,b' }] }",
      /name: Expected 1 to 100 letters, digits, blanks and any of _ \. @ \/ \{ \} : -, found "a,b"$/,
    ],
    [
      "a: { protocol: rest, exchanges: [{ path: /, checks: [{ matches: '(' }] }] }",
      /Cannot read the regular expression "\("/,
    ],
    [
      "a: { protocol: grpc, exchanges: [{ method: Find }] }",
      /Expected a method such as "shop.Search\/Find", found "Find"$/,
    ],
    [
      "a: { protocol: grpc, protos: a, descriptor_set: b, exchanges: [{ method: a/B }] }",
      /Both "protos" and "descriptor_set" are given: remove one$/,
    ],
    ["a: { protocol: grpc, import_dirs: a, exchanges: [{ method: a/B }] }", /The key "import_dirs" needs "protos"$/],
    [
      "a: { protocol: grpc, exchanges: [{ method: a/B, message: 1, raw: b }] }",
      /Only one of "message", "messages" and "raw" may be given$/,
    ],
    [
      "a: { protocol: websocket, exchanges: [{ name: x }] }",
      /Expected one of "text", "json" and "clip": the message to send$/,
    ],
    [
      "a: { protocol: websocket, host: 'ws://a/b', path: /c, exchanges: [{ text: x }] }",
      /The URL already has the path "\/b": write the path in only one place$/,
    ],
    [
      "a: { protocol: rest, path: /ws, exchanges: [{ path: / }] }",
      /The key "path" needs "protocol: websocket", but here the protocol is "rest"/,
    ],
  ];
  for (const [line, message] of cases) assert.match(faultOf(line), message);
  const unknown: [string, RegExp][] = [
    ["tasks: { call@d: 1 }", /Unknown service "d"; did you mean "a"\? Your own services are a, b, c$/],
    [
      "tasks: { call@a/othr: 1 }",
      /Unknown exchange "othr"; did you mean "other"\? Those of a are rest GET \/health, other$/,
    ],
  ];
  for (const [tasks, message] of unknown) assert.match(faultsOf(callsFile(THREE, tasks)).join("\n"), message);
  assert.match(
    faultsOf("scenarios: { one: { users: 1, duration: 1s, tasks: { call: 1 } } }").join("\n"),
    /The task "call" needs a service of your own, but services.calls and services.gateway have none$/,
  );
});

const JUNE = await Deno.readTextFile(new URL("../june_config.yaml", import.meta.url));

Deno.test("June's gateway is called as June's file says when it is asked for", () => {
  const of = (test_type: "rest" | "websocket" | "all") => load(JUNE, { name: "baseline", overrides: { test_type } });
  const { plan, warnings } = of("rest");
  assert.ok(warnings.every((text) => !text.includes("gateway")));
  assert.deepEqual(plan.tasks.map(({ operation, weight }) => [operation, weight]), [
    ["rest GET /health", 10],
    ["rest POST /api/v1/llm/generate", 30],
  ]);
  const [gateway] = plan.services;
  assert.deepEqual([gateway!.name, gateway!.address, gateway!.protocol], ["gateway", "localhost:8000", "rest"]);
  assert.ok(gateway!.settings?.protocol === "rest");
  assert.equal(gateway!.settings.login_path, "/auth/token?user_id={{random 8}}");
  assert.deepEqual(gateway!.settings.exchanges.map(({ requires_auth, body }) => [requires_auth, body]), [
    [false, null],
    [true, { kind: "json", value: { prompt: "{{prompt}} {{random 8}}" } }],
  ]);
  const socket = of("websocket").plan;
  assert.deepEqual(socket.tasks.map(({ operation, weight }) => [operation, weight]), [
    ["websocket /ws/{user_id} text", 30],
  ]);
  assert.deepEqual(socket.services[0]!.settings, {
    protocol: "websocket",
    path: "/ws/{{uuid}}",
    ping_ms: null,
    sessions: "per_exchange",
    exchanges: [{
      name: "websocket /ws/{user_id} text",
      send: { kind: "json", value: { type: "text", text: "{{prompt}} {{random 8}}" } },
      reply: [{ path: "type", equals: "response", matches: null }],
    }],
  });
  assert.equal(of("all").plan.tasks.length, 6);
  assert.match(
    describePlan(socket)[1]!,
    /gateway_websocket at localhost:8000\/ws\/\{\{uuid\}\}, WebSocket, 1 exchange, a socket for each exchange/,
  );
});

Deno.test("June's gateway is called without being asked where it is all there is, or where tasks name it", () => {
  const alone =
    "services: { gateway: { rest_endpoints: [{ path: /health }] } }\nscenarios: { one: { users: 1, duration: 1s } }";
  assert.deepEqual(operations(alone), [["rest GET /health", 1]]);
  const named = JUNE.replace(
    '    duration: "5m"\n    description: "What',
    '    tasks: { call@gateway: 1 }\n    duration: "5m"\n    description: "What',
  );
  const { plan, warnings } = load(named, { name: "baseline" });
  assert.equal(plan.tasks.length, 2);
  assert.ok(warnings.every((text) => !text.includes("gateway")));
  assert.deepEqual(
    planOf(JUNE, { name: "target", overrides: { test_type: "rest", targets: { gateway: "https://gw" } } }).services.map(
      (
        { address, tls },
      ) => [address, tls !== null],
    ),
    [["gw:443", true]],
  );
});
