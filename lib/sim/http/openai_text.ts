/** OpenAI's chat, completions and embeddings over the simulated language model. */
import * as llm from "../../../proto/llm.ts";
import { StatusCode } from "../../transport/status.ts";
import { countTokens } from "../model/text.ts";
import { type Backend, BackendError } from "./backend.ts";
import { eventBytes, streamReply } from "./event_stream.ts";
import {
  checkModel,
  errorBody,
  type Fields,
  type Frame,
  frameOf,
  MODEL,
  OpenAiRefusal,
  usageOf,
} from "./openai_shapes.ts";
import type { OpenAiBehaviour } from "./openai_behaviour.ts";
import { jsonReply } from "./server.ts";

const CHAT = [llm.ChatRequest, llm.ChatResponse] as const;
const GENERATE = [llm.GenerationRequest, llm.GenerationResponse] as const;
const EMBED = [llm.EmbeddingRequest, llm.EmbeddingResponse] as const;

/** Whether the request is of /v1/chat/completions or of /v1/completions. */
export type TextKind = "chat" | "completion";

/** A checked request. */
interface Question {
  kind: TextKind;
  messages: { role: string; content: string }[];
  prompt: string;
  max_tokens: number;
  temperature: number;
  usage: boolean;
}

/**
 * Answers a chat or completes a prompt, whole or as a stream.
 * @throws {OpenAiRefusal | BackendError}
 */
export async function answerText(
  backend: Backend,
  behaviour: OpenAiBehaviour,
  kind: TextKind,
  fields: Fields,
  request: Request,
): Promise<Response> {
  checkModel(fields.model);
  const question = readQuestion(kind, fields, behaviour);
  const caller = typeof fields.user === "string" ? fields.user : "openai";
  if (fields.stream === true) return await stream(backend, behaviour, question, caller, request.signal);
  return await whole(backend, question, caller, request.signal);
}

function readQuestion(kind: TextKind, fields: Fields, { form }: OpenAiBehaviour): Question {
  const messages = kind === "chat" ? readMessages(fields.messages) : [];
  const prompt = kind === "chat" ? messages.map(({ content }) => content).join("\n") : fields.prompt;
  if (typeof prompt !== "string") throw new OpenAiRefusal(400, "prompt: a text is required");
  const limit = fields.max_completion_tokens ?? fields.max_tokens ?? 0;
  if (typeof limit !== "number" || limit < 0) throw new OpenAiRefusal(400, "max_tokens must be at least 1");
  const options = fields.stream_options as { include_usage?: unknown } | null | undefined;
  const asked = options === null || options === undefined ? false : options.include_usage ?? form === "old";
  return {
    kind,
    messages,
    prompt,
    max_tokens: limit,
    temperature: typeof fields.temperature === "number" ? fields.temperature : 1,
    usage: asked === true,
  };
}

function readMessages(value: unknown): { role: string; content: string }[] {
  if (!Array.isArray(value) || value.length === 0) throw new OpenAiRefusal(400, "messages: a list is required");
  return value.map((message: { role?: unknown; content?: unknown } | null) => {
    const { role, content } = message ?? {};
    if (typeof role !== "string") throw new OpenAiRefusal(400, "messages: each needs a role");
    return { role, content: typeof content === "string" ? content : JSON.stringify(content ?? "") };
  });
}

/** Converts the request to a call of the language model. */
function callOf({ kind, messages, prompt, max_tokens, temperature }: Question, stream: boolean) {
  const params = { max_tokens, temperature };
  return kind === "chat"
    ? {
      path: stream ? llm.PATHS.chatStream : llm.PATHS.chat,
      request: llm.ChatRequest.encode({ messages, params, stream }),
    }
    : {
      path: stream ? llm.PATHS.generateStream : llm.PATHS.generate,
      request: llm.GenerationRequest.encode({ prompt, params, stream }),
    };
}

function stream(
  backend: Backend,
  behaviour: OpenAiBehaviour,
  question: Question,
  caller: string,
  signal: AbortSignal,
): Promise<Response> {
  const chunks = new TextChunks(question, behaviour);
  return streamReply(backend, {
    ...callOf(question, true),
    caller,
    content_type: "text/event-stream; charset=utf-8",
    message: (bytes) => chunks.message(bytes),
    end: (code, details) => chunks.end(code, details),
  }, signal);
}

/** The chunks of one answer. */
class TextChunks {
  readonly #frame: Frame;
  #words = 0;
  #finish = "stop";
  #error = false;

