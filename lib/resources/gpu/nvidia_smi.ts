/** Runs nvidia-smi beside the load and reports what it reads. Never throws, never waits: failures become notes. */
import type { GpuSample, ResourceNote } from "../../measure/resource.ts";
import { APP_FIELDS, ComputeApps } from "./compute_apps.ts";
import { findProgram } from "../program/find_program.ts";
import { absentNote, failureNote, lostBusId, type Note, silenceNote } from "./gpu_failures.ts";
import { type GpuColumn, listedFields, missingFields, nextRequest, refusedField, requestFor } from "./gpu_fields.ts";
import { parseRow, splitGlued } from "./gpu_row.ts";
import { GpuRows } from "./gpu_rows.ts";
import { type LineProcess, type LineProcessEnd, within } from "../program/line_process.ts";
import type { Place } from "../program/place.ts";
import { type Started, startHere, startThere } from "../program/start.ts";
import { Tally } from "../tally.ts";
import { supervised } from "../program/via.ts";

/** Options of the GPU sampler. */
export interface GpuSamplerOptions {
  /** Time between readings. nvidia-smi sleeps this long *between* queries, so rows drift. */
  interval_ms: number;
  /** Monotonic clock of the run, in milliseconds. */
  now_ms(): number;
  onSample(sample: GpuSample): void;
  onNote(note: ResourceNote): void;
  /** Name or path of nvidia-smi. */
  program: string;
  /** GPUs to read, by index, UUID or PCI bus id; default all. */
  gpus?: readonly string[];
  /** The model of an embedded board, from its device tree; null: not one. */
  board?: string | null;
  /** Another machine, whose nvidia-smi is run there; absent: this one. */
  place?: Place;
  times?: Partial<GpuSamplerTimes>;
}

/** How long the sampler waits for what; milliseconds. Tests wait less. */
export interface GpuSamplerTimes {
  /** For the list of fields. */
  list_ms: number;
  /** Without a row, until a note says that nvidia-smi hangs; three times as long, and it is started anew. */
  silence_ms: number;
  /** Before it is started anew, the first time; each time twice as long, up to `retry_max_ms`. */
  retry_ms: number;
  retry_max_ms: number;
  /** Between SIGTERM and SIGKILL. */
  stop_ms: number;
  /** Between looks at the processes that have memory. */
  apps_ms: number;
}

/** A running sampler. */
export interface GpuSampler {
  /** Ends nvidia-smi and resolves when it is gone, or cannot be ended, after one and a half seconds at most. No sample or note follows. */
  stop(): Promise<void>;
}

/** Most lines of text kept. */
const TEXTS_MAX = 8;
/** Rows after which a start counts as a success, so that the next one comes soon. */
const STEADY_ROWS = 5;
/** Bytes that may come between two readings, on average over four: hundreds of GPUs have that much to say. */
const INTERVAL_BYTES = 256 * 1024;
const BUDGET_INTERVALS = 4;

/** Starts sampling: asks the driver for its fields, then for those of ours among them, again and again. */
export function startGpuSampler(options: GpuSamplerOptions): GpuSampler {
  return new NvidiaSmi(options);
}

/** With which a shell tells that a program ended because it was asked to. */
const ASKED_TO_END = 128 + 15;

class NvidiaSmi implements GpuSampler {
  readonly #options: GpuSamplerOptions;
  readonly #times: GpuSamplerTimes;
  readonly #tally: Tally;
  readonly #rows: GpuRows;
  readonly #apps = new ComputeApps();
  readonly #processes = new Set<LineProcess>();
  readonly #began_ms: number;
  #stopped = false;
  /** Aborted at the stop: nothing waits longer. */
  readonly #ending = new AbortController();
  #silence: ReturnType<typeof setTimeout> | undefined;
  #path = "";
  /** Rows and other lines of the process that runs now. */
  #rowCount = 0;
  #texts: string[] = [];
  /** When the last row came, or the sampler began. */
  #row_ms: number;
  #anyRow = false;
  #toldWhy = false;
  #running: Started | null = null;
  /** The process that runs now is being ended because it printed nothing. */
  #hung = false;
  /** Since when readings are known to be missing; null: they come. */
  #lost_ms: number | null = null;
  /** Those to ask for; null: all. */
  #gpus: readonly string[] | null;

