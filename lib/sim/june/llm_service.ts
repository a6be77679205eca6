/** june.llm.LLMInference. */
import * as llm from "../../../proto/llm.ts";
import { StatusCode } from "../../transport/status.ts";
import { draw } from "../model/distribution.ts";
import { oneRequest } from "../call/handlers.ts";
import type { Job, ServiceContext } from "../call/job.ts";
import { drawLlm, type LlmModel, llmService_ms, type ProfileName } from "../model/model.ts";
import { hashText, Random } from "../model/random.ts";
import type { MethodTable } from "../server/server.ts";
import { countTokens, makeWords } from "../model/text.ts";

/** Longest prompt that June accepts; characters. */
const MAX_PROMPT_CHARACTERS = 100_000;
/** June's servers split a finished text into words and pause after each. */
const JUNE_WORD_PAUSE_MS = 10;
/** Length of an embedding. */
const DIMENSION = 384;
/** Texts in one embedding request. */
const MAX_EMBED_TEXTS = 1024;

/** An answer with its times, before any of it is sent. */
interface Answer {
  words: string[];
  finish_reason: number;
  first_token_ms: number;
  gap_ms: number;
  /** Work until the last word is made. */
  total_ms: number;
  usage: llm.UsageStats;
}

/** One word of a streamed answer, encoded by the rpc. */
export type EncodeWord = (word: string, index: number, final: boolean, finish_reason: number) => Uint8Array;

/** Serves the language model's rpcs, except its HealthCheck. */
export class LlmService {
  readonly #context: ServiceContext;
  readonly #model: LlmModel;
  readonly #june: boolean;

  constructor(context: ServiceContext, model: LlmModel, profile: ProfileName) {
    this.#context = context;
    this.#model = model;
    this.#june = profile === "june";
  }

