/**
 * What is odd about answers that count as ok: a reader of their figures must know it. Nothing here changes the verdict by
 * itself; rules on gaps do not pass on answers that came in one piece (`one_piece.ts`).
 */
import type { Counter } from "../plan/threshold/threshold.ts";
import { formatCount, formatPercent } from "../plan/units.ts";
import type { Series } from "../measure/series.ts";
import type { Run } from "../result/run.ts";
import { TOLERATED_PIECES } from "./one_piece.ts";

/** One finding about the answers of one operation. */
export interface AnswerFinding {
  operation: string;
  /** The counter it rests on; `wer` for the word error rate. */
  kind: Counter | "wer";
  /** Ok calls it holds for, and all ok calls; for `wer` words. */
  count: number;
  of: number;
  /** What was seen and what it means, in one sentence that begins with the operation. */
  text: string;
}

/**
 * Below this share of the ok calls an oddity is not told: models now and then say nothing, and on a busy machine a reply
 * may be read in one piece.
 */
const TOLD_SHARE = 0.01;
/** A word error rate above this is no bad recognition: transcripts and references are not of the same kind. */
const ABSURD_WER = 0.6;

/** What each counter means, after "N of M ok calls". */
const MEANINGS = {
  no_content: "ended without content; their times are those of an empty answer",
  one_piece:
    "came in one piece although a stream was asked for: something between buffers the stream, or this server " +
    "does not stream, or only sentence by sentence. Gaps, stalls and the rate for one user are not the server's",
  no_finish_reason: "ended without a finish reason; whether the answer is whole is not known",
  absurd_usage: "came with a count of tokens that cannot be true beside the text; their words were counted instead",
  text_repeated: "had messages that repeat the whole text so far; of each only the rest was counted",
} as const satisfies Partial<Record<Counter, string>>;

/** All findings, operation by operation; none where every answer was as it should be. */
export function answerFindings(run: Run): AnswerFinding[] {
  return run.operations.flatMap((operation) => {
    const total = run.total({ operations: operation });
    return [...oddities(operation, total), ...mixedInterims(operation, total), ...absurdWords(operation, total)];
  });
}

function oddities(operation: string, total: Series): AnswerFinding[] {
  const of = total.outcomes.ok;
  return (Object.keys(MEANINGS) as (keyof typeof MEANINGS)[]).flatMap((kind) => {
    const count = total.counter(kind);
    if (count === 0 || count < (kind === "one_piece" ? TOLERATED_PIECES : TOLD_SHARE) * of) return [];
    const text = `${operation}: ${formatCount(count)} of ${formatCount(of)} ok calls ${MEANINGS[kind]}.`;
    return [{ operation, kind, count, of, text }];
  });
}

/** One server has one way: where both were seen, some calls were read wrongly. */
function mixedInterims(operation: string, total: Series): AnswerFinding[] {
  const of = total.outcomes.ok;
  const [replaced, joined] = [total.counter("interims_replaced"), total.counter("interims_joined")];
  const count = Math.min(replaced, joined);
  if (count === 0 || count < TOLD_SHARE * of) return [];
  const seen = `interim results were replaced in ${formatCount(replaced)} calls and joined in ${formatCount(joined)}`;
  const text = `${operation}: ${seen}, by whether they repeated what came before. One server has one way: set ` +
    '"interims" to it.';
  return [{ operation, kind: joined < replaced ? "interims_joined" : "interims_replaced", count, of, text }];
}

function absurdWords(operation: string, total: Series): AnswerFinding[] {
  const [count, of] = [total.counter("word_errors"), total.counter("reference_words")];
  if (of === 0 || count / of <= ABSURD_WER) return [];
  const text =
    `${operation}: a word error rate of ${formatPercent(count / of)} is no bad recognition: transcripts and ` +
    "references are in another language or another form, or interim results were joined (see `interims`).";
  return [{ operation, kind: "wer", count, of, text }];
}
