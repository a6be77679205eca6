import assert from "node:assert/strict";
import type { CallHandler, ServerCall } from "../../../lib/sim/server/server.ts";
import { WireServer } from "../../../lib/sim/server/wire_server.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { ErrorCode, PREFACE, SettingId } from "../../../lib/transport/wire/frames.ts";
import { encodeHeaders, type HeaderField } from "../../../lib/transport/wire/hpack/encoder.ts";
import { callFields, RawClient, type Seen } from "../raw_client.ts";

/** What a test's handler saw. */
interface Served {
  call: ServerCall;
  messages: number[];
  ended: "open" | "half_closed" | "cancelled";
  drains: number;
}

type Test = (world: { server: WireServer; target: string; served: Served[] }) => Promise<void>;

/** Runs a server whose `/t/Hold` notes what comes, and whose `/t/Echo` answers each message's length in zeros. */
async function withServer(test: Test): Promise<void> {
  const server = new WireServer();
  const served: Served[] = [];
  const note = (call: ServerCall, message: (bytes: Uint8Array) => void, halfClose: () => void): CallHandler => {
    const notes: Served = { call, messages: [], ended: "open", drains: 0 };
    served.push(notes);
    return {
      message(bytes) {
        notes.messages.push(bytes.length);
        message(bytes);
      },
      halfClose() {
        notes.ended = "half_closed";
        halfClose();
      },
      cancel: () => notes.ended = "cancelled",
      drain: () => notes.drains++,
    };
  };
  server.handle("/t/Hold", (call) => note(call, () => {}, () => {}));
  server.handle("/t/Echo", (call) => note(call, (bytes) => call.write(bytes.slice()), () => call.end(0, "")));
  server.handle("/t/Fail", (call) => note(call, () => call.end(9, 'no: "ü" 100%'), () => {}));
  server.handle("/t/Throw", (call) =>
    note(call, () => {
      throw new Error("oh");
    }, () => {}));
  const port = await server.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    await test({ server, target: `127.0.0.1:${port}`, served });
  } finally {
    await server.close();
  }
}

const isEnd = (seen: Seen) => seen.kind === "headers" && seen.end;
const isGoaway = (seen: Seen): seen is Extract<Seen, { kind: "goaway" }> => seen.kind === "goaway";
const isReset = (seen: Seen): seen is Extract<Seen, { kind: "reset" }> => seen.kind === "reset";

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("a call: headers, data, trailers", () =>
  withServer(async ({ target }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Echo");
    client.message(1, new Uint8Array(10), true);
    await client.flush();
    await client.wait(isEnd);
    const own = client.seen.filter((seen) => "stream" in seen && seen.stream === 1);
    assert.deepEqual(own.map(({ kind }) => kind), ["headers", "data", "headers"]);
    const [first, , last] = own as Extract<Seen, { kind: "headers" }>[];
    assert.deepEqual([first?.fields[":status"], first?.fields["content-type"]], ["200", "application/grpc"]);
    assert.deepEqual(last?.fields, { "grpc-status": "0" });
    await client.close();
  }));

Deno.test("a failure without messages is one block, its words percent-encoded; the client's half is reset", () =>
  withServer(async ({ target }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Fail");
    client.message(1, new Uint8Array(1), false);
    await client.flush();
    const reset = await client.wait(isReset);
    assert.deepEqual(reset, { kind: "reset", stream: 1, code: ErrorCode.NO_ERROR });
    const end = client.seen.find(isEnd) as Extract<Seen, { kind: "headers" }>;
    assert.deepEqual([end.fields["grpc-status"], end.fields["grpc-message"]], ["9", 'no: "%C3%BC" 100%25']);
    await client.close();
  }));

Deno.test("a handler that throws fails its call alone", () =>
  withServer(async ({ target, served }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Throw");
    client.message(1, new Uint8Array(1), true);
    client.call(3, "/t/Echo", true);
    await client.flush();
    await client.wait((seen) => isEnd(seen) && "stream" in seen && seen.stream === 3);
    const ends = client.seen.filter(isEnd) as Extract<Seen, { kind: "headers" }>[];
    assert.deepEqual(ends.map(({ fields }) => fields["grpc-status"]), [`${StatusCode.INTERNAL}`, "0"]);
    assert.equal(served[0]?.ended, "cancelled");
    await client.close();
  }));

Deno.test("messages are found however DATA is cut, padding removed", () =>
  withServer(async ({ target, served }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Hold");
    const body = new Uint8Array([0, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 5]);
    for (let at = 0; at < body.length; at++) {
      client.writer.header(4, 0, 0x8, 1);
      client.writer.raw(new Uint8Array([2, body[at]!, 0, 0]));
    }
    client.writer.header(0, 0, 0x1, 1);
    await client.flush();
    await until(() => served[0]?.ended === "half_closed");
    assert.deepEqual(served[0]?.messages, [3, 0, 2]);
    await client.close();
  }));

