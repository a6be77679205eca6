/** The main thread's hold on one user pool in its Web Worker. */
import type { IntervalData } from "../measure/interval.ts";
import { UserError } from "../plan/errors.ts";
import type { Plan } from "../plan/plan.ts";
import { causesOf } from "./aftermath.ts";
import { type FromPool, type PoolOrder, type ToPool, USUAL } from "./messages.ts";
import type { InputIndexes } from "./prepare.ts";

/** A pool that says nothing for this long while it runs is dead. Milliseconds. */
const SILENCE_LIMIT_MS = 10_000;
/** Longest that connecting and reading inputs may take. Milliseconds. */
const READY_LIMIT_MS = 60_000;
const CLOCK_ROUNDS = 9;
/** Between two looks at how long a pool has been silent. Milliseconds. */
const LOOK_MS = 500;

/** An order that came to a pool after its instant. */
export interface LateOrder {
  /** Which pool, from 0. */
  part: number;
  at_us: number;
  late_us: number;
}

/** One user pool, from its making to its end. */
export class PoolWorker {
  /** Takes each second of the pool. */
  onInterval: (interval: IntervalData) => void = () => {};
  /** An order came too late to the pool. */
  onLate: (order: LateOrder) => void = () => {};
  readonly #worker: Worker;
  readonly #waiters = new Set<(message: FromPool) => void>();
  #heard_ms = performance.now();
  /** Orders that came before the start; null: it has begun. */
  #early: PoolOrder[] | null = [];

  /**
   * @param part which share of the users it gets, from 0
   * @param silence_limit_ms how long it may say nothing while it runs
   */
  constructor(readonly part: number, readonly silence_limit_ms: number = SILENCE_LIMIT_MS) {
    this.#worker = new Worker(new URL("./user_pool_worker.ts", import.meta.url), {
      type: "module",
      name: `pool ${part + 1}`,
    });
    this.#worker.onmessage = (event: MessageEvent<FromPool>) => this.#take(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#take({ type: "failed", message: event.message, stack: "", user_error: null });
    };
  }

  #take(message: FromPool): void {
    this.#heard_ms = performance.now();
    if (message.type === "interval") return this.onInterval(message.interval);
    if (message.type === "late") return this.onLate({ ...message, part: this.part });
    for (const waiter of [...this.#waiters]) waiter(message);
  }

  #send(message: ToPool): void {
    this.#worker.postMessage(message);
  }

  /** The next message of one type; rejects when the pool fails or says nothing for `limit_ms`. */
  #expect<T extends FromPool["type"]>(type: T, limit_ms: number): Promise<Extract<FromPool, { type: T }>> {
    this.#heard_ms = performance.now();
    return new Promise((resolve, reject) => {
      const settle = (action: () => void) => {
        this.#waiters.delete(waiter);
        clearInterval(watch);
        action();
      };
      const waiter = (message: FromPool) => {
        if (message.type === type) settle(() => resolve(message as Extract<FromPool, { type: T }>));
        if (message.type === "failed") settle(() => reject(poolError(this.part, message)));
      };
      let looked_ms = performance.now();
      const watch = setInterval(() => {
        const now_ms = performance.now();
        // While this thread stood still, too, the pool's messages could not be read.
        this.#heard_ms += Math.max(0, now_ms - looked_ms - 2 * LOOK_MS);
        looked_ms = now_ms;
        if (performance.now() - this.#heard_ms < limit_ms) return;
        const seconds = Math.round(limit_ms / 1000);
        settle(() => reject(new Error(`User pool ${this.part + 1} gave no sign of life for ${seconds} s`)));
      }, LOOK_MS);
      this.#waiters.add(waiter);
    });
  }

  /**
   * Reads inputs and opens connections.
   * @param inputs indexes of the files of inputs; what lacks one is read by the pool itself
   * @param conditions as in the order to prepare
   * @param causes memory that all pools of the run share
   * @throws {UserError} for what is the user's to mend
   */
  async prepare(
    plan: Plan,
    parts: number,
    inputs: InputIndexes = {},
    conditions = USUAL,
    causes = causesOf(parts),
  ): Promise<void> {
    this.#send({ type: "prepare", plan, part: this.part, parts, inputs, causes, ...conditions });
    await this.#expect("ready", READY_LIMIT_MS);
  }

  /** Starts the users and waits for the end of the last call. `epoch_ms` is on the main thread's clock. */
  async run(epoch_ms: number): Promise<void> {
    const offset_ms = await this.#clockOffset();
    this.#send({ type: "start", epoch_ms: epoch_ms + offset_ms });
    for (const order of this.#early ?? []) this.#send(order);
    this.#early = null;
    await this.#expect("done", this.silence_limit_ms);
  }

  /** Its clock less ours, from the quickest of some round trips; off by at most half of that one. */
  async #clockOffset(): Promise<number> {
    let best = { trip_ms: Infinity, offset_ms: 0 };
    for (let round = 0; round < CLOCK_ROUNDS; round++) {
      const asked_ms = performance.now();
      this.#send({ type: "time" });
      const { now_ms } = await this.#expect("time", SILENCE_LIMIT_MS);
      const heard_ms = performance.now();
      const trip_ms = heard_ms - asked_ms;
      if (trip_ms < best.trip_ms) best = { trip_ms, offset_ms: now_ms - (asked_ms + heard_ms) / 2 };
    }
    return best.offset_ms;
  }

  /** Changes what the pool does from now on; harmless once it has ended. */
  order(order: PoolOrder): void {
    if (this.#early === null) this.#send(order);
    else this.#early.push(order);
  }

  /** Ends the worker, whatever it does. */
  terminate(): void {
    this.#worker.terminate();
  }
}

function poolError(part: number, failed: Extract<FromPool, { type: "failed" }>): Error {
  if (failed.user_error !== null) return new UserError(failed.user_error.kind, failed.user_error.message);
  const error = new Error(`User pool ${part + 1} failed: ${failed.message}`);
  if (failed.stack !== "") error.stack = failed.stack;
  return error;
}