  constructor(options: GpuSamplerOptions) {
    const { interval_ms, onNote, now_ms } = options;
    this.#options = options;
    this.#gpus = options.gpus ?? null;
    this.#times = { ...defaultTimes(interval_ms, options.place !== undefined), ...options.times };
    this.#tally = options.place?.tally ?? new Tally(onNote, now_ms);
    this.#began_ms = this.#row_ms = now_ms();
    const sink = { onSample: (sample: GpuSample) => this.#sample(sample), tally: this.#tally };
    this.#rows = new GpuRows({ ...sink, processesOf: (uuid) => this.#apps.of(uuid) }, interval_ms);
    void this.#run();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    const passed_ms = this.#options.now_ms() - this.#began_ms;
    if (!this.#anyRow && !this.#toldWhy && this.#options.place?.isLost !== true) {
      this.#note(silenceNote(passed_ms, this.#texts));
    }
    this.#tellTexts();
    this.#rows.end();
    if (this.#options.place === undefined) this.#tally.end();
    this.#stopped = true;
    clearTimeout(this.#silence);
    this.#ending.abort();
    await Promise.all([...this.#processes].map((process) => process.stop()));
  }

  async #run(): Promise<void> {
    const { program, board = null, place } = this.#options;
    if (place === undefined) {
      const found = findProgram(program);
      if (found.kind !== "found") return this.#note(absentNote(program, found, board));
      this.#path = found.path;
      void this.#watchApps();
    }
    const listed = await this.#firstList();
    if (listed === null) return;
    if (place !== undefined) void this.#watchApps();
    const first = requestFor(listed);
    let columns = first;
    for (let wait_ms = this.#times.retry_ms; !this.#stopped;) {
      const next = await this.#attempt(columns);
      if (this.#stopped || place?.refused === true) return;
      if (next !== null) {
        columns = next;
        continue;
      }
      if (this.#rowCount >= STEADY_ROWS) wait_ms = this.#times.retry_ms;
      // Another driver may come back; what this one knew is tried first.
      if (this.#rowCount === 0) columns = first;
      await this.#pause(wait_ms);
      wait_ms = Math.min(2 * wait_ms, this.#times.retry_max_ms);
      this.#rows.restart();
    }
  }

  /** The fields that the driver lists, none where it does not answer; null: another machine has no nvidia-smi, or lets nobody in. */
  async #firstList(): Promise<Set<string> | null> {
    const { program, place } = this.#options;
    for (
      let wait_ms = this.#times.retry_ms;
      !this.#stopped;
      wait_ms = Math.min(2 * wait_ms, this.#times.retry_max_ms)
    ) {
      const lines: string[] = [];
      const started = this.#start(["--help-query-gpu"], (line) => void lines.push(line), () => {});
      if (typeof started === "string") {
        place?.missing(started);
        return place === undefined ? new Set() : null;
      }
      const { process, progress } = started;
      const ended = await within(this.#times.list_ms, process.ended);
      progress?.say(process.rest);
      if (!ended) await process.stop();
      if (place === undefined || progress === null) return listedFields(lines);
      if (progress.absent) {
        this.#note(absentNote(program, { kind: "absent" }, null, "there"));
        return null;
      }
      if (progress.begun) return listedFields(lines);
      if (ended) place.broken(progress, await process.ended);
      else place.silent(this.#times.list_ms, progress);
      if (place.refused) return null;
      await this.#pause(wait_ms);
    }
    return null;
  }

  /** Runs nvidia-smi to its end. Returns the request to try at once, or null. */
  async #attempt(columns: readonly GpuColumn[]): Promise<readonly GpuColumn[] | null> {
    this.#texts = [];
    this.#rowCount = 0;
    const fields = columns.map(({ spelling }) => spelling).join(",");
    const args = [`--query-gpu=${fields}`, ...this.#common(this.#options.interval_ms)];
    const started = this.#start(args, (line) => this.#takeLine(line, columns), (line) => this.#takeText(line));
    if (typeof started === "string") {
      this.#lose({ kind: "gpu_unavailable", text: `No GPU readings: ${started}` });
      return null;
    }
    this.#hung = false;
    this.#running = started;
    this.#watchSilence(started);
    const end = await started.process.ended;
    clearTimeout(this.#silence);
    if (this.#stopped || this.#hung || this.#brokenOnTheWay(started, end)) return null;
    // Text without a line end is a row cut off, unless there was no other text.
    if (this.#texts.length === 0 && this.#rowCount === 0) this.#takeText(end.rest);
    this.#takeText(end.errorRest);
    return this.#afterEnd({ ...end, code: started.progress?.code ?? end.code }, columns);
  }

  /** Whether not nvidia-smi ended, but the way to it. */
  #brokenOnTheWay({ process, progress }: Started, end: LineProcessEnd): boolean {
    const { place } = this.#options;
    if (place === undefined || progress === null || end.flooded) return false;
    progress.say(process.rest);
    if (progress.code === null) place.broken(progress, end);
    else if (progress.code === ASKED_TO_END) place.deaf();
    else return false;
    return true;
  }

  #afterEnd(end: LineProcessEnd, columns: readonly GpuColumn[]): readonly GpuColumn[] | null {
    const refused = this.#texts.map(refusedField).find((name) => name !== null) ?? null;
    const next = this.#rowCount === 0 && end.code === 2 ? nextRequest(columns, refused) : null;
    if (next !== null) return next;
    if (end.flooded) {
      const text = "GPU readings stop: nvidia-smi prints without end " +
        `(more than ${INTERVAL_BYTES / 1024} KiB a reading), and was ended; june-load starts it again`;
      this.#lose({ kind: "gpu_flood", text });
      return null;
    }
    this.#lose(failureNote({ code: end.code, signal: end.signal, texts: this.#texts, had_rows: this.#anyRow }));
    return this.#withoutLost(columns);
  }

  /** One GPU that fell off the bus silences all, unless the others are asked for by name. */
  #withoutLost(columns: readonly GpuColumn[]): readonly GpuColumn[] | null {
    const lost = lostBusId(this.#texts);
    const others = lost === null ? null : this.#rows.uuidsWithout(lost);
    if (others === null || others.length === 0 || others.join() === this.#gpus?.join()) return null;
    this.#gpus = others;
    this.#rows.restart();
    return columns;
  }

  /** Looks at the processes that have memory; its failures are the main query's to tell. */
  async #watchApps(): Promise<void> {
    const { retry_max_ms, apps_ms } = this.#times;
    const args = [`--query-compute-apps=${APP_FIELDS}`, ...this.#common(apps_ms)];
    while (!this.#stopped) {
      const started = this.#start(args, (line) => this.#apps.take(line), () => {});
      if (typeof started === "string") return;
      await started.process.ended;
      if (this.#stopped || this.#options.place?.refused === true) return;
      await this.#pause(retry_max_ms);
    }
  }

  #common(every_ms: number): string[] {
    const which = this.#gpus === null ? [] : ["-i", this.#gpus.join(",")];
    return ["--format=csv,noheader,nounits", "-lms", String(Math.round(every_ms)), ...which];
  }

  /** Starts nvidia-smi, here or there; a text says why it cannot be. */
  #start(args: string[], onLine: (line: string) => void, onErrorLine: (line: string) => void): Started | string {
    const { place, program, interval_ms } = this.#options;
    const budget = { bytes: BUDGET_INTERVALS * INTERVAL_BYTES, every_ms: BUDGET_INTERVALS * interval_ms };
    const common = { budget, stop_ms: this.#times.stop_ms, onLine, onErrorLine };
    const started = place === undefined
      ? startHere({ ...common, program: this.#path, args })
      : startThere(place, { ...common, input: supervised(program, args) });
    if (typeof started === "string") return started;
    const { process } = started;
    this.#processes.add(process);
    void process.ended.then(() => this.#processes.delete(process));
    return started;
  }

  #takeLine(line: string, columns: readonly GpuColumn[]): void {
    const t_ms = this.#options.now_ms();
    for (const part of splitGlued(line)) {
      const parsed = parseRow(part, columns);
      if (parsed.kind === "text") this.#takeText(parsed.text);
      if (parsed.kind !== "row") continue;
      if (this.#rowCount++ === 0) this.#noteMissingFields(columns);
      // Text between rows is a warning; text before the end belongs to the note on the end.
      this.#tellTexts();
      this.#anyRow = true;
      this.#row_ms = t_ms;
      if (this.#running !== null) this.#watchSilence(this.#running);
      this.#rows.take(parsed.row, t_ms);
    }
  }

  #sample(sample: GpuSample): void {
    if (this.#stopped) return;
    if (this.#lost_ms !== null) {
      const missing_s = Math.max(1, Math.round((sample.t_ms - this.#lost_ms) / 1000));
      this.#tally.note("gpu_back", `GPU readings are back after ${missing_s} s`, "");
      this.#lost_ms = null;
    }
    const { place, onSample } = this.#options;
    place?.heard();
    onSample(place === undefined ? sample : { ...sample, host: place.name });
  }

  #takeText(text: string): void {
    if (text.trim() !== "" && this.#texts.length < TEXTS_MAX) this.#texts.push(text.trim());
  }

  #tellTexts(): void {
    if (this.#rowCount === 0) return;
    for (const text of this.#texts.splice(0)) {
      this.#tally.note("gpu_message", `nvidia-smi says: "${text.slice(0, 400)}"`);
    }
  }

  /** A process that hangs for good is started anew; one that cannot be ended is waited for. */
  #watchSilence({ process, progress }: Started): void {
    clearTimeout(this.#silence);
    if (this.#stopped) return;
    const { silence_ms } = this.#times;
    this.#silence = setTimeout(() => {
      if (progress?.begun === false) this.#options.place?.silent(silence_ms, progress);
      else this.#lose(silenceNote(silence_ms, this.#texts));
      this.#silence = setTimeout(() => {
        this.#hung = true;
        void process.stop();
      }, 2 * silence_ms);
    }, silence_ms);
  }

  #noteMissingFields(columns: readonly GpuColumn[]): void {
    const missing = missingFields(columns);
    if (missing.length === 0) return;
    this.#tally.note("gpu_fields_missing", `This GPU driver does not report ${missing.join(", ")}`);
  }

  /** Notes why readings stop. */
  #lose(note: Note): void {
    this.#lost_ms ??= this.#row_ms;
    this.#note(note);
  }

  #note({ kind, text }: Note): void {
    if (this.#stopped) return;
    this.#toldWhy = true;
    this.#tally.note(kind, text);
  }

  /** Waits, but not beyond the stop. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#ending;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener("abort", end);
    });
  }
}

/** @param isElsewhere whether a connection has to be made first */
function defaultTimes(interval_ms: number, isElsewhere: boolean): GpuSamplerTimes {
  return {
    list_ms: isElsewhere ? 15_000 : 3000,
    silence_ms: Math.max(10_000, 5 * interval_ms),
    retry_ms: 1000,
    retry_max_ms: 30_000,
    stop_ms: 500,
    apps_ms: Math.max(5000, interval_ms),
  };
}
