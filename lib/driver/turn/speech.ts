/** The spoken half of a voice turn: sentences become calls, and their audio one stream. */
import type { CallStart, Operation, OperationEnd } from "../driver.ts";
import { Leg } from "./leg.ts";

/** What the turn wants to hear of its speech. */
export interface SpeechEvents {
  /** Audio to be played next came, or was there already and its turn has come. */
  audio(audio_us: number): void;
  /** A sentence's call is over. */
  ended(leg: Leg, end: OperationEnd): void;
}

/** One sentence: its call, and audio that came before that of an earlier sentence was complete. */
interface Sentence {
  leg: Leg;
  /** Lengths of the audio messages not yet handed on. */
  early_us: number[];
  over: boolean;
}

/** Speaks sentences in order, as many calls at once as it may, and hands on their audio in that order. */
export class Speech {
  readonly #waiting: string[] = [];
  readonly #sentences: Sentence[] = [];
  /** Index of the sentence being played. */
  #playing = 0;
  #in_flight = 0;

  /**
   * @param maxParallel most calls in flight at the same time
   * @param turn the start of the whole turn
   */
  constructor(
    readonly operation: Operation,
    readonly maxParallel: number,
    readonly turn: CallStart,
    readonly events: SpeechEvents,
  ) {}

  /** Every sentence so far was spoken to its end. */
  get idle(): boolean {
    return this.#in_flight === 0 && this.#waiting.length === 0;
  }

  /** When the first audio came; null before. A call without audio is a failure, so it is the first sentence's. */
  get first_audio_us(): number | null {
    return this.#sentences[0]?.leg.first_us ?? null;
  }

  /** The calls begun so far, in order. */
  get legs(): readonly Leg[] {
    return this.#sentences.map(({ leg }) => leg);
  }

  /** Speaks one more sentence, now or as soon as a call may begin. */
  say(sentence: string): void {
    this.#waiting.push(sentence);
    this.#next();
  }

  /** Begins no more calls; those in flight are cut off. */
  cancel(): void {
    this.#waiting.length = 0;
    for (const { leg, over } of [...this.#sentences]) if (!over) leg.cancel();
  }

  #next(): void {
    if (this.#in_flight >= this.maxParallel) return;
    const text = this.#waiting.shift();
    if (text === undefined) return;
    const index = this.#sentences.length;
    const leg = new Leg(`tts ${index + 1}`, this.turn.clock, {
      content: (audio_us) => {
        sentence.early_us.push(audio_us);
        this.#play();
      },
      ended: (end) => this.#ended(sentence, end),
    });
    const sentence: Sentence = { leg, early_us: [], over: false };
    this.#sentences.push(sentence);
    this.#in_flight++;
    leg.begin(this.operation, this.turn, text);
  }

  #ended(sentence: Sentence, end: OperationEnd): void {
    sentence.over = true;
    this.#in_flight--;
    this.#play();
    if (end.outcome === "ok") this.#next();
    this.events.ended(sentence.leg, end);
  }

  /** Hands on what may be played: all of the current sentence and, once it is over, of those after it. */
  #play(): void {
    for (let now = this.#sentences[this.#playing]; now !== undefined; now = this.#sentences[++this.#playing]) {
      for (const audio_us of now.early_us.splice(0)) this.events.audio(audio_us);
      if (!now.over) return;
    }
  }
}
