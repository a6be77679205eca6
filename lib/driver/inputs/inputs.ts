/** Inputs for the services: speech clips, prompts, conversations, sentences. */
import type { Random } from "../core/random.ts";
import type { UserIdentity } from "../core/user.ts";

/** Sample rate of every clip, and that of June's speech-to-text service; Hz. */
export const SAMPLE_RATE = 16_000;

/** One piece of speech, mono, 16-bit little-endian, at `SAMPLE_RATE`. */
export interface Clip {
  /** Name of its file, for messages. */
  name: string;
  pcm: Uint8Array;
  /** Its transcript; null: not known; empty: no speech. */
  text: string | null;
  /** Samples up to the end of speech; 0 for a clip without speech. */
  speech_samples: number;
}

/** One turn of a conversation; turns of the system come first. */
export interface ChatTurn {
  role: "system" | "user" | "assistant" | "tool";
  /** Empty for a turn that only calls tools. */
  content: string;
  /** Tools that the assistant called in this turn. */
  tool_calls?: readonly ToolCall[];
  /** The call whose result a tool's turn is. */
  tool_call_id?: string;
  /** Of the speaker or the tool. */
  name?: string;
}

/** A call of a tool, as in OpenAI's interface. */
export interface ToolCall {
  id: string;
  type: string;
  /** `arguments` is JSON. */
  function: { name: string; arguments: string };
}

/** The calls of a turn as a text, for models without tools: `book({"seats":2})`. */
export function callText(calls: readonly ToolCall[]): string {
  return calls.map(({ function: { name, arguments: given } }) => `${name}(${given})`).join("\n");
}

/** Fields of a chat's request besides its turns: `tools`, `tool_choice`, ... */
export type RequestFields = Readonly<Record<string, unknown>>;

/** The inputs of one service. No list is empty. */
export type Inputs =
  | { kind: "stt"; clips: Supply<Clip> }
  | { kind: "llm"; prompts: Supply<string>; chats: Supply<readonly ChatTurn[]> }
  | { kind: "tts"; sentences: Supply<string> }
  /** The service's settings define what these calls send. */
  | { kind: "call" };

/** A supply of inputs: a list, from which each call picks at random, or a source. */
export type Supply<Input> = readonly Input[] | Source<Input>;

/** Inputs that are on disk or generated; each call picks one. */
export interface Source<Input> {
  /** Picks the input of a call. */
  next(context: PickContext): InputPick<Input>;
  /** The input of a call whose text is given, as in a voice turn. */
  given(text: string, context: PickContext): InputPick<Input>;
  /** All inputs in the order of the files. */
  all(): Iterable<Input>;
}

/** What a pick depends on, and who receives its facts. Every `CallStart` is one. */
export interface PickContext {
  /**
   * The user of the call: a conversation continues over the calls of one user. Null: no user, so no conversation
   * continues.
   */
  readonly user: UserIdentity | null;
  /** Decides what is picked. */
  readonly random: Random;
  /** Receives the facts of each input picked for the call; null: they are not needed. */
  readonly inputs: CallInputs | null;
}

/** The input of one call. */
export interface InputPick<Input> {
  readonly input: Input;
  /** Limit of the answer; null: that of the service's options. */
  readonly limit: OutputLimit | null;
  /** The input's own fields of the request; absent: none. */
  readonly fields?: RequestFields | null;
  /** The same object may be picked again, so a request made from it may be kept. */
  readonly kept: boolean;
}

/** The wanted length of an answer. */
export interface OutputLimit {
  max_tokens: number;
  /** Ask for exactly this length, where the protocol allows it. */
  exact: boolean;
}

/** Facts known when an input is picked. */
export interface PickFacts {
  /** Words of text in it; null for speech. */
  words: number | null;
  /** Some worker has sent the same input before. Null: the input was given, or made for this call. */
  repeated: boolean | null;
  /** Receives the answer of an ok call, where the user's next chat contains it. */
  answered?(text: string): void;
}

/** Receives the facts of a call's inputs. A source reports each pick before it returns it. */
export interface CallInputs {
  picked(facts: PickFacts): void;
}

/** The context of a pick without a call, as in a check before the run: always the first input, without a user. */
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
 * A supply with each input converted by `make`, which must be pure.
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
 * A supply with each input converted into what is sent. The result for an input that may come again is kept: for a list
 * always, else as long as the source keeps the input.
 *
 * @param make must be pure: all calls share its results; `limit` is null where the service's options apply, `fields`
 * where the input has no fields of its own
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

  constructor(
    supply: Supply<Input>,
    readonly make: (input: Input, limit: OutputLimit | null, fields: RequestFields | null) => Output,
  ) {
    this.#list = isList(supply) ? supply : null;
    this.#source = isList(supply) ? null : supply;
    if (this.#list === null) return;
    if (this.#list.length === 0) throw new RangeError("Cannot pick from an empty list of inputs");
    this.#made = new Array(this.#list.length).fill(undefined);
  }

  /** Picks an entry; from a list with one random number. */
  pick(context: PickContext): Output {
    const list = this.#list;
    if (list === null) return this.#from((this.#source as Source<Input>).next(context));
    const at = Math.floor(context.random.next() * list.length);
    return this.#made[at] ??= this.make(list[at] as Input, null, null);
  }

  /**
   * The entry for a given text.
   * @param inputOf makes the input for that text where the supply is a list
   */
  forText(text: string, context: PickContext, inputOf: (text: string) => Input): Output {
    const source = this.#source;
    return source === null ? this.make(inputOf(text), null, null) : this.#from(source.given(text, context));
  }

  #from(drawn: InputPick<Input>): Output {
    const make = () => this.make(drawn.input, drawn.limit, drawn.fields ?? null);
    if (!drawn.kept) return make();
    let kept = this.#kept.get(drawn);
    if (kept === undefined) this.#kept.set(drawn, kept = { output: make() });
    return kept.output;
  }
}
