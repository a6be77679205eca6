import assert from "node:assert/strict";
import { Session } from "../../../lib/driver/websocket/session.ts";
import type { WebSocketConnection } from "../../../lib/transport/websocket/connection.ts";

const PING_MS = 30;

/** A session over a connection whose peer answers each ping after `answer_ms`; how it ended, if it did. */
async function sessionWith(answer_ms: number, body: () => Promise<void>): Promise<string | null> {
  const ends: string[] = [];
  const timers: ReturnType<typeof setTimeout>[] = [];
  const connection = {
    streams: 0,
    start() {},
    abandon() {},
    ping: () => void timers.push(setTimeout(() => session.pong(), answer_ms)),
  };
  const open = () => Promise.resolve(connection as unknown as WebSocketConnection);
  const session = new Session(open, PING_MS, {
    opened() {},
    answered() {},
    over: (_, end) => void ends.push(end?.details ?? "given up"),
  });
  await body();
  const ended = ends[0] ?? null;
  session.drop();
  timers.forEach(clearTimeout);
  return ended;
}

const pause = (wait_ms: number) => new Promise((resolve) => setTimeout(resolve, wait_ms));

Deno.test("a ping whose answer waited for this thread is no lost peer", async () => {
  const ended = await sessionWith(PING_MS + 15, async () => {
    // The first ping goes out, then this thread stands still: its answer and the next ping are late together.
    await pause(PING_MS + 5);
    for (const from_ms = performance.now(); performance.now() - from_ms < 4 * PING_MS;);
    await pause(5);
  });
  assert.equal(ended, null);
});

Deno.test("a ping without an answer ends the session, also after this thread stood still", async () => {
  const ended = await sessionWith(60_000, async () => {
    await pause(PING_MS + 5);
    for (const from_ms = performance.now(); performance.now() - from_ms < 4 * PING_MS;);
    await pause(4 * PING_MS);
  });
  assert.equal(ended, "it did not answer a ping within 30 ms");
});
