import assert from "node:assert/strict";
import { Board } from "../../lib/live/show/board.ts";
import { Feed } from "../../lib/live/show/feed.ts";
import { MAX_STREAMS, Streams } from "../../lib/live/serve/sse.ts";
import type { UiState } from "../../lib/ui/web/api.ts";

const STATE: UiState = { tool: "t", mode: "choose", phase: "before", scenarios: [], run: null, failure: null };

Deno.test("a feed gives what was missed, or nothing where some of it is gone or of another server", () => {
  const feed = new Feed("a");
  for (let i = 0; i < 2000; i++) feed.publish("log", i);
  assert.equal(feed.since("a.2000")?.length, 0);
  assert.deepEqual(feed.since("a.1998")?.map(({ id }) => id), [1999, 2000]);
  const { length } = feed.since("a.1300") ?? [];
  assert.equal(length, 700);
  for (const id of ["a.1", "a.2001", "b.1999", "a.", "a.x", "1999", "", "a.1e3", "a.-1"]) {
    assert.equal(feed.since(id), null, id);
  }
});

Deno.test("a feed keeps no more than its room, however long its events are", () => {
  const feed = new Feed("a");
  for (let i = 0; i < 40; i++) feed.publish("seconds", "x".repeat(1024 * 1024));
  assert.ok((feed.since(`a.${feed.last - 10}`)?.length ?? 0) === 10);
  assert.equal(feed.since(`a.${feed.last - 30}`), null);
});

Deno.test("a state that does not change is told once", () => {
  const board = new Board(STATE);
  board.change({ phase: "preparing" });
  board.change({ phase: "preparing", failure: null });
  assert.equal(board.feed.last, 1);
});

Deno.test("streams are limited, end with their reader, and cut off one that reads nothing", async () => {
  const board = new Board(STATE);
  const streams = new Streams(board);
  const open = Array.from({ length: MAX_STREAMS }, () => streams.open(null));
  assert.throws(() => streams.open(null), /pages are open already/);
  await open[0]?.body?.cancel();
  assert.equal(streams.count, MAX_STREAMS - 1);
  for (let i = 0; i < 200; i++) board.log({ at_ms: i, tone: "info", text: "x" });
  assert.equal(streams.count, 0, "none of them read");
  streams.close();
});

Deno.test("texts of strangers cannot end an event, nor begin one", () => {
  const feed = new Feed("a");
  const evil = "x\n\nid: 9\nevent: state\ndata: {}\r\n\r\n\u2028</script><img onerror=alert(1)>\u0000";
  const text = feed.textOf("log", { text: evil });
  assert.equal(text.split("\n\n").length, 2, "one event");
  const data = text.split(/\r\n|\r|\n/).filter((line) => line.startsWith("data: "));
  assert.deepEqual(data.map((line) => JSON.parse(line.slice(6)).text), [evil]);
});
