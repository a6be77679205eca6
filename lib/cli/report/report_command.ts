/** `june-load report <result>`: makes the same report again from the saved result. */
import { buildCommand } from "@stricli/core";
import { OUTPUT_FORMATS } from "../../plan/plan.ts";
import type { CliContext } from "../context.ts";
import { switchFlag, textFlag } from "../flag_kinds.ts";
import { parseFormats } from "../flags.ts";
import { formFlagParameters } from "./form_flags.ts";
import type { ReportFlags } from "./report_flags.ts";

/** Reads a complete or incomplete result and writes its report. */
export const reportCommand = buildCommand<ReportFlags, [string], CliContext>({
  async func(flags, path) {
    const { remakeReport } = await import("./remake_report.ts");
    this.process.exitCode = await remakeReport(this, path, flags);
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "result.ndjson, or the folder that holds it", parse: String, placeholder: "result" }],
    },
    flags: {
      compare: textFlag("An earlier result to compare with", "baseline"),
      ...formFlagParameters,
      outputDir: textFlag("Folder for the files [default: the result's own]", "dir"),
      format: {
        kind: "parsed",
        parse: parseFormats,
        optional: true,
        brief: `Files to write, of ${OUTPUT_FORMATS.join(",")} [default: the plan's]`,
        placeholder: "list",
      },
      quiet: switchFlag("Print only the report's path"),
    },
  },
  docs: {
    brief: "Make the report again from a saved result",
    fullDescription: [
      "Makes the report of a saved result again, even for a run that was killed. Ends with the verdict's exit code.",
      "",
      "  june-load report reports/spike/20261123_140000",
      "  june-load report reports/spike/latest --markdown report.md --junit junit.xml",
      "  june-load report reports/spike/20261123_140000 --compare reports/spike/20261122_020000",
    ].join("\n"),
  },
});
