/** The keys of speech services, protocol by protocol. */
import { INTERIMS, type ServicePlan, type SttOptions, type TtsOptions, WER_NORMALIZERS } from "../../plan/plan.ts";
import type { OpenAiSettings, RivaSettings } from "../../plan/protocols.ts";
import { HTTP } from "../shape/endpoint.ts";
import { boolean, choice, duration, integer, pattern, text } from "../shape/scalars.ts";
import { clips, texts } from "./inputs.ts";
import {
  COMMON,
  grpcHost,
  httpHost,
  OVER_GRPC,
  OVER_HTTP,
  overGrpc,
  overHttp,
  type ServiceDraft,
  weight,
} from "./common.ts";
import { moreFields, openaiOf } from "./openai.ts";
import { type Decoded, formerly, maybe, optional, type Shape } from "../shape/shape.ts";
import { variant, variants } from "../shape/variants.ts";

const PROTOCOL = "Protocol of the service: June's own gRPC, Riva's gRPC, or OpenAI's HTTP.";
const TAG = { key: "protocol", doc: PROTOCOL, fallback: "june" };

const LANGUAGE = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$";
const language = pattern(LANGUAGE, 'a language such as "en" (ISO 639-1)');
const locale = pattern(LANGUAGE, 'a language such as "en-US" (BCP 47)');

type Rest = Omit<ServicePlan, "name" | "transparent_retry" | "kind" | "inputs" | "input_plan" | "options">;
type Retry = Pick<Decoded<typeof OVER_GRPC>, "transparent_retry">;

const STT = {
  ...COMMON,
  weight: weight(20),
  clips,
  interims: optional(
    choice(...INTERIMS),
    "auto",
    "Results of a stream that are not final: the next one replaces them (`replace`), or each is the next part (`join`). `auto` tells by whether results repeat what came before.",
  ),
  wer_normalizer: optional(
    choice(...WER_NORMALIZERS),
    "english",
    "Rules for the word error rate. `english`: Whisper's, by which `at nine` is `at 9`; other languages use the basic ones. `basic`: lower case and no punctuation, in English too.",
  ),
};

const PACED = {
  pacing: optional(
    choice("real_time", "fast"),
    "real_time",
    "`real_time` sends audio like a microphone, `fast` as quickly as the stream takes it.",
  ),
  chunk: optional(duration("20ms", "100ms"), "100ms", "Length of one audio message."),
};

const RIVA_MODEL = optional(text(200), "", "Name of the model; empty: the server's default for the language.");

function listener(
  given: Decoded<typeof STT> & Retry,
  own: Pick<SttOptions, "pacing" | "chunk_ms" | "language">,
  plan: Rest,
): ServiceDraft {
  const options: SttOptions = {
    kind: "stt",
    ...own,
    interims: given.interims.value,
    wer_normalizer: given.wer_normalizer.value,
  };
  return {
    plan: { ...plan, kind: "stt", ...(given.clips.value ?? { inputs: [] }), options },
    weight: given.weight.value,
    transparent_retry: given.transparent_retry,
    exchanges: [],
  };
}

const paced = ({ pacing, chunk }: Decoded<typeof PACED>) => ({ pacing: pacing.value, chunk_ms: chunk.value });

const primary = (tag: string) => tag.split("-")[0]!;

const juneStt = variant(
  STT,
  {
    host: grpcHost("stt", 50052),
    ...OVER_GRPC,
    ...PACED,
    language: optional(
      language,
      "en",
      "Language of the speech. Streams cannot carry it: they use the server's own setting.",
    ),
  },
  (given, _place, context) =>
    listener(given, { ...paced(given), language: given.language.value }, {
      protocol: "june",
      settings: null,
      ...overGrpc(given, context),
    }),
);

const rivaStt = variant(
  STT,
  {
    host: grpcHost("riva", 50051),
    ...OVER_GRPC,
    ...PACED,
    model: RIVA_MODEL,
    language: optional(locale, "en-US", "Language of the speech."),
    interim_results: optional(boolean, true, "Ask for interim transcripts too."),
    automatic_punctuation: optional(boolean, true, "Ask for punctuation and capitals."),
  },
  (given, _place, context) =>
    listener(given, { ...paced(given), language: primary(given.language.value) }, {
      ...overGrpc(given, context),
      protocol: "riva",
      settings: {
        ...rivaOf(given.language.value),
        model: given.model.value,
        interim_results: given.interim_results.value,
        automatic_punctuation: given.automatic_punctuation.value,
      },
    }),
);

const rivaOf = (language_code: string): RivaSettings => ({
  protocol: "riva",
  model: "",
  language_code,
  interim_results: false,
  automatic_punctuation: false,
  sample_rate_hz: 16_000,
});

const openaiStt = variant(
  STT,
  {
    host: httpHost(8000, HTTP, "https://stt.example.net/v1"),
    ...OVER_HTTP,
    model: optional(text(300), "whisper-1", "Name of the model, as `GET /v1/models` lists it."),
    language: optional(language, "en", "Language of the speech."),
    ...moreFields({ prompt: "June, Triton", temperature: 0 }),
  },
  (given, _place, context) =>
    listener(given, { pacing: "fast", chunk_ms: 100, language: given.language.value }, {
      ...overHttp(given, context),
      protocol: "openai",
      settings: openaiOf(given, context),
    }),
);

