/** Lists the runs of folders over time, and follows their figures. */
import { type History, historyOf, type PastRun, pastRun } from "../../compare/history.ts";
import type { SideRun } from "../../compare/sides.ts";
import { UserError } from "../../plan/errors.ts";
import { exportUnit, exportValue } from "../../report/format/base_units.ts";
import { renderHistoryText } from "../../report/compare/history_text.ts";
import { readResult } from "../../result/file.ts";
import { writeNamedFile } from "../../result/output_file.ts";
import { evaluate } from "../../verdict/evaluate.ts";
import { findRuns } from "../compare/sides.ts";
import type { CliContext } from "../context.ts";
import { VERSION } from "../version.ts";
import type { HistoryFlags } from "./history_flags.ts";

const USUAL_LAST = 100;
const MOST_LAST = 1000;

/**
 * Prints the history of each scenario in the folders, and writes it where the flags say.
 * @throws {UserError} where there is no run
 */
export async function listHistory(
  context: CliContext,
  folders: readonly string[],
  given: HistoryFlags,
): Promise<void> {
  const last = parseLast(given.last);
  const paths = (await Promise.all((folders.length === 0 ? ["reports"] : folders).map(findRuns))).flat();
  const histories = await readHistories([...new Set(paths)], last, given.scenario);
  const [first] = histories;
  if (first === undefined) {
    const which = given.scenario === undefined ? "" : ` of the scenario "${given.scenario}"`;
    throw new UserError(
      "input",
      `No run${which} in ${folders.join(", ") || "reports"}: name a folder that holds runs`,
    );
  }
  if (given.html !== undefined) {
    const { renderHistoryPage } = await import("../../report/compare/history_page.ts");
    await writeNamedFile(given.html, renderHistoryPage(first, VERSION));
  }
  const json = () => JSON.stringify(histories.map(historyJson), null, 2) + "\n";
  if (given.json !== undefined && given.json !== "-") await writeNamedFile(given.json, json());
  context.process.stdout.write(given.json === "-" ? json() : histories.map(renderHistoryText).join("\n\n"));
}

function parseLast(text: string | undefined): number {
  if (text === undefined) return USUAL_LAST;
  const last = Number(text);
  if (Number.isInteger(last) && last >= 1 && last <= MOST_LAST) return last;
  throw new UserError("usage", `--last "${text}": write a whole number from 1 to ${MOST_LAST}`);
}

/** One history a scenario, by name. Runs are read one by one and only their figures are kept. */
async function readHistories(paths: readonly string[], last: number, wanted: string | undefined): Promise<History[]> {
  const starts: { path: string; scenario: string; started_at: string }[] = [];
  for (const path of paths) {
    const { run } = await read(path);
    const { plan: { scenario }, header: { started_at } } = run;
    if (wanted === undefined || scenario === wanted) starts.push({ path, scenario, started_at });
  }
  const groups = [...Map.groupBy(starts, ({ scenario }) => scenario)].sort(([a], [b]) => a.localeCompare(b));
  const histories: History[] = [];
  for (const [, group] of groups) {
    const order = group.toSorted((a, b) => a.started_at.localeCompare(b.started_at)).slice(-last);
    const newest = await newestFit(order.map(({ path }) => path));
    const runs: PastRun[] = [];
    for (const { path } of order) runs.push(pastRun(path === newest.path ? newest : await read(path), newest));
    histories.push(historyOf(newest, runs));
  }
  return histories;
}

/** The newest run that has figures to set others beside; the newest of all where none has. */
async function newestFit(paths: readonly string[]): Promise<SideRun> {
  for (const path of paths.toReversed()) {
    const one = await read(path);
    if (one.verdict.status !== "INVALID" && one.run.end?.reason === "completed") return one;
  }
  return await read(paths.at(-1) as string);
}

async function read(path: string): Promise<SideRun> {
  const run = await readResult(path);
  return { run, verdict: evaluate(run), path };
}

function historyJson({ scenario, runs, figures }: History) {
  return {
    scenario,
    runs: runs.map(({ values: _, ...run }) => run),
    figures: figures.map(({ points, levels, unit, ...figure }) => {
      const value = <T extends { value: number }>(one: T) => ({ ...one, value: exportValue(one.value, unit) });
      return { ...figure, unit: exportUnit(unit), points: points.map(value), levels: levels.map(value) };
    }),
  };
}
