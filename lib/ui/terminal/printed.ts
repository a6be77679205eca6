/** Messages among the lines of a view. */
import { type Line, signs } from "./style.ts";
import { cleanText } from "./text.ts";

/** Longest message; characters. */
const PRINTED_MAX = 2000;

/** A message as a line, without its control characters. */
export function printedLine(text: string): Line {
  return [signs(cleanText(text, PRINTED_MAX), "plain")];
}
