/** Reads the files of a service once: checks every entry and stores its place. */
import { basename, dirname, extname, join } from "node:path";
import { fileReason, readRegularText } from "../../../base/regular_file.ts";
import { PROTOCOL_FACTS } from "../../../plan/protocol_facts.ts";
import { DEFAULT_INPUT_PLAN } from "../../../plan/inputs.ts";
import type { InputFile, ServicePlan } from "../../../plan/plan.ts";
import { inspect, listTree, type Refuse, refuse } from "./files.ts";
import { type EntryForm, formOf, LINES } from "./form.ts";
import { type Checks, Indexer } from "./indexer.ts";
import type { ManifestLine } from "./manifest.ts";
import { type InputNote, InputNotes } from "./notes.ts";
import { orderMemory } from "../order.ts";
import { MAX_ENTRIES, type Places } from "./record_index.ts";
import { FormatError, QuoteError } from "./records.ts";
import {
  besideManifest,
  checkRecording,
  conversionOfAll,
  isRecording,
  isTranscripts,
  withoutConverted,
} from "./recordings.ts";

/** Index of a service's files: plain data, made once and shared by all workers. */
export interface InputIndex {
  files: IndexedFile[];
  /** Fields of the entries that june-load does not use, each name once. */
  notes: InputNote[];
  /** See `Order`. */
  memory: SharedArrayBuffer;
}

/** One file with entries. */
export interface IndexedFile {
  /** The file or folder in the plan, for messages. */
  named: InputFile;
  path: string;
  /** `manifest`: entries that name recordings; `recording`: one WAV file. */
  kind: "texts" | "manifest" | "recording";
  form: EntryForm;
  entries: number;
  bytes: number;
  /** Null for a recording. */
  places: Places | null;
}

/** At least the length of every built-in list, which is used where there are no files. */
const BUILT_IN_ENTRIES = 1000;
const CHUNK_BYTES = 1024 * 1024;
/** Largest file of transcripts in a folder of recordings; bytes. */
const MAX_TRANSCRIPTS_BYTES = 64 * 1024 * 1024;
/** Files of texts in a folder. */
const TEXT_FILE = /\.(txt|jsonl|ndjson|json|csv|tsv)$/i;
const SPEECH_FILE = /\.(wav|trans\.txt)$/i;
/** Speech in formats that june-load does not read. */
const OTHER_SPEECH = /\.(flac|mp3|ogg|opus|m4a|sph)$/i;

/**
 * Reads all files of a service once. A folder means all files of the service's kind in it and below, by name.
 * @throws {UserError} kind `input`; the message names the file, its place in the scenario, what was found and what to
 * do
 */
export async function indexInputs(service: ServicePlan): Promise<InputIndex> {
  const files: IndexedFile[] = [];
  const notes = new InputNotes();
  for (const named of service.inputs) files.push(...await indexNamed(service, named, notes));
  const entries = files.reduce((sum, file) => sum + file.entries, 0);
  const last = service.inputs.at(-1);
  if (last !== undefined && entries > MAX_ENTRIES) {
    refuse(last, last.path, `more than ${MAX_ENTRIES} inputs for one service; name fewer`);
  }
  return { files, notes: notes.notes, memory: orderMemory(Math.max(entries, BUILT_IN_ENTRIES)) };
}

async function indexNamed(service: ServicePlan, named: InputFile, notes: InputNotes): Promise<IndexedFile[]> {
  const fail: Refuse = (what) => refuse(named, named.path, what);
  const info = await inspect(named.path, fail);
  const speech = service.options.kind === "stt";
  if (!info.isDirectory) {
    if (speech && isRecording(named.path)) return [recordingFile(named, named.path)];
    return [await indexFile(service, named, named.path, notes)];
  }
  const paths = (await listTree(named.path, fail)).map((name) => join(named.path, name));
  const found = paths.filter((path) => (speech ? SPEECH_FILE : TEXT_FILE).test(path));
  const wanted = speech ? withoutConverted(found) : found;
  if (wanted.length === 0) fail(emptyFolder(paths, named.path, speech));
  const files: IndexedFile[] = [];
  const transcribed = speech ? await transcribedIn(wanted.filter(isTranscripts)) : new Set();
  for (const path of wanted) {
    if (!speech || isTranscripts(path)) files.push(await indexFile(service, named, path, notes));
    else if (!transcribed.has(path)) files.push(recordingFile(named, path));
  }
  return files;
}

