import assert from "node:assert/strict";
import { backoff } from "../../../lib/transport/wire/backoff.ts";
import { type DeadlineQueue, Deadlines, type Timed } from "../../../lib/transport/wire/deadlines.ts";

/** Writes down when it expired. */
class Item implements Timed {
  deadline_ms = 0;
  deadlines: DeadlineQueue | null = null;
  before: Timed | null = null;
  after: Timed | null = null;
  readonly #expired = Promise.withResolvers<number>();
  readonly expired = this.#expired.promise;
  over = false;
  expire(): void {
    this.over = true;
    this.#expired.resolve(performance.now());
  }
}

Deno.test("items expire at their deadlines, whatever the order of adding", async () => {
  const deadlines = new Deadlines();
  const items = [40, 10, 25, 10, 3, 40].map((timeout_ms) => {
    const item = new Item();
    deadlines.add(item, timeout_ms);
    return item;
  });
  for (const item of items) {
    const late_ms = await item.expired - item.deadline_ms;
    assert.ok(late_ms >= 0, `${late_ms}`);
  }
  // A late timer finds several timeouts due, and keeps the order within each.
  for (const [first, second] of [[1, 3], [0, 5]] as const) {
    assert.ok(await items[first]!.expired <= await items[second]!.expired);
  }
});

Deno.test("a removed item does not expire, and others of its timeout do", async () => {
  const deadlines = new Deadlines();
  const items = Array.from({ length: 5 }, () => new Item());
  for (const item of items) deadlines.add(item, 10);
  for (const gone of [0, 2, 4]) deadlines.remove(items[gone]!);
  deadlines.remove(items[0]!);
  await Promise.all([items[1]!.expired, items[3]!.expired]);
  assert.deepEqual(items.map(({ over }) => over), [false, true, false, true, false]);
});

Deno.test("an item may be added while another expires, and without a deadline for ever", async () => {
  const deadlines = new Deadlines();
  const [first, second, never] = [new Item(), new Item(), new Item()];
  const expire = first.expire.bind(first);
  first.expire = () => {
    deadlines.add(second, 5);
    expire();
  };
  deadlines.add(never, Infinity);
  deadlines.add(first, 5);
  await second.expired;
  assert.equal(never.over, false);
  assert.equal(never.deadline_ms, Infinity);
});

Deno.test("close() forgets the timer", () => {
  const deadlines = new Deadlines();
  deadlines.add(new Item(), 60_000);
  deadlines.close();
});

Deno.test("backoff() goes at once, then from 1 s by 1.6 to 2 s, a fifth up or down", () => {
  assert.equal(backoff(0, 0.9), 0);
  assert.equal(backoff(1, 0.5), 1000);
  assert.equal(backoff(2, 0.5), 1600);
  assert.equal(backoff(1, 0), 800);
  assert.equal(backoff(1, 1), 1200);
  assert.equal(backoff(50, 0.5), 2000);
});

/** Keeps this thread busy, as a stopped process or a long collection of garbage does. */
function block(ms: number): void {
  for (const end_ms = performance.now() + ms; performance.now() < end_ms;);
}

Deno.test("what came in while this thread stood still is read before anything expires", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [client, server] = await Promise.all([
    Deno.connect({ port: (listener.addr as Deno.NetAddr).port }),
    listener.accept(),
  ]);
  const deadlines = new Deadlines();
  const [answered, silent] = [new Item(), new Item()];
  const read = client.read(new Uint8Array(1)).then(() => deadlines.remove(answered));
  deadlines.add(answered, 60);
  deadlines.add(silent, 60);
  await server.write(new Uint8Array(1));
  block(200);
  await Promise.all([read, silent.expired]);
  assert.deepEqual([answered.over, silent.over], [false, true]);
  client.close();
  server.close();
});
