/** result.ndjson: written line by line during the run; the reader accepts a file that was cut off. */
import { errorText } from "../base/errors.ts";
import { UserError } from "../plan/errors.ts";
import { RecordDecoder } from "./decode/decoder.ts";
import { MAX_ANY_LINE_BYTES } from "./decode/limits.ts";
import { linesOf } from "./decode/lines.ts";
import { type Elsewhere, KeptFile, type Move } from "./kept_file.ts";
import { outputError } from "./output_error.ts";
import { createFile } from "./output_file.ts";
import { DuetRuns, type RecordSink } from "./duet.ts";
import type { HeaderRecord, ResultRecord } from "./record.ts";
import { Run } from "./run.ts";

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
    return new ResultWriter(new KeptFile(path, await createFile(path), elsewhere));
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
 * Reads a saved run, which a stranger may have written: line by line, with limits on time and memory.
 *
 * A last line that was cut off is left out, and the run is then incomplete (`run.end` is null). A line that is wrong ends
 * the reading: the run is then incomplete, too, and `run.damage` says why.
 *
 * @param path the file, or the folder that holds `result.ndjson`
 * @throws {UserError} kind `input` for a file that is missing, no regular file, not a result, or of another format.
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
 * assert.deepEqual([run.plan.scenario, run.end?.reason, run.damage], ["sample", "completed", null]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function readResult(path: string): Promise<Run> {
  return await readLines(path, (header) => new Run(header));
}

/**
 * Reads a saved run as `readResult` does, and a duet as the runs of its two sides.
 * @throws {UserError} as `readResult`
 */
export async function readSides(path: string): Promise<Run | DuetRuns> {
  return await readLines(path, (header) => header.plan.duet === undefined ? new Run(header) : new DuetRuns(header));
}

async function readLines<Sink extends RecordSink>(path: string, open: (header: HeaderRecord) => Sink): Promise<Sink> {
  const name = await resolveResult(path);
  using file = await Deno.open(name).catch((error) => {
    throw unreadable(path, errorText(error));
  });
  const decoder = new RecordDecoder();
  let run: Sink | null = null;
  for await (const line of linesOf(file, MAX_ANY_LINE_BYTES)) {
    const decoded = line.too_long
      ? { fault: `it has more than ${MAX_ANY_LINE_BYTES} bytes` }
      : decoder.decode(line.text, line.bytes);
    if ("fault" in decoded) {
      if (run === null) throw unreadable(name, `line ${line.number}: ${decoded.fault}`);
      if (line.whole || decoded.is_part !== true) run.breakOff({ line: line.number, reason: decoded.fault });
      return run;
    }
    if (decoded.record.type === "header") run = open(decoded.record);
    else run?.add(decoded.record);
  }
  if (run === null) throw unreadable(name, "it is not a june-load result (no header line)");
  return run;
}

/** Only a regular file is opened: a pipe would never answer, and a device never end. */
async function resolveResult(path: string): Promise<string> {
  const advice = "name a result.ndjson or the folder that holds it";
  const statOf = async (file: string) =>
    await Deno.stat(file).catch((error) => {
      const why = error instanceof Deno.errors.NotFound ? "no result.ndjson there" : errorText(error);
      throw unreadable(path, `${why}; ${advice}`);
    });
  const isFolder = (await statOf(path)).isDirectory;
  const file = isFolder ? `${path.replace(/\/+$/, "")}/result.ndjson` : path;
  if (!(await statOf(file)).isFile) throw unreadable(file, `it is no regular file; ${advice}`);
  return file;
}

function unreadable(path: string, why: string): UserError {
  return new UserError("input", `Cannot read "${path}": ${why}`);
}
