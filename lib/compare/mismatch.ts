/** Something in which the runs of two sides are unlike. */

/** Something that is not the same on both sides, or makes a run unfit. */
export interface Mismatch {
  /** `load`, `services.llm.max_tokens`, `generator host`, `verdict`. */
  what: string;
  base: string;
  other: string;
  /** Every difference of figures may come from it: there is no comparison. */
  blocks: boolean;
  /** Whether the plans differ, what made the runs, or a run itself is unfit. */
  kind: "plan" | "circumstance" | "run";
  /** What the sides of a duet are called; absent: they are a baseline and new runs. */
  sides?: readonly [base: string, other: string];
}
