/** Many requests at once against a peer that does whatever it likes: none is lost, none gets another's reply. */
import assert from "node:assert/strict";
import { ask, say, Told, withChannel, withRawPeer } from "./peers.ts";

const REQUESTS = 600;

/** Numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

/** Reads one request, its body too: its path, or null at the end of the connection. */
async function nextPath(conn: Deno.Conn, left: { text: string }): Promise<string | null> {
  const into = new Uint8Array(4096);
  for (;;) {
    const match = /^POST (\S+) [^]*?content-length: (\d+)\r\n\r\n/.exec(left.text);
    if (match !== null && left.text.length >= match[0].length + Number(match[2])) {
      left.text = left.text.slice(match[0].length + Number(match[2]));
      return match[1] as string;
    }
    const count = await conn.read(into);
    if (count === null) return null;
    left.text += new TextDecoder("latin1").decode(into.subarray(0, count));
  }
}

/** Answers in one of many ways; false: the connection is over. */
async function answer(conn: Deno.Conn, path: string, choice: number): Promise<boolean> {
  const length = `HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n`;
  switch (choice) {
    case 0:
      return false;
    case 1:
      await say(conn, `${length}\r\n${path.slice(0, -1)}`);
      return false;
    case 2:
      await say(conn, `${length}connection: close\r\n\r\n${path}`);
      return false;
    case 3:
      await say(conn, `HTTP/1.1 200 OK\r\n\r\n${path}`);
      return false;
    case 4:
      await say(conn, `${length}\r\n${path}`);
      return false;
    case 5:
      await say(conn, "HTTP/1.1 100 Continue\r\n\r\n");
      await new Promise((later) => setTimeout(later, 2));
      await say(conn, `${length}\r\n${path}`);
      return true;
    case 6:
      await say(conn, `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${path.length.toString(16)}\r\n`);
      await say(conn, `${path}\r\n0\r\n\r\n`);
      return true;
    case 7:
      await say(conn, `${length}\r\n${path}HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nOTHER`);
      return true;
    default:
      await say(conn, `${length}\r\n${path}`);
      return true;
  }
}

Deno.test("in a storm each request ends once, with its own reply or with a reason", async () => {
  const random = numbers(5309);
  await withRawPeer(async (conn) => {
    const left = { text: "" };
    for (let path = await nextPath(conn, left); path !== null; path = await nextPath(conn, left)) {
      if (!await answer(conn, path, random(14))) return;
    }
  }, (target) =>
    withChannel(target, { connections: 8 }, async (channel) => {
      const all = Array.from({ length: REQUESTS }, (_, number) => {
        const path = `/request/${number}`;
        const told = new Told();
        const call = channel.request(
          { method: "POST", path, headers: [], body: new Uint8Array(number % 50) },
          5000,
          told,
        );
        if (number % 17 === 0) setTimeout(() => call.cancel(), number % 5);
        return { path, told };
      });
      const reasons = new Map<string, number>();
      for (const { path, told } of all) {
        const { reason } = await told.over;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        if (reason === "complete") assert.equal(told.body, path);
        else assert.ok(path.startsWith(told.body), `${path} was told ${told.body}`);
      }
      assert.equal([...reasons.values()].reduce((sum, count) => sum + count), REQUESTS);
      assert.deepEqual([...reasons.keys()].toSorted(), ["cancel", "complete", "connection"]);
      assert.ok((reasons.get("complete") as number) > REQUESTS / 2);
      const { streams_in_flight, waiting, connections, moves_total } = channel.stats();
      assert.deepEqual({ streams_in_flight, waiting }, { streams_in_flight: 0, waiting: 0 });
      assert.ok(connections <= 8);
      assert.ok(moves_total > 0);
    }));
});

Deno.test("a channel whose peer goes and comes back serves again", async () => {
  let target = "";
  const serve = async (conn: Deno.Conn) => {
    const left = { text: "" };
    for (let path = await nextPath(conn, left); path !== null; path = await nextPath(conn, left)) {
      await answer(conn, path, 13);
    }
  };
  const post = { method: "POST", path: "/x", body: new Uint8Array(1) };
  await withRawPeer(serve, (address) => {
    target = address;
    return Promise.resolve();
  });
  await withChannel(target, {}, async (channel) => {
    assert.equal((await ask(channel, post)).result?.reason, "connection");
    const listener = Deno.listen({ hostname: "127.0.0.1", port: Number(target.split(":")[1]) });
    const serving = (async () => {
      for await (const conn of listener) await serve(conn);
    })();
    // Attempts are put off after a failure, for a second or so.
    while ((await ask(channel, post)).result?.reason !== "complete") await new Promise((next) => setTimeout(next, 20));
    await channel.close();
    listener.close();
    await serving;
  });
});
