/**
 * Decides what counts as an answer of a language model: text, reasoning and tool calls, whole or as a stream of events.
 */
import type { Content, Marks } from "../driver.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { countWords } from "../core/text.ts";
import type { BodyReply } from "./call.ts";
import { arrayIn, type Fields, fieldsOf, JsonBody, numberIn, refuseErrors, textIn } from "./json.ts";
import { acceptEvents, EventStream } from "./events.ts";

const EMPTY_TEXT = semantic("empty_text", "HTTP 200, but no answer came");
const FINISH_ERROR = semantic("finish_error", "HTTP 200, but the answer ended with an error or was aborted");

/** Finish reasons that are not failures. Others, such as vLLM's `abort` and `error`, are. */
const BAD_FINISHES = new Set(["error", "abort"]);

/** The content of one choice of a chunk or of an answer. */
interface Piece {
  /** Text of the answer itself. */
  text: string;
  /** It also has reasoning or tool calls. */
  more: boolean;
}

const isFilled = (value: unknown): boolean => typeof value === "string" ? value !== "" : fieldsOf(value) !== null;

/** Reads `delta` of a chunk, `message` of an answer, or the choice itself of /v1/completions. */
function pieceOf(choice: Fields): Piece {
  const from = fieldsOf(choice.delta) ?? fieldsOf(choice.message) ?? choice;
  const text = textIn(from, "content") + textIn(from, "text") + textIn(from, "refusal");
  const more = isFilled(from.reasoning) || isFilled(from.reasoning_content) || arrayIn(from, "tool_calls").length > 0 ||
    isFilled(from.function_call);
  return { text, more };
}

/** Counts and state of an answer, besides its text. */
class Answer {
  /** Words of the text; counted only where the server counts no tokens. */
  text = "";
  /** Content that a user would notice has come. */
  content = false;
  #finish: string | null = null;
  #choices = 0;
  #output: number | null = null;
  #prompt: number | null = null;

  /**
   * Takes a chunk or an answer, and reports to the marks.
   * @throws {BadReply} for an error in place of an answer
   */
  take(fields: Fields, marks: Marks): void {
    refuseErrors(fields);
    for (const item of arrayIn(fields, "choices")) this.#choice(fieldsOf(item) ?? {}, marks);
    const usage = fieldsOf(fields.usage);
    if (usage === null) return;
    this.#output = numberIn(usage, "completion_tokens") ?? this.#output;
    this.#prompt = numberIn(usage, "prompt_tokens") ?? this.#prompt;
  }

  #choice(choice: Fields, marks: Marks): void {
    this.#choices++;
    if (typeof choice.finish_reason === "string") this.#finish = choice.finish_reason;
    const { text, more } = pieceOf(choice);
    if (text === "" && !more) return;
    this.content = true;
    this.text += text;
    if (text !== "") marks.text?.(text);
    marks.content();
  }

  /** What is wrong with it, or null; a finished answer may be empty. */
  judge(): Fault | null {
    if (this.#finish !== null && BAD_FINISHES.has(this.#finish)) return FINISH_ERROR;
    return this.content || (this.#choices > 0 && this.#finish !== null) ? null : EMPTY_TEXT;
  }

  result(): Content {
    const output = this.#output !== null
      ? { count: this.#output, unit: "tokens" as const }
      : { count: countWords(this.text), unit: "words" as const };
    return this.#prompt === null ? { output } : { output, prompt_tokens: this.#prompt };
  }
}

/** A stream of chunks: chat and completions. */
export class TextStream implements BodyReply {
  readonly #marks: Marks;
  readonly #answer = new Answer();
  readonly #events = new EventStream((fields) => this.#answer.take(fields, this.#marks));

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  accept(type: string): Fault | null {
    return acceptEvents(type);
  }

  data(bytes: Uint8Array): void {
    this.#events.push(bytes);
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
  readonly #marks: Marks;
  readonly #answer = new Answer();

  constructor(marks: Marks) {
    super();
    this.#marks = marks;
  }

  protected override read(fields: Fields): Fault | null {
    this.#answer.take(fields, this.#marks);
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
