import assert from "node:assert/strict";
import fc from "fast-check";
import { readPcap } from "../../../bench/accuracy/capture/pcap.ts";
import { tcpFlows } from "../../../bench/accuracy/capture/tcp.ts";
import { wireConnections } from "../../../bench/accuracy/capture/streams.ts";
import { countsOf, whyNoCapture } from "../../../bench/accuracy/capture/tcpdump.ts";
import { runTimes } from "../../../bench/accuracy/capture/watched_run.ts";
import { FrameType } from "../../../lib/transport/wire/frames.ts";
import {
  CLIENT_START,
  frame,
  headers,
  joined,
  message,
  pcapFile,
  type Ports,
  SERVER_START,
  tcpPacket,
} from "./packets.ts";

const OUT: Ports = [40_000, 50_051];
const IN: Ports = [50_051, 40_000];
const NOTHING = new Uint8Array(0);
const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test("a capture is read in both byte orders and both resolutions", () => {
  for (const little of [true, false]) {
    for (const nanoseconds of [true, false]) {
      const { packets, truncated } = readPcap(
        pcapFile([[1_500_000, bytesOf("one")], [2_000_001, bytesOf("two")]], { little, nanoseconds }),
        1000,
      );
      assert.deepEqual(packets.map(({ at_us }) => at_us), [1_500_000, 2_000_001]);
      assert.deepEqual(packets.map(({ bytes }) => new TextDecoder().decode(bytes)), ["one", "two"]);
      assert.equal(truncated, false);
    }
  }
});

Deno.test("a capture that ends early anywhere keeps its whole packets and says that it is not whole", () => {
  const file = pcapFile([[0, bytesOf("one")], [1, bytesOf("two")]]);
  for (let length = 24; length < file.length; length++) {
    const { packets, truncated } = readPcap(file.subarray(0, length), 1000);
    assert.equal(packets.length, length < 24 + 19 ? 0 : 1);
    assert.equal(truncated, length !== 24 && length !== 24 + 19);
  }
});

Deno.test("what is no capture of the loopback is refused in words", () => {
  assert.throws(() => readPcap(bytesOf("short"), 0), /The capture has 5 bytes, not even a header/);
  assert.throws(() => readPcap(bytesOf("x".repeat(40)), 0), /begins with 0x78787878 and is no pcap file/);
  assert.throws(() => readPcap(pcapFile([], { link: 113 }), 0), /link layer 113/);
});

/** Segments of the way out, each with its place in the stream, which begins at `base`. */
function flowOf(base: number, segments: readonly [place: number, text: string][]) {
  const packets = segments.map(([place, text], at): [number, Uint8Array] => [
    at + 1,
    tcpPacket(OUT, (base + 1 + place) >>> 0, bytesOf(text)),
  ]);
  const file = pcapFile([[0, tcpPacket(OUT, base, NOTHING, true)], ...packets]);
  const [flow, ...others] = tcpFlows(readPcap(file, 1000).packets);
  assert.ok(flow !== undefined && others.length === 0);
  return { text: flow.pieces.map(({ bytes }) => new TextDecoder().decode(bytes)).join(""), ...flow };
}

Deno.test("bytes come in the order of the stream, each with the time of its own packet", () => {
  const { text, pieces, missing } = flowOf(0xffff_fffe, [[0, "abc"], [6, "ghi"], [3, "def"], [0, "abc"], [8, "ijk"]]);
  assert.equal(text, "abcdefghijk");
  assert.deepEqual(pieces.map(({ at_us }) => at_us), [1, 3, 2, 5]);
  assert.equal(missing, false);
});

Deno.test("a hole in a stream is said, and what follows it is left out", () => {
  const { text, missing } = flowOf(7, [[0, "abc"], [4, "efg"]]);
  assert.deepEqual([text, missing], ["abc", true]);
});

Deno.test("segments in any order, sent again and overlapping, make the same stream", () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 25 }), { maxLength: 6 });
  fc.assert(fc.property(cuts, fc.nat(0xffff_ffff), fc.infiniteStream(fc.nat(1000)), (given, base, order) => {
    const all = "abcdefghijklmnopqrstuvwxyz";
    const edges = [0, ...given.toSorted((a, b) => a - b), all.length];
    const pieces = edges.slice(1).map((end, at): [number, string] => [edges[at]!, all.slice(edges[at]!, end)]);
    const shuffled = [...pieces, ...pieces.slice(0, 2)].map((piece) => ({ piece, key: order.next().value }))
      .sort((a, b) => a.key - b.key).map(({ piece }) => piece);
    const { text, missing } = flowOf(base, shuffled);
    assert.deepEqual([text, missing], [all, false]);
  }));
});

