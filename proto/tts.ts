/** Messages and method paths of tts.proto. Field meanings are in the .proto file. */
import text from "./tts.proto" with { type: "text" };
import { type Codec, parseProto } from "./codec.ts";

const schema = parseProto(text, "june.tts");

/** Full name of the service. */
export const SERVICE = "june.tts.TextToSpeech";

/** Method paths. */
export const PATHS = {
  synthesizeStream: `/${SERVICE}/SynthesizeStream`,
  synthesize: `/${SERVICE}/Synthesize`,
  healthCheck: `/${SERVICE}/HealthCheck`,
} as const;

/** One text to speak. */
export interface SynthesisRequest {
  text: string;
  voice_id: string;
  language: string;
  config: SynthesisConfig | null;
  stream: boolean;
}

/** Parameters of a synthesis. */
export interface SynthesisConfig {
  speed: number;
  pitch: number;
  energy: number;
  prosody: string;
  enable_ssml: boolean;
}

/** A stretch of a stream's audio. */
export interface AudioChunk {
  audio_data: Uint8Array;
  sample_rate: number;
  channels: number;
  encoding: string;
  is_final: boolean;
  timestamp_us: number;
}

/** The audio of one text. */
export interface AudioResponse {
  audio_data: Uint8Array;
  sample_rate: number;
  encoding: string;
  duration_ms: number;
}

/** Asks for health. */
export type HealthRequest = Record<never, never>;

/** The service's health. */
export interface HealthResponse {
  healthy: boolean;
  version: string;
  available_voices: string[];
}

/** Codec of `SynthesisRequest`. */
export const SynthesisRequest: Codec<SynthesisRequest> = schema.message("SynthesisRequest");
/** Codec of `AudioChunk`. */
export const AudioChunk: Codec<AudioChunk> = schema.message("AudioChunk");
/** Codec of `AudioResponse`. */
export const AudioResponse: Codec<AudioResponse> = schema.message("AudioResponse");
/** Codec of `HealthRequest`. */
export const HealthRequest: Codec<HealthRequest> = schema.message("HealthRequest");
/** Codec of `HealthResponse`. */
export const HealthResponse: Codec<HealthResponse> = schema.message("HealthResponse");
