/** Rules in words: what an objective asks, as one would say it aloud. */
import {
  type Distribution,
  DISTRIBUTIONS,
  type Figure,
  isFigureMeasure,
  type Threshold,
} from "../../plan/threshold/threshold.ts";
import { formatRound } from "../../plan/units.ts";
import { formatMeasure } from "../../verdict/format_measure.ts";

/** What calls have of each kind, where "95 % of ... within" needs a word for it; others are said by their name. */
const THINGS: Readonly<Partial<Record<Distribution, string>>> = {
  response_time: "",
  first_message: "first answers of ",
  first_answer: "first answers after reasoning of ",
  first_partial: "first partials of ",
  final_latency: "final transcripts of ",
  voice_to_voice: "",
  gap: "gaps of ",
};

/** What a figure asks, with its limit and the calls it is of. */
const FIGURE_WORDS: Record<Figure, (limit: string, calls: string, more: string) => string> = {
  error_rate: (limit, calls, more) => `${more} ${limit} of ${calls} fail`,
  good_rate: (limit, calls, more) => `${more} ${limit} of ${calls} are good`,
  goodput: (limit, calls, more) => `${more} ${limit} good answers of ${calls}`,
  throughput: (limit, calls, more) => `${more} ${limit} answers of ${calls}`,
  calls: (limit, calls, more) => `${more} ${limit} of ${calls}`,
  dropped: (limit, _, more) => `${more} ${limit} arrivals dropped`,
  token_rate: (limit, calls, more) => `${more} ${limit} tokens from ${calls}`,
  wer: (limit, _, more) => `${more} ${limit} of words wrong`,
  wer_basic: (limit, _, more) => `${more} ${limit} of words wrong by the basic rules`,
  stalled: (limit, _, more) => `${more} ${limit} of played calls stall`,
  load: (limit, _, more) => `${more} ${limit} of the load offered`,
  recovery_time: (limit) => `As before within ${limit} of the spike`,
  lost_connections: (limit, _, more) => `${more} ${limit} connections lost`,
  reconnects: (limit, _, more) => `${more} ${limit} connections opened again`,
  goaways: (limit, _, more) => `${more} ${limit} connections told to go`,
  energy: (limit, _, more) => `${more} ${limit} in all`,
  energy_per_call: (limit, _, more) => `${more} ${limit} a call`,
  energy_per_token: (limit, _, more) => `${more} ${limit} a token`,
  energy_per_audio_second: (limit, _, more) => `${more} ${limit} a second of audio`,
  energy_per_turn: (limit, _, more) => `${more} ${limit} a voice turn`,
};

/**
 * A rule in words.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rule } from "../../../tests/plans.ts";
 *
 * assert.equal(ruleWords(rule("p95(response_time, llm.*) < 2s")), "95 % of llm.* within 2 s");
 * assert.equal(ruleWords(rule("error_rate < 1%")), "Less than 1 % of all calls fail");
 * assert.equal(ruleWords(rule("load >= 100%")), "At least 100 % of the load offered");
 * ```
 */
export function ruleWords({ measure, operations, stage, comparison, limit }: Threshold): string {
  const calls = operations ?? "all calls";
  const at = formatRound(formatMeasure(measure, limit));
  const where = stage === null ? "" : ` in ${stage}`;
  const below = comparison.startsWith("<");
  if (isFigureMeasure(measure)) {
    const more = { "<": "Less than", "<=": "At most", ">": "More than", ">=": "At least" }[comparison];
    return FIGURE_WORDS[measure.kind](at, calls, more) + where;
  }
  const bound = `${below ? "below" : "above"} ${at}${where}`;
  switch (measure.kind) {
    case "percentile": {
      const thing = THINGS[measure.of];
      if (thing !== undefined && below && DISTRIBUTIONS[measure.of].is_answer_time) {
        return `${measure.percentile} % of ${thing}${calls} within ${at}${where}`;
      }
      return `P${measure.percentile} of the ${readable(measure.of)} of ${calls} ${bound}`;
    }
    case "mean":
    case "min":
    case "max":
      return `${SHAPES[measure.kind]} ${readable(measure.of)} of ${calls} ${bound}`;
    case "resource":
      return `${measure.of}${measure.device === undefined ? "" : ` of ${measure.device}`} (${measure.shape}) ${bound}`;
    case "drift":
      return `${capital(readable(measure.of))}${
        measure.process === undefined ? "" : ` of ${measure.process}`
      } drifts by ${below ? "less" : "more"} than ${at}${where}`;
  }
}

const SHAPES = { mean: "Mean", min: "Smallest", max: "Largest" } as const;
const readable = (name: string) => name.replaceAll("_", " ");
const capital = (text: string) => text.replace(/^./, (letter) => letter.toUpperCase());
