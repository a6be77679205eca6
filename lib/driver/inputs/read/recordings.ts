/** Recordings from files: WAV files, with transcripts beside them or in a manifest. */
import { basename, dirname, extname, resolve } from "node:path";
import { FileFault, fileReason, readRegularFileSync } from "../../../base/regular_file.ts";
import type { InputFile } from "../../../plan/plan.ts";
import { makeClip, MAX_CLIP_SAMPLES } from "../clip.ts";
import { readAt, type Refuse, refuse } from "./files.ts";
import { type Clip, SAMPLE_RATE } from "../inputs.ts";
import type { Segment } from "./manifest.ts";
import { FormatError } from "./records.ts";
import { WavError, type WavLayout, wavLayout, wavSamples } from "./wav.ts";

/** One recording, or a segment of one, checked. */
export interface Recording {
  path: string;
  /** Size of the file; bytes. */
  bytes: number;
  /** Place of what is sent. */
  layout: WavLayout;
  /** Only a part of it is sent. */
  isPart: boolean;
}

/** Bytes read first: in most WAV files the audio begins within them. */
const HEAD_BYTES = 4096;
/** The audio of every file begins within them; bytes. */
const MAX_HEAD_BYTES = 64 * 1024 * 1024;
/** Longest transcript; bytes. */
const MAX_TRANSCRIPT_BYTES = 1024 * 1024;

/** A segment that ends this close to its recording's end ends there, since manifests round; seconds. */
const ROUNDING_S = 0.1;

/** Whether a path is that of a recording, not of a manifest. */
export const isRecording = (path: string): boolean =>
  !/\.(jsonl|ndjson|json|csv|tsv)$/i.test(path) && !isTranscripts(path);

/** The recordings of a folder, without those that lie there converted, too. */
export function withoutConverted(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return paths.filter((path) => !/\.wav$/i.test(path) || !all.has(path.replace(/\.wav$/i, ".16k.wav")));
}

/** Whether a path is that of a file of transcripts, as in LibriSpeech. */
export const isTranscripts = (path: string): boolean => /\.trans\.txt$/i.test(path);

/** Endings of the WAV file that stands for a recording of another format, the one `conversion` gives included. */
const CONVERTED = [".wav", ".16k.wav"];

/**
 * Where a manifest's recording lies: beside the manifest, or in `clips` there, as with Common Voice. A WAV file of the
 * same name stands for a recording of another format, or one that is named without an ending.
 */
