/** What counts as an answer of June's language model service. */
import * as llm from "../../../proto/llm.ts";
import { type Fault, semantic } from "../outcome.ts";
import type { Reply } from "./call.ts";

const EMPTY_TEXT = semantic("empty_text", "Status OK, but no text came");
const FINISH_ERROR = semantic("finish_error", "Status OK, but the answer ended with finish_reason ERROR");
const MISSING_FINAL = semantic("missing_final", "The text stream ended with status OK before its last chunk");
const EMPTY_EMBEDDING = semantic("empty_embedding", "Status OK, but no embedding came");

/** The reply to Generate. */
export class GenerationReply implements Reply {
  #error = false;
  #content = false;

  read(bytes: Uint8Array): boolean {
    const response = llm.GenerationResponse.decode(bytes);
    this.#error = response.finish_reason === llm.FinishReason.ERROR;
    return this.#content = response.text !== "" || response.tool_calls.length > 0;
  }

  judge(): Fault | null {
    if (this.#error) return FINISH_ERROR;
    return this.#content ? null : EMPTY_TEXT;
  }
}

/** The reply to Chat; it carries no finish reason. */
export class ChatReply implements Reply {
  #content = false;

  read(bytes: Uint8Array): boolean {
    const { message } = llm.ChatResponse.decode(bytes);
    return this.#content = message !== null && (message.content !== "" || message.tool_calls.length > 0);
  }

  judge(): Fault | null {
    return this.#content ? null : EMPTY_TEXT;
  }
}

/** What both kinds of text chunk have in common. */
interface TextChunk {
  is_final: boolean;
  tool_calls: readonly llm.ToolCall[];
  finish_reason: number;
}

/** The replies to a text stream. The flag on the last chunk does not end the call, the status does. */
abstract class TextStreamReply implements Reply {
  #error = false;
  #content = false;
  #final = false;

  abstract read(bytes: Uint8Array): boolean;

  /** Takes one chunk. The finish reason's default is STOP, so it is read on the final chunk only. */
  protected take(text: string, chunk: TextChunk): boolean {
    if (chunk.is_final) {
      this.#final = true;
      this.#error ||= chunk.finish_reason === llm.FinishReason.ERROR;
    }
    const content = text !== "" || chunk.tool_calls.length > 0;
    this.#content ||= content;
    return content;
  }

  judge(): Fault | null {
    if (this.#error) return FINISH_ERROR;
    if (!this.#content) return EMPTY_TEXT;
    return this.#final ? null : MISSING_FINAL;
  }
}

/** The replies to GenerateStream. */
export class GenerationStreamReply extends TextStreamReply {
  read(bytes: Uint8Array): boolean {
    const chunk = llm.GenerationChunk.decode(bytes);
    return this.take(chunk.token, chunk);
  }
}

/** The replies to ChatStream. */
export class ChatStreamReply extends TextStreamReply {
  read(bytes: Uint8Array): boolean {
    const chunk = llm.ChatChunk.decode(bytes);
    return this.take(chunk.content_delta, chunk);
  }
}

/** The reply to Embed: rows of `dimension` numbers, one row for the one text. */
export class EmbeddingReply implements Reply {
  #count = 0;
  #dimension = 0;

  read(bytes: Uint8Array): boolean {
    const response = llm.EmbeddingResponse.decode(bytes);
    this.#count = response.embeddings.length;
    this.#dimension = response.dimension;
    return this.#count > 0;
  }

  judge(): Fault | null {
    if (this.#count === 0) return EMPTY_EMBEDDING;
    if (this.#dimension === this.#count) return null;
    const found = `${this.#count} numbers came for one text, but the dimension is ${this.#dimension}`;
    return semantic("embedding_size", found);
  }
}
