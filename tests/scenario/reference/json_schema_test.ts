import assert from "node:assert/strict";
import { parse } from "yaml";
import { builtInScenario, builtInScenarios } from "../../../lib/scenario/built_in.ts";
import { initTemplate } from "../../../lib/scenario/init.ts";
import { scenarioJsonSchema } from "../../../lib/scenario/reference/json_schema.ts";
import { LOADS_EXAMPLE } from "../../../lib/scenario/reference/loads.ts";
import { SERVICES_EXAMPLE } from "../../../lib/scenario/reference/services.ts";
import type { JsonSchema } from "../../../lib/scenario/shape/shape.ts";
import type { Json } from "../../../lib/scenario/read/tree.ts";
import { faultsOf, fileWith, load } from "../helpers.ts";

const SCHEMA = scenarioJsonSchema();
const JUNE = await Deno.readTextFile(new URL("../june_config.yaml", import.meta.url));

/** Keywords that only inform. */
const NOTES = ["$schema", "title", "description", "default", "examples", "deprecated"];

/** What each keyword the schema uses demands, as draft 2020-12 defines it. */
const KEYWORDS: Record<string, (rule: never, value: Json, schema: JsonSchema) => boolean> = {
  type: (types: string | string[], value) =>
    [types].flat().includes(typeOf(value)) || ([types].flat().includes("number") && typeOf(value) === "integer"),
  enum: (words: Json[], value) => words.includes(value),
  pattern: (source: string, value) => typeof value !== "string" || new RegExp(source).test(value),
  minLength: (least: number, value) => typeof value !== "string" || value.length >= least,
  minimum: (least: number, value) => typeof value !== "number" || value >= least,
  maximum: (most: number, value) => typeof value !== "number" || value <= most,
  exclusiveMinimum: (bound: number, value) => typeof value !== "number" || value > bound,
  exclusiveMaximum: (bound: number, value) => typeof value !== "number" || value < bound,
  minItems: (least: number, value) => !Array.isArray(value) || value.length >= least,
  maxItems: (most: number, value) => !Array.isArray(value) || value.length <= most,
  items: (schema: JsonSchema, value) => !Array.isArray(value) || value.every((item) => isValid(schema, item)),
  minProperties: (least: number, value) => !isObject(value) || Object.keys(value).length >= least,
  maxProperties: (most: number, value) => !isObject(value) || Object.keys(value).length <= most,
  required: (keys: string[], value) => !isObject(value) || keys.every((key) => Object.hasOwn(value, key)),
  anyOf: (schemas: JsonSchema[], value) => schemas.some((schema) => isValid(schema, value)),
  allOf: (schemas: JsonSchema[], value) => schemas.every((schema) => isValid(schema, value)),
  not: (schema: JsonSchema, value) => !isValid(schema, value),
  properties: (schemas: Record<string, JsonSchema>, value) =>
    !isObject(value) ||
    Object.entries(schemas).every(([key, schema]) => !Object.hasOwn(value, key) || isValid(schema, value[key]!)),
  patternProperties: (schemas: Record<string, JsonSchema>, value) =>
    !isObject(value) ||
    Object.entries(schemas).every(([source, schema]) =>
      Object.entries(value).every(([key, inner]) => !new RegExp(source).test(key) || isValid(schema, inner))
    ),
  additionalProperties: (allowed: boolean, value, schema) =>
    allowed || !isObject(value) || Object.keys(value).every((key) => isKnown(schema, key)),
};

function isKnown(schema: JsonSchema, key: string): boolean {
  const patterns = Object.keys((schema["patternProperties"] ?? {}) as JsonSchema);
  return Object.hasOwn((schema["properties"] ?? {}) as JsonSchema, key) ||
    patterns.some((source) => new RegExp(source).test(key));
}

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function isValid(schema: JsonSchema, value: Json): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    if (NOTES.includes(keyword)) return true;
    const check = KEYWORDS[keyword];
    assert.ok(check, `The schema uses "${keyword}", which this test does not know`);
    return check(rule as never, value, schema);
  });
}