function recordingFile(named: InputFile, path: string): IndexedFile {
  const { bytes } = checkRecording(named, path);
  return { named, path, kind: "recording", form: LINES, entries: 1, bytes, places: null };
}

/** Recordings that files of transcripts name, so that a folder does not hold them twice. */
async function transcribedIn(paths: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const path of paths) {
    // A file that cannot be read is refused where it is indexed.
    const text = await readRegularText(path, MAX_TRANSCRIPTS_BYTES).catch(() => "");
    for (const [, key] of text.matchAll(/^(\S+)/gm)) found.add(besideManifest(path, key as string));
  }
  return found;
}

function emptyFolder(paths: readonly string[], folder: string, speech: boolean): string {
  const names = paths.slice(0, 3).map((path) => path.slice(folder.length).replace(/^\//, ""));
  const found = names.length === 0 ? "it is empty" : `it holds ${names.join(", ")}`;
  if (!speech) return `there is no .txt, .jsonl, .json or .csv file in this folder (${found})`;
  const other = paths.find((path) => OTHER_SPEECH.test(path));
  const what = other === undefined
    ? "put WAV files there or name a manifest (.jsonl, .csv, .tsv)"
    : `convert its files: ${conversionOfAll(folder, other)}`;
  return `there is no .wav file in this folder (${found}); ${what}`;
}

async function indexFile(
  service: ServicePlan,
  named: InputFile,
  path: string,
  notes: InputNotes,
): Promise<IndexedFile> {
  const fail: Refuse = (what) => refuse(named, path, what);
  const info = await inspect(path, fail);
  if (!info.isFile) fail("it is not a regular file");
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    return fail(fileReason(error));
  }
  using open = file;
  const speech = service.options.kind === "stt";
  const { max_text_characters: most, chat_fields: fields } = PROTOCOL_FACTS[service.protocol];
  const recording = (line: ManifestLine) => checkNamed(named, path, line);
  const checks: Checks = { speech, most, fields, notes, recording };
  const form = await formOf(path, open, (service.input_plan ?? DEFAULT_INPUT_PLAN).field);
  try {
    const indexed = await indexOpen(open, form, (form) => new Indexer(path, form, checks, fail));
    return { named, path, kind: speech ? "manifest" : "texts", bytes: info.size, ...indexed };
  } catch (error) {
    if (error instanceof FormatError) return fail(error.message);
    throw error;
  }
}

/** Indexes a file; a table with tabs whose quotes do not enclose fields is read once more as a loose one. */
async function indexOpen(file: Deno.FsFile, form: EntryForm, make: (form: EntryForm) => Indexer) {
  const { table } = form;
  try {
    return { form, ...await readAll(file, make(form)) };
  } catch (error) {
    if (!(error instanceof QuoteError) || table?.separator !== "\t") throw error;
    await file.seek(0, Deno.SeekMode.Start);
    const loose = { ...form, table: { ...table, loose: true } };
    return { form: loose, ...await readAll(file, make(loose)) };
  }
}

async function readAll(file: Deno.FsFile, indexer: Indexer): Promise<{ entries: number; places: Places }> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let size = await file.read(chunk); size !== null; size = await file.read(chunk)) {
    indexer.push(chunk.subarray(0, size));
  }
  return indexer.end();
}

/** Checks a recording that a manifest names. @throws {FormatError} for a segment that it does not have */
function checkNamed(named: InputFile, manifest: string, { audio, segment }: ManifestLine): void {
  const path = besideManifest(manifest, audio);
  if (OTHER_SPEECH.test(path)) {
    const all = conversionOfAll(dirname(path), path);
    refuse(
      named,
      path,
      `june-load reads WAV files, and this one is ${extname(path).slice(1).toUpperCase()}. Convert ` +
        `all of its folder (${basename(dirname(path))}): ${all}`,
    );
  }
  checkRecording(named, path, segment);
}
