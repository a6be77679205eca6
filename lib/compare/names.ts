/** What compared figures are called, and which way is better. */
import type { OperationKind } from "../plan/threshold/shown.ts";
import type { CallFigure, Distribution } from "../plan/threshold/threshold.ts";

/** Which way a figure improves; null: a difference is neither good nor bad in itself. */
export type Better = "lower" | "higher" | null;

/** A figure's name and direction. */
export interface Naming {
  name: string;
  better: Better;
}

const time = (name: string): Naming => ({ name, better: "lower" });
const length = (name: string): Naming => ({ name, better: null });

/**
 * Distributions that are compared. Null: what only june-load's own schedule decides, and times that contain the length of
 * a clip or repeat the response time.
 */
const DISTRIBUTION_NAMING: Readonly<Record<Distribution, Naming | null>> = {
  response_time: time("response time"),
  latency: null,
  service_time: null,
  start_delay: null,
  first_message: time("first message"),
  first_answer: time("first answer"),
  first_partial: time("first partial"),
  gap: time("gap"),
  gap_max: time("largest gap"),
  token_time: time("time per token"),
  output_length: length("length of answers"),
  input_length: length("length of prompts"),
  final_latency: time("final latency"),
  response_latency: time("transcript after its audio"),
  pacing_error: null,
  real_time_factor: time("real-time factor"),
  stall: time("silence"),
  needed_prebuffer: time("prebuffer needed"),
  voice_to_voice: time("voice to voice"),
  turn_stt: time("turn's speech to text"),
  turn_llm: time("turn's language model"),
  turn_tts: time("turn's speech synthesis"),
};

/** The first message has a name of its own where it is a token or audio. */
const FIRST: Readonly<Record<OperationKind, string>> = {
  llm: "first token",
  tts: "first audio",
  stt: "first message",
  turn: "first message",
};

/**
 * Figures of one word that are compared; null: the number of calls is the load's, and basic rules tell no more
 * of a change than the chosen ones.
 */
const FIGURE_NAMING: Readonly<Record<CallFigure, Naming | null>> = {
  error_rate: { name: "error rate", better: "lower" },
  throughput: { name: "throughput", better: "higher" },
  calls: null,
  goodput: { name: "goodput", better: "higher" },
  good_rate: { name: "good calls", better: "higher" },
  dropped: { name: "dropped arrivals", better: "lower" },
  token_rate: { name: "tokens per second", better: "higher" },
  wer: { name: "word errors", better: "lower" },
  wer_basic: null,
  stalled: { name: "stalled calls", better: "lower" },
};

/** The name of a distribution of some kind of operation; null where it is not compared. */
export function distributionNaming(of: Distribution, kind: OperationKind | null): Naming | null {
  const naming = DISTRIBUTION_NAMING[of];
  return of === "first_message" && naming !== null && kind !== null ? { ...naming, name: FIRST[kind] } : naming;
}

/** The name of a figure of one word; null where it is not compared. */
export function figureNaming(figure: CallFigure): Naming | null {
  return FIGURE_NAMING[figure];
}
