/** One call being served: its place in the queue, its steps of work, its end. */
import { StatusCode } from "../../transport/status.ts";
import type { SimClock, Timer } from "../model/clock.ts";
import type { Fate, FaultState } from "../fault/state.ts";
import type { Random } from "../model/random.ts";
import type { ServerCall } from "../server/server.ts";
import type { Place, SlotQueue } from "../model/slot_queue.ts";

/** Parts that the calls of one service share. */
export interface ServiceContext {
  readonly clock: SimClock;
  readonly queue: SlotQueue;
  readonly faults: FaultState;
  readonly random: Random;
}

/** A piece of work that ends with a message. */
interface Step {
  work_ms: number;
  action: () => void;
}

/**
 * A call as a sequence of steps. It holds a slot while steps remain and gives it back when idle, so a stream that waits
 * for speech takes none. Faults change the time of each step. A call that must fail does so at the end of its first
 * step.
 */
export class Job {
  readonly fate: Fate;
  readonly #context: ServiceContext;
  readonly #call: ServerCall;
  readonly #arrived_ms: number;
  readonly #steps: Step[] = [];
  #place: Place | null = null;
  #timer: Timer | null = null;
  /** When the next step's work begins: late timers do not add up over steps. */
  #at_ms: number;
  #busy = false;
  #blocked = false;
  #ended = false;

  /** @param fate given by health checks, which no fault of calls affects; else the faults decide */
  constructor(context: ServiceContext, call: ServerCall, fate?: Fate) {
    this.#context = context;
    this.#call = call;
    this.#arrived_ms = this.#at_ms = context.clock.now_ms();
    this.fate = fate ?? context.faults.fate(this.#arrived_ms, call.metadata);
  }

  /** Appends a step: `work_ms` of work, then `action`. */
  step(work_ms: number, action: () => void): void {
    if (this.#ended) return;
    this.#steps.push({ work_ms, action });
    this.#resume();
  }

  /** Steps not done yet. */
  get pending(): number {
    return this.#steps.length;
  }

  /** Sends a message. If the client is slow, the next step waits. */
  send(bytes: Uint8Array): void {
    if (!this.#ended && !this.#call.write(bytes)) this.#blocked = true;
  }

  /** Sends the only reply of a unary call and ends it. */
  reply(bytes: Uint8Array): void {
    this.send(bytes);
    this.end(StatusCode.OK, "");
  }

  end(code: number, details: string): void {
    if (this.#ended) return;
    this.#call.end(code, details);
    this.cancel();
  }

  /** Drops the call and its remaining steps. */
  cancel(): void {
    this.#ended = true;
    this.#steps.length = 0;
    this.#timer?.cancel();
    this.#leave();
  }

  /** Gives the slot back with the instant at which its work ended, so that late timers cost the queue nothing. */
  #leave(): void {
    const now_ms = this.#context.clock.now_ms();
    this.#place?.leave(this.#blocked ? now_ms : Math.min(this.#at_ms, now_ms));
    this.#place = null;
  }

  /** The client accepts more again. */
  drained(): void {
    this.#blocked = false;
    this.#resume();
  }

  #resume(): void {
    if (this.#busy) return;
    this.#at_ms = Math.max(this.#at_ms, this.#context.clock.now_ms());
    this.#advance();
  }

  /** Runs steps until one must wait for a slot, for time or for the client. */
  #advance(): void {
    this.#busy = true;
    while (this.#steps.length > 0 && !this.#blocked) {
      if (!this.#hasSlot() || this.#mustWait(this.#steps[0] as Step)) return;
      this.#perform();
    }
    this.#busy = false;
    if (this.#steps.length === 0) this.#leave();
  }

  #hasSlot(): boolean {
    if (this.#place === null) {
      const { queue } = this.#context;
      this.#place = queue.enter(this.#granted);
      if (this.#place === null) {
        this.end(StatusCode.RESOURCE_EXHAUSTED, `the queue is full: ${queue.stats().waiting} requests are waiting`);
      }
    }
    return this.#place?.held === true;
  }

  readonly #granted = (free_ms: number): void => {
    this.#at_ms = Math.max(this.#at_ms, free_ms);
    const { timeout_ms } = this.#call;
    if (timeout_ms !== null && this.#context.clock.now_ms() - this.#arrived_ms > timeout_ms) {
      return this.end(StatusCode.DEADLINE_EXCEEDED, "the deadline passed while the request waited for a slot");
    }
    this.#advance();
  };

  #mustWait(step: Step): boolean {
    const { clock, faults } = this.#context;
    this.#at_ms = faults.release_ms(this.#at_ms + step.work_ms * faults.factor(this.#at_ms));
    if (this.#at_ms <= clock.now_ms()) return false;
    this.#timer = clock.at(this.#at_ms, this.#due);
    return true;
  }

  readonly #due = (): void => {
    this.#timer = null;
    this.#perform();
    this.#advance();
  };

  /** The step stays in the list while its action runs, so that the call keeps its slot if the action adds a step. */
  #perform(): void {
    const step = this.#steps[0];
    if (this.fate.kind === "status") return this.end(this.fate.code, this.fate.details);
    step?.action();
    this.#steps.shift();
  }
}
