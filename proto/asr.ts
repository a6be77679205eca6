/** Messages and method paths of asr.proto. Field meanings are in the .proto file. */
import text from "./asr.proto" with { type: "text" };
import { type Codec, parseProto } from "./codec.ts";

const schema = parseProto(text, "june.asr");

/** Full name of the service. */
export const SERVICE = "june.asr.SpeechToText";

/** Method paths. */
export const PATHS = {
  recognizeStream: `/${SERVICE}/RecognizeStream`,
  recognize: `/${SERVICE}/Recognize`,
  healthCheck: `/${SERVICE}/HealthCheck`,
} as const;

/** A stretch of a stream's audio. */
export interface AudioChunk {
  audio_data: Uint8Array;
  sample_rate: number;
  channels: number;
  encoding: string;
  timestamp_us: number;
}

/** One clip to transcribe. */
export interface RecognitionRequest {
  audio_data: Uint8Array;
  sample_rate: number;
  encoding: string;
  config: RecognitionConfig | null;
}

/** Parameters of a transcription. */
export interface RecognitionConfig {
  language: string;
  interim_results: boolean;
  enable_vad: boolean;
  enable_diarization: boolean;
  enable_timestamps: boolean;
}

/** A segment's transcript. */
export interface RecognitionResult {
  transcript: string;
  is_final: boolean;
  confidence: number;
  words: WordInfo[];
  start_time_us: number;
  end_time_us: number;
  speaker_id: string;
  detected_language: string;
}

/** One word of a transcript. */
export interface WordInfo {
  word: string;
  confidence: number;
  start_time_us: number;
  end_time_us: number;
}

/** Answer to one clip. */
export interface RecognitionResponse {
  results: RecognitionResult[];
  processing_time_ms: number;
}

/** Asks for health. */
export type HealthRequest = Record<never, never>;

/** The service's health. */
export interface HealthResponse {
  healthy: boolean;
  version: string;
  model_name: string;
}

/** Codec of `AudioChunk`. */
export const AudioChunk: Codec<AudioChunk> = schema.message("AudioChunk");
/** Codec of `RecognitionRequest`. */
export const RecognitionRequest: Codec<RecognitionRequest> = schema.message("RecognitionRequest");
/** Codec of `RecognitionResult`. */
export const RecognitionResult: Codec<RecognitionResult> = schema.message("RecognitionResult");
/** Codec of `RecognitionResponse`. */
export const RecognitionResponse: Codec<RecognitionResponse> = schema.message("RecognitionResponse");
/** Codec of `HealthRequest`. */
export const HealthRequest: Codec<HealthRequest> = schema.message("HealthRequest");
/** Codec of `HealthResponse`. */
export const HealthResponse: Codec<HealthResponse> = schema.message("HealthResponse");
