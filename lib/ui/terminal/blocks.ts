/** Parts of the last screen of a run that the details of a running one show, too. */
import { formatClock, formatCount } from "../../plan/units.ts";
import { cutLine, fit, gap, joinParts, type Line, lineWidth, span } from "./style.ts";
import { cleanText, textWidth, wrapText } from "./text.ts";
import type { ErrorView } from "../views/summary_view.ts";

const LABEL = 9;
/** Fewest columns for a server's message, and most lines of it. */
const EXAMPLE_MIN = 16;
const EXAMPLE_LINES = 4;
const NAME_MAX = 24;
/** In narrower windows the figures stand below the name. */
const DETAILS_BESIDE = 60;

/** Columns that a label takes. */
export const LABEL_COLUMNS = LABEL;

/** Lines with a label before the first one. */
export function labelled(label: string, lines: readonly Line[]): Line[] {
  return lines.map((line, i) => [...fit(span(i === 0 ? label : "", "dim"), LABEL, "left"), ...line]);
}

/** Kinds of failures, a line each and more for a long message; `most` kinds at most, and how many more there are. */
export function errorLines(errors: readonly ErrorView[], columns: number, most: number): Line[] {
  const shown = errors.slice(0, most);
  const widest = (text: (error: ErrorView) => string, most: number) =>
    Math.min(most, Math.max(0, ...shown.map((error) => textWidth(cleanText(text(error))))));
  const count = widest((error) => formatCount(error.count), 12);
  const type = widest((error) => error.type, 32);
  const operation = widest((error) => error.operation, 28);
  const lines = shown.flatMap((error): Line[] => {
    const line = joinParts([
      fit(span(formatCount(error.count)), count, "right"),
      fit(span(error.type), type, "left"),
      fit(span(error.operation), operation, "left"),
      [span(`first at ${formatClock(error.first_ms)}`, "dim")],
    ], 2);
    return withExample(line, cleanText(error.example), columns - LABEL);
  });
  const more = errors.length - shown.length;
  if (more > 0) lines.push([span(`+${more} more kinds`, "dim")]);
  return labelled("errors", lines.map((line) => cutLine(line, columns - LABEL)));
}

/** A server's message beside its line where it fits, else below it. */
function withExample(line: Line, example: string, columns: number): Line[] {
  if (example === "") return [line];
  if (lineWidth(line) + 2 + textWidth(example) <= columns) return [[...line, gap(2), span(example, "dim")]];
  const wrapped = wrapText(example, Math.max(EXAMPLE_MIN, columns - 2)).slice(0, EXAMPLE_LINES);
  return [line, ...wrapped.map((text): Line => [gap(2), span(text, "dim")])];
}

/** The name and the main figures of each operation; long rows wrap between figures. */
export function detailLines(details: ReadonlyArray<{ name: string; text: string }>, columns: number): Line[] {
  const names = details.map(({ name }) => cleanText(name));
  const nameWidth = Math.min(NAME_MAX, Math.max(0, ...names.map((name) => textWidth(name))));
  if (columns < DETAILS_BESIDE) {
    return details.flatMap(({ text }, at): Line[] => [
      [span(names[at] ?? "", "dim")],
      ...joinedParts(cleanText(text).split(" · "), columns - 2).map((line): Line => [gap(2), span(line)]),
    ]);
  }
  return details.flatMap(({ text }, at) =>
    joinedParts(cleanText(text).split(" · "), columns - nameWidth - 2).map((line, i): Line => [
      ...fit(span(i === 0 ? names[at] ?? "" : "", "dim"), nameWidth, "left"),
      gap(2),
      span(line),
    ])
  );
}

/** Joins parts with ` · ` into lines of at most `columns`; a longer part wraps between words. */
export function joinedParts(parts: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const part of parts.flatMap((one) => wrapText(one, Math.max(1, columns)))) {
    const last = lines.at(-1);
    const longer = `${last} · ${part}`;
    if (last === undefined || textWidth(longer) > columns) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
