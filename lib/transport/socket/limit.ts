/** A time limit on work that cannot be stopped: late results are undone. */

/** Work took too long or was cancelled. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

/** Stops waiting after `timeout_ms` or on a signal. Call `clear` when done. */
export class Limit {
  readonly #over = Promise.withResolvers<never>();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #signal: AbortSignal | null;
  readonly #stop = () => this.#over.reject(new OutOfTime("no longer wanted"));
  /** Called when the peer has accepted the connection; handshakes follow. */
  accepted: () => void = () => {};

  /** @param named_ms the time that messages name, where others have waited before */
  constructor(readonly timeout_ms: number, signal: AbortSignal | null = null, readonly named_ms = timeout_ms) {
    this.#signal = signal;
    this.#timer = setTimeout(() => this.#over.reject(new OutOfTime("no answer in time")), timeout_ms);
    signal?.addEventListener("abort", this.#stop);
    this.#over.promise.catch(() => {});
    if (signal?.aborted) this.#stop();
  }

  /**
   * Waits for `work`. If it ends too late, `undo` gets its value.
   * @throws {OutOfTime} when the time is up first
   */
  async run<Value>(work: Promise<Value>, undo?: (value: Value) => void): Promise<Value> {
    let late = false;
    work.then((value) => late && undo?.(value), () => {});
    try {
      return await Promise.race([work, this.#over.promise]);
    } catch (error) {
      late = true;
      throw error;
    }
  }

  /** Whether nobody wants the work any more. */
  get cancelled(): boolean {
    return this.#signal?.aborted === true;
  }

  /** Stops the clock. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#stop);
  }
}
