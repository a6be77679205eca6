/** Whole runs in no time: the pools of a plan on one clock that the test moves, steered as a session steers them. */
import type { Operation } from "../../lib/driver/driver.ts";
import type { IntervalData } from "../../lib/measure/interval.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import type { Change } from "../../lib/plan/steering.ts";
import type { PoolClock } from "../../lib/pool/clock.ts";
import { mergeIntervals } from "../../lib/pool/merge.ts";
import { Stalls } from "../../lib/pool/stalls.ts";
import { UserPool } from "../../lib/pool/user_pool.ts";
import type { EventRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { lateEvent, steering } from "../../lib/run/steering.ts";
import type { Offsets } from "../../lib/schedule/arrivals.ts";
import { Timers } from "../../lib/time/timers.ts";
import { makeHeader } from "../result/make_run.ts";
import { OK } from "../pool/operations.ts";

/** The clock of a pool, which stands still until it is moved. */
export class VirtualClock {
  readonly stalls = new Stalls();
  readonly #timers = new Timers();
  #now_us = 0;

  now_us(): number {
    return this.#now_us;
  }

  at(due_us: number, action: () => void) {
    return this.#timers.add(due_us, action);
  }

  takeWorstDelay(): number {
    return 0;
  }

  takeOverslept(): [] {
    return [];
  }

  close(): void {}

  /** Runs what falls due up to an instant. */
  advanceTo(end_us: number): void {
    for (let timer = this.#timers.take(end_us); timer !== null; timer = this.#timers.take(end_us)) {
      this.#now_us = Math.max(this.#now_us, timer.due);
      timer.run();
    }
    this.#now_us = end_us;
  }
}

/** A change that a user asks for. */
export interface Ask {
  ask_ms: number;
  change: Change;
}

/** A task that began. */
export interface Start {
  at_us: number;
  load: number;
  /** Null: an arrival. */
  user: number | null;
  /** One random number of it. */
  print: number;
  part: number;
}

/** How a run in no time is made. */
export interface VirtualOptions {
  parts?: number;
  offsets?: Offsets;
  /** How long each call takes. */
  call_us?: number;
  /** How long an order takes to a pool. */
  delay_ms?: (part: number, order: number) => number;
}

/** What came of it. */
export interface VirtualRun {
  run: Run;
  starts: Start[];
  intervals: IntervalData[];
  refused: string[];
  events: EventRecord[];
}

/** Runs a plan to its end; one operation for each of its tasks. */
export async function runVirtually(
  plan: Plan,
  asks: readonly Ask[],
  options: VirtualOptions = {},
): Promise<VirtualRun> {
  const { parts = 1, offsets = () => [], call_us = 10_000, delay_ms = () => 100 } = options;
  const run = new Run(makeHeader(plan));
  const clock = new VirtualClock();
  const starts: Start[] = [];
  const refused: string[] = [];
  const seconds: IntervalData[][] = [];
  const pools = Array.from({ length: parts }, (_, part) => {
    const operations = plan.tasks.map(({ operation, load }): Operation => ({
      name: operation,
      reply_stream: false,
      start({ user, random, marks }) {
        starts.push({ at_us: clock.now_us(), load, user: user?.number ?? null, print: random.next(), part });
        marks.sent();
        const timer = clock.at(clock.now_us() + call_us, () => marks.end(OK));
        const cancelled = { ...OK, outcome: "cancelled", code: 1, type: "CANCELLED" } as const;
        return { cancel: () => (timer.cancel(), marks.end(cancelled)) };
      },
    }));
    const prepared = { services: [], operations, offsets };
    return new UserPool(plan, part, parts, prepared, clock as unknown as PoolClock, (interval) => {
      (seconds[interval.index] ??= []).push(interval);
    });
  });
  let orders = 0;
  for (const { ask_ms, change } of asks) {
    clock.at(ask_ms * 1000, () => {
      const steered = steering(run, change, ask_ms);
      if ("refused" in steered) return void refused.push(steered.refused);
      run.add(steered.event);
      const { order } = steered;
      if (order === null) return;
      const number = orders++;
      for (const [part, pool] of pools.entries()) {
        clock.at((ask_ms + delay_ms(part, number)) * 1000, () => {
          const late_us = pool.steer(order);
          if (late_us > 0) run.add(lateEvent({ part, at_us: order.at_us, late_us }, parts));
        });
      }
    });
  }
  let isOver = false;
  const done = Promise.all(pools.map((pool) => pool.run())).then(() => isOver = true);
  // A run that was left paused ends when somebody stops it.
  const stop_us = ((asks.at(-1)?.ask_ms ?? 0) + 20_000) * 1000;
  clock.at(stop_us, () => {
    if (run.steering.paused_ms !== null) { for (const pool of pools) pool.stop(); }
  });
  while (!isOver) {
    clock.advanceTo(clock.now_us() + 500_000);
    await Promise.resolve();
  }
  await done;
  const intervals = seconds.map((some, index) => mergeIntervals(index, some));
  for (const interval of intervals) run.add({ type: "interval", ...interval });
  run.add({ type: "end", t_ms: intervals.length * 1000, reason: "completed", text: "", unaccounted: run.open_calls });
  return { run, starts, intervals, refused, events: run.events };
}
