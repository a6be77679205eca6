/**
 * Decides what counts as an answer of a language model: text, reasoning and tool calls, whole or as a stream of events.
 */
import type { AnswerNote, Content, Marks } from "../driver.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { StreamedText } from "../core/streamed_text.ts";
import { oneLine } from "../core/text.ts";
import type { BodyReply } from "./call.ts";
import { arrayIn, type Fields, fieldsOf, JsonBody, numberIn, refuseErrors, textIn } from "./json.ts";
import { acceptEvents, EventStream } from "./events.ts";

const EMPTY_TEXT = semantic("empty_text", "HTTP 200, but no answer came");

/**
 * Finish reasons of a good answer, in lower case; every other one is a failure. Those of OpenAI come first; then Azure's
 * and Anthropic's way to say the same, TGI's (`eos_token`, `stop_sequence`), Mistral's and Google's. vLLM, NIM, SGLang and
 * llama.cpp use OpenAI's; their `abort`, `error` and `cancelled` are no answers.
 */
const GOOD_FINISHES: ReadonlySet<string> = new Set([
  "stop",
  "length",
  "tool_calls",
  "function_call",
  "content_filter",
  "eos_token",
  "eos",
  "stop_sequence",
  "end_turn",
  "max_tokens",
  "model_length",
  "tool_use",
  "tool_call",
]);

/** The content of one choice of a chunk or of an answer. */
interface Piece {
  /** Text of the answer itself. */
  text: string;
  /** It also has reasoning, tool calls or sound. */
  more: boolean;
}

const isFilled = (value: unknown): boolean =>
  typeof value === "string" ? value !== "" : Array.isArray(value) ? value.length > 0 : fieldsOf(value) !== null;

/** Members that hold a model's reasoning, by server: vLLM and SGLang, OpenRouter and new vLLM, Mistral and others. */
const REASONING = ["reasoning_content", "reasoning", "reasoning_details", "thinking"] as const;
/** Members of an answer that is no text. */
const OTHER_CONTENT = ["tool_calls", "function_call", "audio", "images"] as const;

/** Reads `delta` of a chunk, `message` of an answer, or the choice itself of /v1/completions. */
function pieceOf(choice: Fields): Piece {
  const from = fieldsOf(choice.delta) ?? fieldsOf(choice.message) ?? choice;
  const listed = partsIn(from.content);
  const text = textIn(from, "content") + listed.text + textIn(from, "text") + textIn(from, "refusal");
  const more = listed.more || [...REASONING, ...OTHER_CONTENT].some((name) => isFilled(from[name]));
  return { text, more };
}

/** Content as a list of parts: texts, refusals, and others such as `thinking`. */
function partsIn(content: unknown): Piece {
  const parts = Array.isArray(content) ? content : [];
  const piece = { text: "", more: false };
  for (const part of parts) {
    const fields = fieldsOf(part);
    const text = typeof part === "string" ? part : textIn(fields ?? {}, "text") + textIn(fields ?? {}, "refusal");
    piece.text += text;
    piece.more ||= text === "" && fields !== null &&
      Object.entries(fields).some(([key, value]) => key !== "type" && isFilled(value));
  }
  return piece;
}

/** More tokens than this no answer has. */
const MAX_TOKENS = 10_000_000;
/** Words that one token may hold: a count that says more words a token is wrong. */
const MAX_WORDS_PER_TOKEN = 4;

/** Counts and state of an answer, besides its text. */
class Answer {
  readonly #text: StreamedText;
  /** Text of the answer itself has come. */
  #answered = false;
  /** Content that a user would notice has come. */
  content = false;
  /** Content other than the answer's text came before it. */
  #reasoned = false;
  #finish: string | null = null;
  #choices = 0;
  /** As the server counted, whether or not it can be true. */
  #output: unknown;
  #prompt: number | null = null;
  readonly #marks: Marks;

  constructor(marks: Marks) {
    this.#marks = marks;
    this.#text = new StreamedText(marks);
  }

  /**
   * Takes a chunk or an answer, and reports to the marks.
   * @throws {BadReply} for an error in place of an answer
   */
  take(fields: Fields): void {
    const choices = arrayIn(fields, "choices");
    refuseErrors(fields, choices.length > 0);
    for (const item of choices) this.#choice(fieldsOf(item) ?? {});
    const usage = fieldsOf(fields.usage);
    if (usage === null) return;
    this.#output = usage.completion_tokens ?? this.#output;
    this.#prompt = numberIn(usage, "prompt_tokens") ?? this.#prompt;
  }

