/** What a request's header block must say once the peer has made its header table smaller (RFC 7541, section 4.2). */
import assert from "node:assert/strict";
import { unary, withChannel } from "./calls.ts";
import { bytesOf, okReply, type PeerConn, SETTINGS, withRawPeer } from "./raw_peer.ts";

const HEADER_TABLE_SIZE = 1;
const TO_ZERO = 0x20;

function settings(table_bytes: number): Uint8Array {
  return bytesOf((frames) => frames.settings([[HEADER_TABLE_SIZE, table_bytes]]));
}

/** Sends settings, answers two requests, and says how the blocks of the two began. */
async function firstBytes(...sent: readonly Uint8Array[]): Promise<(number | undefined)[]> {
  const begins: (number | undefined)[] = [];
  const script = async (peer: PeerConn) => {
    for (const bytes of sent) await peer.send(bytes);
    for (const count of [1, 2]) {
      const request = await peer.request(count);
      if (request === null) return;
      begins.push(peer.seen.filter(({ type }) => type === 1)[count - 1]?.payload[0]);
      await peer.frames((frames) => okReply(frames, request.streamId));
    }
  };
  await withRawPeer(script, (target) =>
    withChannel(target, async (channel) => {
      for (let i = 0; i < 2; i++) {
        const { status } = await unary(channel);
        assert.equal(status.code, 0, status.details);
      }
    }));
  return begins;
}

Deno.test("a smaller header table is agreed to at the head of the next block, once", async () => {
  for (const sent of [[settings(0)], [settings(100)], [settings(0), settings(4096)], [settings(4095), settings(0)]]) {
    const [first, second] = await firstBytes(...sent);
    assert.equal(first, TO_ZERO);
    assert.notEqual(second, TO_ZERO);
  }
});

Deno.test("a header table as large as at the start, or larger, needs no word", async () => {
  for (const sent of [[SETTINGS], [settings(4096)], [settings(65_536), settings(4096)]]) {
    assert.ok(!(await firstBytes(...sent)).includes(TO_ZERO));
  }
});
