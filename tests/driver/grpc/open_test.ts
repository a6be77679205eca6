import assert from "node:assert/strict";
import { openGrpc } from "../../../lib/driver/grpc/open.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import type { ServicePlan, TaskPlan } from "../../../lib/plan/plan.ts";
import type { DescriptorSource, GrpcExchange, Json } from "../../../lib/plan/protocols.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import * as health from "../../../proto/health.ts";
import { type FakeCall, FakeChannel } from "../fake_channel.ts";
import { FakeClock } from "../fake_clock.ts";
import { MarkList } from "../workbench.ts";
import { encode, SHOP_PROTO, SHOP_SET } from "./shop.ts";
import { callStart } from "../call_start.ts";

const FILES: DescriptorSource = { kind: "proto", files: [SHOP_PROTO], import_dirs: [] };

function exchange(method: string, rest: Partial<GrpcExchange> = {}): GrpcExchange {
  return { name: `grpc ${method}`, method, messages: [{}], raw_files: [], checks: [], ...rest };
}

function plan(exchanges: GrpcExchange[], descriptors = FILES): ServicePlan {
  return {
    name: "shop",
    kind: "call",
    protocol: "grpc",
    settings: { protocol: "grpc", descriptors, exchanges },
    address: "fake:1",
    connections: 1,
    timeout_ms: 5000,
    transparent_retry: true,
    metadata: [{ key: "X-Key", value: "v" }],
    tls: null,
    inputs: [],
    options: { kind: "call" },
  };
}

const taskOf = ({ name }: GrpcExchange): TaskPlan => ({
  name: "call",
  operation: name,
  services: ["shop"],
  load: 0,
  weight: 1,
});

interface Bench {
  channel: FakeChannel;
  marks: MarkList;
  call: FakeCall;
  /** Starts the operation once more; the call that it made. */
  again(): FakeCall;
}

/** Opens a service with one exchange and starts it once. */
async function start(one: GrpcExchange, channel = new FakeChannel(), descriptors = FILES): Promise<Bench> {
  const service = await openGrpc(plan([one], descriptors), () => channel);
  await service.connect();
  const operation = service.operation(taskOf(one), { kind: "call" });
  const clock = new FakeClock();
  const begin = (marks: MarkList): FakeCall => {
    operation.start(callStart(clock, marks));
    return channel.call;
  };
  const marks = new MarkList(clock, false);
  assert.equal(operation.name, one.name);
  return { channel, marks, call: begin(marks), again: () => begin(new MarkList(clock, false)) };
}

/** What is wrong with a service, before anything is sent. */
async function refusal(one: GrpcExchange, descriptors = FILES): Promise<string> {
  try {
    await openGrpc(plan([one], descriptors), () => new FakeChannel());
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  }
  throw new Error("it was accepted");
}

const item = (name: string): Json => ({ name });
const reply = (value: Json): Uint8Array => encode("shop.v1.OrderReply", value);

Deno.test("a unary call sends its one message, encoded once, and ends with the reply", async () => {
  const one = exchange("shop.v1.Shop/Order", { messages: [{ customer: "Ann" }] });
  const { call, marks, again } = await start(one);
  assert.equal(call.spec.path, "/shop.v1.Shop/Order");
  assert.deepEqual([call.spec.request_stream, call.spec.reply_stream], [false, false]);
  assert.deepEqual(call.spec.metadata, [["x-key", "v"]]);
  assert.equal(call.timeout_ms, 5000);
  const sent = encode("shop.v1.OrderRequest", { customer: "Ann" });
  assert.deepEqual(call.request, sent);
  call.reply(reply({ id: "7" }));
  call.end();
  assert.deepEqual(marks.names, ["content", "end"]);
  assert.equal(marks.result?.outcome, "ok");
  assert.deepEqual([marks.result?.sent_bytes, marks.result?.received_bytes], [sent.length, 3]);
  assert.deepEqual(again().request, sent);
});

Deno.test("a stream of replies marks each", async () => {
  const { call, marks } = await start(exchange("shop.v1.Shop/Watch"));
  assert.deepEqual([call.spec.request_stream, call.spec.reply_stream], [false, true]);
  for (const id of ["a", "b", "c"]) call.reply(reply({ id }));
  call.end();
  assert.deepEqual(marks.names, ["content", "content", "content", "end"]);
});

Deno.test("a stream of requests is sent at once, in order, and closed", async () => {
  const messages = ["a", "b", "c"].map(item);
  for (const method of ["shop.v1.Shop/Fill", "shop.v1.Shop/Talk"]) {
    const { call } = await start(exchange(method, { messages }));
    assert.ok(call.spec.request_stream);
    assert.equal(call.spec.reply_stream, method.endsWith("Talk"));
    assert.deepEqual(call.written, messages.map((message) => encode("shop.v1.Item", message)));
    assert.ok(call.half_closed);
  }
});

