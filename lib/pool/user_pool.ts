/** A pool of virtual users on one event loop, measured second by second. */
import type { ConnectionData, IntervalData } from "../measure/interval.ts";
import type { ClosedLoad, Plan } from "../plan/plan.ts";
import { WeightedChoice } from "../schedule/choice.ts";
import { randomStream } from "../schedule/random.ts";
import { partOf, userStarts } from "../schedule/schedule.ts";
import type { PoolClock } from "./clock.ts";
import type { Prepared } from "./prepare.ts";
import { noGenerator } from "../measure/generator.ts";
import { Recorder } from "./recorder.ts";
import { User, type UserContext } from "./user.ts";

const SECOND_US = 1_000_000;
/** How long a driver may take to report the end of a call it was told to cancel; microseconds. */
const CUT_US = 500_000;

/** One part of the plan's users, from the first start to the last end. */
export class UserPool {
  readonly #load: ClosedLoad;
  readonly #recorder: Recorder;
  readonly #users: User[] = [];
  #load_end_us: number;
  #cut = false;
  #draining = false;
  /** The interval in which the load ended; all users ran in it. */
  #last_index = Infinity;
  #index = 0;
  #finish: () => void = () => {};

  /**
   * @param part which of `parts` shares of the users this pool runs, from 0
   * @param onInterval takes each second as it ends, and the last, shorter one
   */
  constructor(
    readonly plan: Plan,
    readonly part: number,
    readonly parts: number,
    readonly prepared: Prepared,
    readonly clock: PoolClock,
    readonly onInterval: (interval: IntervalData) => void,
  ) {
    const [load] = plan.loads;
    if (load?.kind !== "closed") throw new Error("Only closed loads can be made yet");
    this.#load = load;
    this.#recorder = new Recorder(clock, plan.stages);
    this.#load_end_us = plan.duration_ms * 1000;
  }

  /** Runs until every call has ended; then closes the channels. */
  async run(): Promise<void> {
    const finished = new Promise<void>((resolve) => this.#finish = resolve);
    const context: UserContext = {
      clock: this.clock,
      recorder: this.#recorder,
      operations: this.prepared.operations,
      choice: new WeightedChoice(this.plan.tasks.map((task) => task.weight)),
      think_time: this.#load.think_time,
      load_end_us: () => this.#load_end_us,
    };
    this.#startNext(context);
    this.#armFlush();
    this.clock.at(this.#load_end_us, () => this.stop());
    await finished;
    this.#flush();
    this.clock.close();
    await Promise.all(this.prepared.services.map(({ service }) => service.close()));
  }

  #startNext(context: UserContext): void {
    const starts = partOf(userStarts(this.#load), this.part, this.parts);
    const due_us = starts.next(this.clock.now_us(), this.#users.length);
    if (due_us === null || due_us >= this.#load_end_us) return;
    this.clock.at(due_us, () => {
      if (due_us >= this.#load_end_us) return;
      const user = new User(context, randomStream(this.plan.seed, this.#users.length * this.parts + this.part));
      this.#users.push(user);
      user.begin(due_us);
      this.#startNext(context);
    });
  }

  /** No new tasks from now on; what is in flight has the grace period. Harmless when repeated. */
  stop(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#last_index = this.#index;
    const now_us = this.clock.now_us();
    this.#load_end_us = Math.min(this.#load_end_us, now_us);
    this.clock.at(now_us + this.plan.grace_ms * 1000, () => this.abort());
    this.#awaitDrain();
  }

  /** Looks every few milliseconds whether the last call has ended; there is nothing else left to do then. */
  #awaitDrain(): void {
    if (this.#recorder.in_flight === 0) return this.#finish();
    this.clock.at(this.clock.now_us() + 5000, () => this.#awaitDrain());
  }

  /** Cuts off what is in flight: it ends as unfinished. */
  abort(): void {
    if (this.#cut) return;
    this.#cut = true;
    this.stop();
    for (const user of this.#users) user.cut();
    this.clock.at(this.clock.now_us() + CUT_US, () => this.#users.forEach((user) => user.forceEnd()));
  }

  #armFlush(): void {
    this.clock.at((this.#index + 1) * SECOND_US, () => {
      this.#flush();
      this.#armFlush();
    });
  }

  #flush(): void {
    this.onInterval({
      index: this.#index,
      ...this.#recorder.flush(),
      users: this.#index > this.#last_index ? this.#recorder.in_flight : this.#users.length,
      in_flight: this.#recorder.in_flight,
      connections: this.#connections(),
      generator: { ...noGenerator(), loop_lag_us: Math.round(this.clock.takeWorstDelay()) },
      turns: [],
    });
    this.#index++;
  }

  #connections(): ConnectionData[] {
    return this.prepared.services.map(({ name, service }) => ({ service: name, ...service.stats() }));
  }
}
