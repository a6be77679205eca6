/** All user pools of a run: made ready together, started on one epoch, their seconds merged. */
import { errorOf } from "../base/errors.ts";
import type { IntervalData } from "../measure/interval.ts";
import type { Plan } from "../plan/plan.ts";
import { causesOf } from "./aftermath.ts";
import { mergeIntervals, OpenCalls } from "./merge.ts";
import { type PoolConditions, type PoolOrder, USUAL } from "./messages.ts";
import { type LateOrder, PoolWorker } from "./pool_worker.ts";
import { indexPlan, type InputIndexes } from "./prepare.ts";

/** Between the order to start and the epoch, so that no pool starts late. Milliseconds. */
const START_MARGIN_MS = 100;

/** How the pools ended. */
export interface PoolsEnd {
  /** The first pool that failed, if any; what all had measured is kept. */
  failure: Error | null;
}

/** Pools at work. */
export interface RunningPools {
  /** The run's epoch on this thread's `performance.now()`. */
  readonly epoch_ms: number;
  readonly done: Promise<PoolsEnd>;
  /** Passes an order to every pool. */
  order(order: PoolOrder): void;
}

/** Pools that are connected and wait for the start. */
export interface ReadyPools {
  /** Starts all; merged intervals come in rising order, one a second. */
  start(onInterval: (interval: IntervalData) => void, onLate?: (order: LateOrder) => void): RunningPools;
  /** Ends them unused. */
  discard(): void;
}

/**
 * Makes `plan.workers` pools and connects them.
 * @param indexes of the plan's inputs, from `indexPlan`; made here where they are absent
 * @throws {UserError} for a service that cannot be reached or an input that cannot be read
 */
export async function preparePools(
  plan: Plan,
  indexes?: InputIndexes,
  conditions: PoolConditions = USUAL,
): Promise<ReadyPools> {
  const inputs = indexes ?? await indexPlan(plan);
  const workers = Array.from({ length: plan.workers }, (_, part) => new PoolWorker(part));
  const discard = () => workers.forEach((worker) => worker.terminate());
  try {
    const causes = causesOf(workers.length);
    await Promise.all(workers.map((worker) => worker.prepare(plan, workers.length, inputs, conditions, causes)));
  } catch (error) {
    discard();
    throw error;
  }
  return { start: (onInterval, onLate) => startPools(workers, onInterval, onLate), discard };
}

/** Starts pools that are ready; a pool that dies ends the run, and what it had measured is kept. */
export function startPools(
  workers: readonly PoolWorker[],
  onInterval: (interval: IntervalData) => void,
  onLate: (order: LateOrder) => void = () => {},
): RunningPools {
  const epoch_ms = performance.now() + START_MARGIN_MS;
  const collector = new Collector(workers, onInterval);
  let failure: Error | null = null;
  const runOne = async (worker: PoolWorker) => {
    worker.onInterval = (interval) => collector.add(worker, interval);
    worker.onLate = onLate;
    try {
      await worker.run(epoch_ms);
      collector.end(worker);
    } catch (error) {
      failure ??= errorOf(error);
      collector.lose(worker);
      for (const other of workers) if (other !== worker) other.order({ type: "stop" });
    } finally {
      worker.terminate();
    }
  };
  return {
    epoch_ms,
    done: Promise.all(workers.map(runOne)).then(() => ({ failure })),
    order: (order) => workers.forEach((worker) => worker.order(order)),
  };
}

/** Holds each second back until every pool that still runs has delivered it. */
class Collector {
  readonly #pending = new Map<PoolWorker, IntervalData[]>();
  readonly #open = new Map<PoolWorker, OpenCalls>();
  /** Intervals of pools that have ended, not yet passed on. */
  #left: IntervalData[] = [];
  #next = 0;

  constructor(workers: readonly PoolWorker[], readonly onInterval: (interval: IntervalData) => void) {
    for (const worker of workers) {
      this.#pending.set(worker, []);
      this.#open.set(worker, new OpenCalls());
    }
  }

  add(worker: PoolWorker, interval: IntervalData): void {
    this.#pending.get(worker)?.push(interval);
    this.#open.get(worker)?.add(interval);
    this.#pass();
  }

  /** The pool has ended; nothing of it is waited for any more. */
  end(worker: PoolWorker): void {
    this.#left.push(...(this.#pending.get(worker) ?? []));
    this.#pending.delete(worker);
    this.#pass();
  }

  /** The pool has died: the calls it had in flight end as unfinished. */
  lose(worker: PoolWorker): void {
    const index = this.#pending.get(worker)?.at(-1)?.index ?? this.#next;
    const unfinished = this.#open.get(worker)?.unfinished(Math.max(index, this.#next));
    if (unfinished) this.#pending.get(worker)?.push(unfinished);
    this.end(worker);
  }

  #pass(): void {
    for (;;) {
      const queues = [...this.#pending.values()];
      const complete = queues.every((queue) => (queue.at(-1)?.index ?? -1) >= this.#next);
      const all = [...queues.flat(), ...this.#left];
      if (!complete || all.length === 0) return;
      const index = this.#next++;
      const due = all.filter((interval) => interval.index <= index);
      for (const [worker, queue] of this.#pending) this.#pending.set(worker, queue.filter((i) => i.index > index));
      this.#left = this.#left.filter((interval) => interval.index > index);
      this.onInterval(mergeIntervals(index, due));
    }
  }
}