Deno.test("a full stream is waited for; one that ends early gets nothing more", async () => {
  const full = new FakeChannel((call) => call.room = false);
  const { call } = await start(exchange("shop.v1.Shop/Fill", { messages: ["a", "b", "c"].map(item) }), full);
  assert.equal(call.written.length, 1);
  assert.ok(!call.half_closed);
  call.drain();
  assert.equal(call.written.length, 3);
  assert.ok(call.half_closed);
  const early = new FakeChannel((call) => call.onWrite = () => call.end(StatusCode.INVALID_ARGUMENT));
  const cut = await start(exchange("shop.v1.Shop/Talk", { messages: ["a", "b"].map(item) }), early);
  assert.equal(cut.call.written.length, 1);
  assert.equal(cut.marks.result?.type, "INVALID_ARGUMENT");
});

Deno.test("a method that takes one message is sent an empty one where none is named", async () => {
  const { call } = await start(exchange("shop.v1.Shop/Order", { messages: [] }));
  assert.equal(call.request?.length, 0);
});

Deno.test("each call has a number of its own, the same in all its messages", async () => {
  const messages = ["{{seq}}", "{{seq}}"].map(item);
  const { call, again } = await start(exchange("shop.v1.Shop/Talk", { messages }));
  assert.deepEqual(call.written, ["1", "1"].map((name) => encode("shop.v1.Item", { name })));
  assert.deepEqual(again().written, ["2", "2"].map((name) => encode("shop.v1.Item", { name })));
});

Deno.test("a check that does not hold makes an OK call fail, and tells what came", async () => {
  const outcome = async (checks: GrpcExchange["checks"], value: Json) => {
    const { call, marks } = await start(exchange("shop.v1.Shop/Order", { checks }));
    call.reply(reply(value));
    call.end();
    return marks.result;
  };
  const check = (
    path: string,
    equals: Json | null = null,
    matches: string | null = null,
  ) => [{ path, equals, matches }];
  const full = {
    id: "o-17",
    number: "5",
    size: 2,
    items: [{ name: "a", count: 3 }],
    stock: { x: "9" },
    extra: { k: [1] },
  };
  const holds: GrpcExchange["checks"][] = [
    check("id"),
    check("id", null, "^o-\\d+$"),
    check("number", 5),
    check("number", "5"),
    check("size", "SIZE_LARGE"),
    check("size", 2),
    check("items[0].count", 3),
    check("items[0].size", "SIZE_UNSPECIFIED"),
    check("items", [{ name: "a", count: 3, size: 0 }]),
    check("stock.x", 9),
    check("extra.k[0]", 1),
    check("weight", 0),
  ];
  for (const checks of holds) assert.equal((await outcome(checks, full))?.outcome, "ok", JSON.stringify(checks));
  const fails: [GrpcExchange["checks"], RegExp][] = [
    [check("id", "o-18"), /id.* is "o-17", not "o-18"/],
    [check("floor"), /floor.* is missing/],
    [check("number", 6), /is 5, not 6/],
    [check("size", "SIZE_SMALL"), /is "SIZE_LARGE", not "SIZE_SMALL"/],
    [check("items[1].name"), /^The reply's items\[1\]\.name is missing$/],
    [check('extra["a.b"][0]'), /^The reply's extra\["a\.b"\]\[0\] is missing$/],
    [check("weight", 0.1), /is 0, not 0\.1/],
  ];
  for (const [checks, details] of fails) {
    const result = await outcome(checks, full);
    assert.equal(result?.type, "semantic:check", JSON.stringify(checks));
    assert.match(result.details, details);
  }
  assert.equal((await outcome(check("weight", 0.1), { weight: 0.1 }))?.outcome, "ok");
});

Deno.test("in a stream of replies each check must hold for one of them", async () => {
  const checks = [{ path: "id", equals: "last", matches: null }];
  for (
    const [ids, type] of [[["a", "last", "b"], ""], [["a", "b"], "semantic:check"], [[], "semantic:check"]] as const
  ) {
    const { call, marks } = await start(exchange("shop.v1.Shop/Watch", { checks }));
    for (const id of ids) call.reply(reply({ id }));
    call.end();
    assert.equal(marks.result?.type, type);
  }
});

Deno.test("a reply that is no such message fails the call only where it is looked into", async () => {
  const broken = Uint8Array.of(0x0a, 9, 1);
  const blind = await start(exchange("shop.v1.Shop/Order"));
  blind.call.reply(broken);
  blind.call.end();
  assert.equal(blind.marks.result?.outcome, "ok");
  const looking = await start(
    exchange("shop.v1.Shop/Order", { checks: [{ path: "id", equals: null, matches: null }] }),
  );
  looking.call.reply(broken);
  assert.equal(looking.marks.result?.type, "INTERNAL");
});

Deno.test("raw requests go out as they are, and need no descriptor where their kind is told", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeFile(file, Uint8Array.of(1, 2, 3));
    const raw = { messages: [], raw_files: [file, file] };
    const { call } = await start(
      exchange("no.Such/Thing", { ...raw, call_kind: "bidi_stream" }),
      new FakeChannel(),
      { kind: "reflection" },
    );
    assert.deepEqual(call.written, [Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3)]);
    const known = await start(exchange("shop.v1.Shop/Talk", raw));
    assert.equal(known.call.written.length, 2);
    assert.match(await refusal(exchange("shop.v1.Shop/Order", raw)), /takes one message, not 2/);
    assert.match(
      await refusal(exchange("shop.v1.Shop/Talk", { call_kind: "unary" })),
      /its kind is bidi_stream, not unary/,
    );
  } finally {
    await Deno.remove(file);
  }
  assert.match(
    await refusal(exchange("a.B/C", { messages: [], raw_files: ["/none/such"], call_kind: "unary" })),
    /Cannot read "\/none\/such"/,
  );
});