const TTS = {
  ...COMMON,
  weight: weight(20),
  texts,
  prebuffer: optional(
    duration("0s", "10s"),
    "0s",
    "Audio that the simulated player buffers before it plays. The player detects the silences that a listener would hear.",
  ),
  max_parallel_sentences: formerly(
    optional(
      integer(1, 100),
      100,
      "Most sentences of one voice turn to request at the same time; the player still plays them in order.",
      1,
    ),
    "ahead",
  ),
};

function speaker(
  given: Decoded<typeof TTS> & Retry,
  options: Pick<TtsOptions, "voice" | "language">,
  plan: Rest,
): ServiceDraft {
  const { prebuffer, max_parallel_sentences } = given;
  return {
    plan: {
      ...plan,
      kind: "tts",
      ...(given.texts.value ?? { inputs: [] }),
      options: {
        kind: "tts",
        ...options,
        prebuffer_ms: prebuffer.value,
        max_parallel_sentences: max_parallel_sentences.value,
      },
    },
    weight: given.weight.value,
    transparent_retry: given.transparent_retry,
    exchanges: [],
  };
}

const juneTts = variant(
  TTS,
  {
    host: grpcHost("tts", 50053),
    ...OVER_GRPC,
    voice: optional(text(64), "default", "Voice to speak with."),
    language: optional(language, "en", "Language of the sentences."),
  },
  (given, _place, context) =>
    speaker(given, { voice: given.voice.value, language: given.language.value }, {
      protocol: "june",
      settings: null,
      ...overGrpc(given, context),
    }),
);

const sampleRate = (hz: number) => optional(integer(8_000, 48_000), hz, "Sample rate of the audio, in Hz.");

const rivaTts = variant(
  TTS,
  {
    host: grpcHost("riva", 50051),
    ...OVER_GRPC,
    voice: optional(text(200), "default", "Voice to speak with, `NAME.SUBVOICE`; `default`: the server's choice."),
    language: optional(locale, "en-US", "Language of the sentences."),
    sample_rate: sampleRate(22_050),
  },
  (given, _place, context) =>
    speaker(given, { voice: given.voice.value, language: primary(given.language.value) }, {
      ...overGrpc(given, context),
      protocol: "riva",
      settings: { ...rivaOf(given.language.value), sample_rate_hz: given.sample_rate.value },
    }),
);

/** Sample rate of OpenAI's raw PCM; Hz. */
const OPENAI_RATE_HZ = 24_000;

const openaiTts = variant(
  TTS,
  {
    host: httpHost(8000, HTTP, "https://tts.example.net/v1"),
    ...OVER_HTTP,
    model: optional(text(300), "tts-1", "Name of the model, as `GET /v1/models` lists it."),
    voice: optional(text(200), "alloy", "Voice to speak with."),
    format: maybe(
      choice("pcm", "wav", "mp3", "opus", "flac", "aac"),
      "wav, and pcm at api.openai.com",
      "Format of the audio that is asked for; audio of another format is a failure. `wav` names its own sample rate. `opus` " +
        "comes in Ogg, `aac` as ADTS.",
      "pcm",
    ),
    sample_rate: maybe(
      integer(8_000, 48_000),
      "the server's own, asked for before the load; 24000 at api.openai.com",
      "Sample rate of raw PCM, in Hz; other formats name their own.",
      24_000,
    ),
    ...moreFields({ speed: 1.2, instructions: "Speak calmly." }),
  },
  (given, _place, context) =>
    speaker(given, { voice: given.voice.value, language: "en" }, {
      ...overHttp(given, context),
      protocol: "openai",
      settings: {
        ...openaiOf(given, context),
        ...speechFormat(given.host.value.address, given.format.value, given.sample_rate.value),
      },
    }),
);

/** Raw PCM has 24,000 Hz at OpenAI itself; what other servers send has the rate of their voices. */
function speechFormat(address: string, format: OpenAiSettings["audio_format"] | null, rate_hz: number | null) {
  const isOpenAi = /^api\.openai\.com(?::\d+)?$/i.test(address);
  const audio_format = format ?? (isOpenAi ? "pcm" : "wav");
  const isAsked = audio_format === "pcm" && rate_hz === null && !isOpenAi;
  return {
    audio_format,
    sample_rate_hz: rate_hz ?? OPENAI_RATE_HZ,
    ...(isAsked && { rate_from_server: true as const }),
  };
}

/** A speech-to-text service; June's protocol by default. */
export const sttService: Shape<ServiceDraft> = variants(TAG, { june: juneStt, riva: rivaStt, openai: openaiStt });

/** A text-to-speech service; June's protocol by default. */
export const ttsService: Shape<ServiceDraft> = variants(TAG, { june: juneTts, riva: rivaTts, openai: openaiTts });
