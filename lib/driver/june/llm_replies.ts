/** Decides what counts as an answer of June's language model service. */
import * as llm from "../../../proto/llm.ts";
import type { TextChunkReader } from "../../../proto/text_chunk.ts";
import type { Content, Marks } from "../driver.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import { NO_CONTENT, type Reply } from "../core/reply.ts";
import { StreamedText } from "../core/streamed_text.ts";
import { countWords } from "../core/text.ts";

const EMPTY_TEXT = semantic("empty_text", "Status OK, but no text came");
const FINISH_ERROR = semantic("finish_error", "Status OK, but the answer ended with finish_reason ERROR");
const MISSING_FINAL = semantic("missing_final", "The text stream ended with status OK before its last chunk");
const EMPTY_EMBEDDING = semantic("empty_embedding", "Status OK, but no embedding came");

/** Length fields of both unary answers. */
interface AnswerCounts {
  tokens_generated: number;
  usage: llm.UsageStats | null;
}

/**
 * Length of an answer in the server's own tokens, or in words where it reports none; 0 in a proto means "not reported".
 */
function answerContent(text: string, { tokens_generated, usage }: AnswerCounts): Content {
  const tokens = usage?.completion_tokens || tokens_generated;
  const output = tokens > 0
    ? { count: tokens, unit: "tokens" as const }
    : { count: countWords(text), unit: "words" as const };
  const prompt_tokens = usage?.prompt_tokens ?? 0;
  return prompt_tokens > 0 ? { output, prompt_tokens } : { output };
}

/** The reply to Generate. */
export class GenerationReply implements Reply {
  #response: llm.GenerationResponse | null = null;

  constructor(readonly marks: Marks) {}

  read(bytes: Uint8Array): number {
    const response = this.#response = llm.GenerationResponse.decode(bytes);
    if (response.text !== "") this.marks.text?.(response.text);
    return response.text !== "" || response.tool_calls.length > 0 ? 0 : NO_CONTENT;
  }

  judge(): Fault | null {
    const response = this.#response;
    if (response?.finish_reason === llm.FinishReason.ERROR) return FINISH_ERROR;
    return response !== null && (response.text !== "" || response.tool_calls.length > 0) ? null : EMPTY_TEXT;
  }

  content(): Content {
    return this.#response === null ? {} : answerContent(this.#response.text, this.#response);
  }
}

/** The reply to Chat; it carries no finish reason. */
export class ChatReply implements Reply {
  #response: llm.ChatResponse | null = null;

  constructor(readonly marks: Marks) {}

  read(bytes: Uint8Array): number {
    this.#response = llm.ChatResponse.decode(bytes);
    const { message } = this.#response;
    if (message !== null && message.content !== "") this.marks.text?.(message.content);
    return this.judge() === null ? 0 : NO_CONTENT;
  }

  judge(): Fault | null {
    const message = this.#response?.message ?? null;
    return message !== null && (message.content !== "" || message.tool_calls.length > 0) ? null : EMPTY_TEXT;
  }

  content(): Content {
    return this.#response === null ? {} : answerContent(this.#response.message?.content ?? "", this.#response);
  }
}

/**
 * The replies to GenerateStream and ChatStream. The status ends the call, not the flag on the last chunk. June counts
 * no tokens in streams, so the length of the answer is in words.
 */
export class TextStreamReply implements Reply {
  readonly #text: StreamedText;
  #error = false;
  #content = false;
  #final = false;

  /** @param chunk reads the chunks; calls share it, since each chunk is read at once */
  constructor(readonly chunk: TextChunkReader, marks: Marks) {
    this.#text = new StreamedText(marks);
  }

  read(bytes: Uint8Array): number {
    const { chunk } = this;
    chunk.read(bytes);
    // The finish reason's default is STOP, so it is read on the final chunk only.
    if (chunk.is_final) {
      this.#final = true;
      this.#error ||= chunk.finish_reason === llm.FinishReason.ERROR;
    }
    const { text_from, text_to } = chunk;
    const isNew = text_to > text_from && this.#text.addBytes(bytes, text_from, text_to);
    if (!isNew && !chunk.has_tool_calls) return NO_CONTENT;
    this.#content = true;
    return 0;
  }

  judge(): Fault | null {
    if (this.#error) return FINISH_ERROR;
    if (!this.#content) return EMPTY_TEXT;
    this.#text.finish();
    return this.#final ? null : MISSING_FINAL;
  }

  content(): Content {
    const { words, repeats } = this.#text;
    return { output: { count: words, unit: "words" }, ...(repeats && { notes: ["text_repeated"] }) };
  }
}

/** The reply to Embed: rows of `dimension` numbers, one row for the one text. */
export class EmbeddingReply implements Reply {
  #count = 0;
  #dimension = 0;

  read(bytes: Uint8Array): number {
    const response = llm.EmbeddingResponse.decode(bytes);
    this.#count = response.embeddings.length;
    this.#dimension = response.dimension;
    return this.#count > 0 ? 0 : NO_CONTENT;
  }

  judge(): Fault | null {
    if (this.#count === 0) return EMPTY_EMBEDDING;
    if (this.#dimension === this.#count) return null;
    const found = `${this.#count} numbers came for one text, but the dimension is ${this.#dimension}`;
    return semantic("embedding_size", found);
  }
}
