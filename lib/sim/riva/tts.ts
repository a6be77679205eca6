/** nvidia.riva.tts.RivaSpeechSynthesis, on the model of June's synthesiser. */
import { LINEAR_PCM } from "../../../proto/riva_asr.ts";
import * as tts from "../../../proto/riva_tts.ts";
import { SPEECH_RATE_HZ } from "../model/audio.ts";
import type { ServiceContext } from "../call/job.ts";
import type { TtsModel } from "../model/model.ts";
import { registerCatalogue, RIVA_LANGUAGES, unknownLanguage } from "./catalogue.ts";
import type { MethodTable } from "../server/server.ts";
import { registerSpeech } from "../call/speech.ts";

/** Sample rates of speech; Hz. */
const LOWEST_RATE_HZ = 8000;
const HIGHEST_RATE_HZ = 48_000;
const VOICE = "Simulator";
const SUBVOICES = ["Amber", "Birch"];
const VOICES = ["", VOICE, ...SUBVOICES.map((name) => `${VOICE}.${name}`)];

/**
 * Adds Riva's synthesis to a server.
 * @param health with a queue of its own, so that a busy service still lists its models
 */
export function registerRivaTts(
  server: MethodTable,
  context: ServiceContext,
  health: ServiceContext,
  model: TtsModel,
): void {
  registerSpeech(server, context, model, {
    codec: tts.SynthesizeSpeechRequest,
    whole_path: tts.PATHS.synthesize,
    stream_path: tts.PATHS.synthesizeOnline,
    streams: true,
    takes_empty: false,
    read: (request) => complain(request) ?? { text: request.text, speed: 1, rate_hz: rateOf(request) },
    whole: (audio) => tts.SynthesizeSpeechResponse.encode({ audio }),
    chunk: (audio) => tts.SynthesizeSpeechResponse.encode({ audio }),
  });
  registerCatalogue(server, health, tts.PATHS.getConfig, tts, [{
    model_name: "june-sim-tts",
    parameters: {
      language_code: RIVA_LANGUAGES.join(","),
      sample_rate: String(SPEECH_RATE_HZ),
      voice_name: VOICE,
      subvoices: SUBVOICES.map((name, id) => `${name}:${id}`).join(","),
    },
  }]);
}

/** 0: the model's own. */
const rateOf = ({ sample_rate_hz }: tts.SynthesizeSpeechRequest): number => sample_rate_hz || SPEECH_RATE_HZ;

/** What is wrong with a request, or null. */
function complain(request: tts.SynthesizeSpeechRequest): string | null {
  const { encoding, voice_name } = request;
  const rate_hz = rateOf(request);
  if (encoding !== LINEAR_PCM) return `the encoding is ${encoding}; only LINEAR_PCM (${LINEAR_PCM}) is supported`;
  if (rate_hz < LOWEST_RATE_HZ || rate_hz > HIGHEST_RATE_HZ) {
    return `the sample rate ${rate_hz} is not within ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ}`;
  }
  if (!VOICES.includes(voice_name)) return `there is no voice "${voice_name}"; there are ${VOICES.slice(1).join(", ")}`;
  return unknownLanguage(request.language_code);
}