  /** Adds the rpcs to a server. */
  register(server: MethodTable): void {
    const context = this.#context;
    server.handle(llm.PATHS.generate, oneRequest(context, llm.GenerationRequest, this.#generate));
    server.handle(llm.PATHS.chat, oneRequest(context, llm.ChatRequest, this.#chat));
    server.handle(llm.PATHS.embed, oneRequest(context, llm.EmbeddingRequest, this.#embed));
    server.handle(
      llm.PATHS.generateStream,
      oneRequest(context, llm.GenerationRequest, (job, request) => {
        this.stream(job, request.prompt, request.params, encodeToken, true);
      }),
    );
    server.handle(
      llm.PATHS.chatStream,
      oneRequest(context, llm.ChatRequest, (job, request) => {
        this.stream(job, promptOf(request), request.params, encodeDelta, !this.#june);
      }),
    );
  }

  /**
   * Answers whole, in another protocol than June's; a call that must fail inside its answer fails.
   * @param encode the only message
   */
  whole(
    job: Job,
    prompt: string,
    params: llm.GenerationParameters,
    encode: (text: string, usage: llm.UsageStats) => Uint8Array,
  ): void {
    const answer = this.#answer(job, prompt, params);
    if (answer === null) return;
    job.step(answer.total_ms, () => {
      if (job.fate.kind === "in_band_error") return job.end(StatusCode.INTERNAL, "the model failed");
      job.reply(encode(answer.words.join(" "), answer.usage));
    });
  }

  readonly #generate = (job: Job, request: llm.GenerationRequest): void => {
    const answer = this.#answer(job, request.prompt, request.params);
    if (answer === null) return;
    const failed = job.fate.kind === "in_band_error";
    const finish_reason = failed ? llm.FinishReason.ERROR : answer.finish_reason;
    job.step(answer.total_ms, () => {
      const text = answer.words.join(" ");
      job.reply(llm.GenerationResponse.encode({ text, finish_reason, ...speedOf(answer), usage: answer.usage }));
    });
  };

  readonly #chat = (job: Job, request: llm.ChatRequest): void => {
    const answer = this.#answer(job, promptOf(request), request.params);
    if (answer === null) return;
    job.step(answer.total_ms, () => {
      const message = { role: "assistant", content: answer.words.join(" ") };
      job.reply(llm.ChatResponse.encode({ message, ...speedOf(answer), usage: answer.usage }));
    });
  };

  readonly #embed = (job: Job, request: llm.EmbeddingRequest): void => {
    const { texts } = request;
    if (texts.length > MAX_EMBED_TEXTS) {
      return job.end(StatusCode.INVALID_ARGUMENT, `${texts.length} texts; at most ${MAX_EMBED_TEXTS} are allowed`);
    }
    const each_ms = draw(this.#model.embed_ms, this.#context.random);
    job.step(each_ms * Math.max(1, texts.length), () => {
      const embeddings = job.fate.kind === "normal" ? texts.flatMap(embedText) : [];
      job.reply(llm.EmbeddingResponse.encode({ embeddings, dimension: DIMENSION }));
    });
  };

  /**
   * Answers word by word.
   * @param encode one word
   * @param tellsErrors a call that must fail inside its answer says so with a word; else it only ends
   * @param nothing the only message of an answer without words; absent: none
   */
  stream(
    job: Job,
    prompt: string,
    params: llm.GenerationParameters | null,
    encode: EncodeWord,
    tellsErrors: boolean,
    nothing?: () => Uint8Array,
  ): void {
    const answer = this.#answer(job, prompt, params);
    if (answer === null) return;
    job.step(this.#june ? answer.total_ms : answer.first_token_ms, () => {
      if (job.fate.kind === "in_band_error" && tellsErrors) job.send(encode("", 0, true, llm.FinishReason.ERROR));
      if (answer.words.length === 0) {
        if (nothing !== undefined) job.send(nothing());
        return job.end(StatusCode.OK, "");
      }
      this.#speak(job, answer, encode, 0);
    });
  }

  /** Sends one word and adds the step for the next. */
  #speak(job: Job, answer: Answer, encode: EncodeWord, index: number): void {
    const final = index === answer.words.length - 1;
    job.send(encode(`${answer.words[index]} `, index, final, final ? answer.finish_reason : llm.FinishReason.STOP));
    if (final) return job.end(StatusCode.OK, "");
    job.step(this.#june ? JUNE_WORD_PAUSE_MS : answer.gap_ms, () => this.#speak(job, answer, encode, index + 1));
  }

  /** Makes the answer, or ends the call for a bad request. */
  #answer(job: Job, prompt: string, params: llm.GenerationParameters | null): Answer | null {
    if (prompt.length > MAX_PROMPT_CHARACTERS) {
      const details = `the prompt has ${prompt.length} characters; at most ${MAX_PROMPT_CHARACTERS} are allowed`;
      job.end(StatusCode.INVALID_ARGUMENT, details);
      return null;
    }
    const random = this.#randomFor(prompt, params);
    const dealt = drawLlm(this.#model, random);
    const limit = params !== null && params.max_tokens > 0 ? params.max_tokens : Infinity;
    const cut = dealt.tokens > limit;
    const tokens = Math.min(dealt.tokens, limit);
    const content = job.fate.kind === "in_band_error" || job.fate.kind === "empty" ? 0 : tokens;
    const words = this.#stopAt(makeWords(random, content), params);
    const prompt_tokens = countTokens(prompt);
    return {
      words,
      finish_reason: cut && !this.#june ? llm.FinishReason.LENGTH : llm.FinishReason.STOP,
      first_token_ms: dealt.first_token_ms,
      gap_ms: dealt.gap_ms,
      total_ms: llmService_ms({ ...dealt, tokens: Math.max(1, words.length) }),
      usage: {
        prompt_tokens,
        completion_tokens: words.length,
        total_tokens: prompt_tokens + words.length,
        prompt_cache_hits: 0,
      },
    };
  }

  /** A request's own seed fixes its answer; June's servers ignore it. */
  #randomFor(prompt: string, params: llm.GenerationParameters | null): Random {
    if (this.#june || params === null || params.seed === 0) return this.#context.random;
    return new Random(hashText(prompt) ^ params.seed);
  }

  /** Cuts the text before the first stop sequence; June's servers ignore them. */
  #stopAt(words: string[], params: llm.GenerationParameters | null): string[] {
    if (this.#june || params === null || params.stop_sequences.length === 0) return words;
    const text = words.join(" ");
    const ends = params.stop_sequences.filter((stop) => stop !== "").map((stop) => text.indexOf(stop));
    const end = Math.min(text.length, ...ends.filter((at) => at >= 0));
    return text.slice(0, end).split(" ").filter((word) => word !== "");
  }
}

function promptOf(request: llm.ChatRequest): string {
  return request.messages.map((message) => message.content).join("\n");
}

function speedOf({ words, total_ms }: Answer): { tokens_generated: number; tokens_per_second: number } {
  return { tokens_generated: words.length, tokens_per_second: total_ms > 0 ? words.length / (total_ms / 1000) : 0 };
}

function encodeToken(token: string, index: number, is_final: boolean, finish_reason: number): Uint8Array {
  return llm.GenerationChunk.encode({ token, index, is_final, finish_reason, logprob: token === "" ? 0 : -0.5 });
}

function encodeDelta(content_delta: string, _index: number, is_final: boolean, finish_reason: number): Uint8Array {
  return llm.ChatChunk.encode({ content_delta, role: "assistant", is_final, finish_reason });
}

/** A unit vector fixed by the text. */
function embedText(text: string): number[] {
  const random = new Random(hashText(text));
  const row = Array.from({ length: DIMENSION }, () => random.next() - 0.5);
  const length = Math.hypot(...row);
  return row.map((value) => value / length);
}
