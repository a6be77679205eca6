import assert from "node:assert/strict";
import { Problems } from "../../../lib/scenario/read/problems.ts";
import type { Json } from "../../../lib/scenario/read/tree.ts";
import { readTree } from "../../../lib/scenario/read/yaml_tree.ts";
import { transform } from "../../../lib/scenario/shape/containers.ts";
import { boolean, choice, integer } from "../../../lib/scenario/shape/scalars.ts";
import { type Decoded, formerly, object, optional, required } from "../../../lib/scenario/shape/shape.ts";

const FIELDS = {
  workers: formerly(formerly(optional(integer(1, 64), 1, "Threads."), "threads"), "pools"),
  quick: formerly(
    required(boolean, true, "Whether to hurry."),
    "speed",
    transform(choice("high", "low"), (word) => word === "high"),
  ),
};
const SHAPE = object(FIELDS);

function decode(text: string): { given: Decoded<typeof FIELDS>; faults: string[] } {
  const problems = new Problems();
  const context = { problems, dir: "/", exists: () => true, readText: () => "" };
  const given = SHAPE.decode(readTree(text, "f.yaml", {}, problems)!, "", context);
  assert.ok(given);
  return { given, faults: problems.list.map(({ at, path, text }) => `${at}: ${path}: ${text}`) };
}

Deno.test("formerly() takes a key under its former name, with the values that name had", () => {
  const { given, faults } = decode("threads: 4\nspeed: low");
  assert.deepEqual(faults, []);
  assert.deepEqual(given.workers, { value: 4, given: true, valid: true, at: "f.yaml:1:10", path: "threads" });
  assert.deepEqual(given.quick, { value: false, given: true, valid: true, at: "f.yaml:2:8", path: "speed" });
  assert.equal(decode("pools: 2\nquick: true").given.workers.value, 2);
});

Deno.test("formerly() keeps the values of each name apart, and reports faults under the name in the file", () => {
  assert.deepEqual(decode("speed: true").faults, ["f.yaml:1:8: speed: Expected one of high, low, found true"]);
  assert.deepEqual(decode("quick: high").faults, ['f.yaml:1:8: quick: Expected true or false, found "high"']);
  assert.deepEqual(decode("quick: true\nthreads: 65").faults, [
    "f.yaml:2:10: threads: Expected a whole number from 1 to 64, found 65",
  ]);
});

Deno.test("formerly() refuses a key under two names, wherever they stand", () => {
  const text = (kept: string, former: string) =>
    `Both "${kept}" and "${former}" are given, but they are names of the same key: remove "${former}"`;
  const both = decode("speed: low\nquick: true");
  assert.deepEqual(both.faults, [`f.yaml:1:1: speed: ${text("quick", "speed")}`]);
  assert.equal(both.given.quick.value, true);
  assert.deepEqual(decode("quick: true\nthreads: 1\npools: 2").faults, [
    `f.yaml:3:1: pools: ${text("threads", "pools")}`,
  ]);
});

Deno.test("formerly() does not suggest former names, and asks for a missing key by its own", () => {
  const { faults } = decode("thread: 1");
  assert.deepEqual(faults, [
    'f.yaml:1:1: thread: Unknown key "thread"; allowed here: workers, quick',
    'f.yaml:1:1: quick: Missing key "quick": expected true or false, such as true',
  ]);
});

Deno.test("formerly() marks the former name deprecated in JSON Schema, and asks for one of the names", () => {
  const { properties, required, allOf } = SHAPE.jsonSchema() as Record<string, Record<string, Record<string, Json>>>;
  assert.deepEqual(Object.keys(properties!), ["workers", "threads", "pools", "quick", "speed"]);
  assert.equal(properties!["threads"]!["deprecated"], true);
  assert.equal(properties!["threads"]!["description"], 'Former name of "workers".');
  assert.equal(properties!["threads"]!["default"], undefined);
  assert.equal(properties!["workers"]!["deprecated"], undefined);
  assert.equal(required, undefined);
  assert.deepEqual(allOf, [
    { not: { type: "object", required: ["workers", "threads"] } },
    { not: { type: "object", required: ["workers", "pools"] } },
    { not: { type: "object", required: ["threads", "pools"] } },
    { anyOf: [{ required: ["quick"] }, { required: ["speed"] }] },
    { not: { type: "object", required: ["quick", "speed"] } },
  ]);
});
