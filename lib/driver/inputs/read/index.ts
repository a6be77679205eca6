/** Reads the files of a service once: checks every entry and stores its place. */
import { join } from "node:path";
import { PROTOCOL_FACTS } from "../../../plan/protocol_facts.ts";
import type { InputPlan } from "../../../plan/inputs.ts";
import { DEFAULT_INPUT_PLAN } from "../../../plan/inputs.ts";
import type { InputFile, ServicePlan } from "../../../plan/plan.ts";
import { columnsOf, decodeText, type EntryForm, type Format, parseEntry } from "./entry.ts";
import { inspect, listTree, reason, type Refuse, refuse } from "./files.ts";
import { orderMemory } from "../order.ts";
import { MAX_ENTRIES, PlaceList, type Places } from "./record_index.ts";
import { ElementSplitter, FormatError, LineSplitter, RecordReader, RowSplitter, type Splitter } from "./records.ts";
import { besideManifest, checkRecording, isRecording } from "./recordings.ts";
import { parseManifestLine } from "./manifest.ts";

/** Index of a service's files: plain data, made once and shared by all workers. */
export interface InputIndex {
  files: IndexedFile[];
  /** See `Order`. */
  memory: SharedArrayBuffer;
}

/** One file with entries. */
export interface IndexedFile {
  /** The file or folder in the plan, for messages. */
  named: InputFile;
  path: string;
  /** `manifest`: lines that name recordings; `recording`: one WAV file. */
  kind: "texts" | "manifest" | "recording";
  form: EntryForm;
  entries: number;
  bytes: number;
  /** Null for a recording. */
  places: Places | null;
}

/** Longest entry; bytes. */
const MAX_ENTRY_BYTES = 16 * 1024 * 1024;
/** At least the length of every built-in list, which is used where there are no files. */
const BUILT_IN_ENTRIES = 1000;
const CHUNK_BYTES = 1024 * 1024;
/** Files of texts in a folder. */
const TEXT_FILE = /\.(txt|jsonl|ndjson|json|csv|tsv)$/i;
const NO_FORM: EntryForm = { format: "text", field: null, columns: null };

/**
 * Reads all files of a service once. A folder means all files of the service's kind in it and below, by name.
 * @throws {UserError} kind `input`; the message names the file, its place in the scenario, what was found and what to
 * do
 */
export async function indexInputs(service: ServicePlan): Promise<InputIndex> {
  const files: IndexedFile[] = [];
  for (const named of service.inputs) files.push(...await indexNamed(service, named));
  const entries = files.reduce((sum, file) => sum + file.entries, 0);
  const last = service.inputs.at(-1);
  if (last !== undefined && entries > MAX_ENTRIES) {
    refuse(last, last.path, `more than ${MAX_ENTRIES} inputs for one service; name fewer`);
  }
  return { files, memory: orderMemory(Math.max(entries, BUILT_IN_ENTRIES)) };
}

async function indexNamed(service: ServicePlan, named: InputFile): Promise<IndexedFile[]> {
  const fail: Refuse = (what) => refuse(named, named.path, what);
  const info = await inspect(named.path, fail);
  const speech = service.options.kind === "stt";
  if (!info.isDirectory) {
    if (speech && isRecording(named.path)) return [recordingFile(named, named.path)];
    return [await indexFile(service, named, named.path)];
  }
  const paths = (await listTree(named.path, fail)).map((name) => join(named.path, name));
  const wanted = paths.filter((path) => (speech ? /\.wav$/i : TEXT_FILE).test(path));
  if (wanted.length === 0) fail(emptyFolder(paths, named.path, speech));
  if (speech) return wanted.map((path) => recordingFile(named, path));
  const files: IndexedFile[] = [];
  for (const path of wanted) files.push(await indexFile(service, named, path));
  return files;
}

function recordingFile(named: InputFile, path: string): IndexedFile {
  const { bytes } = checkRecording(named, path);
  return { named, path, kind: "recording", form: NO_FORM, entries: 1, bytes, places: null };
}

