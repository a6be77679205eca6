/** What is run under the capture. */
import * as asr from "../../../proto/asr.ts";
import * as llm from "../../../proto/llm.ts";
import * as tts from "../../../proto/tts.ts";
import type { VoiceKind } from "../../../lib/plan/plan.ts";
import { constant } from "../../../lib/sim/model/distribution.ts";
import type { SimulatorOptions } from "../../../lib/sim/options.ts";
import type { IsContent } from "./streams.ts";

/** One load. */
export interface CaptureCase {
  /** In the table. */
  title: string;
  services: readonly VoiceKind[];
  /** The scenario, in the words of a scenario file. */
  scenario: Record<string, unknown>;
  /** Options of the service. */
  options?: Record<string, unknown>;
  simulator: Partial<SimulatorOptions>;
  /** Calls meant to start before this are not compared: code is compiled, users come. */
  warm_ms: number;
  isContent: Partial<Record<VoiceKind, IsContent>>;
}

const NO_QUEUE = { slots: 1_000_000, queue_limit: 1_000_000 };
/** Of a token stream. */
const TOKENS = 200;
const GAP_MS = 20;
const STREAMS = 500;
const isText: IsContent = (message) => asr.RecognitionResult.decode(message).transcript.trim() !== "";

/**
 * The loads of the table. The simulator's timers are the usual ones, which let what is due within a millisecond go at once:
 * so it leaves june-load the processor, as a server on another machine does, and the wire's times are the truth anyway.
 * @param seconds of each, besides its warm-up
 */
export function captureCases(seconds: number): CaptureCase[] {
  return [unary(seconds), tokens(seconds), speech(seconds), turns(seconds)];
}

function unary(seconds: number): CaptureCase {
  const warm_s = 4;
  return {
    title: "unary calls, 500/s",
    services: ["llm"],
    scenario: { rate: "500/s", duration: `${warm_s + seconds}s`, max_in_flight: 10_000, tasks: { "llm.generate": 1 } },
    simulator: { models: { llm: { ...NO_QUEUE, first_token_ms: constant(23), output_tokens: constant(1) } } },
    warm_ms: warm_s * 1000,
    isContent: {},
  };
}

function tokens(seconds: number): CaptureCase {
  const warm_s = 5;
  return {
    title: `${STREAMS} token streams, a token every ${GAP_MS} ms`,
    services: ["llm"],
    scenario: {
      rate: `${STREAMS * 1000 / (TOKENS * GAP_MS)}/s`,
      duration: `${warm_s + seconds}s`,
      max_in_flight: 2 * STREAMS,
      tasks: { "llm.generate_stream": 1 },
    },
    simulator: {
      models: {
        llm: {
          ...NO_QUEUE,
          first_token_ms: constant(100),
          tokens_per_s: constant(1000 / GAP_MS),
          output_tokens: constant(TOKENS),
        },
      },
    },
    warm_ms: warm_s * 1000,
    options: { max_tokens: TOKENS },
    isContent: { llm: (message) => llm.GenerationChunk.decode(message).token !== "" },
  };
}

function speech(seconds: number): CaptureCase {
  const warm_s = 6;
  return {
    title: "200 streams of paced speech",
    services: ["stt"],
    scenario: {
      users: 200,
      spawn_rate: 50,
      think_time: "200ms-1s",
      duration: `${warm_s + seconds}s`,
      tasks: { "stt.recognize_stream": 1 },
    },
    simulator: { models: { stt: NO_QUEUE } },
    warm_ms: warm_s * 1000,
    isContent: { stt: isText },
  };
}

function turns(seconds: number): CaptureCase {
  const warm_s = 6;
  return {
    title: "voice turns of 40 users",
    services: ["stt", "llm", "tts"],
    scenario: {
      users: 40,
      spawn_rate: 20,
      think_time: "200ms-1s",
      duration: `${warm_s + seconds}s`,
      tasks: { voice_turn: 1 },
    },
    simulator: { models: { stt: NO_QUEUE, llm: NO_QUEUE, tts: NO_QUEUE } },
    warm_ms: warm_s * 1000,
    isContent: {
      stt: isText,
      llm: (message) => llm.ChatChunk.decode(message).content_delta !== "",
      tts: (message) => tts.AudioChunk.decode(message).audio_data.length > 0,
    },
  };
}
