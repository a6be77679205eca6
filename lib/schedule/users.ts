/** The times at which users of a closed load start and stop: pure arithmetic, no clock and no timer. */
import type { ClosedLoad, LoadSegment } from "../plan/plan.ts";
import { partOf } from "./parts.ts";

/** Largest rounding error of a target; users. */
const ROUNDING = 1e-6;

/** A user starts its first task, or stops starting tasks. A user that stopped may start again. */
export interface UserEvent {
  /** Microseconds since the run's start. */
  at_us: number;
  /** Number of the user, from 0. */
  user: number;
  kind: "start" | "stop";
}

/** The starts and stops of a load, in the order of time. */
export interface UserEvents {
  /** The next event; null when there are no more. */
  next(): UserEvent | null;
}

/**
 * User k runs while the target is above k. A target that rises from 0 starts the first user at once and then one user
 * after another. A falling target stops the user with the highest number first. At the load's end all users stop without
 * an event.
 *
 * @example Two users within 2 s, then one.
 * ```ts
 * import assert from "node:assert/strict";
 * const events = userEvents({
 *   kind: "closed",
 *   name: "users",
 *   courses: [
 *     { kind: "linear", start_ms: 0, end_ms: 2000, from: 0, to: 2 },
 *     { kind: "linear", start_ms: 2000, end_ms: 4000, from: 1, to: 1 },
 *   ],
 *   users: 2,
 *   think_time: { kind: "constant", value_ms: 0 },
 *   start: "at_once",
 *   after_failure_ms: 0,
 * });
 * assert.deepEqual(events.next(), { at_us: 0, user: 0, kind: "start" });
 * assert.deepEqual(events.next(), { at_us: 1_000_000, user: 1, kind: "start" });
 * assert.deepEqual(events.next(), { at_us: 2_000_000, user: 1, kind: "stop" });
 * assert.equal(events.next(), null);
 * ```
 */
export function userEvents(load: ClosedLoad): UserEvents {
  return eventsFrom(load.courses, 0);
}

/**
 * The starts and stops from an instant on.
 * @param running users that run just before it; the first events bring them to the load's target
 *
 * @example Three users run, and from 1 s on there are two.
 * ```ts
 * import assert from "node:assert/strict";
 * const course = { kind: "linear", start_ms: 0, end_ms: 2000, from: 2, to: 2 } as const;
 * const load = { courses: [course] } as unknown as Parameters<typeof userEvents>[0];
 * const events = userEventsFrom(load, 1_000_000, 3);
 * assert.deepEqual(events.next(), { at_us: 1_000_000, user: 2, kind: "stop" });
 * assert.equal(events.next(), null);
 * ```
 */
export function userEventsFrom({ courses }: ClosedLoad, from_us: number, running: number): UserEvents {
  return eventsFrom(partOf(courses, from_us / 1000, Infinity), running);
}

function eventsFrom(courses: readonly LoadSegment[], running: number): UserEvents {
  const events = eventsOf(courses, running);
  return { next: () => events.next().value ?? null };
}

function* eventsOf(courses: readonly LoadSegment[], runningBefore: number): Generator<UserEvent, undefined> {
  const last_us = (courses.at(-1)?.end_ms ?? 0) * 1000;
  let running = runningBefore;
  for (const slope of courses.flatMap((course) => [...slopesOf(course)])) {
    const changes = [
      { to: wholeUsers(slope.from), when_ms: () => slope.start_ms },
      { to: wholeUsers(slope.to), when_ms: slope.when_ms },
    ];
    for (const { to, when_ms } of changes) {
      while (running !== to) {
        const starts = running < to;
        const user = starts ? running : running - 1;
        const at_us = Math.round(when_ms(user) * 1000);
        if (at_us >= last_us) return;
        yield { at_us, user, kind: starts ? "start" : "stop" };
        running += starts ? 1 : -1;
      }
    }
  }
}

function wholeUsers(target: number): number {
  return Math.ceil(Math.max(0, target) - ROUNDING);
}

/** A period in which the target only rises, only falls or stays constant. */
interface Slope {
  start_ms: number;
  from: number;
  to: number;
  /** Time at which the target is `level`; for a level outside, the start or end. Milliseconds since the run's start. */
  when_ms(level: number): number;
}

function* slopesOf(course: LoadSegment): Generator<Slope> {
  if (course.kind === "replay") throw new Error("A closed load cannot replay arrivals");
  if (course.kind === "sine") return yield* sineSlopes(course);
  const { from, to, start_ms, end_ms } = course;
  yield { start_ms, from, to, when_ms: (level) => start_ms + share(level - from, to - from) * (end_ms - start_ms) };
}

/** Half waves between crests and troughs; the first and the last may be shorter. */
function* sineSlopes(
  { start_ms, end_ms, mean, amplitude, period_ms, phase_ms = 0 }: LoadSegment & { kind: "sine" },
): Generator<Slope> {
  const zero_ms = start_ms - phase_ms;
  const target = (at_ms: number) => mean + amplitude * Math.sin(2 * Math.PI * (at_ms - zero_ms) / period_ms);
  for (let half = Math.floor(2 * phase_ms / period_ms);; half++) {
    // The middle of each half wave is the mean, at the phases 0, pi, 2 pi, ...
    const middle_ms = zero_ms + half * period_ms / 2;
    const from_ms = Math.max(start_ms, middle_ms - period_ms / 4);
    const to_ms = Math.min(end_ms, middle_ms + period_ms / 4);
    if (from_ms >= to_ms) {
      if (middle_ms >= end_ms) return;
      continue;
    }
    const sign = half % 2 === 0 ? 1 : -1;
    const when_ms = (level: number) => {
      const sine = Math.max(-1, Math.min(1, (level - mean) / amplitude));
      const at_ms = middle_ms + sign * Math.asin(sine) / (2 * Math.PI) * period_ms;
      return Math.max(from_ms, Math.min(to_ms, at_ms));
    };
    yield { start_ms: from_ms, from: target(from_ms), to: target(to_ms), when_ms };
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.max(0, Math.min(1, part / whole));
}
