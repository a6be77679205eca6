/** Marks of a call over a real network: written down, and waited for. */
import type { Clock, Marks, OperationEnd, Timer } from "../../lib/driver/driver.ts";

/** Time as it is, in a pool's form. */
export const REAL_CLOCK: Clock = {
  now_us: () => performance.now() * 1000,
  at(due_us, action): Timer {
    const timer = setTimeout(action, Math.max(0, due_us / 1000 - performance.now()));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** What a call told, in order. */
export class CallMarks implements Marks {
  readonly names: string[] = [];
  readonly #over = Promise.withResolvers<OperationEnd>();
  #ended = false;

  /** Settles at the end. */
  get over(): Promise<OperationEnd> {
    return this.#over.promise;
  }

  sent(): void {
    this.#note("sent");
  }

  lacking(errno: string): void {
    this.#note(`lacking ${errno}`);
  }

  speechEnd(): void {
    this.#note("speech_end");
  }

  content(): void {
    this.#note("content");
  }

  paced(): void {
    this.#note("paced");
  }

  end(end: OperationEnd): void {
    this.#note("end");
    this.#ended = true;
    this.#over.resolve(end);
  }

  #note(name: string): void {
    if (this.#ended) throw new Error(`${name} after the end`);
    this.names.push(name);
  }
}
