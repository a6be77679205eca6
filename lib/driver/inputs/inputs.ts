/** What is said to the services: speech clips, prompts, conversations, sentences. */
import type { Random } from "../core/random.ts";
import type { UserIdentity } from "../core/user.ts";

/** Sample rate of every clip; what June's speech-to-text service works at. */
export const SAMPLE_RATE = 16_000;

/** One piece of speech, mono, 16-bit little-endian, at `SAMPLE_RATE`. */
export interface Clip {
  /** Name of its file, for messages. */
  name: string;
  pcm: Uint8Array;
  /** What is said in it; null: not known; empty: nothing. */
  text: string | null;
  /** Samples up to the end of speech; 0 for a clip without speech, which may have an empty transcript. */
  speech_samples: number;
}

/** One turn of a conversation; those of the system come before all others. */
export interface ChatTurn {
  role: "system" | "user" | "assistant";
  content: string;
}

/** The inputs of one service. No list is empty. */
export type Inputs =
  | { kind: "stt"; clips: Supply<Clip> }
  | { kind: "llm"; prompts: Supply<string>; chats: Supply<readonly ChatTurn[]> }
  | { kind: "tts"; sentences: Supply<string> }
  /** What such calls send is in the service's settings. */
  | { kind: "call" };

/** Where inputs come from: a list, from which they are picked at random, or a source. */
export type Supply<Input> = readonly Input[] | Source<Input>;

/** Inputs that lie on disk or are made; one is picked for each call. */
export interface Source<Input> {
  /** Picks the input of a call. */
  next(context: PickContext): InputPick<Input>;
  /** The input of a call that sends a text given by another, as in a voice turn. */
  given(text: string, context: PickContext): InputPick<Input>;
  /** All inputs as they lie on disk, one after another. */
  all(): Iterable<Input>;
}

/** What a pick depends on, and who is told of it. Every `CallStart` is one. */
export interface PickContext {
  /** Whose call it is: a conversation goes on from call to call of one user. Null: nobody's, so nothing goes on. */
  readonly user: UserIdentity | null;
  /** Decides what is picked. */
  readonly random: Random;
  /** Takes the facts of each input that is picked for the call; null: nobody wants them. */
  readonly inputs: CallInputs | null;
}

/** The input of one call. */
export interface InputPick<Input> {
  readonly input: Input;
  /** How much is to be answered; null: as the service's options say. */
  readonly limit: OutputLimit | null;
  /** The same object may be drawn again: what is made of it may be kept. */
  readonly kept: boolean;
}

/** How long an answer is to be. */
export interface OutputLimit {
  max_tokens: number;
  /** Neither shorter, where the server can be told so. */
  exact: boolean;
}

/** What is known of an input when it is picked. */
export interface PickFacts {
  /** Words of text in it; null for speech. */
  words: number | null;
  /** The same input was sent before, by any worker. Null: it was given, or made for this call. */
  repeated: boolean | null;
  /** Takes the answer of an ok call, where the next chat of the user carries it. */
  answered?(text: string): void;
}

/** Takes the facts of a call's inputs. A source reports each pick before it returns it. */
export interface CallInputs {
  picked(facts: PickFacts): void;
}

/** What is filled in without a call, as in a check before the run: always the first input, for nobody. */
export const NO_CALL: PickContext = { user: null, random: { next: () => 0 }, inputs: null };

/** Length of a clip; milliseconds. */
export function clipLength(clip: Clip): number {
  return clip.pcm.length / 2 / SAMPLE_RATE * 1000;
}

/** Whether a supply is a list. */
export function isList<Input>(supply: Supply<Input>): supply is readonly Input[] {
  return Array.isArray(supply);
}

/** All inputs of a supply, one after another. */
export function everyInput<Input>(supply: Supply<Input>): Iterable<Input> {
  return isList(supply) ? supply : supply.all();
}

/**
 * A supply whose inputs are turned into others, one by one. `make` must be pure.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const loud = mapSupply(["one", "two"], (text) => text.toUpperCase());
 * assert.deepEqual([...everyInput(loud)], ["ONE", "TWO"]);
 * ```
 */
export function mapSupply<From, To>(supply: Supply<From>, make: (from: From) => To): Supply<To> {
  if (isList(supply)) return supply.map(make);
  const kept = new WeakMap<InputPick<From>, InputPick<To>>();
  const turn = (drawn: InputPick<From>): InputPick<To> => {
    let made = kept.get(drawn);
    if (made === undefined) {
      made = { ...drawn, input: make(drawn.input) };
      if (drawn.kept) kept.set(drawn, made);
    }
    return made;
  };
  return {
    next: (context) => turn(supply.next(context)),
    given: (text, context) => turn(supply.given(text, context)),
    *all() {
      for (const input of supply.all()) yield make(input);
    },
  };
}

/**
 * A supply whose inputs are turned into what is sent. What is made of an input that may come again is kept: for a list
 * always, else as long as the source keeps the input.
 *
 * @param make must be pure: its results are shared by all calls; `limit` is null where the service's options hold
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * let encoded = 0;
 * const prepared = new Prepared(["one", "two"], (text) => {
 *   encoded++;
 *   return new TextEncoder().encode(text);
 * });
 * const second = { user: null, random: { next: () => 0.5 }, inputs: null };
 * assert.equal(prepared.pick(second), prepared.pick(second));
 * assert.equal(encoded, 1, "made once, shared by all calls");
 * assert.equal(prepared.forText("given", second, (text) => text).length, 5);
 * ```
 */
export class Prepared<Input, Output> {
  readonly #list: readonly Input[] | null;
  readonly #source: Source<Input> | null;
  readonly #made: (Output | undefined)[] = [];
  readonly #kept = new WeakMap<InputPick<Input>, { output: Output }>();

  constructor(supply: Supply<Input>, readonly make: (input: Input, limit: OutputLimit | null) => Output) {
    this.#list = isList(supply) ? supply : null;
    this.#source = isList(supply) ? null : supply;
    if (this.#list === null) return;
    if (this.#list.length === 0) throw new RangeError("Cannot pick from an empty list of inputs");
    this.#made = new Array(this.#list.length).fill(undefined);
  }

  /** One entry; from a list with one random number. */
  pick(context: PickContext): Output {
    const list = this.#list;
    if (list === null) return this.#from((this.#source as Source<Input>).next(context));
    const at = Math.floor(context.random.next() * list.length);
    return this.#made[at] ??= this.make(list[at] as Input, null);
  }

  /**
   * The entry for a text that is given.
   * @param inputOf the input of that text where the supply is a list
   */
  forText(text: string, context: PickContext, inputOf: (text: string) => Input): Output {
    const source = this.#source;
    return source === null ? this.make(inputOf(text), null) : this.#from(source.given(text, context));
  }

  #from(drawn: InputPick<Input>): Output {
    if (!drawn.kept) return this.make(drawn.input, drawn.limit);
    let kept = this.#kept.get(drawn);
    if (kept === undefined) this.#kept.set(drawn, kept = { output: this.make(drawn.input, drawn.limit) });
    return kept.output;
  }
}
