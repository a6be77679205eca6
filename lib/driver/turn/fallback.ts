/** One operation in place of another that the server turns out not to have. */
import { StatusCode } from "../../transport/status.ts";
import type { Clock, Marks, Operation, OperationEnd, Random, RunningOperation } from "../driver.ts";
import { ForwardedMarks } from "../core/forwarded_marks.ts";

/**
 * Starts `first` until the server says that it has no such call; from then on `second`, also in place of the call that
 * was refused. Only that call pays for the discovery.
 */
export function withFallback(first: Operation, second: Operation): Operation {
  let refused = false;
  return {
    name: first.name,
    reply_stream: first.reply_stream,
    prebuffer_us: first.prebuffer_us ?? 0,
    start(random, clock, marks, given) {
      if (refused) return second.start(random, clock, marks, given);
      const attempt = new Attempt(marks, () => {
        refused = true;
        return second.start(random, clock, marks, given);
      });
      attempt.begin(first, random, clock, given);
      return attempt;
    },
  };
}

/** The first call, until it ends; then whatever stands in for it. */
class Attempt extends ForwardedMarks implements RunningOperation {
  #running: RunningOperation | null = null;
  #replaced = false;
  #cancel_asked = false;

  constructor(marks: Marks, readonly replace: () => RunningOperation) {
    super(marks);
  }

  begin(operation: Operation, random: Random, clock: Clock, given?: string): void {
    const running = operation.start(random, clock, this, given);
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