export function besideManifest(manifest: string, audio: string): string {
  const named = resolve(dirname(manifest), audio);
  if (/\.wav$/i.test(audio) && exists(named)) return named;
  const places = [named, resolve(dirname(manifest), "clips", audio)];
  const stems = places.map((place) => place.replace(/\.(wav|mp3|flac|ogg|opus|m4a|mp4|webm|aac|sph|aiff?)$/i, ""));
  const converted = stems.flatMap((stem) => CONVERTED.map((ending) => stem + ending));
  return [...converted, ...places, ...stems.map((stem) => `${stem}.flac`)].find(exists) ?? named;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Checks the head of a recording.
 * @param segment the part to send; null: all
 * @throws {UserError} kind `input` for a recording that cannot be used, with a command that converts it
 */
export function checkRecording(named: InputFile, path: string, segment: Segment | null = null): Recording {
  const fail: Refuse = (what) => refuse(named, path, what);
  const info = stat(path, fail);
  if (!info.isFile) fail(info.isDirectory ? "it is a folder; name a file" : "it is not a regular file");
  const head = readAt(path, 0, HEAD_BYTES, fail);
  const whole = layoutOf(head, info.size, path, fail) ??
    layoutOf(readAt(path, 0, Math.min(info.size, MAX_HEAD_BYTES), fail), info.size, path, fail);
  if (whole === null) return fail("it has no audio");
  const layout = segment === null ? whole : partOf(whole, segment);
  if (layout.frames > MAX_CLIP_SAMPLES) {
    const seconds = Math.ceil(layout.frames / SAMPLE_RATE);
    fail(`it is ${seconds} s long, and the limit is ${MAX_CLIP_SAMPLES / SAMPLE_RATE} s; cut it into pieces`);
  }
  return { path, bytes: info.size, layout, isPart: layout.frames < whole.frames };
}

/** @throws {FormatError} for a segment that the recording does not have */
function partOf({ at, channels, frames }: WavLayout, { start_s, length_s }: Segment): WavLayout {
  const first = Math.round(start_s * SAMPLE_RATE);
  const wanted = length_s === null ? frames : Math.round((start_s + length_s) * SAMPLE_RATE);
  const last = Math.abs(wanted - frames) <= ROUNDING_S * SAMPLE_RATE ? frames : wanted;
  const isOver = start_s > 0 && last > frames;
  if (first >= frames || isOver) {
    const segment = length_s === null ? `begins at ${start_s} s` : `goes from ${start_s} to ${start_s + length_s} s`;
    throw new FormatError(`has a segment that ${segment}; its recording is ${frames / SAMPLE_RATE} s long`);
  }
  const count = Math.min(last, frames) - first;
  if (count < 1) throw new FormatError("has a segment that is shorter than a sample");
  return { at: at + first * 2 * channels, bytes: count * 2 * channels, channels, frames: count };
}

/**
 * Reads a recording, or a segment of it, synchronously.
 * @param text its transcript; null: look for a .txt file beside a whole recording
 * @throws {UserError} as `checkRecording` does
 */
export function readRecording(
  named: InputFile,
  path: string,
  text: string | null,
  segment: Segment | null = null,
): Clip {
  const { layout, isPart } = checkRecording(named, path, segment);
  const fail: Refuse = (what) => refuse(named, path, what);
  const data = readAt(path, layout.at, layout.bytes, fail);
  if (data.length < layout.bytes) fail("it has become shorter while it was read");
  const name = isPart ? `${basename(path)} from ${segment?.start_s ?? 0} s` : basename(path);
  const words = text ?? (isPart ? null : siblingTranscript(path, fail));
  return makeClip(name, wavSamples(data, layout), words);
}

function stat(path: string, fail: Refuse): Deno.FileInfo {
  try {
    return Deno.statSync(path);
  } catch (error) {
    return fail(fileReason(error));
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

/** Shell command that converts every file with the ending of `path` in a folder and below to usable files beside them. */
export function conversionOfAll(folder: string, path: string): string {
  const convert = `ffmpeg -i "$1" -ac 1 -ar ${SAMPLE_RATE} -c:a pcm_s16le "\${1%.*}.16k.wav"`;
  return `find ${shellWord(folder)} -name ${shellWord(`*${extname(path)}`)} -exec sh -c '${convert}' - {} \\;`;
}

/** Shell command that converts `path` to a usable file. */
function conversion(path: string): string {
  const target = path.replace(/(\.[^./]*)?$/, ".16k.wav");
  return `ffmpeg -i ${shellWord(path)} -ac 1 -ar ${SAMPLE_RATE} -c:a pcm_s16le ${shellWord(target)}`;
}

const shellWord = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Reads the text beside a recording, `clip.txt` for `clip.wav` and `clip.16k.wav`; null where there is none. */
function siblingTranscript(path: string, fail: Refuse): string | null {
  const stem = path.replace(/\.[^./]*$/, "");
  const sibling = [`${stem}.txt`, `${stem.replace(/\.16k$/, "")}.txt`].find((text) => text !== path && exists(text));
  if (sibling === undefined) return null;
  const failThere: Refuse = (what) => fail(`its transcript ${JSON.stringify(sibling)}: ${what}`);
  try {
    const bytes = readRegularFileSync(sibling, MAX_TRANSCRIPT_BYTES);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch (error) {
    return failThere(error instanceof FileFault ? error.message : "it is not UTF-8 text; save it as UTF-8");
  }
}
