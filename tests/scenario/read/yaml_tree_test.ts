import assert from "node:assert/strict";
import { Problems } from "../../../lib/scenario/read/problems.ts";
import type { Tree } from "../../../lib/scenario/read/tree.ts";
import { MAX_FILE_BYTES, readTree } from "../../../lib/scenario/read/yaml_tree.ts";

function read(text: string, environment: Record<string, string> = {}): { tree: Tree | null; faults: string[] } {
  const problems = new Problems();
  const tree = readTree(text, "f.yaml", environment, problems);
  return { tree, faults: problems.list.length === 0 ? [] : problems.asError().message.split("\n") };
}

/** The tree as plain data. */
function plain(tree: Tree | null): unknown {
  if (tree === null || tree.kind === "unreadable") return null;
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(plain);
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plain(value)]));
}

Deno.test("readTree() knows where every key and value stands", () => {
  const { tree, faults } = read("a:\n  b: [1, x]\n");
  assert.deepEqual(faults, []);
  assert.ok(tree?.kind === "map");
  const [a] = tree.entries;
  assert.equal(a!.at, "f.yaml:1:1");
  assert.ok(a!.value.kind === "map");
  const [b] = a!.value.entries;
  assert.deepEqual([b!.at, b!.value.at], ["f.yaml:2:3", "f.yaml:2:6"]);
  assert.ok(b!.value.kind === "list");
  assert.deepEqual(b!.value.items.map(({ at }) => at), ["f.yaml:2:7", "f.yaml:2:10"]);
});

Deno.test("readTree() tells YAML faults with their place", () => {
  assert.deepEqual(read("a: 1\n\tb: 2\n").faults.length > 0, true);
  assert.deepEqual(read("a: 'x\n").faults, ["f.yaml:2:1: Not valid YAML: Missing closing 'quote"]);
  assert.deepEqual(read("a: [1,\nb: 2\n").faults[0]?.startsWith("f.yaml:2:1: Not valid YAML: Flow sequence"), true);
  assert.match(
    read("a: 1\n---\nb: 2\n").faults[0]!,
    /^f\.yaml:2:1: A second YAML document begins here \(after "---"\)/,
  );
  assert.match(read("a: !secret x\n").faults[0]!, /^f\.yaml:1:4: Not valid YAML: Unresolved tag: "..."/);
});

Deno.test("readTree() refuses keys that are given twice or are no words", () => {
  assert.deepEqual(read("a: 1\nb: 2\na: 3\n").faults, [
    'f.yaml:3:1: a: The key "a" is given twice, first at f.yaml:1:1',
  ]);
  assert.deepEqual(read("? [x]\n: 1\n").faults, [
    "f.yaml:1:3: A key must be a word, not a map, a list or an alias",
  ]);
});

Deno.test("readTree() takes keys that other objects have from birth", () => {
  assert.deepEqual(read("constructor: 1\ntoString: 2\n").faults, []);
  const { tree } = read("__proto__: 1\n");
  assert.ok(tree?.kind === "map");
  assert.equal(tree.entries[0]!.key, "__proto__");
});

Deno.test("readTree() follows aliases and tells those that lead nowhere", () => {
  assert.deepEqual(plain(read("a: &x [1, 2]\nb: *x\n").tree), { a: [1, 2], b: [1, 2] });
  assert.deepEqual(read("a: 1\nb: *y\n").faults, ['f.yaml:2:4: b: The alias "*y" has no anchor "&y" before it']);
});

Deno.test("readTree() refuses aliases that multiply and aliases to themselves", () => {
  const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 9; i++) bomb.push(`a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`).join(", ")}]`);
  const { tree, faults } = read(bomb.join("\n"));
  assert.equal(tree, null);
  assert.match(faults[0]!, /^f\.yaml:\d+:\d+: The file holds more than 50000 values with its aliases expanded$/);
  assert.match(read("a: &a [*a]\n").faults[0]!, /The file is nested more than 32 levels deep$/);
});

Deno.test("readTree() refuses files that are too large or too deep", () => {
  assert.deepEqual(read("#".repeat(MAX_FILE_BYTES + 1)).faults, [
    "f.yaml:1:1: The file is larger than 1 MiB: a scenario file is a few kilobytes",
  ]);
  assert.deepEqual(read("[".repeat(20_000)).faults, ["f.yaml:1:1: The file is nested more than 32 levels deep"]);
  assert.match(read("[".repeat(40) + "]".repeat(40)).faults[0]!, /nested more than 32 levels deep$/);
});

Deno.test("readTree() fills in the environment and leaves the type open", () => {
  const { tree } = read('a: ${N:-5}\nb: "x${N}y"\n', { N: "7" });
  assert.ok(tree?.kind === "map");
  const [a, b] = tree.entries.map(({ value }) => value);
  assert.deepEqual(a, { kind: "scalar", at: "f.yaml:1:4", value: "7", text: "7", loose: true });
  assert.deepEqual(b, { kind: "scalar", at: "f.yaml:2:4", value: "x7y", text: "x7y", loose: true });
});

Deno.test("readTree() names the variable that is not set, and where", () => {
  assert.deepEqual(read("a:\n  b: ${TOKEN}\n").faults, [
    'f.yaml:2:6: a.b: The environment variable "TOKEN" is not set and has no default: set it, or write ${TOKEN:-default}',
  ]);
});

Deno.test("readTree() reads an empty file as nothing", () => {
  assert.deepEqual(read(""), {
    tree: { kind: "scalar", at: "f.yaml:1:1", value: null, text: "", loose: false },
    faults: [],
  });
});

Deno.test("readTree() merges maps: own keys win, then those of the first map", () => {
  const merged = (text: string) => {
    const { tree, faults } = read(text);
    assert.deepEqual(faults, []);
    return plain(tree);
  };
  const bases = "a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\n";
  const given = { a: { x: 1, y: 1 }, b: { y: 2, z: 2 } };
  assert.deepEqual(merged(`${bases}c: { <<: *a, x: 3 }\n`), { ...given, c: { x: 3, y: 1 } });
  assert.deepEqual(merged(`${bases}c: { x: 3, <<: [*b, *a] }\n`), { ...given, c: { x: 3, y: 2, z: 2 } });
  assert.deepEqual(merged(`${bases}c:\n  <<: *a\n  <<: *b\n`), { ...given, c: { x: 1, y: 1, z: 2 } });
  assert.deepEqual(merged(`${bases}c: { <<: { q: 5 } }\n`), { ...given, c: { q: 5 } });
  assert.deepEqual(merged('a: { "<<": 1 }'), { a: { "<<": 1 } }, "in quotes it is a word");
  assert.match(read("a: { <<: 5 }").faults[0]!, /^f\.yaml:1:6: a: The merge key "<<" takes a map such as \*NAME/);
  assert.match(read("a: &a { <<: *a }").faults[0] ?? "", /./, "a merge of itself ends");
});
