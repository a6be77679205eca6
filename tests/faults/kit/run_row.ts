/** Runs a row and holds what came of it against what must. */
import { type OutcomeCounts, OUTCOMES } from "../../../lib/measure/interval.ts";
import { ExitCode } from "../../../lib/cli/exit_codes.ts";
import { readResult } from "../../../lib/result/file.ts";
import type { Run } from "../../../lib/result/run.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { june } from "../../end_to_end/cli.ts";
import { watched } from "../../trust/kit/machine.ts";
import { type Left, withTool } from "../../trust/kit/tool.ts";
import type { Blamed, Came, Row } from "./row.ts";

/** Plants a row, runs june-load, and takes everything away again. A string: why the row cannot be had here. */
export async function runRow(row: Row): Promise<Came | string> {
  const undoes: (() => unknown)[] = [];
  const dir = await Deno.makeTempDir({ prefix: "june_load_faults_" });
  try {
    const planted = await row.plant({ dir, later: (undo) => undoes.push(undo) });
    if (typeof planted === "string") return planted;
    const { value, noise } = await watched(() => withTool(planted, (left) => look(left, dir)));
    return { ...value, noise };
  } finally {
    for (const undo of undoes.reverse()) await undo();
    await Deno.remove(dir, { recursive: true });
  }
}

async function look(left: Left, dir: string): Promise<Omit<Came, "noise">> {
  const { folder } = left;
  const run = folder === null ? null : await readResult(folder).catch(() => null);
  // Who was killed says nothing; the report on what it left does.
  const wasKilled = left.code === 128 + 9;
  const ended = wasKilled && folder !== null ? await june("report", folder, "--output-dir", `${dir}/again`) : left;
  const told = (ended.stdout + ended.stderr).replaceAll(/\s+/g, " ").trim();
  const sentence = run === null ? told : evaluate(run).sentence;
  return { code: ended.code, told, run, sentence, blamed: blamedBy(ended.code, run) };
}

function blamedBy(code: number, run: Run | null): Blamed {
  switch (code) {
    case ExitCode.OK:
      return "nobody";
    case ExitCode.THRESHOLD:
    case ExitCode.UNREACHABLE:
      return "the service";
    case ExitCode.OUTPUT:
      return "the output";
    case ExitCode.INTERRUPTED:
      return "whoever ended it";
    case ExitCode.INVALID:
      return run?.end === null ? "whoever ended it" : "june-load's machine";
    case ExitCode.USAGE:
      return "june-load's machine";
    default:
      return "june-load";
  }
}

/** Whether a run has no verdict only because of the machine, which others use, too. */
export function isSpoilt({ expect }: Row, { code, noise }: Came): boolean {
  const wantsVerdict = expect.exit.some((one) => one === ExitCode.OK || one === ExitCode.THRESHOLD);
  return wantsVerdict && code === ExitCode.INVALID && !expect.exit.includes(code) && noise !== null;
}

/** What of a row's expectations is not met, and of those that every run must meet. */
export function complaintsOf(row: Row, came: Came): string[] {
  const { expect } = row;
  const { code, told, run, blamed } = came;
  const wrong: string[] = [];
  const must = (holds: boolean, words: string) => holds || wrong.push(words);
  if (!isSpoilt(row, came)) {
    must(expect.exit.includes(code), `exit ${code}, not ${expect.exit.join(" or ")}`);
    must(expect.blames.includes(blamed), `blames ${blamed}, not ${expect.blames.join(" or ")}`);
    for (const words of expect.says) must(words.test(told), `does not say ${words}`);
  }
  must(!/This is a bug| at \S+\.ts:\d+:\d+/.test(told), "shows a stack trace");
  const isQuiet = came.noise === null && blamed === "the service";
  if (isQuiet) must(!/june-load (itself|was)|load generator/.test(came.sentence), "blames june-load, too");
  if (run === null) must(expect.outcomes === null, "left no result that can be read");
  else {
    must(expect.outcomes !== null, "sent load");
    must(run.unaccounted === 0 && run.in_flight >= 0, `${run.unaccounted} calls are unaccounted for`);
    const { outcomes } = run.total();
    for (const outcome of OUTCOMES) {
      const wanted = expect.outcomes?.[outcome];
      const count = outcomes[outcome];
      if (wanted !== undefined) must((count > 0) === (wanted === "some"), `${count} calls ${outcome}, not ${wanted}`);
    }
  }
  try {
    expect.check?.(came);
  } catch (error) {
    wrong.push((error as Error).message);
  }
  return wrong;
}

/** `81 ok, 6 failed`: the outcomes that occurred. */
export function outcomesText(outcomes: OutcomeCounts): string {
  return OUTCOMES.filter((one) => outcomes[one] > 0).map((one) => `${outcomes[one]} ${one.replace("_", " ")}`).join(
    ", ",
  );
}
