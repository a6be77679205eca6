/** One program that prints lines as long as it lives: read, kept within bounds, and ended with its children. */
import { Lines } from "./lines.ts";

/** What to run, and who takes what it prints. */
export interface LineProcessOptions {
  program: string;
  args: readonly string[];
  onLine(line: string): void;
  onErrorLine(line: string): void;
  /** Bytes of both pipes that it may print in a time; more is a flood, which ends it. */
  budget: { bytes: number; every_ms: number };
  /** Time between SIGTERM and SIGKILL. Default 500 ms. */
  stop_ms?: number;
  /** Written to its standard input, which then stays open: its end asks the program to end. Absent: there is none. */
  input?: string;
  /** Besides those of june-load. */
  env?: Readonly<Record<string, string>>;
}

/** How it ended. */
export interface LineProcessEnd {
  code: number;
  /** Signal that ended it, or null. */
  signal: string | null;
  /** What each pipe held after its last line end. */
  rest: string;
  errorRest: string;
  /** It printed more than its budget. */
  flooded: boolean;
}

/** How long pipes may stay open after the program has ended: a child that left its group may hold them. */
const PIPES_MS = 300;
/** How long a program may take to end by itself once its standard input has. */
const LAST_WORD_MS = 400;
/** How long to wait for a killed program: a faulty driver can block a process for ever. */
const KILL_MS = 300;

/**
 * A running program in a process group of its own: Ctrl-C in the terminal does not end it, and it is ended with all the
 * children that a wrapper may have started. Pipes are read all the time, so that a full one never blocks it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const lines: string[] = [];
 * const onLine = (line: string) => lines.push(line);
 * const budget = { bytes: 1000, every_ms: 1000 };
 * const program = new LineProcess({ program: "sh", args: ["-c", "echo one; exit 3"], onLine, onErrorLine: onLine, budget });
 * assert.deepEqual([(await program.ended).code, lines], [3, ["one"]]);
 * ```
 */
export class LineProcess {
  /** Resolves when it has ended and its pipes are closed, or given up. */
  readonly ended: Promise<LineProcessEnd>;
  readonly #options: LineProcessOptions;
  readonly #child: Deno.ChildProcess;
  readonly #readers: ReadableStreamDefaultReader<Uint8Array>[];
  readonly #lines = { out: new Lines(), err: new Lines() };
  readonly #input: WritableStreamDefaultWriter<Uint8Array> | null;
  #bytes = 0;
  #since_ms = performance.now();
  #flooded = false;
  #silent = false;

  /** @throws the error of the system where it cannot be started */
  constructor(options: LineProcessOptions) {
    this.#options = options;
    const { program, args } = options;
    // Numbers with a point, in every language.
    const env = { LC_ALL: "C", ...options.env };
    const stdin = options.input === undefined ? "null" : "piped";
    const pipes = { stdin, stdout: "piped", stderr: "piped" } as const;
    this.#child = new Deno.Command(program, { args: [...args], env, ...pipes, detached: true }).spawn();
    this.#readers = [this.#child.stdout.getReader(), this.#child.stderr.getReader()];
    this.#input = options.input === undefined ? null : this.#child.stdin.getWriter();
    if (options.input !== undefined) this.write(options.input);
    this.ended = this.#run();
  }

  /** What both pipes hold after their last line ends. */
  get rest(): string {
    return `${this.#lines.err.rest} ${this.#lines.out.rest}`.trim();
  }

  /** Writes to its standard input, without waiting for it to read; of one that has ended nothing comes of it. */
  write(text: string): void {
    void this.#input?.write(new TextEncoder().encode(text)).catch(() => {});
  }

  /** Ends it and its children; resolves when it is gone, or cannot be ended, after a second at most. No line follows. */
  async stop(): Promise<void> {
    this.#silent = true;
    if (this.#input !== null) {
      this.#closeInput();
      if (await within(LAST_WORD_MS, this.ended)) return;
    }
    this.#signal("SIGTERM");
    if (await within(this.#options.stop_ms ?? 500, this.ended)) return;
    this.#signal("SIGKILL");
    if (await within(KILL_MS, this.ended)) return;
    this.#child.unref();
    this.#closePipes();
  }

  async #run(): Promise<LineProcessEnd> {
    const { onLine, onErrorLine } = this.#options;
    const [out, err] = this.#readers;
    const pipes = Promise.all([
      this.#read(out!, this.#lines.out, onLine),
      this.#read(err!, this.#lines.err, onErrorLine),
    ]);
    const { code, signal } = await this.#child.status;
    // The children of a wrapper end with it.
    this.#signal("SIGKILL");
    this.#closeInput();
    if (!await within(PIPES_MS, pipes)) this.#closePipes();
    const [rest, errorRest] = await pipes;
    return { code, signal, rest, errorRest, flooded: this.#flooded };
  }

  async #read(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    lines: Lines,
    onLine: (line: string) => void,
  ): Promise<string> {
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        if (this.#floods(read.value.length)) continue;
        for (const line of lines.take(read.value)) if (!this.#silent) onLine(line);
      }
    } catch {
      // The pipe broke: what came before it counts.
    }
    return lines.rest;
  }

  /** Counts bytes; past the budget the program is ended and nothing more of it is read. */
  #floods(bytes: number): boolean {
    if (this.#flooded) return true;
    const { budget } = this.#options;
    const now_ms = performance.now();
    if (now_ms - this.#since_ms > budget.every_ms) [this.#since_ms, this.#bytes] = [now_ms, 0];
    this.#bytes += bytes;
    if (this.#bytes <= budget.bytes) return false;
    this.#flooded = true;
    this.#signal("SIGKILL");
    return true;
  }

  /** A write that nobody reads keeps a pipe from closing, so that it is given up instead. */
  #closeInput(): void {
    if (this.#input === null) return;
    const closed = this.#input.close().catch(() => {});
    void within(LAST_WORD_MS, closed).then((done) => done ? undefined : this.#input?.abort().catch(() => {}));
  }

  #closePipes(): void {
    for (const reader of this.#readers) void reader.cancel().catch(() => {});
  }

  /** Sends a signal to the whole group. */
  #signal(signal: Deno.Signal): void {
    try {
      if (Deno.build.os === "windows") this.#child.kill(signal);
      else Deno.kill(-this.#child.pid, signal);
    } catch {
      // It has ended by itself; its pipes may still hold text.
    }
  }
}

/** Whether a promise settles within a time. */
export async function within(limit_ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), limit_ms));
  const settled = await Promise.race([promise.then(() => true as const), late]);
  clearTimeout(timer);
  return settled;
}
