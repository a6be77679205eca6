/** Prompts and chats: each call picks one, shaped as the plan says. */
import { DEFAULT_INPUT_PLAN, type InputPlan } from "../../../plan/inputs.ts";
import type { Random } from "../../core/random.ts";
import { countWords } from "../../core/text.ts";
import { type Conversation, Conversations } from "./conversation.ts";
import type { Entry } from "../read/entry.ts";
import type { CallInputs, ChatTurn, InputPick, OutputLimit, PickContext, PickFacts, Source } from "../inputs.ts";
import type { Order } from "../order.ts";
import { Picker } from "./picker.ts";
import { drawLength, prefixText, wordText } from "./words.ts";

/** Texts that one worker keeps for one service; bytes. Requests made from them are not included. */
const KEPT_BYTES = 32 * 1024 * 1024;

/** An entry in memory, with the inputs made from it for all calls. */
interface Kept {
  entry: Entry;
  words: number | null;
  prompt: InputPick<string> | null;
  chat: InputPick<readonly ChatTurn[]> | null;
}

/** Parts of a source of texts. */
export interface TextParts {
  order: Order;
  /** Reads one entry by its number. */
  load(entry: number): Entry;
  plan: InputPlan;
  /** The service's limit of an answer; tokens. */
  max_tokens: number;
}

/** The texts of one service, as prompts and as chats. */
export class TextSource {
  readonly #parts: TextParts;
  readonly #picker: Picker<Kept>;
  readonly #conversations: Conversations;
  readonly #prefixes: readonly string[];
  /** Distinguishes runs; numbers distinguish the calls of a run. */
  readonly #run = crypto.randomUUID().slice(0, 8);
  /** The same for all calls that pick no length of their own. */
  readonly #limit: OutputLimit | null;
  /** Entries are sent unchanged, so requests made from them may be kept. */
  readonly #plain: boolean;

  constructor(parts: TextParts) {
    this.#parts = parts;
    const { plan, order, load } = parts;
    const make = (number: number): Kept => ({ entry: load(number), words: null, prompt: null, chat: null });
    this.#picker = new Picker(order, make, ({ entry }) => weigh(entry), KEPT_BYTES);
    this.#conversations = new Conversations(plan.history_turns);
    const { tokens, groups } = plan.shared_prefix ?? { tokens: 0, groups: 0 };
    this.#prefixes = Array.from({ length: groups }, (_, group) => `${prefixText(tokens, group)}\n\n`);
    this.#limit = fixedLimit(parts);
    const drawn = plan.output_tokens !== null && plan.output_tokens.kind !== "constant";
    this.#plain = !drawn && plan.input_tokens === null && groups === 0 && !plan.unique;
  }

