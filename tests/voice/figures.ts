/** What is compared of each operation: how june-load has it, and how the server's own log does. */
import type { Counter, Distribution } from "../../lib/plan/threshold/threshold.ts";
import type { MeasuredCall } from "./calls.ts";
import type { Pair } from "./compare.ts";
import type { Logged } from "./engines.ts";

/** One figure of a call and of the requests that it made. */
export interface Figure {
  name: string;
  unit: Pair["unit"];
  /** Where june-load keeps a distribution of it, in millionths of the unit. */
  distribution?: Distribution;
  ours(call: MeasuredCall): number;
  theirs(legs: Legs): number;
}

/** The requests of a call by kind, in their order: one, or of a voice turn one of each kind and more sentences. */
export interface Legs {
  stt: Logged[];
  llm: Logged[];
  tts: Logged[];
}

/** Sorts the requests of a call. */
export function legsOf(requests: readonly Logged[]): Legs {
  const of = (kind: Logged["kind"]) => requests.filter((one) => one.kind === kind);
  return { stt: of("stt"), llm: of("llm"), tts: of("tts") };
}

type Theirs = (request: Logged) => number;

function measured(name: string, unit: Pair["unit"], distribution: Distribution, theirs: Figure["theirs"]): Figure {
  return { name, unit, distribution, ours: (call) => call.of(distribution) / 1e6, theirs };
}

/** Of a call of one request. */
const only = ({ stt, llm, tts }: Legs): Logged => [...stt, ...llm, ...tts][0]!;
const time = (name: string, distribution: Distribution, theirs: Theirs): Figure =>
  measured(name, "s between", distribution, (legs) => theirs(only(legs)));

/** Counts from the call's intended start; the server knows nothing of the time before its request was sent. */
function first(name: string): Figure {
  const figure = time(name, "first_message", (one) => one.first - one.arrive);
  return { ...figure, ours: (call) => (call.of("first_message") - call.of("start_delay")) / 1e6 };
}

const SERVICE = time("service time", "service_time", (one) => one.end - one.arrive);
const FINAL = time("final latency", "final_latency", (one) => one.last - one.body);
const TOKEN_TIME = measured(
  "time per token",
  "s",
  "token_time",
  ({ llm: [one] }) => (one!.last - one!.first) / (one!.completion_tokens - 1),
);
const factor = (until: "last" | "end"): Figure =>
  measured("real-time factor", "ratio", "real_time_factor", (legs) => {
    const one = only(legs);
    return (one[until] - one.arrive) / one.audio_s;
  });

function counted(name: string, counter: Counter, theirs: Figure["theirs"], per = 1): Figure {
  return { name, unit: "count", ours: (call) => call.count(counter) / per, theirs };
}

const sum = (requests: readonly Logged[], of: "audio_s" | "prompt_tokens" | "completion_tokens"): number =>
  requests.reduce((total, one) => total + one[of], 0);

const HEARD = counted("speech sent, s", "audio_sent_us", ({ stt }) => sum(stt, "audio_s"), 1e6);
const SPOKEN = counted("audio, s", "audio_received_us", ({ tts }) => sum(tts, "audio_s"), 1e6);
const TOKENS = counted("tokens", "output_tokens", ({ llm }) => sum(llm, "completion_tokens"));
const PROMPT = counted("tokens of the prompt", "prompt_tokens", ({ llm }) => sum(llm, "prompt_tokens"));

/** A leg of a voice turn. */
const leg = (name: string, distribution: Distribution, theirs: (stt: Logged, tts: Logged) => number): Figure =>
  measured(name, "s between", distribution, ({ stt, tts }) => theirs(stt[0]!, tts[0]!));

/** The operations that are compared. */
export type Compared =
  | "stt.recognize"
  | "stt.recognize_stream"
  | "llm.chat"
  | "llm.chat_stream"
  | "tts.synthesize"
  | "tts.synthesize_stream"
  | "voice_turn";

/** What is compared of each. */
export const FIGURES: Record<Compared, readonly Figure[]> = {
  "stt.recognize": [SERVICE, FINAL, factor("end"), HEARD],
  "stt.recognize_stream": [
    time("first partial", "first_partial", (one) => one.first - one.arrive),
    FINAL,
    SERVICE,
    factor("end"),
    HEARD,
  ],
  "llm.chat": [SERVICE, TOKENS, PROMPT],
  "llm.chat_stream": [first("first token"), TOKEN_TIME, SERVICE, TOKENS, PROMPT],
  "tts.synthesize": [SERVICE, factor("end"), SPOKEN],
  "tts.synthesize_stream": [first("first audio"), SERVICE, factor("last"), SPOKEN],
  voice_turn: [
    leg("leg of speech to text", "turn_stt", (stt) => stt.end - stt.body),
    leg("leg of the language model", "turn_llm", (stt, tts) => tts.arrive - stt.end),
    leg("leg of text to speech", "turn_tts", (_, tts) => tts.first - tts.arrive),
    leg("voice to voice", "voice_to_voice", (stt, tts) => tts.first - stt.body),
    TOKENS,
    SPOKEN,
    HEARD,
  ],
};
