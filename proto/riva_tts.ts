/** Messages and method paths of riva_tts.proto. Field meanings are in the .proto file. */
import text from "./riva_tts.proto" with { type: "text" };
import { type Codec, parseProto } from "./codec.ts";
import type * as asr from "./riva_asr.ts";

const schema = parseProto(text, "nvidia.riva.tts");

/** Full name of the service. */
export const SERVICE = "nvidia.riva.tts.RivaSpeechSynthesis";

/** Method paths. */
export const PATHS = {
  synthesize: `/${SERVICE}/Synthesize`,
  synthesizeOnline: `/${SERVICE}/SynthesizeOnline`,
  getConfig: `/${SERVICE}/GetRivaSynthesisConfig`,
} as const;

/** A text to speak. */
export interface SynthesizeSpeechRequest {
  text: string;
  language_code: string;
  encoding: number;
  sample_rate_hz: number;
  voice_name: string;
}

/** Speech: all of it, or the next stretch. */
export interface SynthesizeSpeechResponse {
  audio: Uint8Array;
}

/** Codec of `SynthesizeSpeechRequest`. */
export const SynthesizeSpeechRequest: Codec<SynthesizeSpeechRequest> = schema.message("SynthesizeSpeechRequest");
/** Codec of `SynthesizeSpeechResponse`. */
export const SynthesizeSpeechResponse: Codec<SynthesizeSpeechResponse> = schema.message("SynthesizeSpeechResponse");
/** Codec of the question for models; it has the shape of speech recognition's. */
export const ConfigRequest: Codec<asr.ConfigRequest> = schema.message("RivaSynthesisConfigRequest");
/** Codec of the answer. */
export const ConfigResponse: Codec<asr.ConfigResponse> = schema.message("RivaSynthesisConfigResponse");