Deno.test("a header block may come in CONTINUATIONs; metadata, -bin and timeout are read", () =>
  withServer(async ({ target, served }) => {
    const client = await RawClient.open(target);
    const more: HeaderField[] = [
      ["x-user-id", "u1"],
      ["token-bin", "AQI"],
      ["grpc-timeout", "250m"],
      ["x-long", "a".repeat(300)],
    ];
    client.writer.headers(1, encodeHeaders(callFields("/t/Hold", more)), true, 100);
    await client.flush();
    await until(() => served.length === 1);
    const { call } = served[0]!;
    assert.deepEqual([call.path, call.timeout_ms], ["/t/Hold", 250]);
    assert.deepEqual(call.metadata.slice(0, 2), [["x-user-id", "u1"], ["token-bin", new Uint8Array([1, 2])]]);
    await client.close();
  }));

Deno.test("replies keep to the client's windows and go on when they open", () =>
  withServer(async ({ target, served }) => {
    const client = await RawClient.open(target, [[SettingId.INITIAL_WINDOW_SIZE, 1000]]);
    client.call(1, "/t/Hold", true);
    await client.flush();
    await until(() => served.length === 1);
    const { call } = served[0]!;
    assert.equal(call.write(new Uint8Array(2495)), true);
    assert.equal(call.write(new Uint8Array(100_000)), false);
    const received = () => client.seen.reduce((sum, seen) => sum + (seen.kind === "data" ? seen.bytes : 0), 0);
    await until(() => received() === 1000);
    client.writer.windowUpdate(1, 1500);
    await client.flush();
    await until(() => received() === 2500);
    // The connection's own window of 65535 holds back the rest; more for the stream alone changes nothing.
    client.writer.windowUpdate(1, 200_000);
    await client.flush();
    await until(() => received() === 65_535);
    assert.equal(served[0]?.drains, 0);
    client.writer.windowUpdate(0, 200_000);
    await client.flush();
    await until(() => received() === 102_505 && served[0]?.drains === 1);
    call.end(0, "");
    await client.wait(isEnd);
    await client.close();
  }));

Deno.test("a smaller initial window holds back streams that are open already", () =>
  withServer(async ({ target, served }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Hold", true);
    client.writer.settings([[SettingId.INITIAL_WINDOW_SIZE, 10]]);
    await client.flush();
    await until(() => served.length === 1 && client.seen.filter(({ kind }) => kind === "settings_ack").length === 2);
    served[0]?.call.write(new Uint8Array(95));
    served[0]?.call.end(0, "");
    await client.wait((seen) => seen.kind === "data" && seen.bytes === 10);
    assert.equal(client.seen.some(isEnd), false);
    client.writer.settings([[SettingId.INITIAL_WINDOW_SIZE, 65_535]]);
    await client.flush();
    await client.wait(isEnd);
    await client.close();
  }));

Deno.test("the client is given its windows back", () =>
  withServer(async ({ target, served }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Hold");
    await client.flush();
    for (let i = 0; i < 9 * 64; i++) {
      client.writer.header(16_384, 0, 0, 1);
      client.writer.raw(new Uint8Array(16_384));
      if (i % 16 === 15) {
        await client.flush();
        await until(() => served.length === 1 && client.seen.filter((seen) => seen.kind === "window").length > i / 32);
      }
    }
    await client.wait((seen) => seen.kind === "window" && seen.stream === 0 && seen.increment > 8 * 1024 * 1024);
    await client.close();
  }));

Deno.test("a client that shrinks its header table is told so before the next block", () =>
  withServer(async ({ target }) => {
    const client = await RawClient.open(target, [[SettingId.HEADER_TABLE_SIZE, 0]]);
    for (const stream of [1, 3]) client.call(stream, "/t/Echo", true);
    await client.flush();
    await client.wait((seen) => isEnd(seen) && "stream" in seen && seen.stream === 3);
    const blocks = client.seen.filter((seen) => seen.kind === "headers");
    assert.deepEqual(blocks.map(({ first_byte }) => first_byte === 0x20), [true, false]);
    await client.close();
  }));

