/** `june-load calibrate`: what june-load adds on this host. */
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { type FlagValues, switchFlag, textFlag } from "../flag_kinds.ts";

/** Its flags. */
const parameters = {
  output: textFlag("Where to save it [default: where later runs find it]", "file"),
  short: switchFlag("Five seconds: only what is added at idle; saved only with --output"),
  json: switchFlag("Print the document that is saved, instead of the table"),
} as const;

/** Measures, prints a table and saves it. */
export const calibrateCommand = buildCommand<FlagValues<typeof parameters>, [], CliContext>({
  async func(flags) {
    const { runCalibration } = await import("./run_calibration.ts");
    this.process.exitCode = await runCalibration(this, flags);
  },
  parameters: {
    flags: parameters,
  },
  docs: {
    brief: "Measure what june-load itself adds on this host, and save it for later runs",
    fullDescription: [
      "Measures what june-load itself adds to the figures on this host, in under a minute and without any service: it calls an",
      "echo in a process of its own, whose clock judges when calls, messages and chunks of speech really came and went; at idle",
      "and beside a process that keeps one core busy. Then it tries how much one worker can do before it is late.",
      "",
      "Later runs on the same host, by the same versions, carry the figures in result and report, and say before the load when a",
      "plan asks for more. Leave the host alone meanwhile, and calibrate again after a change of host, kernel or version.",
      "",
      "  june-load calibrate",
      "  june-load calibrate --short --output before.json",
    ].join("\n"),
  },
});