Deno.test("a connection whose beginning was not captured is left out", () => {
  const file = pcapFile([[0, tcpPacket(OUT, 5, bytesOf("abc"))]]);
  assert.deepEqual(tcpFlows(readPcap(file, 1000).packets), []);
});

/** A connection: what each side sends in one packet, at its instant. */
function connectionOf(sent: readonly [at_us: number, ports: Ports, bytes: Uint8Array][]) {
  const next = new Map<Ports, number>([[OUT, 1], [IN, 1]]);
  const packets = sent.map(([at_us, ports, bytes]): [number, Uint8Array] => {
    const sequence = next.get(ports) as number;
    next.set(ports, sequence + bytes.length);
    return [at_us, tcpPacket(ports, sequence, bytes)];
  });
  const syns = [OUT, IN].map((ports): [number, Uint8Array] => [0, tcpPacket(ports, 0, NOTHING, true)]);
  const flows = tcpFlows(readPcap(pcapFile([...syns, ...packets]), 1000).packets);
  return wireConnections(flows, new Map([[50_051, (bytes: Uint8Array) => bytes.length > 0]]));
}

Deno.test("each call has the times of its first byte, its messages, its content and its end", () => {
  const chunk = message(1, "chunk");
  const token = message(1, "token");
  const [connection] = connectionOf([
    [10, OUT, CLIENT_START],
    [11, IN, SERVER_START],
    // Two calls in one packet; the second chunk of the first in two packets.
    [20, OUT, joined([headers(1), message(1, "hello"), headers(3), message(3, "hello")])],
    [30, OUT, chunk.subarray(0, 12)],
    [31, OUT, chunk.subarray(12)],
    [40, IN, joined([headers(1), message(1, "")])],
    // A message counts when its last byte has come.
    [50, IN, token.subarray(0, 5)],
    [51, IN, joined([token.subarray(5), message(3, "a")])],
    [60, IN, joined([headers(3, true), message(1, "b"), headers(1, true)])],
  ]);
  assert.equal(connection?.server_port, 50_051);
  assert.deepEqual(connection.streams, [
    { id: 1, first_out_us: 20, out_us: [20, 31], content_us: [51, 60], end_us: 60 },
    { id: 3, first_out_us: 20, out_us: [20], content_us: [51], end_us: 60 },
  ]);
});

Deno.test("a request whose header block is cut counts from its first byte, and a reset is an end", () => {
  const head = headers(1);
  const [connection] = connectionOf([
    [10, OUT, joined([CLIENT_START, head.subarray(0, 4)])],
    [11, IN, SERVER_START],
    [12, OUT, head.subarray(4)],
    [20, IN, frame(FrameType.RST_STREAM, 0, 1, Uint8Array.of(0, 0, 0, 8))],
  ]);
  const [stream] = connection?.streams ?? [];
  assert.deepEqual([stream?.first_out_us, stream?.end_us], [10, 20]);
});

Deno.test("a connection of which bytes are missing is refused", () => {
  const flows = tcpFlows(
    readPcap(
      pcapFile([
        [0, tcpPacket(OUT, 0, NOTHING, true)],
        [0, tcpPacket(IN, 0, NOTHING, true)],
        [1, tcpPacket(OUT, 9, CLIENT_START)],
      ]),
      1000,
    ).packets,
  );
  assert.throws(() => wireConnections(flows, new Map([[50_051, () => true]])), /lacks bytes of the connection/);
});

Deno.test("what tcpdump counted is read from its last words, drops above all", () => {
  const told = "listening on lo\n120 packets captured\n240 packets received by filter\n3 packets dropped by kernel\n";
  assert.deepEqual(countsOf(told), { captured: 120, dropped: 3 });
  assert.deepEqual(countsOf("1 packet captured\n0 packets dropped by kernel"), { captured: 1, dropped: 0 });
  assert.deepEqual(countsOf("tcpdump: lo: no such device"), { captured: 0, dropped: null });
});

Deno.test("where nothing can be captured it is said what to do", async () => {
  const obstacle = await whyNoCapture("no-such-tcpdump");
  assert.match(obstacle ?? "", /apt-get install -y tcpdump$|run it as root$|run it on Linux$/);
});

Deno.test("the wall clock's times become the run's, a drift between the two clocks included", () => {
  const at = (at_us: number, ahead_us: number) => ({ at_us, ahead_us, trip_us: 0 });
  const toRun = runTimes({ epoch_us: 2_000_000, clocks: [at(1_000_000, 500), at(11_000_000, 600)] });
  assert.equal(toRun(1_000_500), -1_000_000);
  assert.ok(Math.abs(toRun(11_000_600) - 9_000_000) < 0.01);
  assert.ok(Math.abs(toRun(6_000_550) - 4_000_000) < 0.01);
});
