/** Peers that break rules, cut their words short or dawdle: each request has one clear end, and the channel lives on. */
import assert from "node:assert/strict";
import { ask, readRequest, say, withChannel, withRawPeer } from "./peers.ts";

const GOOD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
const WHOLE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

Deno.test("a reply cut at every position fails as a lost connection, and the next request is well", async () => {
  let cut = 0;
  let bad = false;
  await withRawPeer(async (conn) => {
    await readRequest(conn);
    await say(conn, bad ? GOOD.slice(0, cut) : WHOLE);
  }, (target) =>
    withChannel(target, { connections: 1 }, async (channel) => {
      assert.equal((await ask(channel)).result?.reason, "complete");
      for (cut = 0; cut < GOOD.length; cut++) {
        bad = true;
        const told = await ask(channel);
        assert.equal(told.result?.reason, "connection", `cut at ${cut}`);
        assert.match(told.result?.details ?? "", /closed the connection|os error/, `cut at ${cut}`);
        bad = false;
        assert.equal((await ask(channel)).result?.reason, "complete");
      }
    }));
});

Deno.test("a reply that dribbles byte by byte is read, marks and all", () =>
  withRawPeer(async (conn) => {
    await readRequest(conn);
    for (const letter of GOOD) {
      await say(conn, letter);
      await new Promise((next) => setTimeout(next));
    }
  }, (target) =>
    withChannel(target, {}, async (channel) => {
      const told = await ask(channel);
      assert.deepEqual([told.body, told.result?.reason], ["hello", "complete"]);
      assert.deepEqual(told.names, ["sent", "uploaded", "headers", "data", "end"]);
    })));

Deno.test("mutated replies end every request, and never take the channel with them", async () => {
  let state = 20_261_126;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  let bad = true;
  await withRawPeer(async (conn) => {
    await readRequest(conn);
    const bytes = [...GOOD];
    for (let change = 0; bad && change <= random(4); change++) {
      bytes.splice(random(bytes.length), random(3), String.fromCharCode(random(256)));
    }
    await say(conn, bad ? bytes.join("") : WHOLE);
  }, (target) =>
    withChannel(target, { connections: 1 }, async (channel) => {
      const reasons = new Set<string>();
      for (let time = 0; time < 300; time++) {
        const { result } = await ask(channel);
        reasons.add(result?.reason ?? "none");
        assert.equal(result?.reason === "complete", result?.details === "");
      }
      assert.deepEqual([...reasons].sort(), ["complete", "connection", "protocol"]);
      bad = false;
      assert.equal((await ask(channel)).body, "ok");
    }));
});

Deno.test("a broken rule is told with the address and what it was", () =>
  withRawPeer(async (conn) => {
    await readRequest(conn);
    await say(conn, "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n");
  }, (target) =>
    withChannel(target, {}, async (channel) => {
      const { result } = await ask(channel);
      assert.equal(result?.reason, "protocol");
      assert.equal(result?.details, `"${target}" broke a rule of HTTP/1.1: content-length is malformed: "many"`);
    })));

Deno.test("more headers than june-load reads are told as its own limit, not as a fault of the peer's", () =>
  withRawPeer(async (conn) => {
    await readRequest(conn);
    await say(conn, `HTTP/1.1 200 OK\r\nx: ${"a".repeat(100_000)}\r\n\r\n`).catch(() => {});
  }, (target) =>
    withChannel(target, {}, async (channel) => {
      const { result } = await ask(channel);
      const words = "its header block is longer than 65536 bytes";
      assert.deepEqual([result?.reason, result?.details], [
        "limit",
        `The reply of "${target}" is more than june-load reads: ${words}`,
      ]);
    })));

Deno.test("bytes after a reply, or on an idle connection, end the connection and nothing else", async () => {
  let late = false;
  await withRawPeer(async (conn) => {
    await readRequest(conn);
    await say(conn, late ? WHOLE : `${WHOLE}HTTP/1.1 200 OK\r\n\r\nsmuggled`);
    if (late) await say(conn, "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    await readRequest(conn);
  }, (target) =>
    withChannel(target, { connections: 1 }, async (channel) => {
      for (late of [false, true, false]) {
        assert.equal((await ask(channel)).body, "ok");
        while (channel.stats().connections > 0) await new Promise((next) => setTimeout(next));
      }
      assert.equal(channel.stats().moves_total, 0);
    }));
});
