/** june.tts.TextToSpeech. */
import * as tts from "../../../proto/tts.ts";
import { SPEECH_RATE_HZ } from "../model/audio.ts";
import type { ServiceContext } from "../call/job.ts";
import type { ProfileName, TtsModel } from "../model/model.ts";
import type { MethodTable } from "../server/server.ts";
import { registerSpeech } from "../call/speech.ts";

const ENCODING = "pcm16";
const SLOWEST = 0.5;
const FASTEST = 2;

/** Adds the synthesiser's rpcs, except its HealthCheck. June's own server does not stream and takes empty texts. */
export function registerTts(server: MethodTable, context: ServiceContext, model: TtsModel, profile: ProfileName): void {
  const june = profile === "june";
  registerSpeech(server, context, model, {
    codec: tts.SynthesisRequest,
    whole_path: tts.PATHS.synthesize,
    stream_path: tts.PATHS.synthesizeStream,
    streams: !june,
    takes_empty: june,
    read: (request) => ({ text: request.text, speed: june ? 1 : speedOf(request), rate_hz: SPEECH_RATE_HZ }),
    whole: (audio_data, duration_ms) =>
      tts.AudioResponse.encode({ audio_data, sample_rate: SPEECH_RATE_HZ, encoding: ENCODING, duration_ms }),
    chunk: (audio_data, from_ms, is_final) =>
      tts.AudioChunk.encode({
        audio_data,
        sample_rate: SPEECH_RATE_HZ,
        channels: 1,
        encoding: ENCODING,
        is_final,
        timestamp_us: Math.round(from_ms * 1000),
      }),
  });
}

/** The requested speed, within the range of the .proto; June's espeak path ignores it. */
function speedOf(request: tts.SynthesisRequest): number {
  const speed = request.config?.speed ?? 0;
  return speed === 0 ? 1 : Math.min(FASTEST, Math.max(SLOWEST, speed));
}
