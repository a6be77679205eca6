/** One thing that was looked at to tell whether the load generator could keep up. */

/** A check and what came of it. */
export interface FitCheck {
  name: string;
  /** What was seen, with its unit. */
  value: string;
  /** `unknown`: it could not be seen, or too little of it to say. */
  state: "ok" | "unknown" | "warn" | "invalid";
  /** What it means and what to change, in one sentence; empty where all is well. */
  advice: string;
}

/** Nothing to say against it. */
export const ok = (name: string, value: string): FitCheck => ({ name, value, state: "ok", advice: "" });
/** Nothing was seen, good or bad. */
export const unknown = (name: string, value: string): FitCheck => ({ name, value, state: "unknown", advice: "" });
