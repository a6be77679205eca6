/** result.ndjson: written line by line during the run; the reader accepts a file that was cut off. */
import { UserError } from "../plan/errors.ts";
import { type Elsewhere, KeptFile, type Move } from "./kept_file.ts";
import { currentPlan } from "./former_plan.ts";
import { outputError } from "./output_error.ts";
import { type HeaderRecord, RESULT_FORMAT, type ResultRecord } from "./record.ts";
import { Run } from "./run.ts";

/** june-load never writes longer lines. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const SYNC_EVERY_MS = 3000;

/** Appends records to a result file; each line is written whole before the next begins. */
export class ResultWriter {
  readonly #encoder = new TextEncoder();
  #queue: Promise<void> = Promise.resolve();
  #synced_ms = performance.now();
  #failure: Error | null = null;
  readonly #file: KeptFile;
  /** Called when the file was not in its place any more, with where it was and where it is now. */
  onMove: (move: Move) => void = () => {};

  private constructor(file: KeptFile) {
    this.#file = file;
  }

  /**
   * Creates the file; an existing one is never overwritten.
   * @param elsewhere where to go on when the file is removed or replaced; null: then it is lost
   * @throws {UserError} kind `output` when it cannot be made.
   */
  static async create(path: string, elsewhere: Elsewhere | null = null): Promise<ResultWriter> {
    try {
      const file = await Deno.open(path, { read: elsewhere !== null, write: true, createNew: true });
      return new ResultWriter(new KeptFile(path, file, elsewhere));
    } catch (error) {
      throw outputError(path, error);
    }
  }

  /** Writes to an open file; messages call it `path`. */
  static over(path: string, file: Deno.FsFile): ResultWriter {
    return new ResultWriter(new KeptFile(path, file, null));
  }

  /** Where the file is now. */
  get path(): string {
    return this.#file.path;
  }

  /** The first write error, e.g. a full disk; the lines before it are intact. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Queues one line. After a failure nothing more is written, so that no half line is followed by another. */
  write(record: ResultRecord): void {
    const bytes = this.#encoder.encode(JSON.stringify(record) + "\n");
    this.#queue = this.#queue.then(() => this.#append(bytes));
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== null) return;
    try {
      await this.#look();
      await this.#file.write(bytes);
      if (performance.now() - this.#synced_ms < SYNC_EVERY_MS) return;
      await this.#file.syncData();
      this.#synced_ms = performance.now();
    } catch (error) {
      this.#failure = this.#outputError(error);
    }
  }

  async #look(always = false): Promise<void> {
    const move = await this.#file.look(always);
    if (move !== null) this.onMove(move);
  }

  #outputError(error: unknown): UserError {
    return error instanceof UserError ? error : outputError(this.path, error);
  }

  /**
   * Writes what is queued, syncs and closes.
   * @throws {UserError} kind `output` when some line could not be written.
   */
  async close(): Promise<void> {
    await this.#queue;
    try {
      if (this.#failure === null) {
        await this.#look(true);
        await this.#file.sync();
      }
    } catch (error) {
      this.#failure = this.#outputError(error);
    } finally {
      this.#file.close();
    }
    if (this.#failure !== null) throw this.#failure;
  }
}

/**
 * Reads a saved run. A last line that was cut off is left out, and the run is then incomplete (`run.end` is null).
 *
 * @param path the file, or the folder that holds `result.ndjson`
 * @throws {UserError} kind `input` for a file that is missing, not a result, of another format, or damaged in the middle.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeRecords } from "../../tests/result/make_run.ts"; // sixty made-up seconds
 *
 * const dir = await Deno.makeTempDir();
 * const writer = await ResultWriter.create(`${dir}/result.ndjson`);
 * for (const record of makeRecords()) writer.write(record);
 * await writer.close();
 * const run = await readResult(dir);
 * assert.deepEqual([run.plan.scenario, run.end?.reason], ["sample", "completed"]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function readResult(path: string): Promise<Run> {
  const file = await resolveResult(path);
  let run: Run | null = null;
  let number = 0;
  let broken: number | null = null;
  for await (const line of lines(file)) {
    number++;
    if (broken !== null) throw damaged(file, broken);
    const record = parseLine(line);
    if (record === null) broken = number;
    else if (run === null) run = new Run(checkHeader(file, record));
    else run.add(record);
  }
  if (run === null) {
    throw new UserError("input", `Cannot read "${file}": it is not a june-load result (no header line)`);
  }
  return run;
}

async function resolveResult(path: string): Promise<string> {
  try {
    const info = await Deno.stat(path);
    const file = info.isDirectory ? `${path.replace(/\/+$/, "")}/result.ndjson` : path;
    if (info.isDirectory) await Deno.stat(file);
    return file;
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "no result.ndjson there" : (error as Error).message;
    throw new UserError("input", `Cannot read "${path}": ${why}; name a result.ndjson or the folder that holds it`);
  }
}

function damaged(file: string, line: number): UserError {
  return new UserError("input", `Cannot read "${file}": line ${line} is damaged, and more lines follow it`);
}

function parseLine(line: string): ResultRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "type" in value ? value as ResultRecord : null;
  } catch {
    return null;
  }
}

function checkHeader(file: string, record: ResultRecord): HeaderRecord {
  if (record.type !== "header") {
    throw new UserError("input", `Cannot read "${file}": it is not a june-load result (no header line)`);
  }
  if (record.format > RESULT_FORMAT) {
    const text = `format ${record.format} is newer than this june-load reads (${RESULT_FORMAT})`;
    throw new UserError("input", `Cannot read "${file}": ${text}; use ${record.tool} or later`);
  }
  if (record.format < RESULT_FORMAT) {
    const text = `it has format ${record.format}, and this june-load reads format ${RESULT_FORMAT}`;
    throw new UserError("input", `Cannot read "${file}": ${text}; use the version that wrote it, ${record.tool}`);
  }
  return { ...record, plan: currentPlan(record.plan) };
}

/** Lines of a file, one at a time; the last may lack its line end. */
async function* lines(path: string): AsyncGenerator<string> {
  const file = await Deno.open(path);
  let rest = "";
  for await (const chunk of file.readable.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    if (rest.length > MAX_LINE_BYTES) throw new UserError("input", `Cannot read "${path}": a line is too long`);
    yield* parts;
  }
  if (rest !== "") yield rest;
}
