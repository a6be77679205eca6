/** Reads prompts and sentences: a text file with one a line, or JSON lines with "prompt" or "text". */
import type { InputFile } from "../../plan/plan.ts";
import { type Budget, describe, isJsonLines, type JsonLine, parseJsonLines, readText, refuse } from "./files.ts";
import type { Refuse } from "./files.ts";

/** Longest text; June's servers refuse longer ones. Characters. */
export const MAX_TEXT_LENGTH = 100_000;

interface NumberedText {
  number: number;
  text: string;
}

/**
 * The texts of one file; empty ones are passed over.
 * @throws {UserError} kind `input` for a file that cannot be used.
 */
export async function readTexts(file: InputFile, budget: Budget): Promise<string[]> {
  const fail: Refuse = (what) => refuse(file, file.path, what);
  const text = await readText(file.path, fail);
  const entries = isJsonLines(file.path) ? jsonTexts(parseJsonLines(text, fail), fail) : plainTexts(text);
  const texts: string[] = [];
  for (const entry of entries) {
    if (entry.text === "") continue;
    // The length counts code points, as Python's does, which June's servers count with.
    const { length } = entry.text;
    if (length > MAX_TEXT_LENGTH && [...entry.text].length > MAX_TEXT_LENGTH) {
      fail(`line ${entry.number} has more than ${MAX_TEXT_LENGTH} characters; shorten it`);
    }
    budget.take(2 * length, fail);
    texts.push(entry.text);
  }
  if (texts.length === 0) fail("it holds no text; write one prompt or sentence a line");
  return texts;
}

function plainTexts(text: string): NumberedText[] {
  return text.split("\n").map((line, index) => ({ number: index + 1, text: line.trim() }));
}

function jsonTexts(lines: JsonLine[], fail: Refuse): NumberedText[] {
  return lines.map(({ number, value }) => {
    const text = value["prompt"] ?? value["text"];
    if (typeof text === "string") return { number, text: text.trim() };
    return fail(`line ${number} is ${describe(value)}; it must have "prompt" or "text" with a string`);
  });
}
