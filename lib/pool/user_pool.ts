/** One part of all loads of a plan on one event loop, measured second by second. */
import { type ConnectionNote } from "../measure/interval.ts";
import type { ConnectionData, GeneratorData, IntervalData } from "../measure/interval.ts";
import type { Operation, TextUse, Timer } from "../driver/driver.ts";
import { tasksOf } from "../plan/duet.ts";
import { objectivesByOperation } from "../plan/measured.ts";
import type { LoadPlan, Plan } from "../plan/plan.ts";
import { WeightedChoice } from "../schedule/choice.ts";
import type { Causes } from "./aftermath.ts";
import { callLimits } from "./call_limits.ts";
import type { PoolClock } from "./clock.ts";
import { RunningUsers } from "./closed_load.ts";
import { RunningArrivals } from "./open_load.ts";
import type { Prepared } from "./prepare.ts";
import { Recorder } from "./recorder.ts";
import type { SteerOrder } from "./messages.ts";
import type { LoadContext, RunningLoad } from "./task_runner.ts";
import { GeneratorWatch } from "./generator_watch.ts";

const SECOND_US = 1_000_000;
/** How long a driver may take to report the end of a call it was told to cancel; microseconds. */
const CUT_US = 500_000;

/**
 * One part of the plan's loads, from the first start to the last end.
 *
 * @example Two users for 40 ms, over an operation that answers in 3 ms.
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Operation } from "../driver/driver.ts";
 * import type { Plan } from "../plan/plan.ts";
 * import { PoolClock } from "./clock.ts";
 *
 * const end = { outcome: "ok", code: 0, type: "", details: "", sent_bytes: 5, received_bytes: 9 } as const;
 * const users = new Set<unknown>();
 * const operation: Operation = {
 *   name: "llm.chat",
 *   reply_stream: false,
 *   start({ user, clock, marks }) {
 *     users.add(user);
 *     marks.sent();
 *     clock.at(clock.now_us() + 3000, () => marks.end(end));
 *     return { cancel() {} };
 *   },
 * };
 * const plan = {
 *   seed: 1,
 *   loads: [{
 *     kind: "closed",
 *     name: "users",
 *     courses: [{ kind: "linear", start_ms: 0, end_ms: 40, from: 2, to: 2 }],
 *     users: 2,
 *     think_time: { kind: "constant", value_ms: 5 },
 *     start: "at_once",
 *     after_failure_ms: 0,
 *   }],
 *   duration_ms: 40,
 *   grace_ms: 100,
 *   stages: [{ name: "hold", load: 0, start_ms: 0, end_ms: 40, warm_up: false }],
 *   tasks: [{ name: "llm.chat", operation: "llm.chat", services: ["llm"], load: 0, weight: 1 }],
 *   objectives: [],
 *   thresholds: [],
 *   services: [],
 * } as unknown as Plan;
 * const prepared = { services: [], operations: [operation], offsets: () => [] };
 * let ok = 0;
 * const pool = new UserPool(plan, 0, 1, prepared, new PoolClock(performance.now()), ({ series }) => {
 *   for (const { outcomes } of series) ok += outcomes.ok;
 * });
 * await pool.run();
 * assert.equal(users.size, 2);
 * assert.ok(ok >= 2, "each user did at least one task");
 * ```
 */
export class UserPool {
  readonly #recorder: Recorder;
  readonly #watch: GeneratorWatch;
  readonly #loads: RunningLoad[];
  #cut = false;
  #draining = false;
  #index = 0;
  /** When the load ends. */
  #end: Timer | null = null;
  /** Orders to come, in the order of their instants. */
  readonly #orders: SteerOrder[] = [];
  #finish: () => void = () => {};

  /**
   * @param part which of `parts` shares of each load this pool runs, from 0
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
    const objectives = plan.objectives.length === 0 ? null : objectivesByOperation(plan);
    this.#recorder = new Recorder(
      clock,
      plan.stages,
      (operation) => objectives === null ? null : objectives.get(operation) ?? [],
      (text, use) => this.#hide(text, use),
      (operation) => callLimits(plan, operation),
      clock.stalls,
    );
    this.#watch = new GeneratorWatch(clock, part, this.#recorder.aftermath);
    this.#loads = plan.loads.map((load, index) => this.#runningLoad(load, index));
  }

  /** Shares with the other pools of the run what its stalls left behind. */
  share(causes: Causes): void {
    this.#recorder.aftermath?.share(causes, this.part);
  }

