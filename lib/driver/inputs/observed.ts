/** Operations over inputs of the user's own: what each call drew is told at its end, and answers go into histories. */
import type { Content, Operation, OperationEnd } from "../driver.ts";
import { ForwardedMarks } from "../core/forwarded_marks.ts";
import type { Inputs, PickFacts } from "./inputs.ts";

/** The operation, watched where its inputs have something to tell. */
export function observeInputs(operation: Operation, { ledger }: Inputs): Operation {
  if (ledger === undefined) return operation;
  return {
    ...operation,
    start(random, clock, marks, given) {
      const call = new ObservedCall(marks);
      // Inputs are drawn before a start returns, and a start nested in its end finds its own call here.
      ledger.call = call;
      const running = operation.start(random, clock, call, given);
      ledger.call = null;
      return running;
    },
  };
}

/** Passes the marks of a call on, with what it drew. */
class ObservedCall extends ForwardedMarks {
  #facts: PickFacts | null = null;
  #answer = "";

  /** Takes what the call's input is. */
  drawn(facts: PickFacts): void {
    this.#facts = facts;
    if (facts.answered === undefined) return;
    this.text = (piece) => {
      this.#answer += piece;
      this.marks.text?.(piece);
    };
  }

  override end(end: OperationEnd): void {
    const facts = this.#facts;
    if (facts === null) return super.end(end);
    if (end.outcome === "ok") facts.answered?.(this.#answer);
    super.end(new ObservedEnd(end, facts));
  }
}

/** An end that also tells of the input. */
class ObservedEnd implements OperationEnd {
  readonly outcome: OperationEnd["outcome"];
  readonly code: number;
  readonly type: string;
  readonly details: string;
  readonly sent_bytes: number;
  readonly received_bytes: number;
  readonly #end: OperationEnd;
  readonly #facts: PickFacts;

  constructor(end: OperationEnd, facts: PickFacts) {
    ({
      outcome: this.outcome,
      code: this.code,
      type: this.type,
      details: this.details,
      sent_bytes: this.sent_bytes,
      received_bytes: this.received_bytes,
    } = end);
    this.#end = end;
    this.#facts = facts;
  }

  get content(): Content | undefined {
    const { words, repeated } = this.#facts;
    const content = this.#end.content;
    if (content === undefined) return undefined;
    return {
      ...content,
      ...(words !== null && { prompt_words: words }),
      ...(repeated !== null && { repeated_input: repeated }),
    };
  }
}
