/** Recordings from files: WAV files, with transcripts beside them or in a manifest. */
import { basename, dirname, resolve } from "node:path";
import type { InputFile } from "../../../plan/plan.ts";
import { makeClip, MAX_CLIP_SAMPLES } from "../clip.ts";
import { readAt, reason, type Refuse, refuse } from "./files.ts";
import { type Clip, SAMPLE_RATE } from "../inputs.ts";
import { WavError, type WavLayout, wavLayout, wavSamples } from "./wav.ts";

/** One recording, checked. */
export interface Recording {
  path: string;
  /** Size of the file; bytes. */
  bytes: number;
  layout: WavLayout;
}

/** Bytes read first: in most WAV files the audio begins within them. */
const HEAD_BYTES = 4096;
/** Longest transcript; bytes. */
const MAX_TRANSCRIPT_BYTES = 1024 * 1024;

/** Whether a path is that of a recording, not of a manifest. */
export const isRecording = (path: string): boolean => !/\.(jsonl|ndjson|json)$/i.test(path);

/** Where a manifest's recording lies. */
export const besideManifest = (manifest: string, audio: string): string => resolve(dirname(manifest), audio);

/**
 * Checks the head of a recording.
 * @throws {UserError} kind `input` for a recording that cannot be used, with a command that converts it
 */
export function checkRecording(named: InputFile, path: string): Recording {
  const fail: Refuse = (what) => refuse(named, path, what);
  const info = stat(path, fail);
  if (!info.isFile) fail(info.isDirectory ? "it is a folder; name a file" : "it is not a regular file");
  const head = readAt(path, 0, HEAD_BYTES, fail);
  const layout = layoutOf(head, info.size, path, fail) ??
    layoutOf(readAt(path, 0, info.size, fail), info.size, path, fail);
  if (layout === null) return fail("it has no audio");
  if (layout.frames > MAX_CLIP_SAMPLES) {
    const seconds = Math.ceil(layout.frames / SAMPLE_RATE);
    fail(`it is ${seconds} s long, and the limit is ${MAX_CLIP_SAMPLES / SAMPLE_RATE} s; cut it into pieces`);
  }
  return { path, bytes: info.size, layout };
}

/**
 * Reads a recording synchronously.
 * @param text its transcript; null: look for a .txt file beside it
 * @throws {UserError} as `checkRecording` does
 */
export function readRecording(named: InputFile, path: string, text: string | null): Clip {
  const { layout } = checkRecording(named, path);
  const fail: Refuse = (what) => refuse(named, path, what);
  const data = readAt(path, layout.at, layout.bytes, fail);
  if (data.length < layout.bytes) fail("it has become shorter while it was read");
  return makeClip(basename(path), wavSamples(data, layout), text ?? siblingTranscript(path, fail));
}

function stat(path: string, fail: Refuse): Deno.FileInfo {
  try {
    return Deno.statSync(path);
  } catch (error) {
    return fail(reason(error));
  }
}

function layoutOf(bytes: Uint8Array, size: number, path: string, fail: Refuse): WavLayout | null {
  try {
    return wavLayout(bytes, size);
  } catch (error) {
    if (!(error instanceof WavError)) throw error;
    return fail(error.convertible ? `${error.message}. Convert it: ${conversion(path)}` : error.message);
  }
}

/** Shell command that converts `path` to a usable file. */
function conversion(path: string): string {
  const target = path.replace(/(\.[^./]*)?$/, ".16k.wav");
  return `ffmpeg -i ${shellWord(path)} -ac 1 -ar ${SAMPLE_RATE} -c:a pcm_s16le ${shellWord(target)}`;
}

const shellWord = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Reads the text beside a recording, `clip.txt` for `clip.wav`; null where there is none. */
function siblingTranscript(path: string, fail: Refuse): string | null {
  const sibling = path.replace(/\.[^./]*$/, ".txt");
  if (sibling === path) return null;
  try {
    Deno.statSync(sibling);
  } catch {
    return null;
  }
  const failThere: Refuse = (what) => fail(`its transcript ${JSON.stringify(sibling)}: ${what}`);
  const bytes = readAt(sibling, 0, MAX_TRANSCRIPT_BYTES, failThere);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    return failThere("it is not UTF-8 text; save it as UTF-8");
  }
}
