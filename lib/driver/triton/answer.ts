/** Collects the replies to one request, and decides whether they are an answer. */
import { textAt } from "../../../proto/codec.ts";
import type { OutputStretches, Stretch } from "../../../proto/infer_reply.ts";
import { inferReplies, TensorContents } from "../../../proto/kserve.ts";
import type { AnswerNote, Content, Marks } from "../driver.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { NO_CONTENT, type Reply } from "../core/reply.ts";
import { StreamedText } from "../core/streamed_text.ts";
import { eachText, integersOf } from "./raw.ts";

const EMPTY_TEXT = semantic("empty_text", "Status OK, but no text came");
const EMPTY_REPLY = semantic("empty_reply", "Status OK, but no reply with outputs came");

/** Outputs that count the tokens of a message and of the prompt. Source: TensorRT-LLM's and vLLM's backends. */
const OUTPUT_TOKENS = "num_output_tokens";
const INPUT_TOKENS = "num_input_tokens";

/** Collects the answer to one request. */
export class Answer implements Reply {
  /** Replies with outputs. */
  messages = 0;
  #has_text = false;
  readonly #text: StreamedText;
  readonly #output_tokens = new TokenCounts();
  #prompt_tokens = 0;

  /**
   * @param text_output the output with the generated text; null: the model generates none, and any output is an answer
   */
  constructor(readonly marks: Marks, readonly text_output: string | null) {
    this.#text = new StreamedText(marks);
  }

  read(bytes: Uint8Array): number {
    inferReplies.readWhole(bytes);
    return this.take(bytes, inferReplies.outputs) ? 0 : NO_CONTENT;
  }

  /**
   * Takes a reply with outputs; true: it has content that a user would notice.
   * @throws {Error} for a malformed tensor
   */
  take(bytes: Uint8Array, outputs: readonly OutputStretches[]): boolean {
    this.messages++;
    let text = false;
    for (const output of outputs) {
      const { from, to } = output.name;
      const name = textAt(bytes, from, to);
      if (name === this.text_output) text = this.#takeText(bytes, output);
      else if (name === OUTPUT_TOKENS) this.#output_tokens.add(sum(wholeNumbers(bytes, output)));
      else if (name === INPUT_TOKENS) this.#prompt_tokens ||= wholeNumbers(bytes, output)[0] ?? 0;
    }
    return this.text_output === null || text;
  }

  #takeText(bytes: Uint8Array, { raw, contents }: OutputStretches): boolean {
    let any = false;
    const take = (bytes: Uint8Array, from: number, to: number) => {
      if (from < to && this.#text.addBytes(bytes, from, to)) any = true;
    };
    if (raw !== null) eachText(bytes, raw, (from, to) => take(bytes, from, to));
    else for (const text of typed(bytes, contents).bytes_contents) take(text, 0, text.length);
    this.#has_text ||= any;
    return any;
  }

  judge(): Fault | null {
    this.#text.finish();
    if (this.messages === 0 && this.text_output === null) return EMPTY_REPLY;
    return this.text_output === null || this.#has_text ? null : EMPTY_TEXT;
  }

  content(): Content {
    const { words, repeats } = this.#text;
    const tokens = this.#output_tokens.total(repeats);
    const more = {
      ...(this.#prompt_tokens > 0 && { prompt_tokens: this.#prompt_tokens }),
      ...(repeats && { notes: ["text_repeated"] satisfies AnswerNote[] }),
    };
    if (tokens > 0) return { output: { count: tokens, unit: "tokens" }, ...more };
    return this.text_output === null ? more : { output: { count: words, unit: "words" }, ...more };
  }
}

/** The counts of tokens that come with messages: of each message or, where texts repeat, of all so far. */
class TokenCounts {
  #messages = 0;
  #sum = 0;
  #last = 0;
  /** No count was below the one before it. */
  #rising = true;

  add(count: number): void {
    this.#rising &&= count >= this.#last;
    this.#messages++;
    this.#sum += count;
    this.#last = count;
  }

  /** A message has a token at least, so a count of all so far is no smaller than the number of messages. */
  total(repeats: boolean): number {
    return repeats && this.#rising && this.#last >= this.#messages ? this.#last : this.#sum;
  }
}

/** Elements of an output with a count; Triton sends them raw, other servers may not. */
function wholeNumbers(bytes: Uint8Array, { datatype, raw, contents }: OutputStretches): number[] {
  if (raw !== null) {
    return integersOf(textAt(bytes, datatype.from, datatype.to), bytes.subarray(raw.from, raw.to));
  }
  const { int_contents, int64_contents, uint_contents, uint64_contents } = typed(bytes, contents);
  return [...int_contents, ...int64_contents, ...uint_contents, ...uint64_contents];
}

function typed(bytes: Uint8Array, { from, to }: Stretch): TensorContents {
  return TensorContents.decode(bytes.subarray(from, to));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
