/** Everything that protoc takes, june-load takes, and reads the same from it. */
import assert from "node:assert/strict";
import { definitionsOf, loadDescriptorSet } from "../../../lib/driver/grpc/descriptor_files.ts";
import { builtIn, builtInFiles } from "../../../lib/driver/grpc/proto/built_in.ts";
import { parseProtoFile } from "../../../lib/driver/grpc/proto/parser.ts";
import { tokensOf } from "../../../lib/driver/grpc/proto/tokens.ts";
import { loadProtoFiles } from "../../../lib/driver/grpc/proto_files.ts";

const PROTOS = new URL("protos/", import.meta.url).pathname;
const ODD = [...Deno.readDirSync(`${PROTOS}odd`)].map(({ name }) => name).sort();

/** Files that protoc takes; odd.binpb is what it makes of them (make_fixtures.py). */
for (const name of ODD) {
  Deno.test(`${name} reads as protoc reads it`, async () => {
    const ours = await loadProtoFiles([`${PROTOS}odd/${name}`], []);
    const protocs = await loadDescriptorSet(`${PROTOS}odd.binpb`);
    assert.ok(ours.messages.size > 0);
    for (const kind of ["messages", "enums", "services"] as const) {
      for (const [full, one] of ours[kind]) assert.deepEqual(one, protocs[kind].get(full), full);
    }
  });
}

Deno.test("together they hold every type that protoc finds in them", async () => {
  const ours = await loadProtoFiles(ODD.map((name) => `${PROTOS}odd/${name}`), []);
  const protocs = await loadDescriptorSet(`${PROTOS}odd.binpb`);
  for (const kind of ["messages", "enums", "services"] as const) {
    assert.deepEqual([...ours[kind].keys()].sort(), [...protocs[kind].keys()].sort());
  }
});

Deno.test("all files of google/protobuf are built in", () => {
  const names = [
    "any",
    "api",
    "descriptor",
    "duration",
    "empty",
    "field_mask",
    "source_context",
    "struct",
    "timestamp",
  ];
  for (const name of [...names, "type", "wrappers", "compiler/plugin"]) {
    assert.ok(builtIn(`google/protobuf/${name}.proto`), name);
  }
  assert.equal(builtIn("google/protobuf/none.proto"), undefined);
  assert.equal(builtIn("toString"), undefined);
  const { messages } = definitionsOf(builtInFiles());
  for (const name of ["Api", "SourceContext", "FileDescriptorProto", "Type", "Struct", "DoubleValue"]) {
    assert.ok(messages.has(`google.protobuf.${name}`), name);
  }
});

/** What is wrong, and where. */
const WRONG: readonly (readonly [source: string, says: RegExp])[] = [
  ["message M {\n  int32 = 1; }", /a field's name, found "=" \(line 2\)/],
  ["message M { string t = 1 }", /expected ";", found "}" \(line 1\)/],
  ["message M { string t = one; }", /a field's number, found "one"/],
  ["message M {", /found the end/],
  ["message M { option (o) = { a: [1 }; }", /./],
  ["service S { rpc D(M) return (M); }", /expected "returns"/],
  ["\n\n/* never closed", /comment that does not end \(line 3\)/],
  ['import "a', /without its closing quote/],
  ["message M {\n".repeat(20_000), /more than 100 levels of brackets \(line 101\)/],
  [`option (o) = ${"{ a ".repeat(20_000)}`, /more than 100 levels of brackets/],
  ["message M {" + " optional group G = 1 {".repeat(20_000), /more than 100 levels of brackets/],
  ["hello", /expected message, enum, service/],
];

Deno.test("what is no .proto file is told by word and line", () => {
  for (const [source, says] of WRONG) {
    assert.throws(() => parseProtoFile("a.proto", source), { message: says }, source.slice(0, 60));
  }
});

Deno.test("a byte order mark, comments and texts in pieces are no obstacle", () => {
  const source = '\uFEFFsyntax = "pro" /* x */ \'to3\'; // y\nmessage M { string t = 1 [json_name = "a" "b"]; }';
  const file = parseProtoFile("a.proto", source);
  assert.deepEqual([file.syntax, file.message_type[0]!.field[0]!.json_name], ["proto3", "ab"]);
  assert.deepEqual(tokensOf("1e+5 .5 1.f 0x1F -a").map(({ text }) => text), [
    "1e+5",
    ".5",
    "1.f",
    "0x1F",
    "-",
    "a",
    "",
  ]);
});
