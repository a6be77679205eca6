/** What GitHub Actions shows of a run: a folded log, annotations, and the Markdown of the report on the step's page. */
import type { Run } from "../result/run.ts";
import { type FormOptions, renderMarkdownForm } from "../report/form.ts";
import { ruleState } from "../report/figures/rules.ts";
import { plainText } from "../report/format/escape.ts";
import type { RuleOutcome, Verdict } from "../verdict/verdict.ts";
import { type CliContext, say, warn } from "./context.ts";

/** GitHub drops the whole summary of a step that is larger. */
export const STEP_SUMMARY_MAX_BYTES = 1024 * 1024;
/** GitHub shows so many annotations of each kind for a step. */
export const ANNOTATIONS_MAX = 10;

/** The log of a step. Outside GitHub Actions nothing of it does anything. */
export interface ActionsLog {
  /** Folds what follows under a title. */
  fold(title: string): void;
  /** Ends the fold: what follows is open to the eye. */
  unfold(): void;
  /** The end of the output: annotations, and the step's summary. */
  finish(run: Run, verdict: Verdict, options: () => FormOptions): Promise<void>;
  /** Ends what is open; has no effect when nothing is. */
  close(): void;
}

/**
 * The log of the step that runs this process. While it is open GitHub obeys no command in it: texts of servers are printed
 * there, and a line of theirs that begins with `::` would be one.
 * @param quiet standard output is read by a program: the log gets nothing, the step's summary all the same
 */
export function actionsLog(context: CliContext, { quiet = false } = {}): ActionsLog {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = context.process.env;
  const inActions = GITHUB_ACTIONS === "true" && !quiet;
  let folded = false;
  let deaf: string | null = null;
  const command = (text: string) => {
    if (inActions) say(context, text);
  };
  const hear = () => {
    if (deaf !== null) command(`::${deaf}::`);
    deaf = null;
  };
  const stopHearing = () => {
    deaf = crypto.randomUUID();
    command(`::stop-commands::${deaf}`);
  };
  const unfold = () => {
    hear();
    if (folded) command("::endgroup::");
    folded = false;
  };
  return {
    fold: (title) => {
      hear();
      command(`::group::${escapeData(title)}`);
      folded = true;
      stopHearing();
    },
    unfold: () => {
      unfold();
      stopHearing();
    },
    finish: async (run, verdict, options) => {
      unfold();
      for (const line of annotations(run, verdict)) command(line);
      if (GITHUB_STEP_SUMMARY === undefined || GITHUB_STEP_SUMMARY === "") return;
      const problem = await addSummary(
        GITHUB_STEP_SUMMARY,
        (limit_bytes) => renderMarkdownForm(run, verdict, options(), limit_bytes),
      );
      if (problem !== null) warn(context, `warning: ${problem}`);
    },
    close: unfold,
  };
}

/** Adds the report to the summary of the step; returns why it could not, in words. */
async function addSummary(file: string, render: (limit_bytes: number) => string): Promise<string | null> {
  try {
    const { size } = await Deno.stat(file).catch(() => ({ size: 0 }));
    const text = `${size === 0 ? "" : "\n"}${render(STEP_SUMMARY_MAX_BYTES - size - 1)}`;
    const bytes = new TextEncoder().encode(text);
    if (size + bytes.length > STEP_SUMMARY_MAX_BYTES) return "the step's summary is full: the report is not in it";
    await Deno.writeFile(file, bytes, { append: true });
    return null;
  } catch (error) {
    return `the step's summary could not be written: ${(error as Error).message}`;
  }
}

/** The verdict, then broken rules, each a line; at most ten of a kind. */
export function annotations({ plan }: Run, { status, sentence, rules }: Verdict): string[] {
  const title = `june-load ${status}: ${plan.scenario}`;
  const line = (kind: string, text: string) => `::${kind} title=${escapeProperty(title)}::${escapeData(text)}`;
  const of = (tone: "fail" | "warn") => rules.filter((rule) => ruleState(rule).tone === tone).map(ruleText);
  const errors = [...(status === "PASS" ? [] : [sentence]), ...of("fail")];
  return [
    ...errors.slice(0, ANNOTATIONS_MAX).map((text) => line("error", text)),
    ...of("warn").slice(0, ANNOTATIONS_MAX).map((text) => line("warning", text)),
    ...(status === "PASS" ? [line("notice", sentence)] : []),
  ];
}

function ruleText(rule: RuleOutcome): string {
  const { threshold, observed_text, worst } = rule;
  return `${threshold.source}: ${ruleState(rule).word}, ${observed_text}${worst === null ? "" : ` (${worst})`}`;
}

/** Text of a command, as actions/toolkit escapes it; of outside texts only what is no control character is left. */
function escapeData(text: string): string {
  return plainText(text, 1000).replaceAll("%", "%25");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