Deno.test("PING is answered with its own bytes, SETTINGS are acknowledged", () =>
  withServer(async ({ target }) => {
    const client = await RawClient.open(target);
    client.writer.ping(new Uint8Array([42, 0, 0, 0, 0, 0, 0, 0]), 0, false);
    client.writer.ping(new Uint8Array([43, 0, 0, 0, 0, 0, 0, 0]), 0, true);
    client.writer.ping(new Uint8Array([44, 0, 0, 0, 0, 0, 0, 0]), 0, false);
    await client.flush();
    await client.wait((seen) => seen.kind === "ping" && seen.first_byte === 44);
    assert.deepEqual(client.seen.filter(({ kind }) => kind === "ping"), [
      { kind: "ping", ack: true, first_byte: 42 },
      { kind: "ping", ack: true, first_byte: 44 },
    ]);
    await client.close();
  }));

Deno.test("a reset cancels the call, and what follows for it is ignored", () =>
  withServer(async ({ target, served }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Hold");
    await client.flush();
    await until(() => served.length === 1);
    client.writer.reset(1, ErrorCode.CANCEL);
    client.message(1, new Uint8Array(3), true);
    client.writer.windowUpdate(1, 5);
    client.call(3, "/t/Echo", true);
    await client.flush();
    await client.wait(isEnd);
    assert.deepEqual([served[0]?.ended, served[0]?.messages], ["cancelled", []]);
    served[0]?.call.write(new Uint8Array(1));
    served[0]?.call.end(0, "");
    await client.close();
  }));

Deno.test("a lost connection cancels its calls", () =>
  withServer(async ({ target, served, server }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Hold");
    await client.flush();
    await until(() => served.length === 1);
    assert.deepEqual([server.stats().connections, server.stats().calls_in_flight], [1, 1]);
    await client.close();
    await until(() => served[0]?.ended === "cancelled");
    await until(() => server.stats().connections === 0);
  }));

Deno.test("goaway() names the last stream, lets it end, serves no later one, and then closes", () =>
  withServer(async ({ target, served, server }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Hold", true);
    await client.flush();
    await until(() => served.length === 1);
    server.goaway();
    const goaway = await client.wait(isGoaway);
    assert.deepEqual([goaway.last, goaway.code], [1, ErrorCode.NO_ERROR]);
    client.call(3, "/t/Echo", true);
    client.writer.ping(new Uint8Array(8), 0, false);
    await client.flush();
    await client.wait((seen) => seen.kind === "ping");
    assert.equal(served.length, 1);
    served[0]?.call.end(0, "");
    await client.wait(isEnd);
    await client.wait((seen) => seen.kind === "closed");
    await client.close();
  }));

Deno.test("requests that are not gRPC get an HTTP status, malformed ones a reset", () =>
  withServer(async ({ target }) => {
    const client = await RawClient.open(target);
    const change = (name: string, value: string) =>
      callFields("/t/Echo").map((field): HeaderField => field[0] === name ? [name, value] : field);
    const blocks: HeaderField[][] = [
      change(":method", "GET"),
      change("content-type", "text/html"),
      callFields("/t/Echo", [["Upper", "x"]]),
      callFields("/t/Echo", [["connection", "close"]]),
      callFields("/t/Echo", [[":path", "/late"]]),
      callFields("/t/Echo").filter(([name]) => name !== ":path"),
      callFields("/t/Echo", [["x-long", "y".repeat(40_000)], ["x-longer", "z".repeat(40_000)]]),
    ];
    const answers: (string | number)[] = [];
    for (const [index, fields] of blocks.entries()) {
      const stream = 2 * index + 1;
      client.writer.headers(stream, encodeHeaders(fields), true, 16_384);
      await client.flush();
      const answer = await client.wait((seen) => "stream" in seen && seen.stream === stream || isGoaway(seen));
      answers.push(answer.kind === "headers" ? answer.fields[":status"]! : answer.kind === "reset" ? answer.code : -1);
    }
    assert.deepEqual(answers, ["405", "415", 1, 1, 1, 1, -1]);
    await client.close();
  }));

Deno.test("an announced message above the limit fails its call without being waited for", () =>
  withServer(async ({ target }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Hold");
    client.writer.header(5, 0, 0, 1);
    client.writer.raw(new Uint8Array([0, 0x7f, 0xff, 0xff, 0xff]));
    client.call(3, "/t/Hold");
    client.writer.header(6, 0, 1, 3);
    client.writer.raw(new Uint8Array([1, 0, 0, 0, 1, 9]));
    client.call(5, "/t/Hold");
    client.writer.header(3, 0, 1, 5);
    client.writer.raw(new Uint8Array([0, 0, 0]));
    await client.flush();
    await client.wait((seen) => isEnd(seen) && "stream" in seen && seen.stream === 5);
    const ends = client.seen.filter(isEnd) as Extract<Seen, { kind: "headers" }>[];
    const wanted = [StatusCode.RESOURCE_EXHAUSTED, StatusCode.INTERNAL, StatusCode.INTERNAL];
    assert.deepEqual(ends.map(({ fields }) => Number(fields["grpc-status"])), wanted);
    await client.close();
  }));

