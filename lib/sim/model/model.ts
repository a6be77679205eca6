/** Queueing models of the three services: number of parallel requests, and durations. */
import { constant, type Distribution, draw, lognormal } from "./distribution.ts";
import type { Random } from "./random.ts";
import type { QueueModel } from "./slot_queue.ts";

/** `ideal`: behave as the .proto files describe; `june`: with all peculiarities of June's own servers. */
export type ProfileName = "ideal" | "june";

/** A language model server: a batch of streams, each at its own pace. */
export interface LlmModel extends QueueModel {
  /** From the start of service to the first token; milliseconds. */
  first_token_ms: Distribution;
  /** Rate of one stream. The simulator's tokens are words. */
  tokens_per_s: Distribution;
  /** Length of an answer before `max_tokens` cuts it. */
  output_tokens: Distribution;
  /** Embedding one text. */
  embed_ms: Distribution;
}

/** A recogniser. */
export interface SttModel extends QueueModel {
  /** Fixed cost of a transcription; milliseconds. */
  overhead_ms: Distribution;
  /** Seconds of work per second of audio. */
  real_time_factor: number;
  /** Audio between two partial results of a stream; milliseconds. The June profile has its own rule. */
  partial_every_ms: number;
  /** Work of a partial result. */
  partial_ms: Distribution;
}

/** A synthesiser. */
export interface TtsModel extends QueueModel {
  /** Fixed cost of a text; milliseconds. */
  overhead_ms: Distribution;
  /** Seconds of work per second of audio. */
  real_time_factor: number;
  /** Duration of a character at speed 1; milliseconds. */
  character_ms: number;
}

/** The models of all services. */
export interface Models {
  llm: LlmModel;
  stt: SttModel;
  tts: TtsModel;
}

/** Parts of models that replace the profile's. */
export type ModelChanges = { [Kind in keyof Models]?: Partial<Models[Kind]> };

/**
 * Twenty users get answers in well under a second. Five hundred with 1 to 3 s of think time keep the LLM's slots busy,
 * and the queue triples the time to the first token. All answers stay within two seconds, and nothing is refused.
 */
const IDEAL: Models = {
  llm: {
    slots: 36,
    queue_limit: 1024,
    first_token_ms: lognormal(180, 0.25),
    tokens_per_s: lognormal(80, 0.12),
    output_tokens: lognormal(28, 0.5),
    embed_ms: lognormal(20, 0.3),
  },
  stt: {
    slots: 24,
    queue_limit: 1024,
    overhead_ms: lognormal(170, 0.3),
    real_time_factor: 0.03,
    partial_every_ms: 800,
    partial_ms: constant(30),
  },
  tts: {
    slots: 24,
    queue_limit: 1024,
    overhead_ms: lognormal(110, 0.3),
    real_time_factor: 0.05,
    character_ms: 62,
  },
};

/** As `IDEAL`, with espeak's fixed 100 ms and its speed. */
const JUNE: Models = {
  ...IDEAL,
  tts: { ...IDEAL.tts, overhead_ms: constant(100), real_time_factor: 0.02 },
};

/**
 * The models of a profile, with changes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { constant } from "./distribution.ts";
 *
 * const { llm, tts } = modelsOf("june", { llm: { tokens_per_s: constant(50) } });
 * assert.deepEqual([llm.tokens_per_s, tts.overhead_ms], [constant(50), constant(100)]);
 * ```
 */
export function modelsOf(profile: ProfileName, changes: ModelChanges = {}): Models {
  const base = profile === "june" ? JUNE : IDEAL;
  return {
    llm: { ...base.llm, ...changes.llm },
    stt: { ...base.stt, ...changes.stt },
    tts: { ...base.tts, ...changes.tts },
  };
}

/** The random times and length of one LLM request. */
export interface LlmDraw {
  first_token_ms: number;
  /** Between two tokens. */
  gap_ms: number;
  tokens: number;
}

/** Longest answer, to limit the work of one request. */
const MAX_TOKENS = 4096;
/** Slowest stream; keeps a random rate above zero. Tokens per second. */
const SLOWEST_TOKENS_PER_S = 0.5;

/** Picks the times and the length of one LLM request. */
export function drawLlm(model: LlmModel, random: Random): LlmDraw {
  return {
    first_token_ms: draw(model.first_token_ms, random),
    gap_ms: 1000 / Math.max(SLOWEST_TOKENS_PER_S, draw(model.tokens_per_s, random)),
    tokens: Math.min(MAX_TOKENS, Math.max(1, Math.round(draw(model.output_tokens, random)))),
  };
}

/** From the start of service to the last token: first token, then a gap before each further one; milliseconds. */
export function llmService_ms({ first_token_ms, gap_ms, tokens }: LlmDraw): number {
  return first_token_ms + gap_ms * (tokens - 1);
}

/** Work on audio of some length: overhead + factor x length; milliseconds. */
export function audioWork_ms(model: SttModel | TtsModel, audio_ms: number, random: Random): number {
  return draw(model.overhead_ms, random) + model.real_time_factor * audio_ms;
}
