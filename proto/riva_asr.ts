/** Messages and method paths of riva_asr.proto. Field meanings are in the .proto file. */
import text from "./riva_asr.proto" with { type: "text" };
import { type Codec, parseProto } from "./codec.ts";

const schema = parseProto(text, "nvidia.riva.asr");

/** Full name of the service. */
export const SERVICE = "nvidia.riva.asr.RivaSpeechRecognition";

/** Method paths. */
export const PATHS = {
  recognize: `/${SERVICE}/Recognize`,
  streamingRecognize: `/${SERVICE}/StreamingRecognize`,
  getConfig: `/${SERVICE}/GetRivaSpeechRecognitionConfig`,
} as const;

/** Riva's number for int16 samples, little-endian, without a header; in requests of both services. */
export const LINEAR_PCM = 1;

/** Parameters of a transcription. */
export interface RecognitionConfig {
  encoding: number;
  sample_rate_hertz: number;
  language_code: string;
  max_alternatives: number;
  audio_channel_count: number;
  enable_automatic_punctuation: boolean;
  model: string;
}

/** One clip to transcribe. */
export interface RecognizeRequest {
  config: RecognitionConfig | null;
  audio: Uint8Array;
}

/** One alternative transcript; the first of a list is the best. */
export interface SpeechRecognitionAlternative {
  transcript: string;
}

/** The transcript of one segment of a clip. */
export interface SpeechRecognitionResult {
  alternatives: SpeechRecognitionAlternative[];
  /** Seconds. */
  audio_processed: number;
}

/** Answer to one clip. */
export interface RecognizeResponse {
  results: SpeechRecognitionResult[];
}

/** Parameters of a streamed transcription. */
export interface StreamingRecognitionConfig {
  config: RecognitionConfig | null;
  interim_results: boolean;
}

/** A message of a stream: the configuration, or audio. */
export interface StreamingRecognizeRequest {
  streaming_config: StreamingRecognitionConfig | null;
  audio_content: Uint8Array;
}

/** The transcript of one segment of a stream, as far as it is known. */
export interface StreamingRecognitionResult {
  alternatives: SpeechRecognitionAlternative[];
  is_final: boolean;
  /** Seconds. */
  audio_processed: number;
}

/** A reply of a stream. */
export interface StreamingRecognizeResponse {
  results: StreamingRecognitionResult[];
}

/** Asks which models there are, or for one of them. */
export interface ConfigRequest {
  model_name: string;
}

/** A model and its parameters. */
export interface ModelConfig {
  model_name: string;
  parameters: { [key: string]: string };
}

/** The models of a service. */
export interface ConfigResponse {
  model_config: ModelConfig[];
}

/** Codec of `RecognizeRequest`. */
export const RecognizeRequest: Codec<RecognizeRequest> = schema.message("RecognizeRequest");
/** Codec of `RecognizeResponse`. */
export const RecognizeResponse: Codec<RecognizeResponse> = schema.message("RecognizeResponse");
/** Codec of `StreamingRecognizeRequest`. */
export const StreamingRecognizeRequest: Codec<StreamingRecognizeRequest> = schema.message("StreamingRecognizeRequest");
/** Codec of `StreamingRecognizeResponse`. */
export const StreamingRecognizeResponse: Codec<StreamingRecognizeResponse> = schema.message(
  "StreamingRecognizeResponse",
);
/** Codec of `ConfigRequest`. */
export const ConfigRequest: Codec<ConfigRequest> = schema.message("RivaSpeechRecognitionConfigRequest");
/** Codec of `ConfigResponse`. */
export const ConfigResponse: Codec<ConfigResponse> = schema.message("RivaSpeechRecognitionConfigResponse");
