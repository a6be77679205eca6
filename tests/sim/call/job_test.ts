import assert from "node:assert/strict";
import * as llm from "../../../proto/llm.ts";
import type { Timer } from "../../../lib/sim/model/clock.ts";
import { constant } from "../../../lib/sim/model/distribution.ts";
import { Random } from "../../../lib/sim/model/random.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { ManualClock } from "../manual_clock.ts";
import { worldOf, type WorldOptions } from "../world.ts";

/** One Generate costs 140 ms: 100 to the first token, 10 for each of four more. */
const generate = llm.GenerationRequest.encode({ prompt: "hello" });

function ask(options: WorldOptions, arrivals_ms: number[], timeout_ms: number | null = null) {
  const world = worldOf("llm", options);
  const calls = arrivals_ms.map((at_ms) => {
    world.clock.moveTo(at_ms);
    return world.server.ask(llm.PATHS.generate, generate, { timeout_ms });
  });
  return { ...world, calls, ends: () => calls.map(({ ended }) => ended && [ended.at_ms, ended.code]) };
}

Deno.test("calls wait for a slot in the order they came", () => {
  const { clock, ends } = ask({}, [0, 10, 20]);
  clock.runOut();
  assert.deepEqual(ends(), [[140, 0], [280, 0], [420, 0]]);
});

/** Runs everything up to 3 ms late, as a busy machine does. */
class LateClock extends ManualClock {
  readonly #random = new Random(1);

  override at(due_ms: number, action: () => void): Timer {
    return super.at(due_ms + 3 * this.#random.next(), action);
  }
}

Deno.test("late timers do not make a queue slower: each call ends where Lindley's recursion has it, and at most 3 ms later", () => {
  const random = new Random(2);
  const arrivals_ms: number[] = [];
  for (let i = 0, at = 0; i < 2000; i++) arrivals_ms.push(at -= 20 * Math.log(1 - random.next()) / 0.9);
  const llm = { first_token_ms: constant(20), output_tokens: constant(1), queue_limit: 1000 };
  const { clock, ends } = ask({ clock: new LateClock(), llm }, arrivals_ms);
  clock.runOut();
  let left_ms = 0;
  for (const [i, arrival_ms] of arrivals_ms.entries()) {
    left_ms = Math.max(arrival_ms, left_ms) + 20;
    const [ended_ms] = ends()[i] as [number, number];
    assert.ok(ended_ms >= left_ms - 1e-6 && ended_ms < left_ms + 3, `call ${i}: ${ended_ms}, not ${left_ms}`);
  }
});

Deno.test("a full queue refuses with RESOURCE_EXHAUSTED at once", () => {
  const { clock, calls, ends } = ask({}, [0, 0, 0, 5]);
  assert.deepEqual(ends()[3], [5, StatusCode.RESOURCE_EXHAUSTED]);
  assert.equal(calls[3]?.ended?.details, "the queue is full: 2 requests are waiting");
  clock.runOut();
  assert.deepEqual(ends().map((end) => end?.[1]), [0, 0, 0, StatusCode.RESOURCE_EXHAUSTED]);
});

Deno.test("a cancelled call gives its slot, or its place in the line, to the next", () => {
  const { clock, calls, ends, queue } = ask({}, [0, 0, 0]);
  clock.moveTo(30);
  calls[1]?.handler.cancel();
  calls[0]?.handler.cancel();
  clock.runOut();
  assert.deepEqual(ends(), [null, null, [170, 0]]);
  assert.equal(queue.stats().busy, 0);
});

Deno.test("a call whose deadline passed in the line takes no slot", () => {
  const { clock, ends, queue } = ask({}, [0, 0], 100);
  clock.runOut();
  assert.deepEqual(ends(), [[140, 0], [140, StatusCode.DEADLINE_EXCEEDED]]);
  assert.equal(queue.stats().busy, 0);
});

Deno.test("latency_factor stretches all work", () => {
  const { clock, ends } = ask({ faults: ["latency_factor=3"] }, [0]);
  clock.runOut();
  assert.deepEqual(ends(), [[420, 0]]);
});

Deno.test("stall holds answers back, and those behind them", () => {
  const { clock, ends } = ask({ faults: ["stall=100ms+1s"] }, [0, 10]);
  clock.runOut();
  assert.deepEqual(ends(), [[1100, 0], [1240, 0]]);
});

Deno.test("error_rate fails a call where its answer would have come", () => {
  const { clock, calls, ends } = ask({ faults: ["error_rate=100%:UNAVAILABLE"] }, [0]);
  clock.runOut();
  assert.deepEqual(ends(), [[140, StatusCode.UNAVAILABLE]]);
  assert.equal(calls[0]?.replies.length, 0);
});

Deno.test("a client that takes no more holds its stream, and no more is made for it", () => {
  const { clock, server } = worldOf("llm");
  const call = server.ask(llm.PATHS.generateStream, generate);
  call.takes = false;
  clock.runOut();
  assert.deepEqual([call.replies.length, call.ended, clock.now_ms()], [1, null, 100]);
  clock.moveTo(500);
  call.takes = true;
  call.handler.drain();
  clock.runOut();
  assert.deepEqual(call.replies.map(({ at_ms }) => at_ms), [100, 510, 520, 530, 540]);
  assert.equal(call.ended?.code, StatusCode.OK);
});

Deno.test("a malformed call ends with INTERNAL", () => {
  const { clock, server } = worldOf("llm");
  const garbage = server.ask(llm.PATHS.generate, new Uint8Array([0x0a, 0x7f]));
  const nothing = server.open(llm.PATHS.generate);
  nothing.handler.halfClose();
  const twice = server.open(llm.PATHS.generate);
  twice.send(generate);
  twice.send(generate);
  clock.runOut();
  for (const call of [garbage, nothing, twice]) assert.equal(call.ended?.code, StatusCode.INTERNAL);
  assert.match(garbage.ended?.details ?? "", /cannot decode the request/);
});
