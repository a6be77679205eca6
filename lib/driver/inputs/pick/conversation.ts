/** Conversations of users with a model, for chats that grow from call to call. */
import type { UserIdentity } from "../../core/user.ts";
import type { Entry } from "../read/entry.ts";
import type { ChatTurn } from "../inputs.ts";

/** A conversation of this length ends; characters. */
const MAX_CHARACTERS = 1_000_000;

/** One user's conversation. */
export class Conversation {
  /** The turns so far, in order. */
  turns: readonly ChatTurn[] = [];
  /** Questions of the entry that are not asked yet. */
  questions: string[] = [];
  /** The entry of the last question. */
  entry: Entry | null = null;
  /** Text before its first turn; null: not picked yet. */
  beginning: string | null = null;
  #exchanges = 0;
  #characters = 0;
  #asked: ChatTurn | null = null;

  /** @param most earlier questions and answers in a chat */
  constructor(readonly most: number) {}

  /** It is full: the next question begins a new one. */
  get full(): boolean {
    return this.#exchanges > this.most || this.#characters > MAX_CHARACTERS;
  }

  /** Starts a new conversation. */
  begin(system: readonly ChatTurn[], entry: Entry | null): void {
    this.turns = system;
    this.questions = [];
    this.entry = entry;
    this.beginning = null;
    this.#exchanges = this.#characters = 0;
    this.#asked = null;
  }

  /** All turns to send with a question. The question joins the conversation when its answer comes. */
  ask(content: string): readonly ChatTurn[] {
    this.#asked = { role: "user", content };
    return [...this.turns, this.#asked];
  }

  /** Adds the answer to the last question; an empty answer is ignored. */
  answered(content: string): void {
    const asked = this.#asked;
    this.#asked = null;
    if (asked === null || content === "") return;
    this.turns = [...this.turns, asked, { role: "assistant", content }];
    this.#exchanges++;
    this.#characters += asked.content.length + content.length;
  }
}

/**
 * The conversations of all users of one worker.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const conversations = new Conversations(4);
 * const [anna, ben] = [{ load: 0, number: 0 }, { load: 0, number: 1 }];
 * conversations.of(anna).ask("Hello?");
 * conversations.of(anna).answered("Good day.");
 * assert.equal(conversations.of(anna).ask("How are you?").length, 3);
 * assert.equal(conversations.of(ben).ask("Hello?").length, 1);
 * assert.equal(conversations.of(null).ask("Hello?").length, 1);
 * ```
 */
export class Conversations {
  readonly #all = new WeakMap<UserIdentity, Conversation>();

  /** @param most earlier questions and answers in a chat */
  constructor(readonly most: number) {}

  /**
   * The conversation of a user; a new one where it has none. Without a user it is new, and no later call continues it.
   */
  of(user: UserIdentity | null): Conversation {
    if (user === null) return new Conversation(this.most);
    let found = this.#all.get(user);
    if (found === undefined) this.#all.set(user, found = new Conversation(this.most));
    return found;
  }
}
