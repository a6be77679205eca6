/** What the thresholds say of a run. */
import type { Threshold } from "../plan/threshold/threshold.ts";

/** One rule held against a run. */
export interface RuleOutcome {
  threshold: Threshold;
  passed: boolean;
  /** In the measure's base unit (see `Threshold.limit`); null when there was nothing to read. */
  observed: number | null;
  /** The observed value with its unit, `no data` when null. */
  observed_text: string;
  /** The operation that was worst, where the rule is held by each; the GPU, for rules on GPUs. */
  worst: string | null;
  /** Values the observation rests on. */
  n: number;
  /** observed / limit; null without data or for a limit of 0. Above 1 is past the limit for `<` rules. */
  ratio: number | null;
  /** 95 % confidence interval of the observed value; null where there is none, or the sample cannot carry it. */
  interval: ConfidenceInterval | null;
  /** Whether enough was measured to be sure of the answer; null for rules of which that cannot be said. */
  data: "enough" | "too little" | null;
  /** Of a strict plan: why a value on the right side of the limit is not believed, so that the rule fails; null elsewhere. */
  unsure: string | null;
  /** Names of the ramps that the rule leaves out; absent: it reads every stage that it may. */
  left_out?: readonly string[];
  /** Calls that june-load itself spoilt, where that leaves the answer open; null: the answer stands. */
  undecided: Undecided | null;
}

/** Why nobody knows whether a rule holds: its answer differs with and without some calls. */
export interface Undecided {
  /** Tainted calls, and all that the rule reads. */
  tainted: number;
  calls: number;
  /** What the rule reads without them, with its unit; `no data` where nothing is left. */
  clean_text: string;
}

/** Both ends of a 95 % confidence interval, in the unit of what it is around. */
export interface ConfidenceInterval {
  low: number;
  high: number;
}

/** The answer. INVALID: the run itself cannot carry a verdict. */
export interface Verdict {
  status: "PASS" | "FAIL" | "INVALID";
  /** One plain sentence: what decided it. */
  sentence: string;
  rules: RuleOutcome[];
}
