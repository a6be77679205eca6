/** Which address the next connection goes to. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { AddressBook, spreadOver } from "../../../lib/transport/socket/addresses.ts";
import { Limit } from "../../../lib/transport/socket/limit.ts";
import { firstOf } from "../../../lib/transport/socket/race.ts";
import type { Target } from "../../../lib/transport/target.ts";

const place = (host: string): Target => ({ kind: "tcp", host, port: 1 });
const places = (...hosts: string[]): Target[] => hosts.map(place);
const hostsOf = (list: readonly Target[]) => list.map((one) => one.kind === "tcp" ? one.host : one.path);

Deno.test("connections are spread evenly whatever opens, closes and comes", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.integer({ min: 1, max: 60 }),
      (count, begin, opened) => {
        const book = new AddressBook(begin);
        const all = places(...Array.from({ length: count }, (_, at) => `10.0.0.${at}`));
        for (let at = 0; at < opened; at++) book.take(book.order(all, "spread")[0]!);
        const uses = all.map((one) => book.uses(one));
        assert.ok(Math.max(...uses) - Math.min(...uses) <= 1, `${uses}`);
        assert.equal(uses.reduce((sum, one) => sum + one, 0), opened);
      },
    ),
  ));

Deno.test("a closed connection frees its place, once", () => {
  const book = new AddressBook(0);
  const [a, b] = places("10.0.0.1", "10.0.0.2") as [Target, Target];
  const give = book.take(a);
  assert.deepEqual(hostsOf(book.order([a, b], "spread")), ["10.0.0.2", "10.0.0.1"]);
  book.take(b);
  book.take(b);
  give();
  give();
  assert.deepEqual([book.uses(a), book.uses(b)], [0, 2]);
  assert.equal(hostsOf(book.order([a, b], "spread"))[0], "10.0.0.1");
});

/** The addresses of a name, those that are used, and the first in order with their way round. */
const FAMILIES: readonly (readonly [all: string[], used: string[], order: string[]])[] = [
  [["::1", "127.0.0.1"], ["::1"], ["::1", "127.0.0.1"]],
  [["127.0.0.1", "::1"], ["127.0.0.1"], ["127.0.0.1", "::1"]],
  [["fd::1", "10.0.0.1", "10.0.0.2"], ["10.0.0.1", "10.0.0.2"], ["10.0.0.1", "fd::1", "10.0.0.2"]],
  [["fd::1", "fd::2", "10.0.0.1", "10.0.0.2"], ["fd::1", "fd::2"], ["fd::1", "10.0.0.1", "fd::2", "10.0.0.2"]],
  [["10.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]],
];

Deno.test("of IPv4 and IPv6 one is used and the other is the way round", () => {
  for (const [all, used, order] of FAMILIES) {
    assert.deepEqual(hostsOf(spreadOver(places(...all))), used);
    assert.deepEqual(hostsOf(new AddressBook(0).order(places(...all), "spread")), order);
  }
});

Deno.test("pick_first keeps the resolver's order, families in turn", () => {
  const book = new AddressBook(0.7);
  const all = places("fd::1", "fd::2", "10.0.0.1");
  book.take(all[0]!);
  assert.deepEqual(hostsOf(book.order(all, "pick_first")), ["fd::1", "10.0.0.1", "fd::2"]);
});

Deno.test("an address that failed is tried last for a while", () => {
  const book = new AddressBook(0);
  const all = places("10.0.0.1", "10.0.0.2");
  book.avoid(all[0]!, 0);
  assert.deepEqual(hostsOf(book.order(all, "spread", 1000)), ["10.0.0.2", "10.0.0.1"]);
  assert.deepEqual(hostsOf(book.order(all, "spread", 31_000)), ["10.0.0.1", "10.0.0.2"]);
});

/** Runs a race of attempts that are named by their hosts; tells who began, when, and who won. */
async function race(hosts: string[], attempt: (host: string, share: Limit) => Promise<string>, limit_ms = 5000) {
  const began: [host: string, at_ms: number][] = [];
  const late: string[] = [];
  const start_ms = performance.now();
  const limit = new Limit(limit_ms);
  try {
    const won = await firstOf(
      places(...hosts),
      limit,
      new AbortController().signal,
      (one, share) => {
        const [host = ""] = hostsOf([one]);
        began.push([host, performance.now() - start_ms]);
        return share.run(attempt(host, share));
      },
      (connection) => late.push(connection),
    );
    return { won, began, late };
  } finally {
    limit.clear();
  }
}

const never = () => new Promise<string>(() => {});

Deno.test("the next address begins 250 ms after one that does not answer, and a refusal at once", async () => {
  const { won, began } = await race(["silent", "refuses", "answers"], (host) => {
    if (host === "silent") return never();
    return host === "refuses" ? Promise.reject(new Error("refused")) : Promise.resolve(host);
  });
  assert.equal(won, "answers");
  const [, second, third] = began.map(([, at_ms]) => at_ms) as [number, number, number];
  assert.ok(second >= 245 && second < 2000, `${second}`);
  assert.ok(third - second < 200, `${third}`);
});

Deno.test("an address that has accepted gets its share of the time for its handshake", async () => {
  const { won, began } = await race(["slow", "other"], async (host, share) => {
    share.accepted();
    await new Promise((resolve) => setTimeout(resolve, 400));
    return host;
  });
  assert.deepEqual([won, began.length], ["slow", 1]);
});

Deno.test("when all fail, the last failure is told", async () => {
  await assert.rejects(race(["a", "b"], (host) => Promise.reject(new Error(`${host} refused`))), {
    message: "b refused",
  });
  await assert.rejects(race([], never), { message: "the name has no address" });
});
