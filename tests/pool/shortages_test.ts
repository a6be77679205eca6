import assert from "node:assert/strict";
import fc from "fast-check";
import type { OperationEnd } from "../../lib/driver/driver.ts";
import { mergeGenerators, noGenerator } from "../../lib/measure/generator.ts";
import type { ShortageData } from "../../lib/measure/interval.ts";
import { Recorder } from "../../lib/pool/recorder.ts";
import { FakeClock } from "../driver/fake_clock.ts";
import { holdStage } from "../plans.ts";

const OPERATION = { name: "op", reply_stream: false, start: () => ({ cancel() {} }) };
/** Default limits: a call is tainted past 50 ms. */
const LIMIT_MS = 50;

/** A recorder, and calls that end as they are told; instants in milliseconds. */
function workbench() {
  const clock = new FakeClock();
  const recorder = new Recorder(clock, [holdStage(60_000)]);
  const at = (ms: number) => clock.advanceTo(ms * 1000);
  const begin = () => {
    const call = recorder.begin(OPERATION, 0, clock.now_us(), { callEnded() {} });
    const end = (outcome: OperationEnd["outcome"]) =>
      call.end({ outcome, code: 0, type: "", details: "", sent_bytes: 1, received_bytes: 1 });
    return { call, end };
  };
  const found = () => {
    const { series: [one] } = recorder.flush();
    const { issued = 0, outcomes } = one?.tainted ?? {};
    return { shortages: recorder.shortages.take(), tainted: issued, outcomes };
  };
  return { recorder, at, begin, found };
}

/** One call that lacks a port at once, is sent after `wait_ms` (null: never), and ends 10 ms later. */
function waited(wait_ms: number | null, outcome: OperationEnd["outcome"]) {
  const { at, begin, found } = workbench();
  const { call, end } = begin();
  call.lacking("EADDRNOTAVAIL");
  call.lacking("EADDRNOTAVAIL");
  if (wait_ms !== null) {
    at(wait_ms);
    call.sent();
  }
  at((wait_ms ?? 0) + 10);
  end(outcome);
  return found();
}

Deno.test("a call is spoilt by a wait past its limit, or by one in vain; each call counts once", () => {
  const spoilt = (wait_ms: number | null, outcome: OperationEnd["outcome"]) => {
    const { shortages, tainted } = waited(wait_ms, outcome);
    assert.deepEqual(shortages.map(({ errno, calls, first_ms }) => [errno, calls, first_ms]), [
      ["EADDRNOTAVAIL", 1, 0],
    ]);
    assert.equal(tainted, shortages[0]?.spoilt);
    return tainted === 1;
  };
  assert.ok(spoilt(LIMIT_MS + 1, "ok"));
  assert.ok(!spoilt(LIMIT_MS, "ok"), "a short wait changes no answer");
  assert.ok(spoilt(null, "failed"), "it failed for want of a port");
  assert.ok(spoilt(null, "timed_out") && spoilt(null, "cancelled"));
  assert.ok(!spoilt(1, "failed"), "it was sent, and the service failed it");
  assert.ok(spoilt(LIMIT_MS + 1, "failed"));
});

Deno.test("a spoilt call stays in the accounting: issued and in its outcome, there and among the tainted", () => {
  assert.deepEqual(waited(null, "failed").outcomes, {
    ok: 0,
    failed: 1,
    timed_out: 0,
    cancelled: 0,
    dropped: 0,
    unfinished: 0,
  });
});

Deno.test("an arrival dropped while calls wait for what is lacking is june-load's own", () => {
  const { recorder, at, begin, found } = workbench();
  recorder.drop(OPERATION, 0, 0);
  const { call, end } = begin();
  call.lacking("EMFILE");
  recorder.drop(OPERATION, 0, 0);
  call.sent();
  recorder.drop(OPERATION, 0, 0);
  at(1);
  end("ok");
  const { outcomes, tainted } = found();
  assert.deepEqual([tainted, outcomes?.dropped], [1, 1]);
});

Deno.test("what a call lacks after its end is passed over", () => {
  const { begin, found } = workbench();
  const { call, end } = begin();
  end("ok");
  call.lacking("EMFILE");
  assert.deepEqual(found().shortages, []);
});

Deno.test("shortages of pools and seconds add up, in any order", () => {
  const one: fc.Arbitrary<ShortageData> = fc.record({
    errno: fc.constantFrom("EMFILE", "EADDRNOTAVAIL"),
    calls: fc.nat(1000),
    spoilt: fc.nat(1000),
    first_ms: fc.nat(1000),
    last_ms: fc.integer({ min: 1000, max: 2000 }),
  });
  fc.assert(fc.property(fc.array(fc.array(one, { maxLength: 2 }), { minLength: 1 }), (parts) => {
    const merge = (list: readonly ShortageData[][]) =>
      mergeGenerators(list.map((shortages) => ({ ...noGenerator(), shortages }))).shortages ?? [];
    const all = merge(parts);
    const sum = (list: readonly ShortageData[], key: "calls" | "spoilt") => list.reduce((n, each) => n + each[key], 0);
    for (const key of ["calls", "spoilt"] as const) assert.equal(sum(all, key), sum(parts.flat(), key));
    const byName = (list: ShortageData[]) => list.toSorted((a, b) => a.errno.localeCompare(b.errno));
    assert.deepEqual(byName(merge(parts.toReversed())), byName(all));
    assert.deepEqual(byName(merge([all, []])), byName(all));
    for (const { errno, first_ms } of all) {
      assert.equal(first_ms, Math.min(...parts.flat().filter((each) => each.errno === errno).map((e) => e.first_ms)));
    }
  }));
  assert.equal(mergeGenerators([noGenerator()]).shortages, undefined, "nobody looked");
});
