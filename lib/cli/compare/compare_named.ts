/** Compares what a command line names: saved runs, a duet, or two targets that are called now. */
import { type Gate, type GateOutcome, holdGates, parseGate } from "../../compare/gate.ts";
import { compareSides } from "../../compare/compare.ts";
import { UserError } from "../../plan/errors.ts";
import type { Side } from "../../compare/sides.ts";
import { renderComparisonCsv, renderComparisonJson, renderComparisonJunit } from "../../report/compare/data.ts";
import { renderComparisonMarkdown } from "../../report/compare/markdown.ts";
import { headlineLines, renderComparisonText } from "../../report/compare/text.ts";
import type { ComparisonReport } from "../../report/figures/comparison.ts";
import { writeNamedFile } from "../../result/output_file.ts";
import { type CliContext, say } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import { VERSION } from "../version.ts";
import { refuseDuetFlags } from "../duet/duet_flags.ts";
import type { CompareFlags } from "./compare_flags.ts";
import { readDuet, readSide } from "./sides.ts";

/**
 * Compares saved runs, or runs two targets side by side; returns the exit code.
 * @throws {UserError} for a rule, a flag or a result that cannot be read
 */
export async function compareNamed(
  context: CliContext,
  named: readonly string[],
  given: CompareFlags,
): Promise<number> {
  const gates = (given.failIf ?? []).map(parseGate);
  const say = (base: Side, others: readonly Side[]) => sayComparison(context, base, others, gates, given);
  if (given.duet === true) {
    const { runDuet } = await import("../duet/run_duet.ts");
    return await runDuet(context, named, given, given.quiet === true, async (dir) => {
      const [base, other] = await readDuet(dir);
      return await say(base, [other]);
    });
  }
  refuseDuetFlags(given);
  const [first, ...more] = named;
  if (first === undefined) {
    throw new UserError("usage", "Name two results or more: june-load compare BASE NEW..., or one duet");
  }
  if (more.length === 0) {
    const [base, other] = await readDuet(first);
    return await say(base, [other]);
  }
  const [base, ...others] = await Promise.all(named.map(readSide)) as [Side];
  return await say(base, others);
}

/** Compares, writes and prints; returns the exit code. */
async function sayComparison(
  context: CliContext,
  base: Side,
  others: readonly Side[],
  gates: readonly Gate[],
  given: CompareFlags,
): Promise<number> {
  const report: ComparisonReport = {
    comparison: compareSides(base, others),
    gates: others.flatMap((other) => holdGates(gates, base, other)),
    version: VERSION,
  };
  const shown = await writeForms(context, report, given);
  if (!shown && given.quiet === true) { for (const line of headlineLines(report)) say(context, line); }
  else if (!shown) context.process.stdout.write(renderComparisonText(report));
  return exitCodeOf(report, given);
}

/** Writes the files; true where one of them went to standard output in place of the text. */
async function writeForms(context: CliContext, report: ComparisonReport, given: CompareFlags): Promise<boolean> {
  const forms: [path: string | undefined, render: () => string | Promise<string>][] = [
    [given.markdown, () => renderComparisonMarkdown(report)],
    [given.json, () => renderComparisonJson(report)],
    [given.csv, () => renderComparisonCsv(report)],
    [given.junit, () => renderComparisonJunit(report, given.failIfUnsure === true)],
    // Loaded late: the page carries a megabyte of charts.
    [given.html, async () => (await import("../../report/compare/page.ts")).renderComparisonPage(report)],
  ];
  let shown = false;
  for (const [path, render] of forms) {
    if (path === undefined) continue;
    const text = await render();
    if (path === "-") context.process.stdout.write(text);
    else await writeNamedFile(path, text);
    shown ||= path === "-";
  }
  return shown;
}

function exitCodeOf({ comparison: { pairings }, gates }: ComparisonReport, given: CompareFlags): number {
  if (gates.length === 0) return ExitCode.OK;
  // Plans may differ on purpose; a run that is INVALID has no figures to hold to a rule.
  const unfit = pairings.some(({ mismatches }) =>
    mismatches.some(({ blocks, kind }) => blocks && (kind === "run" || given.acceptDifferences !== true))
  );
  if (unfit) return ExitCode.INVALID;
  const broken = (state: GateOutcome["state"]) =>
    state === "broken" || (state === "unsure" && given.failIfUnsure === true);
  if (gates.some(({ state }) => broken(state))) return ExitCode.THRESHOLD;
  return gates.some(({ state }) => state === "nothing") ? ExitCode.INVALID : ExitCode.OK;
}
