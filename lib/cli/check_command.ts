/** `june-load check [scenario]`: only the preflight. */
import { buildCommand } from "@stricli/core";
import { type CliContext, say, warn } from "./context.ts";
import { ExitCode } from "./exit_codes.ts";
import { serviceFlagParameters, type ServiceFlags } from "./flags.ts";
import { loadPlan, scenarioParameter } from "./load_plan.ts";
import { addressesText, lookAtServices, MARKS, mayStart, type ServiceCheck } from "../run/preflight.ts";

/** Connects to every service of a scenario and checks its health; sends no load. */
export const checkCommand = buildCommand<ServiceFlags, [string?], CliContext>({
  async func(flags, scenario) {
    const named = flags.config === undefined && flags.scenario === undefined ? "baseline" : undefined;
    const { plan, warnings } = await loadPlan(this, scenario ?? named, flags);
    for (const text of warnings) warn(this, `warning: ${text}`);
    const checks = await lookAtServices(plan);
    for (const line of tableOf(checks)) say(this, line);
    // No file holds the answer, so it must have been read.
    const well = this.process.stdout.lost === null ? ExitCode.OK : ExitCode.OUTPUT;
    this.process.exitCode = mayStart(checks) ? well : ExitCode.UNREACHABLE;
  },
  parameters: { positional: scenarioParameter, flags: serviceFlagParameters },
  docs: {
    customUsage: ["[<scenario>]"],
    brief: "Check the health of every service of a scenario; send no load",
    fullDescription: [
      "Connects to every service of a scenario and checks its health. Sends no load, but tries each model of OpenAI's interface",
      "with one small call. Ends with 3 when a service cannot be reached or cannot do its task.",
      "",
      "  june-load check",
      "  june-load check baseline --target stt=gpu-1:50052",
    ].join("\n"),
  },
});

function tableOf(checks: readonly ServiceCheck[]): string[] {
  const rows = [
    ["", "service", "address", "state", "took", "found"],
    ...checks.map((check) => [
      MARKS[check.state],
      check.name,
      check.address,
      check.state,
      `${check.took_ms} ms`,
      [addressesText(check), check.details].filter((words) => words !== "").join(", "),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
  const remedies = checks.filter(({ remedy }) => remedy !== "").map(({ name, tried, remedy }) =>
    `${name}: tried ${tried}. ${remedy}`
  );
  return remedies.length === 0 ? lines : [...lines, "", ...remedies];
}