  /** A voice turn may quote any of its services. */
  #hide(text: string, use: TextUse): string {
    return this.prepared.services.reduce((safe, { service }) => service.hide?.(safe, use) ?? safe, text);
  }

  #runningLoad(load: LoadPlan, index: number): RunningLoad {
    const { tasks, duet } = this.plan;
    const { operations } = this.prepared;
    // In a duet the first half is that of the baseline, and the second has the same tasks.
    const own = duet === undefined ? tasks : tasksOf(this.plan, 0);
    const partnerOf = (at: number) => operations[own.length + at] as Operation;
    const context: LoadContext = {
      clock: this.clock,
      recorder: this.#recorder,
      watch: this.#watch,
      seed: this.plan.seed,
      load: index,
      operations: operations.filter((_, at) => own[at]?.load === index),
      choice: new WeightedChoice(own.filter((task) => task.load === index).map(({ weight }) => weight)),
      partners: duet === undefined ? null : new Map(own.map((_, at) => [operations[at] as Operation, partnerOf(at)])),
    };
    return load.kind === "closed"
      ? new RunningUsers(context, load, this.part, this.parts)
      : new RunningArrivals(context, load, this.part, this.parts, this.prepared.offsets);
  }

  /** Runs until every call has ended; then closes the channels. */
  async run(): Promise<void> {
    const finished = new Promise<void>((resolve) => this.#finish = resolve);
    for (const load of this.#loads) load.start();
    this.#armFlush();
    this.#armEnd(this.plan.duration_ms);
    await finished;
    this.#flush();
    this.#watch.close();
    this.clock.close();
    await Promise.all(this.prepared.services.map(({ service }) => service.close()));
  }

  /** No new tasks from now on; what is in flight has the grace period. Harmless when repeated. */
  stop(): void {
    if (this.#draining) return;
    this.#draining = true;
    for (const load of this.#loads) load.stop();
    this.clock.at(this.clock.now_us() + this.plan.grace_ms * 1000, () => this.abort());
    this.#awaitDrain();
  }

  #armEnd(duration_ms: number): void {
    this.#end?.cancel();
    this.#end = duration_ms === Infinity ? null : this.clock.at(duration_ms * 1000, () => this.stop());
  }

  /**
   * The loads become others at an instant; now, where it has passed.
   * @returns how long ago that was; microseconds, 0 or less: the order came in time
   */
  steer(order: SteerOrder): number {
    const late_us = this.clock.now_us() - order.at_us;
    this.#orders.push(order);
    for (const load of this.#loads) load.hold(order.at_us);
    this.clock.at(order.at_us, () => this.#turn());
    return late_us;
  }

  #turn(): void {
    const order = this.#orders.shift();
    if (order === undefined || this.#draining) return;
    const { at_us, loads, stages, duration_ms, paused } = order;
    this.#recorder.restage(stages);
    this.#armEnd(paused ? Infinity : duration_ms);
    const turn = { at_us, paused, next_us: this.#orders[0]?.at_us ?? Infinity };
    for (const [index, load] of loads.entries()) this.#loads[index]?.steer(load, turn);
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
    for (const load of this.#loads) load.cut();
    this.clock.at(this.clock.now_us() + CUT_US, () => this.#loads.forEach((load) => load.forceEnd()));
  }

  #armFlush(): void {
    this.clock.at((this.#index + 1) * SECOND_US, () => {
      this.#flush();
      this.#armFlush();
    });
  }

  #flush(): void {
    const from_us = this.#index * SECOND_US;
    this.onInterval({
      index: this.#index,
      ...this.#recorder.flush(),
      users: this.#loads.reduce((sum, load) => sum + load.usersSince(from_us), 0),
      in_flight: this.#recorder.in_flight,
      connections: this.#connections(),
      generator: this.#generator(),
    });
    this.#index++;
  }

  #generator(): GeneratorData {
    return { ...this.#watch.take(), shortages: this.#recorder.shortages.take() };
  }

  #connections(): ConnectionData[] {
    return this.prepared.services.map(({ name, service }) => {
      const { details, ...counts } = service.stats();
      const more = details?.();
      return {
        service: name,
        ...counts,
        ...(more !== undefined && { ...more, notes: more.notes.map((note) => this.#told(note)) }),
      };
    });
  }

  /** A note of a transport, on the run's clock and without secrets that a peer quotes. */
  #told({ first_ms, last_ms, text, ...note }: ConnectionNote): ConnectionNote {
    const [first, last] = [first_ms, last_ms].map((at_ms) => Math.round(this.clock.at_us(at_ms) / 1000));
    return { ...note, text: this.#hide(text, "failure"), first_ms: first as number, last_ms: last as number };
  }
}
