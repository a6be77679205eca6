import assert from "node:assert/strict";
import type { OperationEnd } from "../../lib/driver/driver.ts";
import type { ThinkTime } from "../../lib/plan/plan.ts";
import type { PoolClock } from "../../lib/pool/clock.ts";
import type { GeneratorWatch } from "../../lib/pool/generator_watch.ts";
import { Recorder } from "../../lib/pool/recorder.ts";
import { User, type UserContext } from "../../lib/pool/user.ts";
import { WeightedChoice } from "../../lib/schedule/choice.ts";
import { userRandom } from "../../lib/schedule/random.ts";
import { firstPause_us } from "../../lib/schedule/think_time.ts";
import { FakeClock } from "../driver/fake_clock.ts";
import { constantPause, holdStage } from "../plans.ts";
import { after, FAILED, OK, operation } from "./operations.ts";

const REFUSED: OperationEnd = { ...FAILED, refused: true };
const HOUR_US = 3_600_000_000;

/** Users on a clock that the test moves, with what they started: the user's number and the instant. */
class Crowd {
  readonly clock = new FakeClock();
  readonly recorder = new Recorder(this.clock, [holdStage(3_600_000)]);
  readonly starts: [user: number, at_us: number][] = [];
  readonly #users = new Map<number, User>();

  constructor(readonly change: Partial<UserContext>, readonly ends: (call: number) => OperationEnd = () => OK) {}

  user(number: number): User {
    const known = this.#users.get(number);
    if (known !== undefined) return known;
    let call = 0;
    const begin = operation("llm.chat", (marks, clock, random) => {
      this.starts.push([number, clock.now_us()]);
      return after(10_000, this.ends(call++))(marks, clock, random);
    });
    const context: UserContext = {
      clock: this.clock as unknown as PoolClock,
      recorder: this.recorder,
      watch: { userBegun() {} } as unknown as GeneratorWatch,
      seed: 7,
      load: 0,
      operations: [begin],
      choice: new WeightedChoice([1]),
      partners: null,
      think_time: constantPause(0),
      start: "staggered",
      after_failure_us: 1_000_000,
      gate: { until_us: HOUR_US, paused_us: Infinity },
      ...this.change,
    };
    const user = new User(context, number, userRandom(7, 0, number));
    this.#users.set(number, user);
    return user;
  }

  /** Starts of one user, in seconds. */
  of(user: number): number[] {
    return this.starts.filter(([number]) => number === user).map(([, at_us]) => at_us / 1e6);
  }
}

const THINKING: ThinkTime[] = [
  constantPause(3000),
  { kind: "uniform", min_ms: 1000, max_ms: 3000 },
  { kind: "exponential", mean_ms: 2000 },
  { kind: "lognormal", median_ms: 2000, sigma: 0.5 },
  { kind: "pacing", every_ms: 5000 },
];

Deno.test("users who start together speak one after another: each after its own seeded part of a pause", () => {
  for (const think_time of THINKING) {
    const crowd = new Crowd({ think_time });
    for (let number = 0; number < 20; number++) crowd.user(number).resume(0);
    crowd.clock.advanceTo(60e6);
    const firsts = Array.from({ length: 20 }, (_, number) => crowd.of(number)[0]!);
    const expected = firsts.map((_, number) => firstPause_us(think_time, userRandom(7, 0, number)) / 1e6);
    assert.deepEqual(firsts, expected, think_time.kind);
    assert.equal(new Set(firsts).size, 20);
  }
});

Deno.test("at_once, and without a pause, a user speaks as it starts", () => {
  for (const change of [{ start: "at_once", think_time: constantPause(3000) }, {}] as const) {
    const crowd = new Crowd(change);
    crowd.user(0).resume(0);
    assert.deepEqual(crowd.of(0), [0]);
  }
});

Deno.test("a user that stopped and starts again waits for a part of its pause again, and starts once", () => {
  const crowd = new Crowd({ think_time: constantPause(3000) });
  const user = crowd.user(0);
  user.resume(0);
  // Told to stop and to go on while it waits for its first task: it still waits for the same.
  user.stop();
  user.resume(1000);
  crowd.clock.advanceTo(2_999_999);
  const [first] = crowd.of(0);
  assert.deepEqual(crowd.of(0), [first]);
  user.stop();
  crowd.clock.advanceTo(20e6);
  assert.equal(crowd.of(0).length, 1);
  user.resume(20e6);
  crowd.clock.advanceTo(22_999_999);
  const [, again] = crowd.of(0);
  assert.ok(again !== undefined && again > 20 && again < 23, `${again}`);
  assert.notEqual(again - 20, first);
});

Deno.test("a user whose first task would come after the load's end never speaks", () => {
  const crowd = new Crowd({ think_time: constantPause(3000), gate: { until_us: 1, paused_us: Infinity } });
  crowd.user(0).resume(0);
  crowd.clock.advanceTo(60e6);
  assert.deepEqual([crowd.of(0), crowd.clock.timers], [[], 0]);
});

Deno.test("after a refusal a user pauses at least as long as the scenario and the server say", () => {
  const starts = (change: Partial<UserContext>, end: OperationEnd) => {
    const crowd = new Crowd({ start: "at_once", ...change }, (call) => call === 0 ? end : OK);
    crowd.user(0).resume(0);
    crowd.clock.advanceTo(70e6);
    return crowd.of(0)[1]! - 0.01;
  };
  const close = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 1e-6, `${found}`);
  close(starts({}, REFUSED), 1);
  close(starts({ after_failure_us: 5e6 }, REFUSED), 5);
  close(starts({ think_time: constantPause(2000) }, REFUSED), 2);
  close(starts({ think_time: { kind: "pacing", every_ms: 500 } }, REFUSED), 1);
  close(starts({}, { ...REFUSED, retry_after_us: 7e6 }), 7);
  close(starts({}, { ...REFUSED, retry_after_us: 500e6 }), 60);
  close(starts({ after_failure_us: 0 }, { ...REFUSED, retry_after_us: 7e6 }), 0);
  // Any other failure is followed as an answer is.
  close(starts({}, FAILED), 0);
  close(starts({ think_time: constantPause(200) }, FAILED), 0.2);
});

Deno.test("six users whose calls are refused at once make six calls a second, of which all but the first are repeats", () => {
  const crowd = new Crowd({ start: "at_once" }, () => REFUSED);
  for (let number = 0; number < 6; number++) crowd.user(number).resume(0);
  crowd.clock.advanceTo(10e6);
  // Each call takes 10 ms, and one that began by then has ended.
  assert.equal(crowd.starts.length, 60);
  const [series] = crowd.recorder.flush().series;
  assert.deepEqual([series?.outcomes.failed, series?.counters.repeats], [60, 54]);
});

Deno.test("only the first call after a refusal is a repeat, however it ends", () => {
  const crowd = new Crowd({ start: "at_once", think_time: constantPause(1000) }, (call) => call === 1 ? REFUSED : OK);
  crowd.user(0).resume(0);
  crowd.clock.advanceTo(10e6);
  const [series] = crowd.recorder.flush().series;
  assert.deepEqual([series?.outcomes.failed, series?.counters.repeats], [1, 1]);
  assert.ok(series!.issued > 5);
});
