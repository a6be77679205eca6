/** Reads speech of the user's own: a WAV file, a folder of them, or JSON lines with "audio" and "text". */
import { basename, dirname, join, resolve } from "node:path";
import type { InputFile } from "../../plan/plan.ts";
import { makeClip, MAX_CLIP_SAMPLES } from "./clip.ts";
import {
  type Budget,
  describe,
  inspect,
  isJsonLines,
  listFolder,
  parseJsonLines,
  readBytes,
  readText,
  refuse,
} from "./files.ts";
import type { Refuse } from "./files.ts";
import { type Clip, SAMPLE_RATE } from "./inputs.ts";
import { parseWav, WavError } from "./wav.ts";

/** One recording to read. */
interface Recording {
  path: string;
  /** Transcript named beside it; null: look for a .txt file. */
  text: string | null;
}

/**
 * The clips of one file or folder.
 * @throws {UserError} kind `input` for a file that cannot be used, with the command that would convert it.
 */
export async function readRecordings(file: InputFile, budget: Budget): Promise<Clip[]> {
  const clips: Clip[] = [];
  // One after another: thousands of open files at once would meet the system's limit.
  for (const recording of await findRecordings(file)) {
    const clip = await readRecording(file, recording);
    budget.take(clip.pcm.length, (what) => refuse(file, recording.path, what));
    clips.push(clip);
  }
  return clips;
}

async function findRecordings(file: InputFile): Promise<Recording[]> {
  const fail: Refuse = (what) => refuse(file, file.path, what);
  const info = await inspect(file.path, fail);
  if (info.isDirectory) return await inFolder(file.path, fail);
  if (isJsonLines(file.path)) return await inManifest(file.path, fail);
  return [{ path: file.path, text: null }];
}

async function inFolder(path: string, fail: Refuse): Promise<Recording[]> {
  const names = await listFolder(path, fail);
  const wavs = names.filter((name) => /\.wav$/i.test(name));
  if (wavs.length > 0) return wavs.map((name) => ({ path: join(path, name), text: null }));
  const found = names.length === 0 ? "it is empty" : `it holds ${names.slice(0, 3).join(", ")}`;
  return fail(`there is no .wav file in this folder (${found}); put WAV files there or name a manifest (.jsonl)`);
}

async function inManifest(path: string, fail: Refuse): Promise<Recording[]> {
  const lines = parseJsonLines(await readText(path, fail), fail);
  if (lines.length === 0) fail('it holds no lines; write one {"audio": "file.wav", "text": "..."} a line');
  return lines.map(({ number, value }) => {
    const { audio, text } = value;
    if (typeof audio !== "string" || audio === "") {
      return fail(`line ${number} is ${describe(value)}; it must have "audio" with the path of a WAV file`);
    }
    if (text !== undefined && typeof text !== "string") {
      return fail(`line ${number}: "text" is ${describe(text)}; it must be a string`);
    }
    return { path: resolve(dirname(path), audio), text: text === undefined ? null : text.trim() };
  });
}

async function readRecording(file: InputFile, { path, text }: Recording): Promise<Clip> {
  const fail: Refuse = (what) => refuse(file, path, what);
  const pcm = decode(await readBytes(path, fail), path, fail);
  if (pcm.length / 2 > MAX_CLIP_SAMPLES) {
    const seconds = Math.ceil(pcm.length / 2 / SAMPLE_RATE);
    fail(`it is ${seconds} s long, and at most ${MAX_CLIP_SAMPLES / SAMPLE_RATE} s are spoken; cut it into pieces`);
  }
  return makeClip(basename(path), pcm, text ?? await siblingTranscript(path, fail));
}

function decode(bytes: Uint8Array, path: string, fail: Refuse): Uint8Array {
  try {
    return parseWav(bytes);
  } catch (error) {
    if (!(error instanceof WavError)) throw error;
    return fail(error.convertible ? `${error.message}. Convert it: ${conversion(path)}` : error.message);
  }
}

/** Shell command that makes a usable file of `path`. */
function conversion(path: string): string {
  const target = path.replace(/(\.[^./]*)?$/, ".16k.wav");
  return `ffmpeg -i ${shellWord(path)} -ac 1 -ar ${SAMPLE_RATE} -c:a pcm_s16le ${shellWord(target)}`;
}

const shellWord = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** The text beside a recording, `clip.txt` for `clip.wav`; null where there is none. */
async function siblingTranscript(path: string, fail: Refuse): Promise<string | null> {
  const sibling = path.replace(/\.[^./]*$/, ".txt");
  if (sibling === path) return null;
  try {
    await Deno.stat(sibling);
  } catch {
    return null;
  }
  const text = await readText(sibling, (what) => fail(`its transcript ${JSON.stringify(sibling)}: ${what}`));
  return text.trim();
}
