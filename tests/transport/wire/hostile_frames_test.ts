/** Frames that break a rule: the connection or the stream ends with the code RFC 9113 names, each call exactly once. */
import assert from "node:assert/strict";
import type { FrameWriter } from "../../../lib/transport/wire/frame_writer.ts";
import { ErrorCode } from "../../../lib/transport/wire/frames.ts";
import { endedWith, start, UNARY, unary, withChannel } from "./calls.ts";
import { fromHex } from "./hex.ts";
import { bytesOf, data, headers, OK, okReply, REPLY, SETTINGS, withRawPeer } from "./raw_peer.ts";

type Write = (frames: FrameWriter, id: number) => void;

function raw(type: number, flags: number, id: number | null, payload: string): Write {
  return (frames, stream) => {
    const bytes = fromHex(payload);
    frames.header(bytes.length, type, flags, id ?? stream);
    frames.raw(bytes);
  };
}

/** On its first connection the peer answers a request with `write`; on later ones it behaves. */
async function faulty(write: Write, check: (outcome: Awaited<ReturnType<typeof unary>>) => void, code: number | null) {
  await withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    for (let count = 1;; count++) {
      const request = await peer.request(count);
      if (request === null) return;
      await peer.frames((frames) => {
        if (peer.number === 1 && count === 1) write(frames, request.streamId);
        else okReply(frames, request.streamId);
      });
    }
  }, async (target, peers) => {
    await withChannel(target, async (channel) => {
      check(await unary(channel));
      assert.equal((await unary(channel)).status.code, 0, "the next call is served");
      if (code === null) return;
      await peers[0]!.until(() => peers[0]!.goaways.length > 0);
      assert.deepEqual(peers[0]!.goaways, [code]);
    });
  });
}

const { PROTOCOL_ERROR, FRAME_SIZE_ERROR, FLOW_CONTROL_ERROR, COMPRESSION_ERROR, ENHANCE_YOUR_CALM } = ErrorCode;

