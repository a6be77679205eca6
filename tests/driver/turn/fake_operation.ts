/** An operation whose calls the test answers by hand, and marks that remember what they are told. */
import assert from "node:assert/strict";
import type {
  CallStart,
  Content,
  Marks,
  Operation,
  OperationEnd,
  RunningOperation,
} from "../../../lib/driver/driver.ts";
import { FakeClock } from "../fake_clock.ts";

/** One call in flight. */
export class FakeLeg implements RunningOperation {
  ended = false;
  cancelled = false;
  /** Has its end on the way when it is cancelled, and so comes to that end. */
  too_late = false;

  constructor(readonly marks: Marks, readonly given: string | null) {}

  /** A piece of text, and the content it is. */
  says(...pieces: string[]): void {
    for (const piece of pieces) {
      this.marks.text?.(piece);
      this.marks.content();
    }
  }

  /** Ends it well. */
  ok(content: Content = {}): void {
    this.#end({ outcome: "ok", code: 0, type: "", details: "", content });
  }

  fail(type: string, details = "", code = 14, refusal: Pick<OperationEnd, "refused" | "retry_after_us"> = {}): void {
    this.#end({ outcome: "failed", code, type, details, ...refusal });
  }

  cancel(): void {
    if (this.ended) return;
    this.cancelled = true;
    if (this.too_late) return;
    this.#end({ outcome: "cancelled", code: 1, type: "CANCELLED", details: "" });
  }

  #end(end: Omit<OperationEnd, "sent_bytes" | "received_bytes">): void {
    assert.equal(this.ended, false, "a second end of a leg");
    this.ended = true;
    this.marks.end({ ...end, sent_bytes: 10, received_bytes: 100 });
  }
}

/** Remembers every call; `answer` may answer each as it starts. */
export class FakeOperation implements Operation {
  readonly reply_stream = true;
  readonly calls: FakeLeg[] = [];
  answer: (leg: FakeLeg) => void = () => {};

  constructor(readonly name: string) {}

  start({ marks, givenText }: CallStart): FakeLeg {
    const leg = new FakeLeg(marks, givenText);
    this.calls.push(leg);
    this.answer(leg);
    return leg;
  }

  /** The latest call. */
  get call(): FakeLeg {
    const leg = this.calls.at(-1);
    assert.ok(leg, `no call of ${this.name} was started`);
    return leg;
  }
}

/** Marks as they came, with their instants in milliseconds. */
export class MarkLog implements Marks {
  readonly lines: string[] = [];
  readonly contents: { at_us: number; audio_us: number }[] = [];
  result: OperationEnd | null = null;

  constructor(readonly clock: FakeClock) {}

  sent(): void {
    this.#add("sent");
  }

  lacking(errno: string): void {
    this.#add(`lacking ${errno}`);
  }

  speechEnd(): void {
    this.#add("speech end");
  }

  content(audio_us = 0): void {
    assert.equal(this.result, null, "content after the end");
    this.contents.push({ at_us: this.clock.now_us(), audio_us });
    this.#add(`audio ${audio_us / 1000}`);
  }

  more(audio_us: number): void {
    assert.equal(this.result, null, "audio after the end");
    this.#add(`more ${audio_us / 1000}`);
  }

  paced(late_us: number, own_us: number): void {
    this.#add(`paced ${late_us} ${own_us}`);
  }

  end(end: OperationEnd): void {
    assert.equal(this.result, null, "a second end of the turn");
    this.result = { ...end, content: end.content };
    this.#add(end.outcome);
  }

  /** The end; fails the test while there is none. */
  get ending(): OperationEnd {
    assert.ok(this.result, "the turn has not ended");
    return this.result;
  }

  #add(what: string): void {
    this.lines.push(`${this.clock.now_us() / 1000} ${what}`);
  }
}
