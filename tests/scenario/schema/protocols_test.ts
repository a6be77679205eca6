import assert from "node:assert/strict";
import { describePlan } from "../../../lib/scenario/describe/describe.ts";
import { redactPlan, type ServicePlan } from "../../../lib/plan/plan.ts";
import { faultsOf, fileWith, load, planOf } from "../helpers.ts";

const settingsOf = (line: string): ServicePlan => planOf(fileWith({ services: [line] })).services[0]!;

/** What is wrong with a file whose one service is `line`. */
const faultOf = (line: string): string => faultsOf(fileWith({ services: [line] })).join("\n");

Deno.test("a Triton service has its model, streams and tensors", () => {
  const triton = settingsOf(
    "llm: { protocol: triton, host: gpu1, model: chat, streams: shared, tensors: [{ name: a, value: '{{prompt}}' }] }",
  );
  assert.equal(triton.address, "gpu1:8001");
  assert.deepEqual(triton.settings, {
    protocol: "triton",
    model: "chat",
    version: "",
    streams: "shared",
    inputs: [{ name: "a", datatype: null, shape: null, value: "{{prompt}}" }],
    text_output: "text_output",
  });
  assert.deepEqual(triton.options, { kind: "llm", max_tokens: 128, temperature: 0.7, system: "" });
});

Deno.test("Riva's services say language and region, and the options the language alone", () => {
  const stt = settingsOf("stt: { protocol: riva, language: de-DE, interim_results: false }");
  assert.deepEqual(stt.settings, {
    protocol: "riva",
    model: "",
    language_code: "de-DE",
    interim_results: false,
    automatic_punctuation: true,
    sample_rate_hz: 16_000,
  });
  assert.deepEqual([stt.address, stt.options.kind === "stt" && stt.options.language], ["127.0.0.1:50051", "de"]);
  const plan = planOf(fileWith({ services: ["tts: { protocol: riva, voice: A.F, sample_rate: 44100 }"] }));
  const { settings, options } = plan.services[0]!;
  assert.equal(settings?.protocol === "riva" && settings.sample_rate_hz, 44_100);
  assert.equal(options.kind === "tts" && options.voice, "A.F");
  assert.deepEqual(plan.tasks.map(({ name }) => name), ["tts.synthesize_stream"]);
});

Deno.test("an OpenAI service has a URL, whose scheme says TLS and whose path comes before each", () => {
  const llm = settingsOf(
    "llm: { protocol: openai, host: 'https://llm.example.net/api/v1/', model: m, extra: { n: 1 } }",
  );
  assert.equal(llm.address, "llm.example.net:443");
  assert.equal(llm.tls?.insecure, false);
  assert.equal(llm.connections, 256);
  assert.deepEqual(llm.settings, {
    protocol: "openai",
    base_path: "/api/v1",
    http_version: "1.1",
    model: "m",
    limit_field: "max_tokens",
    extra: { n: 1 },
    audio_format: "pcm",
    sample_rate_hz: 24_000,
  });
  const hosts: [string, string, string, boolean][] = [
    ["http://a:9/v2", "a:9", "/v2", false],
    ["a", "a:8000", "/v1", false],
    ["'[::1]:9/x'", "[::1]:9", "/x", false],
    ["'http://[::1]:9'", "[::1]:9", "/v1", false],
    ["http://a, tls: false", "a:80", "/v1", false],
    ["a:443, tls: true", "a:443", "/v1", true],
  ];
  for (const [host, address, path, secure] of hosts) {
    const { settings, ...plan } = settingsOf(`stt: { protocol: openai, host: ${host}, http: 2 }`);
    assert.ok(settings?.protocol === "openai");
    assert.deepEqual([plan.address, settings.base_path, plan.tls !== null], [address, path, secure], host);
    assert.deepEqual([settings.http_version, plan.connections], ["2", 1]);
  }
});

Deno.test("each protocol has the default task that it can do", () => {
  const of = (line: string) => planOf(fileWith({ services: [line] })).tasks.map(({ name }) => name).join();
  assert.equal(of("tensorrt_llm:"), "llm.chat_stream");
  assert.equal(of("stt: { protocol: openai }"), "stt.recognize");
  assert.equal(of("tts: { protocol: openai }"), "tts.synthesize_stream");
  assert.equal(of("tts: { protocol: june }"), "tts.synthesize");
});

