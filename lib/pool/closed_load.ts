/** A closed load in one pool: users that start and stop as the load's course says. */
import type { Timer } from "../driver/driver.ts";
import type { ClosedLoad, LoadPlan } from "../plan/plan.ts";
import { userRandom } from "../schedule/random.ts";
import { endOf } from "../schedule/steer.ts";
import { type UserEvent, type UserEvents, userEvents, userEventsFrom } from "../schedule/users.ts";
import type { LoadContext, RunningLoad, Turn } from "./task_runner.ts";
import { User, type UserContext } from "./user.ts";

/** One part of a load's users. */
export class RunningUsers implements RunningLoad {
  readonly #context: UserContext;
  #events: UserEvents;
  /** The timer of the next start or stop. */
  #next: Timer | null = null;
  readonly #users = new Map<number, User>();
  /** Users told to run, and the most of them since the last call of `usersSince`. */
  #asked = 0;
  #most = 0;
  #end_us: number;

  /** @param part which of `parts` shares of the users it runs, from 0 */
  constructor(context: LoadContext, load: ClosedLoad, readonly part: number, readonly parts: number) {
    const { think_time, start, after_failure_ms } = load;
    const after_failure_us = after_failure_ms * 1000;
    this.#end_us = endOf(load) * 1000;
    const gate = { until_us: this.#end_us, paused_us: Infinity };
    this.#context = { ...context, think_time, start, after_failure_us, gate };
    this.#events = userEvents(load);
  }

  start(): void {
    this.#await(this.#nextEvent());
  }

  #await(event: UserEvent | null): void {
    if (event === null) return;
    const { clock, gate } = this.#context;
    this.#next = clock.at(event.at_us, () => {
      if (event.at_us >= gate.until_us) return;
      this.#apply(event);
      this.start();
    });
  }

  hold(from_us: number): void {
    const { gate } = this.#context;
    gate.until_us = Math.min(gate.until_us, from_us);
  }

  steer(load: LoadPlan, { at_us, paused, next_us }: Turn): void {
    if (load.kind !== "closed") return;
    const { gate } = this.#context;
    const from_us = Math.min(gate.paused_us, at_us);
    this.#next?.cancel();
    this.#end_us = endOf(load) * 1000;
    gate.paused_us = paused ? from_us : Infinity;
    gate.until_us = Math.min(this.#end_us, next_us, gate.paused_us);
    if (paused) return;
    for (const user of this.#users.values()) user.goOn(from_us, at_us - from_us);
    this.#events = userEventsFrom(load, at_us, this.#running());
    let event = this.#nextEvent();
    for (; event !== null && event.at_us <= at_us; event = this.#nextEvent()) this.#apply(event);
    this.#await(event);
  }

  /** A number of users of the whole load with which this part has those that it was told to run. */
  #running(): number {
    return this.#asked === 0 ? 0 : this.part + (this.#asked - 1) * this.parts + 1;
  }

  #nextEvent(): UserEvent | null {
    for (let event = this.#events.next(); event !== null; event = this.#events.next()) {
      if (event.user % this.parts === this.part) return event;
    }
    return null;
  }

  #apply({ at_us, user, kind }: UserEvent): void {
    this.#asked += kind === "start" ? 1 : -1;
    this.#most = Math.max(this.#most, this.#asked);
    if (kind === "stop") return this.#users.get(user)?.stop();
    let found = this.#users.get(user);
    if (found === undefined) {
      found = new User(this.#context, user, userRandom(this.#context.seed, this.#context.load, user));
      this.#users.set(user, found);
    }
    found.resume(at_us);
  }

  stop(): void {
    this.#end_us = Math.min(this.#end_us, this.#context.clock.now_us());
    this.hold(this.#end_us);
  }

  cut(): void {
    for (const user of this.#users.values()) user.cut();
  }

  forceEnd(): void {
    for (const user of this.#users.values()) user.forceEnd();
  }

  usersSince(from_us: number): number {
    // Users of a paused load wait: they have no part in it but for their last task.
    const over = Math.min(this.#end_us, this.#context.gate.paused_us) <= from_us;
    const now = [...this.#users.values()].filter((user) => over ? user.busy : user.active).length;
    const most = over ? now : Math.max(now, this.#most);
    this.#most = this.#asked;
    return most;
  }
}
