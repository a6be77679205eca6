/** Which calls a figure is of. */
import { matchesGlob } from "../plan/glob.ts";

/** The calls that a figure covers; a field left out means all. */
export interface Selection {
  /** Glob over operation names. */
  operations?: string;
  /** Name of a stage. Without it: every stage but warm-up. */
  stage?: string;
  /** Leaves out ramps, too; not beside a stage. */
  without_ramps?: boolean;
}

/** Whether calls of an operation are among those selected, as far as its name goes. */
export function isOf({ operations }: Pick<Selection, "operations">, operation: string): boolean {
  return operations === undefined || matchesGlob(operations, operation);
}