const FAULTS: Record<string, { code: number; send(client: RawClient): void }> = {
  "a stream of an even number": {
    code: ErrorCode.PROTOCOL_ERROR,
    send: (client) => client.call(2, "/t/Echo", true),
  },
  "DATA on an idle stream": {
    code: ErrorCode.PROTOCOL_ERROR,
    send: (client) => client.message(9, new Uint8Array(1), false),
  },
  "a frame too large": {
    code: ErrorCode.FRAME_SIZE_ERROR,
    send: (client) => client.writer.header(20_000, 0, 0, 1),
  },
  "a broken header block": {
    code: ErrorCode.COMPRESSION_ERROR,
    send: (client) => client.writer.headers(1, new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), true, 16_384),
  },
  "a window above 2^31-1": {
    code: ErrorCode.FLOW_CONTROL_ERROR,
    send: (client) => client.writer.windowUpdate(0, 0x7fffffff),
  },
  "a flood of pings": {
    code: ErrorCode.ENHANCE_YOUR_CALM,
    send(client) {
      for (let i = 0; i < 50_000; i++) client.writer.ping(new Uint8Array(8), 0, true);
    },
  },
  "CONTINUATIONs without end": {
    code: ErrorCode.ENHANCE_YOUR_CALM,
    send(client) {
      client.writer.header(0, 1, 0, 1);
      for (let i = 0; i < 100; i++) client.writer.header(0, 9, 0, 1);
    },
  },
};

for (const [name, { code, send }] of Object.entries(FAULTS)) {
  Deno.test(`${name} ends the connection with its code, and the next one is served`, () =>
    withServer(async ({ target }) => {
      const client = await RawClient.open(target);
      send(client);
      await client.flush();
      assert.equal((await client.wait(isGoaway)).code, code);
      await client.wait((seen) => seen.kind === "closed");
      await client.close();
      const next = await RawClient.open(target);
      next.call(1, "/t/Echo", true);
      await next.flush();
      await next.wait(isEnd);
      await next.close();
    }));
}

Deno.test("more than a stream's window is that stream's fault", () =>
  withServer(async ({ target, served }) => {
    const client = await RawClient.open(target);
    client.call(1, "/t/Echo", true);
    client.message(1, new Uint8Array(1), false);
    await client.flush();
    await client.wait((seen) => isReset(seen) || isEnd(seen));
    client.call(3, "/t/Hold");
    client.writer.windowUpdate(3, 0x7fffffff);
    await client.flush();
    const reset = await client.wait((seen): seen is Extract<Seen, { kind: "reset" }> =>
      isReset(seen) && seen.stream === 3
    );
    assert.equal(reset.code, ErrorCode.FLOW_CONTROL_ERROR);
    assert.equal(served[1]?.ended, "cancelled");
    await client.close();
  }));

Deno.test("what is no HTTP/2 preface is hung up on", () =>
  withServer(async ({ target }) => {
    for (const words of ["GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"]) {
      const client = await RawClient.connect(target);
      client.writer.raw(new TextEncoder().encode(words));
      await client.flush();
      await client.wait((seen) => seen.kind === "closed");
      await client.close();
    }
    const slow = await RawClient.connect(target);
    for (const byte of PREFACE) {
      slow.writer.raw(new Uint8Array([byte]));
      await slow.flush();
    }
    slow.writer.settings([]);
    await slow.flush();
    await slow.wait((seen) => seen.kind === "settings_ack");
    await slow.close();
  }));

Deno.test("bytes of any kind never take the server down", () =>
  withServer(async ({ target, server }) => {
    let seed = 7;
    const next = (bound: number) => (seed = (seed * 48271) % 0x7fffffff) % bound;
    for (let i = 0; i < 150; i++) {
      const client = await RawClient.connect(target);
      client.writer.raw(PREFACE);
      client.writer.settings([]);
      client.call(1, "/t/Echo");
      client.message(1, new Uint8Array(20), true);
      const bytes = client.writer.reserve(0);
      for (let change = next(4); change >= 0; change--) bytes[24 + next(client.writer.length - 24)] = next(256);
      await client.flush().catch(() => {});
      await client.close();
    }
    await until(() => server.stats().connections === 0);
    const client = await RawClient.open(target);
    client.call(1, "/t/Echo", true);
    await client.flush();
    await client.wait(isEnd);
    await client.close();
  }));
