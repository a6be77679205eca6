/** The order of frames on one connection, where servers rely on it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Connection } from "../../../lib/transport/wire/connection.ts";
import { encodeHeaders } from "../../../lib/transport/wire/hpack/encoder.ts";
import { Outgoing, type Stream } from "../../../lib/transport/wire/stream.ts";
import { StrictPeer } from "./strict_peer.ts";

const BLOCK = encodeHeaders([[":method", "POST"], [":path", "/t.T/Unary"]]);
const [MAX_STREAMS, WINDOW, FRAME_SIZE, TABLE_SIZE] = [3, 4, 5, 1];

/** A connection to a strict peer, with the streams that the test has opened. */
class Bench {
  readonly peer = new StrictPeer();
  readonly connection = new Connection(this.peer, "peer", {
    opened() {},
    capacityAvailable() {},
    draining() {},
    closed() {},
  });
  readonly streams: Stream[] = [];

  /** Opens a stream with one message, if there is room. */
  open(message_bytes: number): void {
    if (!this.connection.hasRoom) return;
    const release = (stream: Stream) => this.connection.release(stream, null);
    const stream = streamOf(message_bytes, release);
    this.streams.push(stream);
    this.connection.open(stream, BLOCK);
  }

  /** The id of a stream chosen by a number; 1 where there is none. */
  idAt(place: number): number {
    return this.streams[place % this.streams.length]?.id ?? 1;
  }

  /** Lets everything arrive, late answers too, and fails the test where the client broke a rule. */
  async check(): Promise<void> {
    await this.peer.takeAll();
    for (let looks = 0; this.peer.owed > 0 && looks < 200; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await this.peer.takeAll();
    }
    assert.deepEqual(this.peer.broken, []);
    assert.equal(this.peer.owed, 0, "every PING and SETTINGS is answered");
    this.connection.abandon("done");
  }
}

function streamOf(message_bytes: number, release: (stream: Stream) => void): Stream {
  return {
    id: 0,
    send_window: 0,
    uncredited_bytes: 0,
    only: new Outgoing(new Uint8Array(message_bytes), false),
    queue: [],
    queued_bytes: 0,
    half_closed: true,
    end_sent: false,
    handedOver() {},
    progressed() {},
    block() {},
    data() {},
    reset() {
      release(this);
    },
    fault() {},
    lost() {},
  };
}

Deno.test("the answer to PING does not overtake the HEADERS of streams opened before it", async () => {
  const bench = new Bench();
  const { peer } = bench;
  await peer.settings([[WINDOW, 0x7fff_ffff]]);
  await peer.credit(0, 10_000_000);
  await peer.takeAll();
  bench.open(1_000_000); // fills the socket
  await peer.take(1);
  for (let count = 0; count < 400; count++) bench.open(100);
  await peer.send((frames) => frames.goaway(0x7fff_ffff, 0, ""));
  await peer.ping(401); // a server that drains takes the answer as "all streams are here"
  await bench.check();
  assert.equal(peer.opened, 401);
});

Deno.test("SETTINGS are acknowledged before DATA that needs the raised window", async () => {
  const bench = new Bench();
  await bench.peer.settings([[WINDOW, 100]]);
  bench.open(50_000);
  await bench.peer.takeAll();
  await bench.peer.settings([[WINDOW, 1 << 20], [FRAME_SIZE, 1 << 20]]);
  await bench.check();
});

Deno.test("after the last GOAWAY nothing is answered before the replies have come, since the server may have closed", async () => {
  const bench = new Bench();
  await bench.peer.settings([]);
  bench.open(10);
  bench.open(10);
  await bench.peer.takeAll();
  await bench.peer.send((frames) => frames.goaway(0x7fff_ffff, 0, ""));
  await bench.peer.ping(2);
  await bench.peer.takeAll();
  assert.equal(bench.peer.pongs, 1, "the PING that asks for the last stream is answered at once");
  await bench.peer.ping(2);
  await bench.peer.send((frames) => frames.goaway(3, 0, ""));
  await bench.peer.ping(2);
  await bench.peer.settings([[WINDOW, 1 << 20]]);
  await bench.peer.end(1);
  await bench.peer.takeAll();
  assert.deepEqual([bench.peer.pongs, bench.peer.acks], [1, 1], "a reply is still on its way");
  await bench.peer.end(3);
  await bench.peer.takeAll();
  assert.equal(bench.connection.state.tag, "closed");
  assert.deepEqual([bench.peer.pongs, bench.peer.acks], [1, 1], "nothing more is owed");
});

