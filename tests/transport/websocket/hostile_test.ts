import assert from "node:assert/strict";
import { ConnectError } from "../../../lib/transport/channel.ts";
import { Opcode } from "../../../lib/transport/websocket/frames.ts";
import { HandshakeRefused } from "../../../lib/transport/websocket/open.ts";
import { say, withRawPeer } from "../http/peers.ts";
import { concat, serverFrame, utf8 } from "./frames.ts";
import { open, type RawSide, Told, withRawSide } from "./peers.ts";

/** The error of an attempt that must fail. */
async function failure(target: string, timeout_ms = 5000): Promise<Error> {
  const told = new Told();
  const error = await open(target, told, { timeout_ms }).then(() => null, (error: Error) => error);
  assert.ok(error, "it opened");
  assert.equal(told.result, null, "the end of what never was");
  return error;
}

Deno.test("a reply that does not prove to be a WebSocket's is refused", async () => {
  const changes: [(answer: string) => string, RegExp][] = [
    [(answer) => answer.replace(/Accept: \S/, "Accept: #"), /does not answer our key/],
    [(answer) => answer.replace(/Sec-WebSocket-Accept.*\r\n/, ""), /does not answer our key/],
    [(answer) => answer.replace("Upgrade: websocket", "Upgrade: h2c"), /another protocol/],
    [(answer) => answer.replace("Connection: Upgrade", "Connection: close"), /does not say "upgrade"/],
    [(answer) => answer.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"), /extension/],
    [(answer) => answer.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n"), /subprotocol/],
    [() => "SSH-2.0-OpenSSH_9.6\r\n\r\n", /does not begin as HTTP/],
    [() => "HTTP/1.1 xyz\r\n\r\n", /does not begin as HTTP/],
    [() => "HTTP/1.1 101 OK\r\nno colon\r\n\r\n", /header line is malformed/],
    [() => `HTTP/1.1 101 OK\r\nx: ${"a".repeat(70_000)}`, /head is longer/],
    [() => `HTTP/1.1 101 OK\r\nx:${"\t".repeat(60_000)}\r\t\r\n\r\n`, /header line is malformed/],
  ];
  for (const [change, words] of changes) {
    await withRawSide((side) => side.accept(change).then(() => side.untilClosed()), async (target) => {
      const error = await failure(target);
      assert.ok(error instanceof ConnectError);
      assert.match(error.message, words);
    });
  }
});

Deno.test("a peer that hangs up, is silent or wants TLS is told of as that", async () => {
  await withRawPeer(async () => {}, async (target) => {
    assert.match((await failure(target)).message, /closed the connection|reset/i);
  });
  await withRawSide((side) => side.untilClosed(), async (target) => {
    const error = await failure(target, 50);
    assert.ok(error instanceof ConnectError && error.fault === "timeout");
    assert.match(error.message, /did not answer the WebSocket handshake within 50 ms/);
  });
  await withRawSide(async (side) => {
    await side.request();
    await side.send(Uint8Array.of(0x15, 3, 1, 0, 2, 2, 70));
  }, async (target) => {
    const error = await failure(target);
    assert.ok(error instanceof ConnectError && error.fault === "tls_server", error.message);
  });
});

Deno.test("a refusal whose body never ends costs half a second and no more than 4 KiB", async () => {
  await withRawSide(async (side) => {
    await side.request();
    await say(side.conn, "HTTP/1.1 403 Forbidden\r\n\r\nno");
    await side.untilClosed();
  }, async (target) => {
    const error = await failure(target);
    assert.ok(error instanceof HandshakeRefused);
    assert.equal(new TextDecoder().decode(error.body), "no");
  });
  await withRawSide(async (side) => {
    await side.request();
    await say(side.conn, `HTTP/1.1 403 Forbidden\r\ncontent-length: 9999999\r\n\r\n${"a".repeat(9000)}`);
    await side.untilClosed();
  }, async (target) => {
    const error = await failure(target);
    assert.ok(error instanceof HandshakeRefused && error.body.length === 4096);
  });
});

Deno.test("giving up while the handshake runs leaves nothing behind", async () => {
  const stop = new AbortController();
  const closed = Promise.withResolvers<void>();
  await withRawSide(async (side) => {
    await side.request();
    stop.abort();
    await side.untilClosed();
    closed.resolve();
  }, async (target) => {
    await assert.rejects(open(target, new Told(), {}, stop.signal));
    await closed.promise;
  });
});

Deno.test("frames that come with the handshake are read", async () => {
  const first = concat(serverFrame(Opcode.TEXT, utf8("early")), serverFrame(Opcode.TEXT, utf8("bird")).subarray(0, 3));
  await withRawSide(async (side) => {
    await side.accept(undefined, first);
    await side.send(serverFrame(Opcode.TEXT, utf8("bird")).subarray(3));
    await side.untilClosed();
  }, async (target) => {
    const told = new Told();
    const socket = await open(target, told);
    await told.until(2);
    assert.deepEqual(told.messages, ["early", "bird"]);
    socket.abandon();
  });
});

/** What the client makes of frames, and the close it answers with. */
async function against(frames: Uint8Array, max_message_bytes = 1000) {
  const told = new Told();
  const answer = Promise.withResolvers<Uint8Array>();
  await withRawSide(async (side) => {
    await side.accept(undefined, frames);
    answer.resolve((await side.frame()).payload);
    await side.untilClosed();
  }, async (target) => {
    await open(target, told, { max_message_bytes });
    await told.over;
    await answer.promise;
  });
  const payload = await answer.promise;
  return { end: told.result, code: payload.length < 2 ? null : new DataView(payload.buffer).getUint16(0) };
}

Deno.test("a peer that breaks a rule is told so in a close frame, and the connection ends", async () => {
  const cases: [Uint8Array, number, RegExp][] = [
    [serverFrame(Opcode.TEXT, utf8("x"), { masked: true }), 1002, /masked/],
    [serverFrame(Opcode.TEXT, Uint8Array.of(0xff)), 1007, /UTF-8/],
    [serverFrame(Opcode.BINARY, new Uint8Array(1001)), 1009, /larger than 1000 bytes/],
  ];
  for (const [frames, code, words] of cases) {
    const { end, code: answered } = await against(frames);
    assert.equal(answered, code);
    assert.equal(end?.reason, "protocol");
    assert.match(end?.details ?? "", words);
  }
});

Deno.test("a close is answered with its code, or with 1000 where it has none", async () => {
  const going = await against(serverFrame(Opcode.CLOSE, Uint8Array.of(3, 0xe9)));
  assert.deepEqual(going, {
    end: { reason: "closed", by: "peer", code: 1001, details: "The server closed the WebSocket with code 1001" },
    code: 1001,
  });
  const plain = await against(serverFrame(Opcode.CLOSE, new Uint8Array(0)));
  assert.deepEqual([plain.end?.code, plain.code], [null, 1000]);
});

Deno.test("a connection that is cut is lost, not closed", async () => {
  await withRawSide((side) => side.accept(), async (target) => {
    const told = new Told();
    await open(target, told);
    const { reason, details } = await told.over;
    assert.equal(reason, "connection");
    assert.match(details, /without a close frame|reset/i);
  });
});

Deno.test("pings are answered, those of a flood at least in part, and never pile up", async () => {
  const answers: string[] = [];
  await withRawSide(async (side) => {
    await side.accept();
    await side.send(serverFrame(Opcode.PING, utf8("one")));
    answers.push(new TextDecoder().decode((await side.frame()).payload));
    const flood = Array.from({ length: 20_000 }, (_, at) => serverFrame(Opcode.PING, utf8(`flood ${at}`)));
    const writing = side.send(concat(...flood));
    let last = "";
    let count = 0;
    while (last !== "flood 19999") {
      const { opcode, payload } = await side.frame();
      assert.equal(opcode, Opcode.PONG);
      last = new TextDecoder().decode(payload);
      count++;
    }
    await writing;
    assert.ok(count <= flood.length);
    await closeAfter(side);
  }, async (target) => {
    const told = new Told();
    await open(target, told);
    assert.equal((await told.over).code, 1000);
  });
  assert.deepEqual(answers, ["one"]);
});

async function closeAfter(side: RawSide): Promise<void> {
  await side.send(serverFrame(Opcode.CLOSE, Uint8Array.of(3, 0xe8)));
  await side.untilClosed();
}

Deno.test("after a close the server ends the connection; we wait for that", async () => {
  let waited = false;
  await withRawSide(async (side) => {
    await side.accept();
    await side.frame();
    await side.send(concat(serverFrame(Opcode.CLOSE, Uint8Array.of(3, 0xe8)), utf8("more")));
    waited = await Promise.race([
      side.untilClosed().then(() => false),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 50)),
    ]);
  }, async (target) => {
    const told = new Told();
    const socket = await open(target, told);
    socket.close();
    assert.deepEqual(await told.over, { reason: "closed", by: "us", code: null, details: "" });
  });
  assert.ok(waited);
});

Deno.test("a peer that never answers our close is left after a while", async () => {
  await withRawSide(async (side) => {
    await side.accept();
    assert.equal((await side.frame()).opcode, Opcode.CLOSE);
    await side.untilClosed();
  }, async (target) => {
    const told = new Told();
    const socket = await open(target, told);
    socket.close();
    socket.send("too late", () => assert.fail("sent after the close"));
    assert.deepEqual(await told.over, { reason: "closed", by: "us", code: null, details: "" });
  });
});

Deno.test("what comes after we have given up is told to nobody", async () => {
  const sent = Promise.withResolvers<void>();
  await withRawSide(async (side) => {
    await side.accept();
    await side.frame();
    await side.send(serverFrame(Opcode.TEXT, utf8("one")));
    sent.resolve();
  }, async (target) => {
    const told = new Told();
    const socket = await open(target, told);
    socket.send("go", () => {});
    // The peer's answer may lie in our buffers by now; it is read after this, if at all.
    await sent.promise;
    socket.abandon();
    assert.equal(told.result?.by, "us");
    const before = told.messages.length;
    socket.send("no", () => assert.fail("sent after the end"));
    await new Promise((turn) => setTimeout(turn));
    assert.equal(told.messages.length, before);
  });
});
