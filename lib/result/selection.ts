/** Which calls a figure is of. */

/** The calls that a figure covers; a field left out means all. */
export interface Selection {
  /** Glob over operation names. */
  operations?: string;
  /** Name of a stage. Without it: every stage but warm-up. */
  stage?: string;
  /** Leaves out ramps, too; not beside a stage. */
  without_ramps?: boolean;
}
