/** `june-load compare BASE NEW...`: what changed between runs, and how sure that is. */
import { buildCommand } from "@stricli/core";
import { type GateOutcome, holdGates, parseGate } from "../../compare/gate.ts";
import { compareSides } from "../../compare/compare.ts";
import { UserError } from "../../plan/errors.ts";
import { renderComparisonCsv, renderComparisonJson, renderComparisonJunit } from "../../report/compare/data.ts";
import { renderComparisonMarkdown } from "../../report/compare/markdown.ts";
import { headlineLines, renderComparisonText } from "../../report/compare/text.ts";
import type { ComparisonReport } from "../../report/figures/comparison.ts";
import { writeNamedFile } from "../../result/output_file.ts";
import { type CliContext, say } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import { type FlagValues, switchFlag, textFlag, textsFlag } from "../flag_kinds.ts";
import { VERSION } from "../version.ts";
import { readSide } from "./sides.ts";

const flags = {
  failIf: textsFlag("A change that fails, e.g. 'p95(response_time) +5%', 'goodput -3%', 'wer +0.5pp'", "rule"),
  failIfUnsure: switchFlag("Also fail where such a change is not ruled out"),
  acceptDifferences: switchFlag("Hold the rules though the plans differ in what they ask"),
  html: textFlag("Write the page", "file"),
  markdown: textFlag("Write Markdown for a pull request; - for standard output", "file"),
  json: textFlag("Write JSON; - for standard output", "file"),
  csv: textFlag("Write one row a figure; - for standard output", "file"),
  junit: textFlag("Write JUnit's XML, a case a rule; - for standard output", "file"),
  quiet: switchFlag("Print only the headline"),
} as const;

type CompareFlags = FlagValues<typeof flags>;

/** Compares saved runs. */
export const compareCommand = buildCommand<CompareFlags, string[], CliContext>({
  async func(given, ...named) {
    if (named.length < 2) {
      throw new UserError("usage", "Name two results or more: june-load compare BASE NEW...");
    }
    const gates = (given.failIf ?? []).map(parseGate);
    const [base, ...others] = await Promise.all(named.map(readSide)) as [Awaited<ReturnType<typeof readSide>>];
    const report: ComparisonReport = {
      comparison: compareSides(base, others),
      gates: others.flatMap((other) => holdGates(gates, base, other)),
      version: VERSION,
    };
    const shown = await writeForms(this, report, given);
    if (!shown && given.quiet === true) { for (const line of headlineLines(report)) say(this, line); }
    else if (!shown) this.process.stdout.write(renderComparisonText(report));
    this.process.exitCode = exitCodeOf(report, given);
  },
  parameters: {
    positional: {
      kind: "array",
      minimum: 1,
      parameter: { brief: "Results, folders of runs or globs; [label=]what", parse: String, placeholder: "side" },
    },
    flags,
  },
  docs: {
    brief: "Compare saved runs: what changed, and how sure that is",
    fullDescription: [
      "Compares each side with the first: first whether they can be compared at all, then every figure with its interval.",
      "A side is a result, its folder, a folder that holds several runs, or a glob in quotes; commas join several.",
      "",
      "  june-load compare reports/target/20261122_020000 reports/target/20261123_020000",
      "  june-load compare main=before/target pr=after/target            several runs a side",
      "  june-load compare main pr --fail-if 'p95(response_time) +5%'    a gate",
      "",
      "Exit codes: 99 a change is certainly beyond a rule (with --fail-if-unsure: not certainly within), 5 the runs cannot be",
      "compared although there are rules, 0 otherwise.",
    ].join("\n"),
  },
});

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
