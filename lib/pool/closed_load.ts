/** A closed load in one pool: users that start and stop as the load's course says. */
import type { ClosedLoad } from "../plan/plan.ts";
import { userRandom } from "../schedule/random.ts";
import { type UserEvent, type UserEvents, userEvents } from "../schedule/users.ts";
import type { LoadContext, RunningLoad } from "./task_runner.ts";
import { User, type UserContext } from "./user.ts";

/** One part of a load's users. */
export class RunningUsers implements RunningLoad {
  readonly #context: UserContext;
  readonly #events: UserEvents;
  readonly #users = new Map<number, User>();
  /** Users told to run, and the most of them since the last call of `usersSince`. */
  #asked = 0;
  #most = 0;
  #end_us: number;

  /** @param part which of `parts` shares of the users it runs, from 0 */
  constructor(context: LoadContext, load: ClosedLoad, readonly part: number, readonly parts: number) {
    const { think_time, start, after_failure_ms } = load;
    const after_failure_us = after_failure_ms * 1000;
    this.#context = { ...context, think_time, start, after_failure_us, load_end_us: () => this.#end_us };
    this.#events = userEvents(load);
    this.#end_us = (load.courses.at(-1)?.end_ms ?? 0) * 1000;
  }

  start(): void {
    const event = this.#nextEvent();
    if (event === null) return;
    this.#context.clock.at(event.at_us, () => {
      if (event.at_us >= this.#end_us) return;
      this.#apply(event);
      this.start();
    });
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
  }

  cut(): void {
    for (const user of this.#users.values()) user.cut();
  }

  forceEnd(): void {
    for (const user of this.#users.values()) user.forceEnd();
  }

  usersSince(from_us: number): number {
    const over = this.#end_us <= from_us;
    const now = [...this.#users.values()].filter((user) => over ? user.busy : user.active).length;
    const most = over ? now : Math.max(now, this.#most);
    this.#most = this.#asked;
    return most;
  }
}
