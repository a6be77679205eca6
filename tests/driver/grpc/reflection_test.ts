import assert from "node:assert/strict";
import fc from "fast-check";
import { openGrpc } from "../../../lib/driver/grpc/open.ts";
import { parseProtoFile } from "../../../lib/driver/grpc/proto/parser.ts";
import { listServices, reflectDefinitions, ReflectionError } from "../../../lib/driver/grpc/reflection.ts";
import { Types } from "../../../lib/driver/grpc/types.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import type { ServicePlan } from "../../../lib/plan/plan.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { type FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet } from "../../../proto/descriptor.ts";
import { PATHS, ServerReflectionRequest, ServerReflectionResponse } from "../../../proto/reflection.ts";
import { type FakeCall, FakeChannel } from "../fake_channel.ts";
import { messageType, SHOP, SHOP_SET } from "./shop.ts";

const FILES = FileDescriptorSet.decode(await Deno.readFile(SHOP_SET)).file;

/** How a server answers. */
interface Habits {
  /** Versions it knows, as indexes into `PATHS`. */
  versions?: number[];
  /** Sends the files that one imports along with it. */
  with_imports?: boolean;
  /** Never sends a file twice on one stream. */
  once?: boolean;
  /** Files it cannot give. */
  lacks?: string[];
}

interface Server {
  channel: FakeChannel;
  /** Questions in order. */
  asked: string[];
}

/** A server that reflects the shop. */
function server({ versions = [0, 1], with_imports = false, once = false, lacks = [] }: Habits = {}): Server {
  const asked: string[] = [];
  const answer = (call: FakeCall) => {
    if (!versions.some((version) => PATHS[version] === call.spec.path)) {
      return queueMicrotask(() => call.end(StatusCode.UNIMPLEMENTED, "unknown service"));
    }
    const sent = new Set<string>();
    const give = (name: string): Uint8Array[] => {
      const file = FILES.find((one) => one.name === name);
      if (file === undefined || lacks.includes(name) || once && sent.has(name)) return [];
      sent.add(name);
      return [FileDescriptorProto.encode(file), ...with_imports ? file.dependency.flatMap(give) : []];
    };
    call.onWrite = () => {
      const question = ServerReflectionRequest.decode(call.written.at(-1) as Uint8Array);
      const { file_by_filename, file_containing_symbol, list_services } = question;
      asked.push(file_by_filename || file_containing_symbol || list_services);
      const files = file_by_filename !== "" ? give(file_by_filename) : give("shop.proto");
      const unknown = lacks.includes(file_by_filename) || file_containing_symbol === "no.Such";
      const response = list_services !== ""
        ? {
          list_services_response: {
            service: ["shop.v1.Shop", "grpc.reflection.v1.ServerReflection"].map((name) => ({ name })),
          },
        }
        : unknown
        ? { error_response: { error_code: StatusCode.NOT_FOUND, error_message: "not here" } }
        : { file_descriptor_response: { file_descriptor_proto: files } };
      queueMicrotask(() => call.reply(ServerReflectionResponse.encode(response)));
    };
  };
  return { channel: new FakeChannel(answer), asked };
}

async function reflected(habits: Habits): Promise<{ types: Types; asked: string[]; channel: FakeChannel }> {
  const { channel, asked } = server(habits);
  const types = new Types(await reflectDefinitions(channel, [], 1000, ["shop.v1.Shop"]));
  return { types, asked, channel };
}

/** Fields of every message, names of types only, to compare without cycles. */
const outline = (types: Types) => [...types.definitions.messages].sort(([a], [b]) => a < b ? -1 : 1);

for (
  const habits of [{}, { with_imports: true }, { with_imports: true, once: true }, { once: true }, { versions: [1] }]
) {
  Deno.test(`a server's types are complete, whatever its habits: ${JSON.stringify(habits)}`, async () => {
    const { types } = await reflected(habits);
    assert.deepEqual(outline(types), outline(SHOP));
    assert.equal(types.method("shop.v1.Shop/Order").request.name, "shop.v1.OrderRequest");
  });
}

Deno.test("imports that do not come along are asked for by name, each once", async () => {
  const { asked } = await reflected({});
  assert.equal(asked[0], "shop.v1.Shop");
  assert.ok(asked.includes("parts/legacy.proto") && !asked.some((name) => name.startsWith("google/")), `${asked}`);
  assert.equal(new Set(asked).size, asked.length);
  const all = await reflected({ with_imports: true });
  assert.deepEqual(all.asked, ["shop.v1.Shop"]);
});

