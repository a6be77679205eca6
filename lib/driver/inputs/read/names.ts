/** Names that data sets and other tools give to the fields of their entries, without differences of notation. */
import { plainName } from "../../../base/csv.ts";

const plain = (names: string): readonly string[] => names.split(" ").map(plainName);

/** Conversations: in order of preference, as in all lists here. */
export const CHAT = plain("messages conversations conversation turns");
/** Texts: data sets, AIPerf and Triton (`text_input`), TGI (`inputs`). */
export const TEXT = plain("prompt text question instruction input query sentence content text_input inputs input_text")
  .concat(plain("user_input user_prompt problem utterance normalized_text transcript transcription"));
/** More of a text, as in Alpaca's form. */
export const MORE_TEXT = plain("input");
/** A message of the system before everything else. */
export const SYSTEM = plain("system system_prompt system_message");
/** Most tokens of the answer: OpenAI, AIPerf (`output_length`), vLLM, TGI, llama.cpp, BurstGPT, Azure's traces. */
export const LIMIT = plain("max_tokens max_completion_tokens output_tokens output_length max_output_tokens")
  .concat(plain("max_new_tokens output_len output_tokens_count osl n_predict num_predict response_tokens"))
  .concat(plain("generated_tokens completion_tokens expected_output_len request_output_len"));
/** Tokens of a prompt that is not given: Mooncake, AIPerf, BurstGPT, Azure's traces. */
export const LENGTH = plain("input_length input_tokens input_len prompt_tokens prompt_len prompt_length isl")
  .concat(plain("request_tokens context_tokens prompt_tokens_count"));
/** The blocks of such a prompt. */
export const BLOCKS = plain("hash_ids");
/** Arrivals of a trace. */
export const TIME = plain("timestamp timestamp_ms timestamp_s arrival_time arrival_time_ms arrived_at start_offset");
/** Where requests of other tools keep their parameters. */
export const PARAMETERS = plain("parameters sampling_params sampling_parameters generation_config options");
/** Fields of a request that belong to its chat, as OpenAI's interface calls them; sent as they are. */
export const REQUEST = ["tools", "tool_choice", "parallel_tool_calls", "response_format"] as const;

/** Paths of recordings: ours, NeMo, Common Voice, audio folders of Hugging Face, DeepSpeech, WeNet. */
export const AUDIO = plain(
  "audio audio_filepath audio_file audio_path wav_filename wav_path wav file_name filename path",
)
  .concat(plain("file"));
/** Their transcripts. */
export const TRANSCRIPT = plain("text sentence transcript transcription normalized_text txt words reference");
/** Where a segment begins; seconds. */
export const START = plain("offset start start_time begin begin_time");
/** Its length; seconds. */
export const DURATION = plain("duration");
/** Where it ends; seconds. */
export const END = plain("end end_time");

/** Who speaks a turn, and what. */
export const ROLE = plain("role from speaker");
/** What is said in a turn. */
export const SAID = plain("content value text");

/** Names of entries, pandas' nameless column of row numbers included: nothing is lost without them. */
export const LABELS: ReadonlySet<string> = new Set(
  ["", "unnamed:0"].concat(
    plain("id custom_id idx index uid uuid key no utt utt_id question_id conversation_id method url wav_filesize"),
  ),
);

/** Names of columns that tell a table's separator. */
export const COLUMNS: ReadonlySet<string> = new Set(
  [CHAT, TEXT, SYSTEM, LIMIT, LENGTH, BLOCKS, TIME, AUDIO, TRANSCRIPT, START, DURATION, END].flat(),
);
