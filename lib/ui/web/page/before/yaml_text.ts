/** A text as the editor shows it: its lines, what of them is a key or a comment, and the faults at their lines. */
import type { PlanProblem } from "../../api.ts";

/** A piece of a line. */
export interface Piece {
  text: string;
  look: "" | "key" | "comment" | "bad";
}

/**
 * The pieces of a line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(piecesOf("  users: 10 # all").map(({ text, look }) => `${look}|${text}`), [
 *   "|  ",
 *   "key|users",
 *   "|: 10 ",
 *   "comment|# all",
 * ]);
 * ```
 */
export function piecesOf(line: string): Piece[] {
  const comment = commentAt(line);
  const code = line.slice(0, comment);
  const [, indent = "", key = ""] = /^(\s*(?:- )?)([\w.-]+)(?=:(?:\s|$))/.exec(code) ?? [];
  const pieces: Piece[] = [
    { text: indent, look: "" },
    { text: key, look: "key" },
    { text: code.slice(indent.length + key.length), look: "" },
    { text: line.slice(comment), look: "comment" },
  ];
  return pieces.filter(({ text }) => text !== "");
}

/** Where the comment of a line begins; its length where it has none. A `#` within quotes, or after a letter, is none. */
function commentAt(line: string): number {
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const character = line[i] as string;
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === "#" && (i === 0 || /\s/.test(line[i - 1] as string))) return i;
  }
  return line.length;
}

/** The pieces of a line, of which that at `column` (from 1) is marked. */
export function markedPieces(line: string, column: number): Piece[] {
  const rest = line.slice(column - 1);
  const [bad = ""] = /^(?:"[^"]*"|'[^']*'|[\w.${}/*-]+|.)/.exec(rest) ?? [];
  if (bad === "") return piecesOf(line);
  const after = column - 1 + bad.length;
  const pieces: Piece[] = [
    { text: line.slice(0, column - 1), look: "" },
    { text: bad, look: "bad" },
    { text: line.slice(after), look: "" },
  ];
  return pieces.filter(({ text }) => text !== "");
}

/** The first fault of each line, by its number. */
export function faultsByLine(problems: readonly PlanProblem[]): Map<number, PlanProblem> {
  const found = new Map<number, PlanProblem>();
  for (const problem of problems) {
    if (problem.line !== null && !found.has(problem.line)) found.set(problem.line, problem);
  }
  return found;
}

/** What stands in place of what. */
export interface Correction {
  old: string;
  new: string;
}

/** The text with a correction made in a line: of several places the one nearest to `column`. Null where it is not there. */
export function corrected(text: string, line: number, column: number, correction: Correction): string | null {
  const lines = text.split("\n");
  const found = lines[line - 1];
  if (found === undefined || correction.old === "") return null;
  const places: number[] = [];
  for (let at = found.indexOf(correction.old); at >= 0; at = found.indexOf(correction.old, at + 1)) places.push(at);
  const [at] = places.sort((a, b) => Math.abs(a - column + 1) - Math.abs(b - column + 1));
  if (at === undefined) return null;
  lines[line - 1] = found.slice(0, at) + correction.new + found.slice(at + correction.old.length);
  return lines.join("\n");
}

/** Where a line begins in a text; characters. */
export function offsetOf(text: string, line: number, column: number): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

/** An address that holds the text itself; half a character, which no address can hold, becomes the sign for that. */
export function addressOf(text: string): string {
  return `data:text/yaml;charset=utf-8,${encodeURIComponent(text.toWellFormed())}`;
}
