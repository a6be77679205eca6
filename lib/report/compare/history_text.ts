/** The history of a scenario as plain text: its runs, and each figure with the changes of its level. */
import { type FigureHistory, type History, LEAST_RUNS, type Level, type PastRun } from "../../compare/history.ts";
import { mismatchText } from "../../compare/headline.ts";
import { changeText } from "../../compare/words.ts";
import { UNITS } from "../../plan/threshold/measure_units.ts";
import { formatCount } from "../../plan/units.ts";
import { instantText } from "../figures/figures.ts";
import { plainText } from "../format/escape.ts";

/** Runs that are listed; the newest. */
const MOST_LISTED = 20;
/** Points of a line of blocks; the newest. */
const MOST_BLOCKS = 30;
const BLOCKS = "▁▂▃▄▅▆▇█";

/** The whole text, with a line end at its end. */
export function renderHistoryText(history: History): string {
  const { scenario, runs, figures } = history;
  const listed = runs.slice(-MOST_LISTED);
  const hidden = runs.length - listed.length;
  const rows = figures.map((one) => figureRow(one, runs));
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  const blocks = Math.max(0, ...rows.map(([, line]) => line.length));
  const changed = rows.filter((_, i) => (figures[i] as FigureHistory).levels.length > 1);
  const steady = rows.filter((row) => !changed.includes(row));
  const line = ([name, drawn, words]: Row) => `  ${name.padEnd(width)}  ${drawn.padEnd(blocks)}  ${words}`.trimEnd();
  const parts = [
    [
      `${plainText(scenario)}: ${formatCount(runs.length)} ${runs.length === 1 ? "run" : "runs"}`,
      ...listed.map(runLine),
    ],
    hidden > 0 ? [`  and ${formatCount(hidden)} earlier`] : [],
    changed.length === 0 ? [] : ["levels that changed", ...changed.map(line)],
    steady.length === 0 ? [] : [steadyTitle(history, changed.length > 0), ...steady.map(line)],
    ["A change point stands where the level moved (E-divisive means, 999 orders, P < 0.01 for each figure)."],
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n");
}

/** "No change" of too few runs would be a claim that nobody can make. */
function steadyTitle({ figures }: History, someChanged: boolean): string {
  if (someChanged) return "no change";
  const tellable = figures.some(({ points }) => points.length >= LEAST_RUNS);
  return tellable ? "no level changed" : `too few runs to tell a change; ${LEAST_RUNS} are needed`;
}

function runLine({ started_at, status, calls, tool, path, left_out }: PastRun): string {
  const why = left_out.length === 0 ? "" : `  left out: ${plainText(mismatchText(left_out[0]!), 100)}`;
  return `  ${instantText(started_at)}  ${status.padEnd(7)}  ${formatCount(calls).padStart(9)} calls  ${
    plainText(tool)
  }  ${plainText(path)}${why}`;
}

type Row = [name: string, blocks: string, words: string];

function figureRow(figure: FigureHistory, runs: readonly PastRun[]): Row {
  const now = figure.levels.at(-1);
  const changes = figure.levels.slice(1).reverse().map((level) => levelText(figure, level, runs));
  const value = now === undefined ? "" : UNITS[figure.unit].write(now.value);
  return [`${plainText(figure.operation)} ${figure.name}`, blocksOf(figure), [value, ...changes].join("; ")];
}

/** `2026-11-22: +12 %, 2 runs`. */
export function levelText(figure: FigureHistory, level: Level, runs: readonly PastRun[]): string {
  const { unit } = figure;
  const value = level.change ?? 0;
  const change = { scale: unit === "ratio" ? "difference" as const : "ratio" as const, value, low: value, high: value };
  const day = runs[level.from]?.started_at.slice(0, 10) ?? "";
  return `${day}: ${changeText({ change, unit })}, ${level.runs} run${level.runs === 1 ? "" : "s"}`;
}

/** Low to high, so that a step is seen. */
function blocksOf({ points }: FigureHistory): string {
  const values = points.slice(-MOST_BLOCKS).map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const index = (value: number) => high === low ? 0 : Math.round((value - low) / (high - low) * (BLOCKS.length - 1));
  return values.map((value) => BLOCKS[index(value)]).join("");
}