  /** Each entry's first question, as a text to complete or to speak. A given text stays unchanged. */
  prompts(): Source<string> {
    return {
      next: (context) => this.#prompt(context),
      given: (input, { random, inputs }) => {
        report(inputs, () => countWords(input), null);
        return { input, limit: this.#limitFor(null, random), kept: false };
      },
      all: () => this.#all(promptOf),
    };
  }

  /** Each entry as a chat; with histories a user's chat continues from call to call, given texts included. */
  chats(): Source<readonly ChatTurn[]> {
    return {
      next: (context) => this.#chat(context),
      given: (text, context) => this.#continue(context, text),
      all: () => this.#all(chatOf),
    };
  }

  *#all<Input>(make: (entry: Entry) => Input): Iterable<Input> {
    for (const { entry } of this.#picker.all()) yield make(entry);
  }

  #prompt(context: PickContext): InputPick<string> {
    const { random, inputs } = context;
    const { input_tokens } = this.#parts.plan;
    if (input_tokens !== null) {
      return this.#shaped(wordText(drawLength(input_tokens, random), () => random.next()), context);
    }
    const { value, repeated } = this.#picker.pick(random);
    const { entry } = value;
    if (!this.#plain) return this.#shaped(promptOf(entry), context, entry, repeated);
    report(inputs, () => value.words ??= countWords(promptOf(entry)), repeated);
    return value.prompt ??= { input: promptOf(entry), limit: this.#limitFor(entry, random), kept: true };
  }

  #shaped(
    text: string,
    { random, inputs }: PickContext,
    entry: Entry | null = null,
    repeated: boolean | null = null,
  ): InputPick<string> {
    const input = this.#beginning(random) + text;
    report(inputs, () => countWords(input), this.#parts.plan.unique ? false : repeated);
    return { input, limit: this.#limitFor(entry, random), kept: false };
  }

  #chat(context: PickContext): InputPick<readonly ChatTurn[]> {
    const { random, inputs } = context;
    const { plan } = this.#parts;
    if (plan.history_turns > 0) return this.#continue(context, null);
    if (plan.input_tokens !== null) {
      return this.#asChat(this.#shaped(wordText(drawLength(plan.input_tokens, random), () => random.next()), context));
    }
    const { value, repeated } = this.#picker.pick(random);
    const { entry } = value;
    if (this.#plain) {
      report(inputs, () => value.words ??= wordsOf(chatOf(entry)), repeated);
      const limit = this.#limitFor(entry, random);
      return value.chat ??= { input: chatOf(entry), limit, fields: entry.fields, kept: true };
    }
    const input = beginWith(this.#beginning(random), chatOf(entry));
    report(inputs, () => wordsOf(input), plan.unique ? false : repeated);
    return { input, limit: this.#limitFor(entry, random), fields: entry.fields, kept: false };
  }

  #asChat({ input, limit }: InputPick<string>): InputPick<readonly ChatTurn[]> {
    return { input: [{ role: "user", content: input }], limit, kept: false };
  }

  /** The user's next question with the conversation before it. */
  #continue({ user, random, inputs }: PickContext, given: string | null): InputPick<readonly ChatTurn[]> {
    if (given !== null && this.#parts.plan.history_turns === 0) {
      const input = beginWith(this.#beginning(random), [{ role: "user", content: given }]);
      report(inputs, () => wordsOf(input), null);
      return { input, limit: this.#limitFor(null, random), kept: false };
    }
    const talk = this.#conversations.of(user);
    const question = given ?? this.#question(talk, random);
    if (talk.full) talk.begin([], null);
    if (talk.beginning === null) talk.beginning = this.#beginning(random);
    const input = beginWith(talk.beginning, talk.ask(question));
    report(inputs, () => wordsOf(input), this.#parts.plan.unique ? false : null, (answer) => talk.answered(answer));
    return { input, limit: this.#limitFor(talk.entry, random), fields: talk.entry?.fields ?? null, kept: false };
  }

  /**
   * The user's next question: the remaining questions of the present entry one by one, then those of the next entry.
   */
  #question(talk: Conversation, random: Random): string {
    const { input_tokens } = this.#parts.plan;
    if (input_tokens !== null) return wordText(drawLength(input_tokens, random), () => random.next());
    const waiting = talk.full ? undefined : talk.questions.shift();
    if (waiting !== undefined) return waiting;
    const { entry } = this.#picker.pick(random).value;
    const asked = entry.turns.filter(({ role }) => role === "user").map(({ content }) => content);
    const system = entry.turns.filter(({ role }) => role === "system");
    if (asked.length > 1 || system.length > 0 || talk.full) talk.begin(system, entry);
    talk.entry = entry;
    talk.questions = asked.slice(1);
    return asked[0] as string;
  }

  /** The text before a prompt: a shared prefix, then the mark that makes it unique. */
  #beginning(random: Random): string {
    const prefixes = this.#prefixes;
    const at = prefixes.length > 1 ? Math.floor(random.next() * prefixes.length) : 0;
    const tag = this.#parts.plan.unique ? `[${this.#run}-${this.#parts.order.number(random)}] ` : "";
    return (prefixes[at] ?? "") + tag;
  }

  #limitFor(entry: Entry | null, random: Random): OutputLimit | null {
    const { output_tokens, exact_output } = this.#parts.plan;
    if (output_tokens !== null) {
      return this.#limit ?? { max_tokens: drawLength(output_tokens, random), exact: exact_output };
    }
    const own = entry?.max_tokens ?? null;
    return own === null ? this.#limit : { max_tokens: own, exact: exact_output };
  }
}

/** Reports a pick to its call if the call needs the facts; words are counted only then. */
function report(
  inputs: CallInputs | null,
  words: () => number,
  repeated: boolean | null,
  answered?: PickFacts["answered"],
): void {
  if (inputs !== null) inputs.picked({ words: words(), repeated, ...(answered !== undefined && { answered }) });
}

/** The limit of calls that pick none and whose entries have none; null: that of the service's options. */
function fixedLimit({ plan: { output_tokens, exact_output }, max_tokens }: TextParts): OutputLimit | null {
  if (output_tokens?.kind === "constant") return { max_tokens: output_tokens.value, exact: exact_output };
  return output_tokens === null && exact_output ? { max_tokens, exact: true } : null;
}

/** Whether a plan changes neither the texts nor their order. */
export function isDefault(plan: InputPlan): boolean {
  return JSON.stringify(plan) === JSON.stringify({ ...DEFAULT_INPUT_PLAN, field: plan.field });
}

const weigh = ({ turns, fields }: Entry): number =>
  turns.reduce((sum, { content, tool_calls }) => sum + 2 * content.length + weighJson(tool_calls) + 100, 100) +
  weighJson(fields);
const weighJson = (value: unknown): number => (value ?? null) === null ? 0 : 2 * JSON.stringify(value).length;
const wordsOf = (turns: readonly ChatTurn[]): number =>
  turns.reduce((sum, { content }) => sum + countWords(content), 0);

/** The user's first question. */
function promptOf({ turns }: Entry): string {
  return turns.find(({ role }) => role === "user")?.content ?? "";
}

/** A conversation up to the first question, or result of a tool, that no answer follows. */
function chatOf({ turns }: Entry): readonly ChatTurn[] {
  const open = turns.findIndex(({ role }, at) => {
    const next = turns[at + 1]?.role;
    return (role === "user" || role === "tool") && next !== "assistant" && next !== "tool";
  });
  return turns.slice(0, open + 1);
}

function beginWith(beginning: string, turns: readonly ChatTurn[]): readonly ChatTurn[] {
  const [first, ...rest] = turns;
  return beginning === "" || first === undefined ? turns : [{ ...first, content: beginning + first.content }, ...rest];
}