  constructor(readonly question: Question, readonly behaviour: OpenAiBehaviour) {
    this.#frame = frameOf(question.kind, true, MODEL);
  }

  /** The chunks for one word of the model; null: cut the stream off. */
  message(bytes: Uint8Array): Uint8Array | null {
    const { text, is_final, finish_reason } = this.#read(bytes);
    if (is_final) this.#finish = finish_reason === llm.FinishReason.LENGTH ? "length" : "stop";
    if (finish_reason === llm.FinishReason.ERROR) {
      this.#error = true;
      return new Uint8Array(0);
    }
    if (this.behaviour.truncates && this.#words === 1) return null;
    // The role comes with the first output.
    const role = this.#words === 0 && this.question.kind === "chat"
      ? [this.#chunk({ role: "assistant", content: "" })]
      : [];
    this.#words++;
    return eventBytes(...role, this.#chunk({ content: text }));
  }

  #read(bytes: Uint8Array) {
    if (this.question.kind === "chat") {
      const { content_delta: text, is_final, finish_reason } = llm.ChatChunk.decode(bytes);
      return { text, is_final, finish_reason };
    }
    const { token: text, is_final, finish_reason } = llm.GenerationChunk.decode(bytes);
    return { text, is_final, finish_reason };
  }

  #chunk(delta: { role?: string; content?: string }, finish_reason: string | null = null) {
    const said = this.question.kind === "chat" ? { delta } : { text: delta.content ?? "" };
    return { ...this.#frame, choices: [{ index: 0, ...said, logprobs: null, finish_reason }] };
  }

  /** The chunks after the last word. */
  end(code: number, details: string): Uint8Array {
    if (this.#error || code !== StatusCode.OK) {
      const message = this.#error ? "simulated error in the stream" : details;
      return eventBytes(errorBody(500, message, this.behaviour.form), "[DONE]");
    }
    const usage = { ...this.#frame, choices: [], usage: usageOf(countTokens(this.question.prompt), this.#words) };
    return eventBytes(this.#chunk({}, this.#finish), ...(this.question.usage ? [usage] : []), "[DONE]");
  }
}

async function whole(backend: Backend, question: Question, caller: string, signal: AbortSignal): Promise<Response> {
  const { max_tokens, temperature, messages, prompt, kind } = question;
  const params = { max_tokens, temperature };
  const frame = frameOf(kind, false, MODEL);
  const answer = (choice: Record<string, unknown>, tokens: number, failed: boolean) => {
    if (failed) throw new BackendError(StatusCode.INTERNAL, "simulated error in the answer");
    const finish_reason = max_tokens > 0 && tokens >= max_tokens ? "length" : "stop";
    const choices = [{ index: 0, ...choice, logprobs: null, finish_reason }];
    return jsonReply({ ...frame, choices, usage: usageOf(countTokens(prompt), tokens) });
  };
  if (kind === "chat") {
    const reply = await backend.ask(llm.PATHS.chat, CHAT, { messages, params }, caller, signal);
    const message = { role: "assistant", content: reply.message?.content ?? "" };
    return answer({ message }, reply.tokens_generated, false);
  }
  const reply = await backend.ask(llm.PATHS.generate, GENERATE, { prompt, params }, caller, signal);
  return answer({ text: reply.text }, reply.tokens_generated, reply.finish_reason === llm.FinishReason.ERROR);
}

/**
 * Embeds one text or several.
 * @throws {OpenAiRefusal | BackendError}
 */
export async function embedText(backend: Backend, fields: Fields, signal: AbortSignal): Promise<Response> {
  checkModel(fields.model);
  const texts = Array.isArray(fields.input) ? fields.input : [fields.input];
  if (!texts.every((text) => typeof text === "string")) throw new OpenAiRefusal(400, "input: texts are required");
  const { embeddings, dimension } = await backend.ask(llm.PATHS.embed, EMBED, { texts }, "openai", signal);
  const data = Array.from({ length: embeddings.length / dimension }, (_, index) => ({
    object: "embedding",
    index,
    embedding: embeddings.slice(index * dimension, (index + 1) * dimension),
  }));
  const prompt_tokens = texts.reduce((sum: number, text: string) => sum + countTokens(text), 0);
  return jsonReply({ object: "list", data, model: MODEL, usage: { prompt_tokens, total_tokens: prompt_tokens } });
}