const CONNECTION_FAULTS: [string, Write, number][] = [
  ["DATA on stream 0", raw(0, 0, 0, "00"), PROTOCOL_ERROR],
  ["DATA on a stream never opened", raw(0, 0, 99, "00"), PROTOCOL_ERROR],
  ["DATA on an even stream", raw(0, 0, 2, "00"), PROTOCOL_ERROR],
  ["DATA with too much padding", raw(0, 8, null, "0500"), PROTOCOL_ERROR],
  ["a frame over the limit", (frames) => frames.header(16_385, 0, 0, 1), FRAME_SIZE_ERROR],
  ["HEADERS on stream 0", raw(1, 4, 0, "88"), PROTOCOL_ERROR],
  ["HEADERS on a stream never opened", raw(1, 4, 77, "88"), PROTOCOL_ERROR],
  ["a malformed block", raw(1, 4, null, "ff"), COMPRESSION_ERROR],
  ["an index beyond the table", raw(1, 4, null, "ff00"), COMPRESSION_ERROR],
  ["HEADERS that another frame interrupts", (frames, id) => {
    raw(1, 0, null, "88")(frames, id);
    raw(6, 0, 0, "0000000000000000")(frames, id);
  }, PROTOCOL_ERROR],
  ["CONTINUATION alone", raw(9, 4, null, "88"), PROTOCOL_ERROR],
  ["RST_STREAM of a wrong size", raw(3, 0, null, "000000"), FRAME_SIZE_ERROR],
  ["RST_STREAM on a stream never opened", raw(3, 0, 101, "00000008"), PROTOCOL_ERROR],
  ["SETTINGS on a stream", raw(4, 0, null, ""), PROTOCOL_ERROR],
  ["SETTINGS of a wrong size", raw(4, 0, 0, "00"), FRAME_SIZE_ERROR],
  ["SETTINGS ACK with a payload", raw(4, 1, 0, "000100000000"), FRAME_SIZE_ERROR],
  ["a window setting over the limit", raw(4, 0, 0, "000480000000"), FLOW_CONTROL_ERROR],
  ["a frame size setting below the limit", raw(4, 0, 0, "000500000001"), PROTOCOL_ERROR],
  ["ENABLE_PUSH of 2", raw(4, 0, 0, "000200000002"), PROTOCOL_ERROR],
  ["PUSH_PROMISE", raw(5, 4, null, "0000000288"), PROTOCOL_ERROR],
  ["PING on a stream", raw(6, 0, null, "0000000000000000"), PROTOCOL_ERROR],
  ["PING of a wrong size", raw(6, 0, 0, "00"), FRAME_SIZE_ERROR],
  ["GOAWAY on a stream", raw(7, 0, null, "0000000000000000"), PROTOCOL_ERROR],
  ["GOAWAY of a wrong size", raw(7, 0, 0, "00000000"), FRAME_SIZE_ERROR],
  ["WINDOW_UPDATE of 0 for the connection", raw(8, 0, 0, "00000000"), PROTOCOL_ERROR],
  ["WINDOW_UPDATE of a wrong size", raw(8, 0, null, "000001"), FRAME_SIZE_ERROR],
  ["WINDOW_UPDATE on a stream never opened", raw(8, 0, 99, "00000001"), PROTOCOL_ERROR],
  ["a connection window overflow", (frames) => {
    frames.windowUpdate(0, 0x7fffffff);
  }, FLOW_CONTROL_ERROR],
  ["a window overflow by SETTINGS", (frames, id) => {
    frames.windowUpdate(id, 0x7fffffff - 65_535);
    raw(4, 0, 0, "00047fffffff")(frames, id);
  }, FLOW_CONTROL_ERROR],
  ["too many CONTINUATIONs", (frames, id) => {
    raw(1, 0, null, "88")(frames, id);
    for (let i = 0; i < 100; i++) raw(9, 0, null, "")(frames, id);
  }, ENHANCE_YOUR_CALM],
  ["a header block without end", (frames, id) => {
    raw(1, 0, null, "88")(frames, id);
    for (let i = 0; i < 8; i++) raw(9, 0, null, "00".repeat(16_384))(frames, id);
  }, ENHANCE_YOUR_CALM],
  ["a second block that uses the table after its limit was acknowledged", (frames, id) => {
    frames.settingsAck();
    headers(frames, id, REPLY);
    raw(1, 4, null, "3fe11f")(frames, id);
  }, COMPRESSION_ERROR],
];

for (const [name, write, code] of CONNECTION_FAULTS) {
  Deno.test(`a connection ends at ${name}`, () =>
    faulty(
      write,
      (outcome) =>
        code === ENHANCE_YOUR_CALM
          ? endedWith(outcome, 8, "local", /sent more than june-load reads/)
          : endedWith(outcome, 13, "local", /broke a rule of HTTP\/2/),
      code,
    ));
}

Deno.test("a connection whose first frame is not SETTINGS does not come up", async () => {
  await withRawPeer((peer) => peer.send(bytesOf((frames) => frames.settingsAck())), async (target) => {
    await assert.rejects(withChannel(target, () => Promise.resolve()), { name: "ConnectError" });
  });
});

