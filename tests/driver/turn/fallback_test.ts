import assert from "node:assert/strict";
import { withFallback } from "../../../lib/driver/turn/fallback.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { FakeClock } from "../fake_clock.ts";
import { FakeOperation, MarkLog } from "./fake_operation.ts";
import { callStart } from "../call_start.ts";

function world() {
  const clock = new FakeClock();
  const [first, second] = [new FakeOperation("first"), new FakeOperation("second")];
  const operation = withFallback(first, second);
  const start = () => {
    const marks = new MarkLog(clock);
    return { marks, running: operation.start(callStart(clock, marks, { givenText: "Good day." })) };
  };
  return { first, second, start };
}

Deno.test("a call the server does not have is made the other way, and so are all after it", () => {
  const { first, second, start } = world();
  const { marks } = start();
  first.call.fail("UNIMPLEMENTED", "no such method", StatusCode.UNIMPLEMENTED);
  assert.equal(marks.result, null);
  assert.equal(second.call.given, "Good day.");
  second.call.marks.content(1000);
  second.call.ok();
  assert.equal(marks.ending.outcome, "ok");
  start();
  assert.deepEqual([first.calls.length, second.calls.length], [1, 2]);
});

Deno.test("the other way may fail too, and then that is the end", () => {
  const { first, second, start } = world();
  const { marks } = start();
  first.answer = second.answer = () => {};
  first.call.fail("UNIMPLEMENTED", "no stream", StatusCode.UNIMPLEMENTED);
  second.call.fail("UNIMPLEMENTED", "no speech at all", StatusCode.UNIMPLEMENTED);
  assert.equal(marks.ending.details, "no speech at all");
});

Deno.test("other failures are no reason to fall back", () => {
  const { first, second, start } = world();
  const { marks } = start();
  first.call.fail("UNAVAILABLE");
  assert.equal(marks.ending.type, "UNAVAILABLE");
  start();
  assert.deepEqual([first.calls.length, second.calls.length], [2, 0]);
});

Deno.test("a cancel reaches whichever call is in flight", () => {
  const { first, second, start } = world();
  const before = start();
  before.running.cancel();
  assert.deepEqual([first.call.cancelled, before.marks.ending.outcome], [true, "cancelled"]);
  const after = start();
  first.call.fail("UNIMPLEMENTED", "", StatusCode.UNIMPLEMENTED);
  after.running.cancel();
  assert.deepEqual([second.call.cancelled, after.marks.ending.outcome], [true, "cancelled"]);
});

Deno.test("a refusal that comes while the call starts is answered at once", () => {
  const { first, second, start } = world();
  first.answer = (leg) => leg.fail("UNIMPLEMENTED", "", StatusCode.UNIMPLEMENTED);
  const { running, marks } = start();
  running.cancel();
  assert.deepEqual([second.call.cancelled, marks.ending.outcome], [true, "cancelled"]);
});
