import assert from "node:assert/strict";
import fc from "fast-check";
import type { ClosedLoad, LoadSegment } from "../../lib/plan/plan.ts";
import { targetAt } from "../../lib/schedule/course.ts";
import { type UserEvent, userEvents } from "../../lib/schedule/users.ts";
import { AT_ONCE, closedLoad, constantPause } from "../plans.ts";

/** A load of courses given by their lengths in seconds. */
function load(
  ...pieces:
    ({ from: number; to: number; s: number } | { mean: number; amplitude: number; period_s: number; s: number })[]
): ClosedLoad {
  let end_ms = 0;
  const courses = pieces.map((piece): LoadSegment => {
    const start_ms = end_ms;
    end_ms += piece.s * 1000;
    if ("from" in piece) return { kind: "linear", start_ms, end_ms, from: piece.from, to: piece.to };
    const { mean, amplitude, period_s } = piece;
    return { kind: "sine", start_ms, end_ms, mean, amplitude, period_ms: period_s * 1000 };
  });
  return { kind: "closed", name: "load", users: 1000, think_time: constantPause(0), ...AT_ONCE, courses };
}

function all(closed: ClosedLoad): UserEvent[] {
  const found: UserEvent[] = [];
  const events = userEvents(closed);
  for (let event = events.next(); event !== null; event = events.next()) found.push(event);
  return found;
}

const shown = (closed: ClosedLoad) =>
  all(closed).map(({ at_us, user, kind }) => `${at_us / 1e6}s ${kind === "start" ? "+" : "-"}${user}`);

Deno.test("userEvents() starts June's baseline of 10 users at 2/s within 5 s, one by one", () => {
  const events = all(closedLoad(10, 2, 300_000, constantPause(0)));
  assert.deepEqual(events, Array.from({ length: 10 }, (_, user) => ({ at_us: user * 500_000, user, kind: "start" })));
});

Deno.test("userEvents() stops the users of the highest numbers first", () => {
  assert.deepEqual(shown(load({ from: 4, to: 4, s: 1 }, { from: 4, to: 2, s: 4 }, { from: 2, to: 2, s: 1 })), [
    ...["0s +0", "0s +1", "0s +2", "0s +3"],
    ...["3s -3", "5s -2"],
  ]);
});

Deno.test("userEvents() jumps at a stage's start where the users before were others", () => {
  const spike = load({ from: 1, to: 1, s: 1 }, { from: 3, to: 3, s: 1 }, { from: 0, to: 2, s: 2 }, {
    from: 2,
    to: 2,
    s: 1,
  });
  assert.deepEqual(shown(spike), ["0s +0", "1s +1", "1s +2", "2s -2", "2s -1", "2s -0", "2s +0", "3s +1"]);
});

Deno.test("userEvents() follows a sine up and down", () => {
  const period_s = 12;
  const instants = shown(load({ mean: 2, amplitude: 2, period_s, s: period_s }));
  // 2 + 2 sin x is above 3 from x = pi / 6 (1 s) to 5 pi / 6 (5 s), above 1 until 7 pi / 6 (7 s) and from 11 pi / 6 (11 s).
  assert.deepEqual(instants, [
    "0s +0",
    "0s +1",
    "0s +2",
    "1s +3",
    "5s -3",
    "6s -2",
    "7s -1",
    "9s -0",
    "9s +0",
    "11s +1",
  ]);
});

const count = fc.double({ min: 0, max: 60, noNaN: true });
const s = fc.integer({ min: 1, max: 30 });
const anyPiece = fc.oneof(
  fc.record({ from: count, to: count, s }),
  fc.record({ mean: count, amplitude: count.map((a) => a + 0.5), period_s: fc.integer({ min: 1, max: 40 }), s }),
);

Deno.test("userEvents() keeps as many users as the target asks for, numbered without gaps, in rising time", () => {
  fc.assert(fc.property(fc.array(anyPiece, { minLength: 1, maxLength: 4 }), (pieces) => {
    const closed = load(...pieces);
    let running = 0;
    let before_us = 0;
    for (const { at_us, user, kind } of all(closed)) {
      assert.ok(at_us >= before_us, `${at_us} after ${before_us}`);
      if (at_us > before_us + 2) {
        const middle = target(closed, (before_us + at_us) / 2e3);
        assert.ok(Math.abs(Math.ceil(middle) - running) <= (Math.abs(middle - Math.round(middle)) < 1e-3 ? 1 : 0));
      }
      assert.equal(user, kind === "start" ? running : running - 1);
      running += kind === "start" ? 1 : -1;
      before_us = at_us;
    }
  }));
});

function target({ courses }: ClosedLoad, at_ms: number): number {
  const course = courses.find(({ start_ms, end_ms }) => start_ms <= at_ms && at_ms < end_ms);
  return course === undefined || course.kind === "replay" ? NaN : targetAt(course, at_ms);
}
