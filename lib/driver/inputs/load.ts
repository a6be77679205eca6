/** The inputs of a service: its own files, or the built-in ones. */
import type { InputFile, ServicePlan } from "../../plan/plan.ts";
import { builtInClips, CHATS, PROMPTS, SENTENCES } from "./built_in.ts";
import { Budget } from "./files.ts";
import type { Inputs } from "./inputs.ts";
import { readRecordings } from "./recordings.ts";
import { readTexts } from "./texts.ts";

/**
 * Reads and checks the inputs of one service; the built-in ones where it names none. Every worker reads the same, in
 * the same order.
 * @throws {UserError} kind `input`, naming the file, where the plan named it, what was found and what to do.
 */
export async function loadInputs({ options: { kind }, inputs }: ServicePlan): Promise<Inputs> {
  if (kind === "stt") {
    return { kind, clips: inputs.length === 0 ? await builtInClips() : await readAll(inputs, readRecordings) };
  }
  if (kind === "tts") {
    return { kind, sentences: inputs.length === 0 ? SENTENCES : await readAll(inputs, readTexts) };
  }
  if (kind === "call") return { kind };
  if (inputs.length === 0) return { kind, prompts: PROMPTS, chats: CHATS };
  const prompts = await readAll(inputs, readTexts);
  return { kind, prompts, chats: prompts.map((content) => [{ role: "user", content }]) };
}

async function readAll<Entry>(
  files: readonly InputFile[],
  read: (file: InputFile, budget: Budget) => Promise<Entry[]>,
): Promise<Entry[]> {
  const budget = new Budget();
  const entries: Entry[] = [];
  for (const file of files) for (const entry of await read(file, budget)) entries.push(entry);
  return entries;
}