Deno.test("what is wrong is told before anything is sent, with service, call and place", async () => {
  const wrong: [GrpcExchange, RegExp][] = [
    [
      exchange("shop.v1.Shop/Order", { messages: [{ costumer: 1 }] }),
      /^Service shop, call "grpc shop.v1.Shop\/Order" \(shop.v1.Shop\/Order\): messages\[0\]: .*did you mean "customer"/,
    ],
    [exchange("shop.v1.Shop/Ordr"), /shop.v1.Shop has no method Ordr; did you mean "Order"/],
    [exchange("shop.v1.Shopp/Order"), /there is no service shop.v1.Shopp; did you mean "shop.v1.Shop"/],
    [exchange("shop.v1.Shop/Order", { messages: [{}, {}] }), /takes one message, not 2/],
    [exchange("shop.v1.Shop/Talk", { messages: [{}, { nam: "" }] }), /messages\[1\]: shop.v1.Item has no field "nam"/],
    [exchange("shop.v1.Shop/Order", { checks: [{ path: "idd", equals: 1, matches: null }] }), /checks\[0\]: .*"id"/],
    [
      exchange("shop.v1.Shop/Order", { checks: [{ path: "id", equals: 1, matches: null }] }),
      /checks\[0\].*must be a text/,
    ],
    [exchange("shop.v1.Shop/Order", { checks: [{ path: "id.x", equals: 1, matches: null }] }), /id has no fields/],
    [exchange("shop.v1.Shop/Order", { checks: [{ path: "items.x", equals: 1, matches: null }] }), /write items\[0\]/],
    [exchange("shop.v1.Shop/Order", { checks: [{ path: "number", equals: null, matches: null }] }), /cannot fail/],
    [exchange("shop.v1.Shop/Order", { checks: [{ path: "id", equals: null, matches: "(" }] }), /regular expression/],
  ];
  for (const [one, message] of wrong) assert.match(await refusal(one), message);
});

Deno.test("files that do not fit together are told by name", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const write = async (name: string, text: string) => {
      await Deno.writeTextFile(`${dir}/${name}`, text);
      return `${dir}/${name}`;
    };
    const one = exchange("a.S/M");
    const from = (path: string): DescriptorSource => ({ kind: "proto", files: [path], import_dirs: [] });
    const syntax = await write("syntax.proto", 'syntax = "proto3";\nmessage A { int32 = 1; }');
    assert.match(await refusal(one, from(syntax)), /syntax\.proto": expected a field's name, found "=" .*line 2/);
    const lost = await write("lost.proto", 'syntax="proto3"; package a; import "b/c.proto"; message A { b.C c = 1; }');
    assert.match(await refusal(one, from(lost)), /b\.C.*imports were not found: b\/c\.proto.*import_dirs/);
    const text = await write("text.pb", "this is no descriptor set");
    assert.match(await refusal(one, { kind: "set", file: text }), /is not a FileDescriptorSet; make one with: protoc/);
    assert.match(await refusal(one, { kind: "set", file: `${dir}/none` }), /there is no such file/);
    // An import that only brings options does no harm.
    const options = await write(
      "options.proto",
      'syntax="proto3"; package a; import "google/api/annotations.proto"; message A {} ' +
        'service S { rpc M(A) returns (A) { option (google.api.http) = { get: "/m" }; } }',
    );
    await openGrpc(plan([one], from(options)), () => new FakeChannel());
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a descriptor set serves as well as .proto files", async () => {
  const one = exchange("shop.v1.Shop/Order", { messages: [{ customer: "Ann", parcel: { address: "x" } }] });
  const [a, b] = [await start(one), await start(one, new FakeChannel(), { kind: "set", file: SHOP_SET })];
  assert.deepEqual(a.call.request, b.call.request);
});

Deno.test("its health is the standard one of each service that is called", async () => {
  const asked: string[] = [];
  const channel = new FakeChannel((call) => {
    asked.push(new TextDecoder().decode(call.request?.subarray(2)));
    queueMicrotask(() => {
      const status = asked.length === 1 ? health.ServingStatus.SERVING : health.ServingStatus.NOT_SERVING;
      call.reply(health.HealthCheckResponse.encode({ status }));
      call.end();
    });
  });
  const raw: Partial<GrpcExchange> = { messages: [], raw_files: [SHOP_SET], call_kind: "unary" };
  const service = await openGrpc(plan([exchange("a.S/M", raw), exchange("b.T/M", raw)]), () => channel);
  assert.equal((await service.health(1000)).state, "unhealthy");
  assert.deepEqual(asked, ["a.S", "b.T"]);
});
