/** A comparison for a pull request: the headline, the gate, what changed; everything else folded away. */
import type { Pairing } from "../../compare/compare.ts";
import type { FigureDifference } from "../../compare/figures.ts";
import type { Side } from "../../compare/sides.ts";
import { mismatchText } from "../../compare/headline.ts";
import { differenceText, valueText } from "../../compare/words.ts";
import { plainText } from "../format/escape.ts";
import {
  columnNames,
  type ComparisonReport,
  GATE_WORDS,
  gateText,
  headed,
  methodTexts,
  sideName,
  sideText,
} from "../figures/comparison.ts";

/** Longest sentence. */
const SENTENCE_MAX = 2000;

/**
 * The whole document, with a line end at its end.
 * @param mark before each title: how deep it is in another document
 */
export function renderComparisonMarkdown(report: ComparisonReport, mark = "###"): string {
  const { comparison: { base }, gates } = report;
  const heads = headed(report);
  const lines = heads.flatMap(({ pairing, headline: { status, sentence } }) => [
    `${mark} ${status}: ${text(sideName(base))} → ${text(sideName(pairing.other))}`,
    "",
    text(sentence, SENTENCE_MAX),
    "",
    ...mismatchLines(pairing),
    ...changedLines(base, pairing),
  ]);
  const gate = gates.length === 0 ? [] : [
    ...rows(
      ["Gate", "Against", "Change", "How sure"],
      "lllr",
      gates.map((outcome) => [
        `${GATE_WORDS[outcome.state].mark} ${code(outcome.gate.source)}`,
        text(outcome.against),
        text(gateText(outcome)),
        GATE_WORDS[outcome.state].word,
      ]),
    ),
    "",
  ];
  const all = heads.flatMap(({ pairing }) => folded(base, pairing, heads.length > 1));
  const sides = [base, ...heads.map(({ pairing }) => pairing.other)];
  const foot = [...sides.map((side) => `${sideName(side)}: ${sideText(side)}.`), ...methodTexts(report)];
  return [...lines, ...gate, ...all, `<sub>${text(foot.join(" "), SENTENCE_MAX)}</sub>`].join("\n") + "\n";
}

function mismatchLines({ mismatches }: Pairing): string[] {
  if (mismatches.length === 0) return [];
  return [...mismatches.map((one) => `- ${one.blocks ? "✕" : "!"} ${text(mismatchText(one), 400)}`), ""];
}

function changedLines(base: Side, { figures, other }: Pairing): string[] {
  const changed = figures.filter(({ certainty, unknown, base }) =>
    certainty === "certain" || (unknown === "nothing to compare" && base.value !== null)
  );
  return changed.length === 0 ? [] : [...figureRows(changed, base, other), ""];
}

function folded(base: Side, { figures, machines, other }: Pairing, several: boolean): string[] {
  const name = several ? ` of ${text(sideName(other))}` : "";
  const all = [...figures, ...machines];
  return [
    `<details><summary>All ${all.length} figures${name}</summary>`,
    "",
    ...figureRows(all, base, other),
    "",
    "</details>",
    "",
  ];
}

function figureRows(figures: readonly FigureDifference[], base: Side, other: Side): string[] {
  const [from, to] = other.paired === true ? columnNames(base, other).map((name) => text(name)) : ["Baseline", "New"];
  return rows(
    ["Operation", "Figure", from as string, to as string, "Difference"],
    "llrrl",
    figures.map((one) => [
      text(one.operation ?? "machines"),
      one.name,
      valueText(one.base, one.unit),
      valueText(one.other, one.unit),
      one.certainty === "certain" && !one.little ? `**${differenceText(one)}**` : differenceText(one),
    ]),
  );
}

function rows(head: readonly string[], align: string, body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line([...align].map((one) => one === "r" ? "---:" : "---")), ...body.map(line)];
}

/** Text from outside as Markdown that shows it and nothing else. */
function text(from: string, limit = 300): string {
  return plainText(from, limit).replace(/[\\`*_{}[\]<>|~#@]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Rules may hold a glob; a backtick cannot be in one. */
function code(source: string): string {
  return `\`${plainText(source).replace(/[`|]/g, "")}\``;
}
