/** One call of a voice turn with its instants. */
import type { ShortageErrno } from "../../plan/shortages.ts";
import { cameAt } from "../core/came_at.ts";
import type { CallStart, Clock, Marks, Operation, OperationEnd, RunningOperation } from "../driver.ts";

/** Events of a leg for its turn; each is called after the leg has stored the instant. */
export interface LegEvents {
  sent?(): void;
  asking?(length_us: number): void;
  speechEnd?(): void;
  /** A piece of the transcript or of the answer. */
  text?(piece: string): void;
  content?(audio_us: number): void;
  /** More audio of the piece last reported as content. */
  more?(audio_us: number): void;
  paced?(late_us: number, own_us: number): void;
  /** The leg is over; exactly once. */
  ended(end: OperationEnd): void;
}

/** A call in flight and its instants, in whole microseconds, so that their differences add up exactly. */
export class Leg implements Marks, RunningOperation {
  readonly start_us: number;
  sent_us: number | null = null;
  speech_end_us: number | null = null;
  /** First content. */
  first_us: number | null = null;
  end_us: number | null = null;
  readonly text?: (piece: string) => void;
  /** The marks of the whole turn. */
  #turn: Marks | null = null;
  /** It had to wait for something that this machine lacks. */
  #lacked = false;
  #running: RunningOperation | null = null;
  #cancel_asked = false;

  /** @param name its name in reports: `stt`, `llm`, `tts 1`, ... */
  constructor(readonly name: string, readonly clock: Clock, readonly events: LegEvents) {
    this.start_us = this.#now_us();
    const { text } = events;
    if (text !== undefined) this.text = (piece) => text(piece);
  }

  /**
   * Starts the call, which may end before this returns.
   * @param turn the start of the whole turn
   * @param givenText the text to send; null: an input is picked
   */
  begin(operation: Operation, turn: CallStart, givenText: string | null): void {
    this.#turn = turn.marks;
    this.#running = operation.start({ ...turn, marks: this, givenText });
    if (this.#cancel_asked) this.#running.cancel();
  }

  cancel(): void {
    this.#cancel_asked = true;
    this.#running?.cancel();
  }

  sent(): void {
    this.sent_us ??= this.#now_us();
    this.events.sent?.();
    // The turn waits no longer. Its own first bytes left with its first leg.
    if (this.#lacked) this.#turn?.sent();
  }

  lacking(errno: ShortageErrno): void {
    this.#lacked = true;
    this.#turn?.lacking?.(errno);
  }

  asking(length_us: number): void {
    this.events.asking?.(length_us);
  }

  speechEnd(): void {
    this.speech_end_us = this.#now_us();
    this.events.speechEnd?.();
  }

  content(audio_us = 0): void {
    this.first_us ??= this.#came_us();
    this.events.content?.(audio_us);
  }

  more(audio_us: number): void {
    this.events.more?.(audio_us);
  }

  paced(late_us: number, own_us: number): void {
    this.events.paced?.(late_us, own_us);
  }

  end(end: OperationEnd): void {
    this.end_us = this.#came_us();
    this.events.ended(end);
  }

  #now_us(): number {
    return Math.round(this.clock.now_us());
  }

  #came_us(): number {
    return Math.round(cameAt(this.clock));
  }
}