Deno.test("the newer version is tried first, the older where it is not known", async () => {
  const paths = async (versions: number[]) =>
    (await reflected({ versions })).channel.calls.map(({ spec }) => spec.path);
  assert.deepEqual(await paths([0, 1]), [PATHS[0]]);
  assert.deepEqual(await paths([1]), [PATHS[0], PATHS[1]]);
});

Deno.test("a file that the server lacks leaves only its own types unknown", async () => {
  const { types } = await reflected({ lacks: ["parts/legacy.proto"] });
  const field = messageType("shop.v1.OrderRequest", types).by_name.get("parcel");
  assert.deepEqual(field?.type, { kind: "unknown", name: "legacy.Parcel" });
});

Deno.test("a service that the server lists but cannot describe is left out where that is asked for", async () => {
  const definitions = await reflectDefinitions(server().channel, [], 1000, ["no.Such", "shop.v1.Shop"], true);
  assert.deepEqual([...definitions.services.keys()], ["shop.v1.Shop"]);
});

Deno.test("its services are listed without reflection's own", async () => {
  assert.deepEqual(await listServices(server().channel, [], 1000), ["shop.v1.Shop"]);
});

Deno.test("a server without reflection, one that refuses, and an unknown symbol are told apart", async () => {
  const fault = async (asking: Promise<unknown>) => {
    const error = await asking.then(() => null, (error) => error);
    assert.ok(error instanceof ReflectionError, String(error));
    return error.fault;
  };
  assert.equal(await fault(listServices(server({ versions: [] }).channel, [], 1000)), "missing");
  assert.equal(await fault(reflectDefinitions(server().channel, [], 1000, ["no.Such"])), "unknown");
  const closed = new FakeChannel((call) => queueMicrotask(() => call.end(StatusCode.UNAUTHENTICATED, "no token")));
  assert.equal(await fault(listServices(closed, [], 1000)), "failed");
  const garbled = new FakeChannel((call) =>
    call.onWrite = () => queueMicrotask(() => call.reply(Uint8Array.of(0x22, 9, 1)))
  );
  assert.equal(await fault(listServices(garbled, [], 1000)), "failed");
});

Deno.test("whatever a server sends as its description is read, or refused in words", async () => {
  const sent = (files: Uint8Array[]) => {
    const response = ServerReflectionResponse.encode({ file_descriptor_response: { file_descriptor_proto: files } });
    const channel = new FakeChannel((call) => call.onWrite = () => queueMicrotask(() => call.reply(response)));
    return reflectDefinitions(channel, [], 1000, ["a.S"]);
  };
  const field = { name: "f", number: 1, label: 1, type: 9, type_name: "" };
  const message = (one: Partial<FieldDescriptorProto>): Uint8Array =>
    FileDescriptorProto.encode({
      name: "a.proto",
      package: "a",
      message_type: [{ name: "M", field: [{ ...field, ...one }] }],
    });
  assert.ok((await sent([message({})])).messages.has("a.M"));
  const wrong: [Uint8Array, RegExp][] = [
    [Uint8Array.of(0x0a, 9, 1), /cannot be read/],
    [message({ name: "\u001b[2J" }), /has the name .*, which protobuf does not allow/],
    [message({ type_name: ".a.\nB" }), /which protobuf does not allow/],
    [message({ type: 77 }), /the field f has a type that does not exist/],
    [message({ type: 11 }), /the field f has a type that does not exist/],
  ];
  for (const [file, words] of wrong) {
    await assert.rejects(sent([file]), (error) => error instanceof ReflectionError && words.test(error.message));
  }
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => {
    await sent([bytes]).catch((error) => assert.ok(error instanceof ReflectionError, String(error)));
  }));
});

/** A service whose descriptors the server is asked for. */
function plan(method: string): ServicePlan {
  const exchange = { name: `grpc ${method}`, method, messages: [{}], raw_files: [], checks: [] };
  return {
    name: "shop",
    kind: "call",
    protocol: "grpc",
    settings: { protocol: "grpc", descriptors: { kind: "reflection" }, exchanges: [exchange] },
    address: "fake:1",
    connections: 1,
    timeout_ms: 5000,
    transparent_retry: true,
    metadata: [],
    tls: null,
    inputs: [],
    options: { kind: "call" },
  };
}