Deno.test("a peer that goes on asking after the last GOAWAY is answered, and keeps its connection", async () => {
  const bench = new Bench();
  await bench.peer.settings([]);
  bench.open(10);
  await bench.peer.takeAll();
  await bench.peer.send((frames) => frames.goaway(1, 0, ""));
  for (let i = 0; i < 65; i++) await bench.peer.ping(1);
  await bench.peer.takeAll();
  assert.deepEqual([bench.peer.pongs, bench.connection.state.tag], [65, "draining"]);
  await bench.check();
});

Deno.test("a long reply after the last GOAWAY keeps the answer to a PING back for a second at most", async () => {
  const bench = new Bench();
  await bench.peer.settings([]);
  bench.open(10);
  await bench.peer.takeAll();
  await bench.peer.send((frames) => frames.goaway(1, 0, ""));
  await bench.peer.ping(1);
  await bench.peer.settings([]);
  await bench.check();
});

/** One step of the client or of its peer. */
const step = fc.oneof(
  fc.record({ kind: fc.constant("open" as const), bytes: fc.nat(120_000) }),
  fc.record({ kind: fc.constant("cancel" as const), place: fc.nat(50) }),
  fc.record({ kind: fc.constant("take" as const), bytes: fc.nat(60_000) }),
  fc.record({
    kind: fc.constant("settings" as const),
    values: fc.array(
      fc.oneof(
        fc.tuple(fc.constant(WINDOW), fc.nat(300_000)),
        fc.tuple(fc.constant(FRAME_SIZE), fc.integer({ min: 16_384, max: 100_000 })),
        fc.tuple(fc.constant(MAX_STREAMS), fc.nat(20)),
        fc.tuple(fc.constant(TABLE_SIZE), fc.nat(8192)),
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({ kind: fc.constant("credit" as const), place: fc.nat(50), bytes: fc.integer({ min: 1, max: 100_000 }) }),
  fc.record({ kind: fc.constant("credit_all" as const), bytes: fc.integer({ min: 1, max: 500_000 }) }),
  fc.record({ kind: fc.constant("ping" as const) }),
  fc.record({ kind: fc.constant("end" as const), place: fc.nat(50) }),
  fc.record({ kind: fc.constant("goaway" as const) }),
);

async function take(bench: Bench, done: typeof step extends fc.Arbitrary<infer Step> ? Step : never): Promise<unknown> {
  const { peer, connection, streams } = bench;
  switch (done.kind) {
    case "open":
      return bench.open(done.bytes);
    case "cancel":
      return streams.length > 0 && connection.release(streams[done.place % streams.length]!, 8);
    case "take":
      return await peer.take(done.bytes);
    case "settings":
      return await peer.settings(done.values);
    case "credit":
      return await peer.credit(bench.idAt(done.place), done.bytes);
    case "credit_all":
      return await peer.credit(0, done.bytes);
    case "ping":
      return await peer.ping(streams.length);
    case "end":
      return await peer.end(bench.idAt(done.place));
    case "goaway":
      return connection.state.tag === "open" && streams.some(({ end_sent }) => !end_sent) &&
        await peer.send((frames) => frames.goaway(0x7fff_ffff, 0, ""));
  }
}

Deno.test("no interleaving of SETTINGS, windows, PINGs and GOAWAYs breaks the order that servers rely on", () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const bench = new Bench();
      await bench.peer.settings([]);
      for (const done of steps) {
        if (bench.connection.state.tag === "closed") break;
        await take(bench, done);
      }
      await bench.peer.takeAll();
      // A drained connection ends with its last stream, and then owes nothing more.
      assert.deepEqual(bench.peer.broken, []);
      if (bench.connection.state.tag !== "closed") await bench.check();
    }),
    { numRuns: 150 },
  ));
