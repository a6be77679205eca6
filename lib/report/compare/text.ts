/** A comparison as plain text: what the terminal shows, and `comparison.txt`. */
import type { Pairing } from "../../compare/compare.ts";
import type { FigureDifference } from "../../compare/figures.ts";
import type { Side } from "../../compare/sides.ts";
import { mismatchText } from "../../compare/headline.ts";
import { differenceText, valueText } from "../../compare/words.ts";
import { HEADLINE } from "../../plan/threshold/threshold.ts";
import { plainText } from "../format/escape.ts";
import {
  byOperation,
  columnNames,
  type ComparisonReport,
  GATE_WORDS,
  gateText,
  headed,
  methodTexts,
  sideName,
  sideText,
} from "../figures/comparison.ts";

const WIDTH = 90;
/** Longest text of a mismatch. */
const MISMATCH_MAX = 400;

/**
 * The whole text, with a line end at its end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compareSides } from "../../compare/compare.ts";
 * import { makeRun } from "../../../tests/result/make_run.ts"; // sixty made-up seconds
 * import { evaluate } from "../../verdict/evaluate.ts";
 *
 * const side = (name: string, run = makeRun()) => ({ name, runs: [{ run, verdict: evaluate(run), path: name }] });
 * const comparison = compareSides(side("main"), [side("new", makeRun({ slowFrom: 0, slowTo: 60 }))]);
 * assert.match(renderComparisonText({ comparison, gates: [], version: "1" }), /^SLOWER  /);
 * ```
 */
export function renderComparisonText(report: ComparisonReport): string {
  const { comparison: { base, pairings }, gates } = report;
  const parts = [
    headlineLines(report),
    [
      ...sideLines(base, pairings),
    ],
    ...pairings.map((pairing) => mismatchLines(pairing, pairings.length > 1)),
    gates.length === 0 ? [] : [
      "gate",
      ...table(gates.map((outcome) => [
        `  ${GATE_WORDS[outcome.state].mark} ${outcome.gate.source}`,
        ...(pairings.length > 1 ? [plainText(outcome.against)] : []),
        gateText(outcome),
        GATE_WORDS[outcome.state].word,
      ])),
    ],
    ...pairings.flatMap((pairing) => pairingParts(base, pairing, pairings.length > 1)),
    methodTexts(report).flatMap((text) => wrapped(text)),
  ];
  return parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n") + "\n").join("\n");
}

function sideLines(base: Side, pairings: readonly Pairing[]): string[] {
  if (pairings.some(({ other }) => other.paired === true)) {
    return [base, ...pairings.map(({ other }) => other)].map((side) => `${sideName(side)}  ${sideText(side)}`);
  }
  return [
    `baseline  ${sideName(base)}: ${sideText(base)}`,
    ...pairings.map(({ other }) => `new       ${sideName(other)}: ${sideText(other)}`),
  ];
}

/** The first lines: the word and the sentence of each pairing. */
export function headlineLines(report: ComparisonReport): string[] {
  const heads = headed(report);
  return heads.flatMap(({ pairing, headline: { status, sentence } }) => {
    const name = heads.length > 1 ? `${sideName(pairing.other)}: ` : "";
    return wrapped(`${status}  ${name}${plainText(sentence, 2000)}`);
  });
}

function mismatchLines({ mismatches, other }: Pairing, several: boolean): string[] {
  if (mismatches.length === 0) return [];
  const head = `not the same${several ? ` in ${sideName(other)}` : ""}`;
  return [
    head,
    ...mismatches.flatMap((one) =>
      wrapped(`${one.blocks ? "✕" : "!"} ${plainText(mismatchText(one), MISMATCH_MAX)}`, "  ", "    ")
    ),
  ];
}

function pairingParts(base: Side, { other, figures, stages, machines }: Pairing, several: boolean): string[][] {
  const columns = columnNames(base, other);
  const title = (name: string) => several ? `${name}, ${sideName(other)}` : name;
  const headlines = stages.filter(({ id }) => id === `p95(${HEADLINE})`);
  return [
    ...byOperation(figures).map(([name, group]) => figureLines([title(name), ...columns], group, ({ name }) => name)),
    figureLines(
      [title("by stage: response time P95"), ...columns],
      headlines,
      ({ operation, stage }) => `${operation}, ${stage}`,
    ),
    figureLines([title("machines"), ...columns], machines, ({ name }) => name),
  ];
}

/** @param heads of the first three columns */
function figureLines(
  heads: readonly string[],
  figures: readonly FigureDifference[],
  name: (figure: FigureDifference) => string,
): string[] {
  if (figures.length === 0) return [];
  return table([
    [...heads, "difference"],
    ...figures.map((one) => [
      `  ${plainText(name(one))}`,
      valueText(one.base, one.unit),
      valueText(one.other, one.unit),
      differenceText(one),
    ]),
  ], 2);
}

/** Columns two blanks apart; `right` of them, after the first, to the right. */
function table(rows: readonly (readonly string[])[], right = 0): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length));
  const widths = (rows[0] ?? []).map((_, column) => width(column));
  return rows.map((row) =>
    row.map((cell, column) => {
      const blanks = " ".repeat((widths[column] as number) - [...cell].length);
      return column > 0 && column <= right ? blanks + cell : cell + blanks;
    }).join("  ").trimEnd()
  );
}

/** Lines of at most `WIDTH` characters, broken at blanks, but for those before a per cent sign or a margin. */
function wrapped(text: string, first = "", further = ""): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(/(?<=\S) (?=[^\s%±])/)) {
    const longer = line === first && lines.length === 0 || line === further ? line + word : `${line} ${word}`;
    if (longer.length <= WIDTH || line.trim() === "") line = longer;
    else {
      lines.push(line);
      line = further + word;
    }
  }
  return [...lines, line];
}