Deno.test("scenarioJsonSchema() accepts every file that loads", () => {
  const files = [
    JUNE,
    initTemplate({ name: "x", targets: {} }),
    fileWith({}),
    SERVICES_EXAMPLE,
    ...builtInScenarios().map(({ name }) => builtInScenario(name)!),
  ];
  files.push(
    fileWith({
      services: ["stt:"],
      scenario: ["think_time: { min: 1s, max: 2s }", "spawn_rate: 120/m", "thresholds: calls > 1"],
    }),
  );
  files.push(fileWith({ services: ["stt: { moves: fail }", "tts: { ahead: 1 }"] }));
  files.push(LOADS_EXAMPLE);
  files.push("scenarios: { one: { users: '${U:-5}', duration: '${D:-5s}', workers: '${W:-1}' } }");
  for (const text of files) {
    if (text !== JUNE && text !== LOADS_EXAMPLE) load(text);
    assert.ok(isValid(SCHEMA, parse(text)), text);
  }
});

Deno.test("scenarioJsonSchema() refuses what the decoder refuses", () => {
  const files = [
    "services: {}",
    fileWith({ services: ["stt: { protocol: rivva }"] }),
    fileWith({ services: ["llm: { protocol: openai }"] }),
    fileWith({ services: ["llm: { model: of-another-protocol }"] }),
    fileWith({ services: ["llm: { moves: fail, transparent_retry: false }"] }),
    fileWith({ services: ["llm: { transparent_retry: fail }"] }),
    fileWith({ services: ["llm: { prompts: { input_tokens: many } }"] }),
    fileWith({ scenario: ["tasks: { call@: 1 }"] }),
    fileWith({ rest: ["services: { calls: { a: { exchanges: [{ path: / }] } } }"] }),
    fileWith({ rest: ["services: { calls: { a: { protocol: rest, exchanges: [] } } }"] }),
    "scenarios: {}",
    "scenarios: { a b: { users: 1, duration: 1s } }",
    "scenarios: { one: { users: 1 } }",
    "scenarios: { one: { rate: 1 } }",
    "scenarios: { one: { parallel: [a] } }",
    "scenarios: { one: { stages: {} } }",
    "scenarios: { one: { stages: { a: { duration: 5, users: 1 } } } }",
    "scenarios: { one: { stages: { a: { duration: 5s, users: 1 to x } } } }",
    "scenarios: { one: { stages: { a: { duration: 5s, rate: { mean: 1 } } } } }",
    "scenarios: { one: { rate: 5/d, duration: 1s } }",
    ...[
      "usrs: 1",
      "seed: -1",
      "seed: 1.5",
      "spawn_rate: 0",
      "workers: many",
      "transport: tcp",
      "grace: 5",
      "think_time: [1s]",
      "tasks: { llm.chatt: 1 }",
      "tasks: { llm.chat: -1 }",
      "tasks: {}",
      "thresholds: { a: 1 }",
      "objectives: { gap: 1s }",
      "pacing: 5",
    ]
      .map((line) => fileWith({ scenario: [line] })),
    ...[
      "stt: { chunk: 5 }",
      "stt: { pacing: slow }",
      "llm: { temperature: 3 }",
      "tts: { tls: { pin: x } }",
      "riva: {}",
      "stt: { metadata: { 'a b': x } }",
    ]
      .map((line) => fileWith({ services: [line] })),
    fileWith({ rest: ["metrics: { latency: { percentiles: [0] } }"] }),
    fileWith({ rest: ["metrics: { error_rate: { threshold: 1 } }"] }),
    fileWith({ rest: ["reports: { format: [pdf] }"] }),
  ];
  for (const text of files) {
    assert.ok(faultsOf(text).length > 0, text);
    assert.equal(isValid(SCHEMA, parse(text)), false, text);
  }
});

Deno.test("scenarioJsonSchema() tells meaning, default and example of a key", () => {
  const services = (SCHEMA["properties"] as Record<string, JsonSchema>)["services"]!;
  const grpc = (services["properties"] as Record<string, JsonSchema>)["grpc"]!;
  const stt = (grpc["properties"] as Record<string, JsonSchema>)["stt"]!;
  const [june] = stt["anyOf"] as JsonSchema[];
  const { host, chunk } = june!["properties"] as Record<string, JsonSchema>;
  assert.equal(SCHEMA["$schema"], "https://json-schema.org/draft/2020-12/schema");
  assert.equal(host!["description"], "Address of the service.");
  assert.equal(host!["default"], "127.0.0.1:50052");
  assert.deepEqual(host!["examples"], ["stt.example.net:50052"]);
  assert.equal(chunk!["default"], "100ms");
});
