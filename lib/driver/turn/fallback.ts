/** Replaces an operation that the server does not have by another. */
import { StatusCode } from "../../transport/status.ts";
import type { CallStart, Operation, OperationEnd, RunningOperation } from "../driver.ts";
import { ForwardedMarks } from "../core/forwarded_marks.ts";

/**
 * Starts `first` until the server answers UNIMPLEMENTED. From then on it starts `second`, also for the refused call.
 * Only that call takes longer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { StatusCode } from "../../transport/status.ts";
 * import type { Operation, OperationEnd } from "../driver.ts";
 *
 * const started: string[] = [];
 * const operation = (name: string, code: number): Operation => ({
 *   name,
 *   reply_stream: true,
 *   start({ marks }) {
 *     started.push(name);
 *     const outcome = code === StatusCode.OK ? "ok" : "failed";
 *     marks.end({ outcome, code, type: "", details: "", sent_bytes: 0, received_bytes: 0 });
 *     return { cancel() {} };
 *   },
 * });
 * const speak = withFallback(operation("stream", StatusCode.UNIMPLEMENTED), operation("whole", StatusCode.OK));
 * const ends: number[] = [];
 * const end = ({ code }: OperationEnd) => ends.push(code);
 * const marks = { sent() {}, speechEnd() {}, content() {}, paced() {}, end };
 * const clock = { now_us: () => 0, at: () => ({ cancel() {} }) };
 * const start = { user: null, random: { next: () => 0 }, clock, marks, givenText: "Hello", inputs: null };
 * speak.start(start);
 * speak.start(start);
 * assert.deepEqual(started, ["stream", "whole", "whole"]);
 * assert.deepEqual(ends, [StatusCode.OK, StatusCode.OK]);
 * ```
 */
export function withFallback(first: Operation, second: Operation): Operation {
  let refused = false;
  return {
    name: first.name,
    reply_stream: first.reply_stream,
    prebuffer_us: first.prebuffer_us ?? 0,
    start(start) {
      if (refused) return second.start(start);
      const attempt = new Attempt(start, () => {
        refused = true;
        return second.start(start);
      });
      attempt.begin(first);
      return attempt;
    },
  };
}

/** The first call until it ends, then its replacement. */
class Attempt extends ForwardedMarks implements RunningOperation {
  #running: RunningOperation | null = null;
  #replaced = false;
  #cancel_asked = false;

  constructor(readonly call: CallStart, readonly replace: () => RunningOperation) {
    super(call.marks);
  }

  begin(operation: Operation): void {
    const running = operation.start({ ...this.call, marks: this });
    if (!this.#replaced) this.#running = running;
    if (this.#cancel_asked) this.#running?.cancel();
  }

  cancel(): void {
    this.#cancel_asked = true;
    this.#running?.cancel();
  }

  override end(end: OperationEnd): void {
    if (end.code !== StatusCode.UNIMPLEMENTED || this.#cancel_asked) return super.end(end);
    this.#replaced = true;
    this.#running = this.replace();
  }
}
