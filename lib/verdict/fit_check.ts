/** What a check of the load generator found. */

/** One thing that was looked at. */
export interface FitCheck {
  name: string;
  /** What was seen, with its unit. */
  value: string;
  state: "ok" | "unknown" | "warn" | "invalid";
  /** What it means and what to change, in one sentence; empty where all is well. */
  advice: string;
}
