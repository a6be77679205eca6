/** Flags of `june-load report`. */
import type { OutputFormat } from "../../plan/plan.ts";
import type { FormFlags } from "./form_flags.ts";

/** The values of the flags. */
export interface ReportFlags extends FormFlags {
  compare?: string;
  outputDir?: string;
  format?: OutputFormat[];
  quiet?: boolean;
}
