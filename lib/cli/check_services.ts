/** Looks at the services of a scenario and shows what is found. */
import { type CliContext, say, warn } from "./context.ts";
import { ExitCode } from "./exit_codes.ts";
import type { ServiceFlags } from "./flags.ts";
import { loadPlan } from "./load_plan.ts";
import { addressesText, lookAtServices, MARKS, mayStart, type ServiceCheck } from "../run/preflight.ts";

/** Checks every service and prints a table; returns the exit code. */
export async function checkScenario(
  context: CliContext,
  scenario: string | undefined,
  flags: ServiceFlags,
): Promise<number> {
  const named = flags.config === undefined && flags.scenario === undefined ? "baseline" : undefined;
  const { plan, warnings } = await loadPlan(context, scenario ?? named, flags);
  for (const text of warnings) warn(context, `warning: ${text}`);
  const checks = await lookAtServices(plan);
  for (const line of tableOf(checks)) say(context, line);
  // No file holds the answer, so it must have been read.
  const well = context.process.stdout.lost === null ? ExitCode.OK : ExitCode.OUTPUT;
  return mayStart(checks) ? well : ExitCode.UNREACHABLE;
}

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
