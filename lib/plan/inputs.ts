/** What a plan says of a service's inputs beside their files: which entry comes when, and how it is shaped. Plain data. */
import { formatCount } from "./units.ts";

/** A number of tokens: always the same, or drawn for each call. What is drawn is rounded, 1 to a million. */
export type LengthPlan =
  | { kind: "constant"; value: number }
  /** Every whole number from `min` to `max` is equally likely. */
  | { kind: "uniform"; min: number; max: number }
  /** Values below 1 are 1. */
  | { kind: "normal"; mean: number; deviation: number }
  /** `median * exp(sigma * z)`, z standard normal: half of the values lie below the median; the mean is larger. */
  | { kind: "lognormal"; median: number; sigma: number };

/** How inputs are picked and shaped. Where a plan has none, `DEFAULT_INPUT_PLAN` holds. */
export interface InputPlan {
  /**
   * Where an entry's text is: a key of JSON objects (`body.prompt` is a path), or a column of CSV files. Null: the first
   * that an entry has of `prompt`, `text`, `question`, ... and, for chats, `messages`, `conversations`.
   */
  field: string | null;
  /** `sequential`: in the order of the files, each entry once before any comes again, over all workers together. */
  order: "random" | "sequential";
  /** Prompts are made of words, this long, instead of entries; an estimate of 0.75 words a token. Null: entries. */
  input_tokens: LengthPlan | null;
  /** Most tokens of an answer, in place of the service's `max_tokens`; null: an entry's own, else the service's. */
  output_tokens: LengthPlan | null;
  /** Ask the server to make exactly as many tokens; only servers that speak OpenAI's interface can. */
  exact_output: boolean;
  /** Words put before each prompt that others have too, for prefix caches; null: none. */
  shared_prefix: SharedPrefixPlan | null;
  /** Each prompt is told apart at its beginning (after a shared prefix), so that no cache has an answer for it. */
  unique: boolean;
  /**
   * How many earlier questions and answers a user's chat carries at most; then a new conversation begins. 0: each chat
   * stands alone, as it does for arrivals, which have no user.
   */
  history_turns: number;
}

/** Beginnings that prompts have in common. */
export interface SharedPrefixPlan {
  /** Length of each; estimated as for prompts. */
  tokens: number;
  /** How many different ones there are; each prompt (each conversation) has one of them. */
  groups: number;
}

/** Entries as they are, at random. */
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
