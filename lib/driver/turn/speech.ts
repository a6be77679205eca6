/** The speech of a voice turn: one call for each sentence, and their audio as one stream. */
import type { CallStart, Operation, OperationEnd } from "../driver.ts";
import { Leg } from "./leg.ts";

/** Events of the speech for its turn. */
export interface SpeechEvents {
  /** The audio to play next is here: it came now, or it came early and is now next. */
  audio(audio_us: number): void;
  /** More of the audio last passed on, as part of the same piece. */
  more(audio_us: number): void;
  /** A sentence's call is over. */
  ended(leg: Leg, end: OperationEnd): void;
}

/** One sentence: its call, and audio that came before an earlier sentence was complete. */
interface Sentence {
  leg: Leg;
  /** Lengths of audio messages not passed on yet. */
  early_us: number[];
  over: boolean;
}

/** Speaks sentences with parallel calls, up to a limit, and passes on their audio in order. */
export class Speech {
  readonly #waiting: string[] = [];
  readonly #sentences: Sentence[] = [];
  /** Index of the sentence that plays now. */
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

  /** Every sentence so far is complete. */
  get idle(): boolean {
    return this.#in_flight === 0 && this.#waiting.length === 0;
  }

  /** When the first audio came; null before. It is the first sentence's, since a call without audio fails. */
  get first_audio_us(): number | null {
    return this.#sentences[0]?.leg.first_us ?? null;
  }

  /** The calls so far, in order. */
  get legs(): readonly Leg[] {
    return this.#sentences.map(({ leg }) => leg);
  }

  /** Adds a sentence; its call begins now or as soon as the limit allows. */
  say(sentence: string): void {
    this.#waiting.push(sentence);
    this.#next();
  }

  /** Begins no more calls and cancels those in flight. */
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
      more: (audio_us) => this.#extend(sentence, audio_us),
      ended: (end) => this.#ended(sentence, end),
    });
    const sentence: Sentence = { leg, early_us: [], over: false };
    this.#sentences.push(sentence);
    this.#in_flight++;
    leg.begin(this.operation, this.turn, text);
  }

  /** A piece that plays already is passed on; only the sentence that plays now can have one. */
  #extend({ early_us }: Sentence, audio_us: number): void {
    const last_us = early_us.pop();
    if (last_us === undefined) this.events.more(audio_us);
    else early_us.push(last_us + audio_us);
  }

  #ended(sentence: Sentence, end: OperationEnd): void {
    sentence.over = true;
    this.#in_flight--;
    this.#play();
    if (end.outcome === "ok") this.#next();
    this.events.ended(sentence.leg, end);
  }

  /** Passes on audio in order: all of the current sentence and, once it is complete, of those after it. */
  #play(): void {
    for (let now = this.#sentences[this.#playing]; now !== undefined; now = this.#sentences[++this.#playing]) {
      for (const audio_us of now.early_us.splice(0)) this.events.audio(audio_us);
      if (!now.over) return;
    }
  }
}