Deno.test("a service learns what it speaks when it connects, and says what stands in the way", async () => {
  const complaint = async (method: string, habits: Habits = {}) => {
    const { channel } = server(habits);
    const service = await openGrpc(plan(method), () => channel);
    const error = await service.connect().then(() => null, (error) => error);
    if (error !== null) assert.ok(error instanceof UserError, String(error));
    return error?.message ?? "";
  };
  assert.equal(await complaint("shop.v1.Shop/Order"), "");
  assert.match(
    await complaint("shop.v1.Shop/Order", { versions: [] }),
    /shop at fake:1: it has no server reflection; name/,
  );
  assert.match(await complaint("no.Such/Order"), /NOT_FOUND: not here; there is shop\.v1\.Shop$/);
  assert.match(await complaint("shop.v1.Shop/Odrer"), /has no method Odrer; did you mean "Order"/);
});

/** Files of a server by what they are asked for; null: it ends the stream, as some do for what they do not know. */
type Known = Readonly<Record<string, FileDescriptorProto | null>>;

function reflecting(known: Known): FakeChannel {
  return new FakeChannel((call) => {
    call.onWrite = () => {
      const { file_by_filename, file_containing_symbol, list_services } = ServerReflectionRequest.decode(
        call.written.at(-1) as Uint8Array,
      );
      const file = known[file_by_filename || file_containing_symbol];
      if (file === null) return queueMicrotask(() => call.end(StatusCode.UNKNOWN, "no such thing"));
      const service = Object.keys(known).filter((name) => name.startsWith("a.S")).map((name) => ({ name }));
      const response = list_services !== ""
        ? { list_services_response: { service } }
        : file === undefined
        ? { error_response: { error_code: StatusCode.NOT_FOUND, error_message: "not found" } }
        : { file_descriptor_response: { file_descriptor_proto: [FileDescriptorProto.encode(file)] } };
      queueMicrotask(() => call.reply(ServerReflectionResponse.encode(response)));
    };
  });
}

/** A file as protoc describes it; types with a leading dot need no import here. */
const file = (text: string): FileDescriptorProto => parseProtoFile("a.proto", `syntax = "proto3"; package a; ${text}`);
const OTHER = { ...file("message Other { string text = 1; }"), name: "src/other.proto" };

/** Servers that know their types under other names than their files import, or know only a part. */
const PARTIAL: readonly (readonly [what: string, known: Known, methods: string[], undescribed: number])[] = [
  [
    "a well-known type, imported under a name that the server does not know",
    {
      "a.S": file('import "empty.proto"; service S { rpc M(.google.protobuf.Empty) returns (.google.protobuf.Api); }'),
    },
    ["a.S/M"],
    0,
  ],
  [
    "a file that is known by its symbol only",
    { "a.S": file('import "other.proto"; service S { rpc M(.a.Other) returns (.a.Other); }'), "a.Other": OTHER },
    ["a.S/M"],
    0,
  ],
  [
    "a server that ends the stream at a name that it does not know",
    {
      "a.S": file('import "other.proto"; service S { rpc M(.a.Other) returns (.a.Other); }'),
      "other.proto": null,
      "a.Other": OTHER,
    },
    ["a.S/M"],
    0,
  ],
  [
    "one method of three that cannot be described",
    {
      "a.S": file(
        "message R {} service S { rpc M(.a.R) returns (.a.R); rpc N(.a.Lost) returns (.a.R); rpc O(.a.R) returns (.a.R); }",
      ),
    },
    ["a.S/M", "a.S/O"],
    1,
  ],
];

for (const [what, known, methods, undescribed] of PARTIAL) {
  Deno.test(`reflection of ${what}`, async () => {
    const channel = reflecting(known);
    const listed = await listServices(channel, [], 1000);
    const types = new Types(await reflectDefinitions(channel, [], 1000, listed, true));
    const found = types.methods("a.S");
    assert.deepEqual(found?.methods.map(({ name }) => name), methods);
    assert.equal(found?.undescribed.length, undescribed);
  });
}

Deno.test("a service that ends the stream when it is described leaves the others in the list", async () => {
  const channel = reflecting({ "a.Sick": null, "a.S": file("message R {} service S { rpc M(.a.R) returns (.a.R); }") });
  const types = new Types(await reflectDefinitions(channel, [], 1000, ["a.Sick", "a.S"], true));
  assert.deepEqual(types.services(), ["a.S"]);
});