const STREAM_FAULTS: [string, Write, RegExp][] = [
  ["WINDOW_UPDATE of 0", raw(8, 0, null, "00000000"), /WINDOW_UPDATE of 0/],
  ["a stream window overflow", (frames, id) => frames.windowUpdate(id, 0x7fffffff), /overflows the stream/],
  ["PRIORITY of a wrong size", raw(2, 0, null, "00"), /PRIORITY frame of 1 bytes/],
  ["DATA before HEADERS", (frames, id) => data(frames, id, [0]), /DATA before HEADERS/],
  ["a name in capitals", (frames, id) => headers(frames, id, [...REPLY, ["X-Y", "z"]]), /X-Y/],
  ["a name with a blank", (frames, id) => headers(frames, id, [...REPLY, ["x y", "z"]]), /x y/],
  ["a header of HTTP/1", (frames, id) => headers(frames, id, [...REPLY, ["connection", "close"]]), /connection/],
  ["a line break in a value", (frames, id) => headers(frames, id, [...REPLY, ["x", "a\r\nb"]]), /value of header "x"/],
  ["a late pseudo header", (frames, id) => headers(frames, id, [["x", "y"], ...REPLY]), /after other headers/],
  ["two statuses", (frames, id) => headers(frames, id, [[":status", "200"], ...REPLY]), /unexpected ":status"/],
  ["a request's pseudo header", (frames, id) => headers(frames, id, [[":path", "/"], ...REPLY]), /unexpected ":path"/],
  ["a status that is no number", (frames, id) => headers(frames, id, [[":status", "2x0"]]), /2x0/],
  ["no status", (frames, id) => headers(frames, id, [["content-type", "application/grpc"]]), /no ":status"/],
  ["an interim reply that ends", (frames, id) => headers(frames, id, [[":status", "100"]], true), /interim/],
  ["headers among messages", (frames, id) => {
    headers(frames, id, REPLY);
    headers(frames, id, OK);
  }, /middle of the messages/],
  ["a status in trailers", (frames, id) => {
    headers(frames, id, REPLY);
    headers(frames, id, [[":status", "200"], ...OK], true);
  }, /":status" in trailers/],
  ["a message cut by the end", (frames, id) => {
    headers(frames, id, REPLY);
    data(frames, id, [0, 0, 0, 0, 5, 1]);
    headers(frames, id, OK, true);
  }, /inside a message/],
  ["flags no message may have", (frames, id) => {
    headers(frames, id, REPLY);
    data(frames, id, [2, 0, 0, 0, 0]);
  }, /flags 2/],
  ["a compressed message that is none", (frames, id) => {
    headers(frames, id, [...REPLY, ["grpc-encoding", "gzip"]]);
    data(frames, id, [1, 0, 0, 0, 2, 1, 1]);
  }, /not valid gzip/],
];

for (const [name, write, details] of STREAM_FAULTS) {
  Deno.test(`a call ends at ${name}, and its connection goes on`, () =>
    withRawPeer(async (peer) => {
      await peer.send(SETTINGS);
      const first = await peer.request(1);
      if (first !== null) await peer.frames((frames) => write(frames, first.streamId));
      const second = await peer.request(2);
      if (second !== null) await peer.frames((frames) => okReply(frames, second.streamId));
    }, (target, peers) =>
      withChannel(target, async (channel) => {
        endedWith(await unary(channel), 13, "local", details);
        assert.equal((await unary(channel)).status.code, 0);
        assert.equal(peers.length, 1);
      })));
}

Deno.test("headers over the limit end the call as RESOURCE_EXHAUSTED and leave the table in step", () =>
  withRawPeer(async (peer) => {
    await peer.send(SETTINGS);
    const first = await peer.request(1);
    if (first === null) return;
    await peer.frames((frames) => {
      // A small block that would unfold to 4 MiB: one entry of 4,000 bytes, named a thousand times.
      const bomb = fromHex(`88 400162 7fa11e ${"61".repeat(4000)} ${"be".repeat(1000)}`);
      frames.headers(first.streamId, bomb, false, 16_384);
    });
    const second = await peer.request(2);
    if (second === null) return;
    await peer.frames((frames) => {
      frames.headers(second.streamId, fromHex("88be0f10106170706c69636174696f6e2f67727063"), false, 16_384);
      data(frames, second.streamId, [0, 0, 0, 0, 0]);
      headers(frames, second.streamId, OK, true);
    });
  }, (target) =>
    withChannel(target, async (channel) => {
      endedWith(await unary(channel), 8, "local", /64 KiB/);
      const { status } = await start(channel, UNARY, new Uint8Array()).ended;
      assert.equal(status.code, 0, status.details);
    })));
