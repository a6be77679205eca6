/** nvidia.riva.asr.RivaSpeechRecognition, on the model of June's recogniser. Streams are in `stt_stream.ts`. */
import * as asr from "../../../proto/riva_asr.ts";
import { StatusCode } from "../../transport/status.ts";
import { SPEECH_RATE_HZ, wavHeaderBytes } from "../model/audio.ts";
import { manyRequests, oneRequest } from "../call/handlers.ts";
import type { Job, ServiceContext } from "../call/job.ts";
import { audioWork_ms, type SttModel } from "../model/model.ts";
import { registerCatalogue, RIVA_LANGUAGES, unknownLanguage } from "./catalogue.ts";
import { RivaSttStream } from "./stt_stream.ts";
import type { MethodTable } from "../server/server.ts";
import { Listener, type Transcript } from "../model/transcripts.ts";

/** Sample rates that Riva accepts; Hz. */
const LOWEST_RATE_HZ = 8000;
const HIGHEST_RATE_HZ = 48_000;

const MODELS: Record<"online" | "offline", string> = { online: "june-sim-asr-online", offline: "june-sim-asr-offline" };

/**
 * Adds Riva's recognition to a server.
 * @param health with a queue of its own, so that a busy service still lists its models
 */
export function registerRivaStt(
  server: MethodTable,
  context: ServiceContext,
  health: ServiceContext,
  model: SttModel,
  transcripts: readonly Transcript[],
): void {
  const recognize = (job: Job, { config, audio }: asr.RecognizeRequest): void => {
    const complaint = complain(config, "offline");
    if (config === null || complaint !== null) return job.end(StatusCode.INVALID_ARGUMENT, complaint as string);
    const listener = new Listener(transcripts, config.sample_rate_hertz);
    listener.add(audio.subarray(wavHeaderBytes(audio)));
    const { duration_ms } = listener;
    const transcript = job.fate.kind === "normal" ? listener.words(true).join(" ") : "";
    const results = transcript === "" ? [] : [{ alternatives: [{ transcript }], audio_processed: duration_ms / 1000 }];
    job.step(
      audioWork_ms(model, duration_ms, context.random),
      () => job.reply(asr.RecognizeResponse.encode({ results })),
    );
  };
  const stream = (job: Job) =>
    new RivaSttStream(job, context.random, model, transcripts, (config) => complain(config, "online"));
  server.handle(asr.PATHS.recognize, oneRequest(context, asr.RecognizeRequest, recognize));
  server.handle(asr.PATHS.streamingRecognize, manyRequests(context, asr.StreamingRecognizeRequest, stream));
  const parameters = { language_code: RIVA_LANGUAGES.join(","), sample_rate: String(SPEECH_RATE_HZ) };
  const models = Object.entries(MODELS).map(([type, model_name]) => ({
    model_name,
    parameters: { ...parameters, type },
  }));
  registerCatalogue(server, health, asr.PATHS.getConfig, asr, models);
}

/** What is wrong with a configuration, or null. */
function complain(config: asr.RecognitionConfig | null, type: keyof typeof MODELS): string | null {
  if (config === null) return "the request has no configuration";
  const { encoding, sample_rate_hertz, audio_channel_count, model } = config;
  if (encoding !== asr.LINEAR_PCM) return `the encoding is ${encoding}; only LINEAR_PCM (1) is supported`;
  if (sample_rate_hertz < LOWEST_RATE_HZ || sample_rate_hertz > HIGHEST_RATE_HZ) {
    return `the sample rate ${sample_rate_hertz} is not within ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ}`;
  }
  if (audio_channel_count > 1) return `the audio has ${audio_channel_count} channels; only one is supported`;
  if (model !== "" && model !== MODELS[type]) return `there is no ${type} model "${model}"; there is ${MODELS[type]}`;
  return unknownLanguage(config.language_code);
}