  #choice(choice: Fields): void {
    this.#choices++;
    refuseErrors({ error: choice.error ?? fieldsOf(choice.delta)?.error }, true);
    if (typeof choice.finish_reason === "string" && choice.finish_reason !== "") this.#finish = choice.finish_reason;
    const { text, more } = pieceOf(choice);
    const isNew = text !== "" && this.#text.add(text);
    if (!isNew && !more) return;
    const isFirstText = isNew && !this.#answered;
    this.content = true;
    this.#marks.content();
    if (isFirstText) this.#marks.answer?.(this.#reasoned);
    this.#answered ||= isNew;
    this.#reasoned ||= more;
  }

  /** What is wrong with it, or null; a finished answer may be empty. */
  judge(): Fault | null {
    this.#text.finish();
    const finish = this.#finish;
    if (finish !== null && !GOOD_FINISHES.has(finish.toLowerCase())) {
      return semantic("finish_error", `HTTP 200, but the answer ended with the finish reason "${oneLine(finish)}"`);
    }
    return this.content || (this.#choices > 0 && finish !== null) ? null : EMPTY_TEXT;
  }

  result(): Content {
    const { words, repeats } = this.#text;
    const tokens = this.#tokens(words);
    const output = tokens !== null
      ? { count: tokens, unit: "tokens" as const }
      : { count: words, unit: "words" as const };
    const notes: AnswerNote[] = [];
    if (this.#finish === null) notes.push("no_finish_reason");
    if (!this.content) notes.push("no_content");
    if (tokens === null && this.#output !== undefined) notes.push("absurd_usage");
    if (repeats) notes.push("text_repeated");
    return {
      output,
      ...(this.#prompt !== null && { prompt_tokens: this.#prompt }),
      ...(notes.length > 0 && { notes }),
    };
  }

  /** The server's count of tokens; null where there is none, or where it cannot be true beside the text that came. */
  #tokens(words: number): number | null {
    const count = this.#output;
    if (typeof count !== "number" || !Number.isInteger(count) || count < 0 || count > MAX_TOKENS) return null;
    if (count === 0 && this.content) return null;
    return count * MAX_WORDS_PER_TOKEN < words ? null : count;
  }
}

/** A stream of chunks: chat and completions. */
export class TextStream implements BodyReply {
  readonly #answer: Answer;
  readonly #events = new EventStream((fields) => this.#answer.take(fields));

  constructor(marks: Marks) {
    this.#answer = new Answer(marks);
  }

  accept(type: string): Fault | null {
    return acceptEvents(type);
  }

  data(bytes: Uint8Array): void {
    this.#events.push(bytes);
  }

  get done(): boolean {
    return this.#events.done;
  }

  judge(): Fault | null {
    return this.#events.judge() ?? this.#answer.judge();
  }

  content(): Content {
    return this.#answer.result();
  }
}

/** A whole answer. */
export class WholeText extends JsonBody {
  readonly #answer: Answer;

  constructor(marks: Marks) {
    super();
    this.#answer = new Answer(marks);
  }

  protected override read(fields: Fields): Fault | null {
    this.#answer.take(fields);
    return this.#answer.judge();
  }

  content(): Content {
    return this.#answer.result();
  }
}

/** One embedding for one text: numbers, or their bytes as base64. */
export class Embedding extends JsonBody {
  #prompt: number | null = null;

  protected override read(fields: Fields): Fault | null {
    refuseErrors(fields, "data" in fields);
    this.#prompt = numberIn(fieldsOf(fields.usage) ?? {}, "prompt_tokens");
    const data = arrayIn(fields, "data");
    if (data.length !== 1) {
      return semantic("empty_embedding", `HTTP 200, but ${data.length} embeddings came for one text`);
    }
    const { embedding } = fieldsOf(data[0]) ?? {};
    const filled = Array.isArray(embedding)
      ? embedding.length > 0 && embedding.every((value) => typeof value === "number")
      : isFilled(embedding);
    return filled ? null : semantic("empty_embedding", "HTTP 200, but the embedding is empty or holds no numbers");
  }

  content(): Content {
    return this.#prompt === null ? {} : { prompt_tokens: this.#prompt };
  }
}
