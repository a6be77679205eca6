/** Runs one long-lived nvidia-smi beside the load and reports what it reads. Never throws: failures become notes. */
import { errorText } from "../base/errors.ts";
import { shortageOf, SHORTAGES } from "../plan/shortages.ts";
import type { ResourceNoteKind } from "../measure/resource.ts";
import { absentNote, failureNote, type GpuExit } from "./gpu_failures.ts";
import { FULL_REQUEST, type GpuColumn, missingFields, nextRequest, refusedField } from "./gpu_fields.ts";
import { parseRow } from "./gpu_row.ts";
import { GpuRows, type GpuSink } from "./gpu_rows.ts";
import { readLines } from "./lines.ts";

/** Options of the GPU sampler. */
export interface GpuSamplerOptions extends GpuSink {
  /** Time between readings. nvidia-smi sleeps this long *between* queries, so rows drift. */
  interval_ms: number;
  /** Monotonic clock of the run, in milliseconds. */
  now_ms(): number;
  /** Name or path of nvidia-smi. */
  program: string;
  /** After this long without a row, one note says that nvidia-smi hangs. Default 10 s, at least five intervals. */
  silence_ms?: number;
  /** Time between SIGTERM and SIGKILL. Default 2 s. */
  stop_ms?: number;
}

/** A running sampler. */
export interface GpuSampler {
  /** Ends nvidia-smi and resolves when it is gone, or cannot be ended, after 3 s at most. No sample or note follows. */
  stop(): Promise<void>;
}

/** Most lines of error text kept. */
const TEXTS_MAX = 8;
/** How long to wait for a killed nvidia-smi: a faulty driver can block a process for ever. */
const KILL_MS = 1000;

/** Starts sampling. When the driver refuses a field, asks for its old name, then leaves it out; see `nextRequest`. */
export function startGpuSampler(options: GpuSamplerOptions): GpuSampler {
  return new NvidiaSmi(options);
}

class NvidiaSmi implements GpuSampler {
  readonly #options: GpuSamplerOptions;
  readonly #rows: GpuRows;
  readonly #done: Promise<void>;
  #child: Deno.ChildProcess | null = null;
  #stopped = false;
  #rowCount = 0;
  #texts: string[] = [];
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(options: GpuSamplerOptions) {
    this.#options = options;
    this.#rows = new GpuRows(options, options.interval_ms);
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#silence);
    if (this.#signal("SIGTERM") && await within(this.#options.stop_ms ?? 2000, this.#done)) return;
    if (this.#signal("SIGKILL") && await within(KILL_MS, this.#done)) return;
    this.#child?.unref();
  }

  async #run(): Promise<void> {
    this.#watchSilence();
    try {
      let columns: readonly GpuColumn[] | null = FULL_REQUEST;
      while (columns !== null && !this.#stopped) columns = await this.#attempt(columns);
    } catch (error) {
      this.#note("gpu_lost", `GPU readings end here: cannot read from nvidia-smi (${errorText(error)})`);
    }
    clearTimeout(this.#silence);
    this.#child = null;
  }

  /** Runs nvidia-smi to its end. Returns the request to try next, or null when none is left. */
  async #attempt(columns: readonly GpuColumn[]): Promise<readonly GpuColumn[] | null> {
    this.#texts = [];
    try {
      this.#child = spawn(this.#options.program, columns, this.#options.interval_ms);
    } catch (error) {
      this.#noteSpawnError(error);
      return null;
    }
    const [rest, errorRest, status] = await Promise.all([
      readLines(this.#child.stdout, (line) => this.#takeLine(line, columns)),
      readLines(this.#child.stderr, (line) => this.#takeText(line)),
      this.#child.status,
    ]);
    if (this.#stopped) return null;
    // Text without a line end is a row cut off, unless there was no other text.
    if (this.#texts.length === 0 && this.#rowCount === 0) this.#takeText(rest);
    this.#takeText(errorRest);
    const refused = this.#texts.map(refusedField).find((name) => name !== null) ?? null;
    const next = this.#rowCount === 0 && status.code === 2 ? nextRequest(columns, refused) : null;
    if (next === null) this.#noteEnd(status);
    return next;
  }

  #takeLine(line: string, columns: readonly GpuColumn[]): void {
    const t_ms = this.#options.now_ms();
    const parsed = parseRow(line, columns);
    if (parsed.kind === "text") return this.#takeText(parsed.text);
    if (this.#stopped) return;
    if (this.#rowCount++ === 0) this.#noteMissingFields(columns);
    // Text between rows is a warning; text before the end belongs to the note on the end.
    for (const text of this.#texts.splice(0)) this.#note("gpu_message", `nvidia-smi says: "${text}"`);
    this.#watchSilence();
    this.#rows.take(parsed.row, t_ms);
  }

  #takeText(text: string): void {
    if (text.trim() !== "" && this.#texts.length < TEXTS_MAX) this.#texts.push(text.trim());
  }

  #watchSilence(): void {
    clearTimeout(this.#silence);
    const silence_ms = this.#options.silence_ms ?? Math.max(10_000, 5 * this.#options.interval_ms);
    this.#silence = setTimeout(() => {
      this.#note("gpu_silent", `No GPU reading for ${silence_ms / 1000} s: nvidia-smi runs but prints nothing`);
    }, silence_ms);
  }

  #noteMissingFields(columns: readonly GpuColumn[]): void {
    const missing = missingFields(columns);
    if (missing.length === 0) return;
    this.#note("gpu_fields_missing", `This GPU driver does not report ${missing.join(", ")}`);
  }

  #noteSpawnError(error: unknown): void {
    const { program } = this.#options;
    if (error instanceof Deno.errors.NotFound) {
      const { kind, text } = absentNote(program);
      return this.#note(kind, text);
    }
    const errno = shortageOf(error);
    const why = errno === null ? errorText(error) : `${SHORTAGES[errno].means}, ${errno}: ${SHORTAGES[errno].remedy}`;
    this.#note("gpu_unavailable", `No GPU readings: cannot start "${program}" (${why})`);
  }

  #noteEnd(status: Deno.CommandStatus): void {
    const exit: GpuExit = {
      code: status.code,
      signal: status.signal,
      texts: this.#texts,
      had_rows: this.#rowCount > 0,
    };
    const { kind, text } = failureNote(exit);
    this.#note(kind, text);
  }

  #note(kind: ResourceNoteKind, text: string): void {
    if (!this.#stopped) this.#options.onNote({ t_ms: this.#options.now_ms(), kind, text });
  }

  /** Sends a signal; false when the process has already ended. */
  #signal(signal: Deno.Signal): boolean {
    try {
      this.#child?.kill(signal);
    } catch {
      // The process has ended by itself; its pipes may still hold text.
    }
    return this.#child !== null;
  }
}

function spawn(program: string, columns: readonly GpuColumn[], interval_ms: number): Deno.ChildProcess {
  const fields = columns.map(({ spelling }) => spelling).join(",");
  const args = [`--query-gpu=${fields}`, "--format=csv,noheader", "-lms", String(Math.round(interval_ms))];
  // Detached: on Ctrl-C june-load stops gracefully, and the readings must go on until then.
  return new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "piped", detached: true }).spawn();
}

/** Whether a promise settles within a time. */
async function within(limit_ms: number, promise: Promise<void>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), limit_ms));
  const settled = await Promise.race([promise.then(() => true as const), late]);
  clearTimeout(timer);
  return settled;
}
