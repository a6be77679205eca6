/** What the thresholds say of a run. */
import type { Distribution } from "../plan/threshold/threshold.ts";
import type { Gaps } from "./resource_gaps.ts";
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
  /** Of a rule that holds: what it lacks to be certain; null where it is, and for broken ones. */
  unproven: Unproven | null;
  /** Names of the ramps that the rule leaves out; absent: it reads every stage that it may. */
  left_out?: readonly string[];
  /** What leaves the answer open; null: the answer stands. */
  undecided: Undecided | null;
  /** Operations that the rule names and that have nothing of what it reads; null: there are none. */
  inapplicable: Inapplicable | null;
}

/** A rule holds on what was measured, but that is too little to be sure. */
export interface Unproven {
  /** How much longer its stages would have to last, at the same load; null: so near its limit that no length would do. */
  more_ms: number | null;
}

/** How much of a PASS is certain: see `unproven` of its rules. */
export interface PassCertainty {
  /** Rules that are certain, of all that hold. */
  certain: number;
  rules: number;
  /** Length of a run in which the others would be, too, but for those too near; null where there are none. */
  run_ms: number | null;
  /** Rules too near their limit for any length, as the plan writes them. */
  too_near: string[];
}

/** Operations to which a rule does not apply. */
export interface Inapplicable {
  operations: string[];
  /** No other operation is left: the rule says nothing of the run, and does not hold. */
  all: boolean;
  /** What it takes, in words, after "needs". */
  needs: string;
  /** What the first of them can be judged by; null for figures that have no like. */
  instead: Distribution | null;
}

/** Why nobody knows whether a rule holds. */
export type Undecided = TaintedCalls | PartialReadings | OnePiece;

/** Its answer differs with and without the calls that june-load itself spoilt. */
export interface TaintedCalls {
  kind: "tainted calls";
  /** Tainted calls, and all that the rule reads. */
  tainted: number;
  calls: number;
  /** What the rule reads without them, with its unit; `no data` where nothing is left. */
  clean_text: string;
}

/** The machine was read for a part of the time, and that part does not decide it. */
export interface PartialReadings extends Gaps {
  kind: "partial readings";
}

/** Replies that should stream came in one piece, so that times between their messages say nothing of the service. */
export interface OnePiece {
  kind: "one piece";
  /** Such replies, and all ok calls that the rule reads. */
  whole: number;
  calls: number;
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
  /** Null where no rule holds, and for any other verdict than a PASS or a FAIL for too little data alone. */
  certainty: PassCertainty | null;
}
