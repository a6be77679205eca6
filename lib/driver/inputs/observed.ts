/** Operations with inputs from files: the end of each call reports its input, and answers go into histories. */
import type { Content, Marks, Operation, OperationEnd } from "../driver.ts";
import { ForwardedMarks } from "../core/forwarded_marks.ts";
import { type CallInputs, type Inputs, isList, type PickFacts } from "./inputs.ts";

/**
 * Wraps the operation if its inputs come from a source; lists report nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Operation, OperationEnd } from "../driver.ts";
 * import type { Inputs } from "./inputs.ts";
 *
 * const pick = () => ({ input: "Hi", limit: null, kept: false });
 * const inputs: Inputs = { kind: "tts", sentences: { next: pick, given: pick, all: () => ["Hi"] } };
 * const operation: Operation = {
 *   name: "tts.synthesize",
 *   reply_stream: false,
 *   start({ marks, inputs }) {
 *     inputs?.picked({ words: 1, repeated: false });
 *     const content = { output: { count: 3, unit: "words" as const } };
 *     marks.end({ outcome: "ok", code: 0, type: "", details: "", sent_bytes: 2, received_bytes: 9, content });
 *     return { cancel() {} };
 *   },
 * };
 * let content: OperationEnd["content"];
 * const end = (end: OperationEnd) => content = end.content;
 * const marks = { sent() {}, speechEnd() {}, content() {}, paced() {}, end };
 * const clock = { now_us: () => 0, at: () => ({ cancel() {} }) };
 * const random = { next: () => 0 };
 * observeInputs(operation, inputs).start({ user: null, random, clock, marks, givenText: null, inputs: null });
 * assert.deepEqual([content?.prompt_words, content?.repeated_input], [1, false]);
 * ```
 */
export function observeInputs(operation: Operation, supplied: Inputs): Operation {
  if (!hasSource(supplied)) return operation;
  return {
    ...operation,
    start({ user, random, clock, marks, givenText, inputs }) {
      const call = new ObservedCall(marks, inputs);
      return operation.start({ user, random, clock, marks: call, givenText, inputs: call });
    },
  };
}

function hasSource(inputs: Inputs): boolean {
  switch (inputs.kind) {
    case "stt":
      return !isList(inputs.clips);
    case "llm":
      return !isList(inputs.prompts) || !isList(inputs.chats);
    case "tts":
      return !isList(inputs.sentences);
    case "call":
      return false;
  }
}

/** Forwards the marks of a call and adds the facts of its input to the end. */
class ObservedCall extends ForwardedMarks implements CallInputs {
  #facts: PickFacts | null = null;
  #answer = "";

  /** @param inputs receives the same facts */
  constructor(marks: Marks, readonly inputs: CallInputs | null) {
    super(marks);
  }

  picked(facts: PickFacts): void {
    this.#facts = facts;
    this.inputs?.picked(facts);
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

/** An end that also holds the facts of the input. */
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
