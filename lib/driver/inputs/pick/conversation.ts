/** What users and a model have said to each other, for chats that grow from call to call. */
import type { UserIdentity } from "../../core/user.ts";
import type { Entry } from "../read/entry.ts";
import type { ChatTurn } from "../inputs.ts";

/** A conversation that has become this long is over; characters. */
const MAX_CHARACTERS = 1_000_000;

/** One user's conversation. */
export class Conversation {
  /** What was said, in order. */
  turns: readonly ChatTurn[] = [];
  /** Questions of the entry that are still to be asked. */
  questions: string[] = [];
  /** The entry that the last question was from. */
  entry: Entry | null = null;
  /** What is put before its first turn; null: not drawn yet. */
  beginning: string | null = null;
  #exchanges = 0;
  #characters = 0;
  #asked: ChatTurn | null = null;

  /** @param most earlier questions and answers that a chat carries */
  constructor(readonly most: number) {}

  /** It carries as much as it may: the next question begins a new one. */
  get full(): boolean {
    return this.#exchanges > this.most || this.#characters > MAX_CHARACTERS;
  }

  /** Begins anew. */
  begin(system: readonly ChatTurn[], entry: Entry | null): void {
    this.turns = system;
    this.questions = [];
    this.entry = entry;
    this.beginning = null;
    this.#exchanges = this.#characters = 0;
    this.#asked = null;
  }

  /** All turns that the call of a question carries. The question becomes part of the conversation with its answer. */
  ask(content: string): readonly ChatTurn[] {
    this.#asked = { role: "user", content };
    return [...this.turns, this.#asked];
  }

  /** The answer to the last question came; an empty one is none. */
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

  /** @param most earlier questions and answers that a chat carries */
  constructor(readonly most: number) {}

  /** The conversation of a user; a new one where it has none. Without a user it is new, and no later call goes on with it. */
  of(user: UserIdentity | null): Conversation {
    if (user === null) return new Conversation(this.most);
    let found = this.#all.get(user);
    if (found === undefined) this.#all.set(user, found = new Conversation(this.most));
    return found;
  }
}