function emptyFolder(paths: readonly string[], folder: string, speech: boolean): string {
  const names = paths.slice(0, 3).map((path) => path.slice(folder.length).replace(/^\//, ""));
  const found = names.length === 0 ? "it is empty" : `it holds ${names.join(", ")}`;
  return speech
    ? `there is no .wav file in this folder (${found}); put WAV files there or name a manifest (.jsonl)`
    : `there is no .txt, .jsonl, .json or .csv file in this folder (${found})`;
}

async function indexFile(service: ServicePlan, named: InputFile, path: string): Promise<IndexedFile> {
  const fail: Refuse = (what) => refuse(named, path, what);
  const info = await inspect(path, fail);
  if (!info.isFile) fail("it is not a regular file");
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    return fail(reason(error));
  }
  using open = file;
  const indexer = new Indexer(service, named, path, await formatOf(path, open), fail);
  const chunk = new Uint8Array(CHUNK_BYTES);
  try {
    for (let size = await open.read(chunk); size !== null; size = await open.read(chunk)) {
      indexer.push(chunk.subarray(0, size));
    }
    return { named, path, bytes: info.size, ...indexer.end() };
  } catch (error) {
    if (error instanceof FormatError) return fail(error.message);
    throw error;
  }
}

/** The format by the name's ending; a `.json` file that does not begin with a list is read as lines. */
async function formatOf(path: string, file: Deno.FsFile): Promise<Format> {
  if (/\.(jsonl|ndjson)$/i.test(path)) return "jsonl";
  if (/\.(csv|tsv)$/i.test(path)) return "csv";
  if (!/\.json$/i.test(path)) return "text";
  const head = new Uint8Array(256);
  const size = await file.read(head) ?? 0;
  await file.seek(0, Deno.SeekMode.Start);
  const begins = new TextDecoder().decode(head.subarray(0, size)).trimStart();
  return begins.startsWith("{") ? "jsonl" : "json";
}

const SPLITTERS: Record<Format, () => Splitter> = {
  text: () => new LineSplitter(),
  jsonl: () => new LineSplitter(),
  csv: () => new RowSplitter(),
  json: () => new ElementSplitter(),
};

/** Checks the entries of one file in order. */
class Indexer {
  readonly #places = new PlaceList();
  readonly #reader: RecordReader;
  readonly #speech: boolean;
  readonly #separator: string;
  readonly #most: number;
  #form: EntryForm;
  #bad = 0;
  #first_bad = "";
  #seen = 0;

  constructor(
    service: ServicePlan,
    readonly named: InputFile,
    readonly path: string,
    format: Format,
    readonly fail: Refuse,
  ) {
    const { field }: InputPlan = service.input_plan ?? DEFAULT_INPUT_PLAN;
    this.#speech = service.options.kind === "stt";
    this.#separator = /\.tsv$/i.test(path) ? "\t" : ",";
    this.#most = PROTOCOL_FACTS[service.protocol].max_text_characters;
    this.#form = { format, field, columns: null };
    const take = (bytes: Uint8Array, start: number, line: number) => this.#take(bytes, start, line);
    this.#reader = new RecordReader(SPLITTERS[format](), MAX_ENTRY_BYTES, take);
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  end(): Pick<IndexedFile, "kind" | "form" | "entries" | "places"> {
    this.#reader.end();
    if (this.#bad > 0) {
      const others = this.#bad === 1 ? "" : ` (${this.#bad} of ${this.#seen} entries are bad; this is the first)`;
      this.fail(this.#first_bad + others);
    }
    const entries = this.#places.count;
    if (entries === 0) {
      this.fail(
        this.#speech
          ? 'it holds no lines; write one {"audio": "file.wav", "text": "..."} a line'
          : "it has no text; write one prompt or sentence per line",
      );
    }
    const kind = this.#speech ? "manifest" : "texts";
    return { kind, form: this.#speech ? NO_FORM : this.#form, entries, places: this.#places.share() };
  }

  #take(bytes: Uint8Array, start: number, line: number): void {
    try {
      if (!this.#check(bytes)) return;
      this.#places.add(start, bytes.length);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      if (this.#form.format === "csv" && this.#form.columns === null) throw error;
      if (this.#bad++ === 0) this.#first_bad = `line ${line} ${error.message}`;
    }
    this.#seen++;
  }

  /** Whether an entry has content. */
  #check(bytes: Uint8Array): boolean {
    if (this.#speech) return this.#checkRecording(bytes);
    if (this.#form.format === "csv" && this.#form.columns === null) {
      const columns = columnsOf(decodeText(bytes), this.#separator, this.#form.field);
      this.#form = { ...this.#form, columns };
      return false;
    }
    const entry = parseEntry(bytes, this.#form);
    for (const { content } of entry?.turns ?? []) this.#checkLength(content);
    return entry !== null;
  }

  #checkRecording(bytes: Uint8Array): boolean {
    const line = parseManifestLine(bytes);
    if (line !== null) checkRecording(this.named, besideManifest(this.path, line.audio));
    return line !== null;
  }

  /** The length counts code points, as Python does on June's servers. */
  #checkLength(text: string): void {
    if (text.length > this.#most && [...text].length > this.#most) {
      throw new FormatError(`has more than ${this.#most} characters; shorten it`);
    }
  }
}
