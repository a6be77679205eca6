/** A plan's settings for a service's inputs besides their files: order and shape of entries. Plain data. */
import { formatCount } from "./units.ts";

/** A number of tokens: constant, or picked for each call. A picked number is rounded, at least 1 and at most a million. */
export type LengthPlan =
  | { kind: "constant"; value: number }
  /** Every whole number from `min` to `max` is equally likely. */
  | { kind: "uniform"; min: number; max: number }
  /** Values below 1 become 1. */
  | { kind: "normal"; mean: number; deviation: number }
  /** `median * exp(sigma * z)`, z standard normal: half of the values are below the median; the mean is larger. */
  | { kind: "lognormal"; median: number; sigma: number };

/** How inputs are picked and shaped. A plan without it uses `DEFAULT_INPUT_PLAN`. */
export interface InputPlan {
  /**
   * Place of an entry's text: a key of JSON objects (`body.prompt` is a path), or a column of CSV files. Null: the first
   * existing one of `prompt`, `text`, `question`, ... and, for chats, `messages`, `conversations`.
   */
  field: string | null;
  /** `sequential`: in the order of the files; uses each entry once before it starts again, over all workers together. */
  order: "random" | "sequential";
  /** Length of prompts made of random words instead of entries, estimated as 0.75 words per token. Null: entries. */
  input_tokens: LengthPlan | null;
  /** Most tokens of an answer, instead of the service's `max_tokens`; null: the entry's own limit, else the service's. */
  output_tokens: LengthPlan | null;
  /** Ask the server for exactly that many tokens; only some servers with OpenAI's interface support it. */
  exact_output: boolean;
  /** Shared words at the beginning of prompts, for prefix caches; null: none. */
  shared_prefix: SharedPrefixPlan | null;
  /** Each prompt begins differently (after a shared prefix), so that no cache can answer it. */
  unique: boolean;
  /**
   * Most earlier questions and answers in a user's chat; then a new conversation begins. 0: each chat has one question, as
   * always in open loads, which have no users.
   */
  history_turns: number;
}

/** Beginnings that prompts share. */
export interface SharedPrefixPlan {
  /** Tokens of each beginning, estimated as for prompts. */
  tokens: number;
  /** Number of different beginnings; each prompt (or conversation) gets one of them. */
  groups: number;
}

/** Unchanged entries in random order. */
export const DEFAULT_INPUT_PLAN: InputPlan = {
  field: null,
  order: "random",
  input_tokens: null,
  output_tokens: null,
  exact_output: false,
  shared_prefix: null,
  unique: false,
  history_turns: 0,
};

/** Writes a length as scenarios do: `1,200`, `100 to 400`, `lognormal(512, 1)`. */
export function writeLength(plan: LengthPlan): string {
  switch (plan.kind) {
    case "constant":
      return formatCount(plan.value);
    case "uniform":
      return `${formatCount(plan.min)} to ${formatCount(plan.max)}`;
    case "normal":
      return `normal(${plan.mean}, ${plan.deviation})`;
    case "lognormal":
      return `lognormal(${plan.median}, ${plan.sigma})`;
  }
}