Deno.test("faults of protocols name the place and what to do", () => {
  const cases: [string, string][] = [
    [
      "llm: { model: x }",
      'load.yaml:7:12: services.grpc.llm.model: The key "model" needs "protocol: triton" or "openai", but here the protocol is "june": remove it, or change the protocol',
    ],
    [
      "llm: { protocol: openai }",
      'load.yaml:7:10: services.grpc.llm.model: Missing key "model": expected text of at most 300 characters, such as "Qwen/Qwen3-32B"',
    ],
    [
      "llm: { protocol: triton, modle: x }",
      'load.yaml:7:30: services.grpc.llm.modle: Unknown key "modle"; did you mean "model"? Allowed here: protocol, timeout, auth, proxy, wait_for_ready, addresses, weight, prompts, max_tokens, temperature, system, host, connections, transparent_retry, metadata, tls, model, version, streams, tensors, text_output',
    ],
    [
      "llm: { protocol: openai, model: m, host: 'http://a', tls: true }",
      'load.yaml:7:63: services.grpc.llm.tls: The scheme of the URL means no TLS, but "tls" is given: write the URL with the scheme for TLS, or remove "tls"',
    ],
    [
      "llm: { protocol: openai, model: m, host: 'grpc://a' }",
      'load.yaml:7:46: services.grpc.llm.host: The scheme of "grpc://a" must be "http" or "https"',
    ],
    [
      "llm: { protocol: openai, model: m, host: 'http://me:hush@a' }",
      "load.yaml:7:46: services.grpc.llm.host: The URL holds a user or a password, and reports would show it: remove it and use headers or auth",
    ],
    [
      "llm: { protocol: openai, model: m, http: 3 }",
      "load.yaml:7:46: services.grpc.llm.http: Expected 1.1 or 2, found 3",
    ],
    [
      "stt: { protocol: riva, tls: { insecure: 1 } }",
      "load.yaml:7:45: services.grpc.stt.tls.insecure: Expected true or false, found 1",
    ],
    [
      "stt: { protocol: openai, headers: { Host: x } }",
      'load.yaml:7:41: services.grpc.stt.headers.Host: The header "Host" is reserved for HTTP',
    ],
    [
      "llm: { protocol: triton, tensors: [{ name: a, value: '{{oops}}' }] }",
      'load.yaml:7:58: services.grpc.llm.tensors[0].value: Cannot use the placeholder "{{oops}}": there is {{uuid}}, {{seq}}, {{random N}}, {{int A B}}, {{pick FILE}}, {{prompt}}',
    ],
  ];
  for (const [line, message] of cases) assert.equal(faultOf(line), message);
});

Deno.test("a task that no service's protocol can do is refused at its line, with what to use", () => {
  const text = fileWith({ services: ["tensorrt_llm:"], scenario: ["tasks: { llm.embed: 1 }"] });
  assert.deepEqual(faultsOf(text), [
    'load.yaml:5:14: scenarios.one.tasks.llm.embed: The service "tensorrt_llm" speaks triton and cannot do the task "llm.embed": it needs one that speaks june or openai; triton does llm.generate, llm.generate_stream, llm.chat, llm.chat_stream, llm.health',
  ]);
  const both = fileWith({ services: ["tensorrt_llm:", "llm:"], scenario: ["tasks: { llm.embed: 4, llm.chat: 6 }"] });
  assert.deepEqual(planOf(both).tasks.map(({ operation, weight }) => [operation, weight]), [
    ["llm.embed", 4],
    ["llm.chat@tensorrt_llm", 3],
    ["llm.chat@llm", 3],
  ]);
});

Deno.test("a service that cannot be read brings no faults of the mix with it", () => {
  const text = fileWith({ services: ["stt: { protocol: rivva }"], scenario: ["tasks: { stt.recognize: 1 }"] });
  assert.equal(faultsOf(text).length, 1);
});

Deno.test("describePlan() says what each service speaks, and no header", () => {
  const text = fileWith({
    services: [
      "tensorrt_llm: { model: chat }",
      "llm: { protocol: openai, host: 'https://a/v1', model: m, headers: { x-key: hush } }",
      "stt: { protocol: riva }",
      "tts: { protocol: openai, http: 2, voice: af }",
    ],
  });
  assert.deepEqual(describePlan(planOf(text)).slice(1, 5), [
    "calls      tensorrt_llm at 127.0.0.1:8000, triton over gRPC, model chat, 1 connection a worker, plaintext, timeout 30s",
    "           llm at a:443/v1, openai over HTTP/1.1, model m, up to 256 connections a worker, TLS, timeout 30s, headers x-key",
    "           stt at 127.0.0.1:50051, riva over gRPC, en-US, 1 connection a worker, plaintext, timeout 30s, audio in real time",
    "           tts at 127.0.0.1:8000/v1, openai over HTTP/2, model tts-1, voice af, 1 connection a worker, plaintext, timeout 30s",
  ]);
});

Deno.test("redactPlan() keeps no value that is sent", () => {
  const { plan } = load(`
services:
  grpc:
    llm: { protocol: openai, model: m, headers: { x-key: hush1 }, extra: { user: hush2 } }
    tensorrt_llm: { tensors: [{ name: a, value: hush3 }] }
  calls:
    a: { protocol: grpc, exchanges: [{ method: p.S/M, message: { a: hush4 }, checks: [{ equals: hush5 }] }] }
    b:
      protocol: rest
      login: /login?password=hush6
      exchanges:
        - { path: /a?key=hush7, headers: { h: hush8 }, json: { a: hush9 }, checks: [{ path: p, matches: hush10 }] }
        - { path: /b, text: hush11 }
        - { path: /c, multipart: { a: hush12 } }
    c: { protocol: websocket, path: /ws?key=hush13, exchanges: [{ text: hush14 }, { json: [hush15] }, { clip: binary }] }
scenarios: { one: { users: 1, duration: 1s } }
`);
  assert.equal(JSON.stringify(plan).match(/hush\d+/g)?.length, 15);
  const redacted = JSON.stringify(redactPlan(plan));
  assert.deepEqual(redacted.match(/hush\d+/g), null);
  assert.match(redacted, /"\/a\?\*\*\*"/);
});
