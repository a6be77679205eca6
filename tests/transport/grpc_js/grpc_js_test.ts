import assert from "node:assert/strict";
import fc from "fast-check";
import { CHANNEL_DEFAULTS } from "../../../lib/transport/channel.ts";
import { grpcTimeout } from "../../../lib/transport/grpc_js/call.ts";
import { loadTransport } from "../../../lib/transport/registry.ts";
import { spec, start, untilStats } from "../../conformance/recorder.ts";
import { okReply, type PeerRequest, withScriptedPeer } from "../../conformance/scripted_peer.ts";

const UNIT_US: Record<string, number> = { u: 1, m: 1000, S: 1_000_000 };

Deno.test("grpcTimeout() has at most eight digits and is never shorter than the deadline", () => {
  fc.assert(fc.property(fc.double({ min: 0.001, max: 9e10, noNaN: true }), (timeout_ms) => {
    const match = /^(\d{1,8})([umS])$/.exec(grpcTimeout(timeout_ms));
    assert.ok(match, grpcTimeout(timeout_ms));
    const written_us = Number(match[1]) * (UNIT_US[match[2] ?? ""] ?? NaN);
    assert.ok(written_us >= timeout_ms * 1000 * (1 - 1e-12), `${timeout_ms} became ${match[0]}`);
    assert.ok(written_us <= timeout_ms * 1000 * 1.001 + 1000, `${timeout_ms} became ${match[0]}`);
  }));
});

Deno.test("openGrpcJsChannel() spreads calls over its connections and counts them", async () => {
  const open = await loadTransport("grpc-js");
  const held: PeerRequest[] = [];
  await withScriptedPeer((request) => held.push(request), async (target) => {
    const channel = open(target, { ...CHANNEL_DEFAULTS, connections: 3 });
    try {
      await channel.connect();
      const { details, ...counts } = channel.stats();
      const { addresses, stream_limit, sent_bytes_total } = details?.() ?? {};
      assert.deepEqual(addresses?.map(({ address, connections }) => [address, connections]), [[target, 3]]);
      // What it does not tell is not 0.
      assert.deepEqual([stream_limit, sent_bytes_total], [null, null]);
      assert.deepEqual(counts, {
        connections: 3,
        streams_in_flight: 0,
        waiting: 0,
        reconnects_total: 0,
        moves_total: 0,
        sent_bytes_total: 0,
        received_bytes_total: 0,
      });
      const calls = Array.from({ length: 6 }, () => start(channel, spec("EmptyCall"), new Uint8Array()));
      assert.equal(channel.stats().waiting, 6);
      await untilStats(channel, ({ streams_in_flight }) => streams_in_flight === 6);
      while (held.length < 6) await new Promise((resolve) => setTimeout(resolve, 2));
      assert.deepEqual(held.map(({ connection }) => connection).sort(), [1, 1, 2, 2, 3, 3]);
      for (const { stream, send } of held) await send(okReply(stream));
      for (const { recorder } of calls) assert.equal((await recorder.ended).code, 0);
      assert.equal(channel.stats().streams_in_flight, 0);
    } finally {
      await channel.close();
    }
  });
});

Deno.test("openGrpcJsChannel() refuses an address it cannot read before any traffic", async () => {
  const open = await loadTransport("grpc-js");
  assert.throws(() => open("nowhere", CHANNEL_DEFAULTS), { name: "ConnectError" });
});

Deno.test("openGrpcJsChannel() ends a call on a closed channel as cancelled", async () => {
  const open = await loadTransport("grpc-js");
  const channel = open("127.0.0.1:1", CHANNEL_DEFAULTS);
  await channel.close();
  const { recorder } = start(channel, spec("EmptyCall"), new Uint8Array());
  const { code, origin } = await recorder.ended;
  assert.deepEqual([code, origin], [1, "cancel"]);
});
