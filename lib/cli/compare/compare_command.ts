/** `june-load compare BASE NEW...`: what changed between runs, and how sure that is. */
import { buildCommand } from "@stricli/core";
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
import { type FlagValues, switchFlag, textFlag, textsFlag } from "../flag_kinds.ts";
import { VERSION } from "../version.ts";
import { duetFlagParameters, refuseDuetFlags } from "../duet/duet_flags.ts";
import { readDuet, readSide } from "./sides.ts";

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
  duet: switchFlag("Run A and B at the same instants, and compare them pair by pair; the flags below are for it"),
  ...duetFlagParameters,
} as const;

type CompareFlags = FlagValues<typeof flags>;

/** Compares saved runs, or runs two targets side by side. */
export const compareCommand = buildCommand<CompareFlags, string[], CliContext>({
  async func(given, ...named) {
    const gates = (given.failIf ?? []).map(parseGate);
    const say = (base: Side, others: readonly Side[]) => sayComparison(this, base, others, gates, given);
    if (given.duet === true) {
      const { runDuet } = await import("../duet/run_duet.ts");
      this.process.exitCode = await runDuet(this, named, given, given.quiet === true, async (dir) => {
        const [base, other] = await readDuet(dir);
        return await say(base, [other]);
      });
      return;
    }
    refuseDuetFlags(given);
    const [first, ...more] = named;
    if (first === undefined) {
      throw new UserError("usage", "Name two results or more: june-load compare BASE NEW..., or one duet");
    }
    if (more.length === 0) {
      const [base, other] = await readDuet(first);
      this.process.exitCode = await say(base, [other]);
      return;
    }
    const [base, ...others] = await Promise.all(named.map(readSide)) as [Side];
    this.process.exitCode = await say(base, others);
  },
  parameters: {
    positional: {
      kind: "array",
      parameter: { brief: "Results, folders of runs or globs; [label=]what", parse: String, placeholder: "side" },
    },
    flags,
  },
  docs: {
    customUsage: ["<base> <new>...", "<duet>", "--duet <A> <B> <scenario>"],
    brief: "Compare saved runs, or two targets side by side: what changed, and how sure that is",
    fullDescription: [
      "Compares each side with the first: first whether they can be compared at all, then every figure with its interval.",
      "A side is a result, its folder, a folder that holds several runs, or a glob in quotes; commas join several.",
      "",
      "  june-load compare reports/target/20261122_020000 reports/target/20261123_020000",
      "  june-load compare main=before/target pr=after/target            several runs a side",
      "  june-load compare main pr --fail-if 'p95(response_time) +5%'    a gate",
      "",
      "A duet calls two targets at the same instants with the same inputs, so that what disturbs both cancels:",
      "",
      "  june-load compare --duet gpu-1:50051 gpu-2:50051 my.yaml        a scenario of one service",
      "  june-load compare --duet llm=gpu-1:50051 llm=gpu-2:50051 demo   of several: those that differ",
      "  june-load compare --duet main.yaml pr.yaml --scenario target    two files with the same load",
      "  june-load compare --duet --sim demo --fault llm.latency_factor=1.03",
      "  june-load compare reports/demo-duet                             saved duets, all together",
      "",
      "Exit codes: 99 a change is certainly beyond a rule (with --fail-if-unsure: not certainly within), 5 the runs cannot be",
      "compared although there are rules, 0 otherwise.",
    ].join("\n"),
  },
});

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
