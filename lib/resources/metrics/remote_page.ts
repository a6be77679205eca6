/** Brings pages of metrics from where a command prefix leads: curl or wget fetches them there. */
import { formatBytes, writeDuration } from "../../plan/units.ts";
import type { PageReply, PageSource } from "./page_source.ts";
import { within } from "../program/line_process.ts";
import { type StartedThere, startThere } from "../program/start.ts";
import { answering } from "../program/via.ts";
import { isRefusal } from "../program/place.ts";

/** Where a page is, and the way there. */
export interface RemotePageOptions {
  /** As seen from there. */
  url: string;
  via: readonly string[];
  /** Longest time for a whole page; milliseconds. The way there may take `connect_ms` besides, once. */
  timeout_ms: number;
  /** For the shell there to begin. Default 15 s. */
  connect_ms?: number;
  /** Before the prefix is started anew; twice as long each time, up to 30 s. Default 1 s. */
  retry_ms?: number;
}

const CONNECT_MS = 15_000;
const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;
/** Beyond the time that the program there is given, for the way back. */
const SPARE_MS = 1000;
/** Largest page; bytes. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** Ten pages of the largest kind in ten seconds. */
const BUDGET = { bytes: 10 * MAX_PAGE_BYTES, every_ms: 10_000 };
/** Ends each answer, with the code of the program that fetched it. */
const END = "june-load: page ";

/**
 * A source behind a prefix; nothing is started yet. One shell there answers as long as it lasts; a way that broke is tried
 * again, but not one that refuses june-load.
 */
export function openRemotePages(options: RemotePageOptions): PageSource {
  return new RemotePages(options);
}

/** One shell there, and the page that it is sending. */
interface Shell extends StartedThere {
  lines: string[];
  bytes: number;
  /** Called when the shell begins, and at the end of a page with the fetching program's exit code. */
  heard(code: number | null): void;
}

class RemotePages implements PageSource {
  readonly #options: RemotePageOptions;
  #shell: Shell | null = null;
  #closed = false;
  /** Why the way there will not be tried again, or not before an instant. */
  #hopeless: string | null = null;
  #next_ms = 0;
  #wait_ms: number;
  #why = "";

  constructor(options: RemotePageOptions) {
    this.#options = options;
    this.#wait_ms = options.retry_ms ?? RETRY_MS;
  }

  async get(): Promise<PageReply> {
    if (this.#closed) return failed("it was closed");
    if (this.#hopeless !== null) return failed(this.#hopeless);
    if (this.#shell === null && performance.now() < this.#next_ms) return failed(this.#why);
    const shell = this.#shell ?? this.#start();
    if (typeof shell === "string") return failed(this.#hopeless = shell);
    this.#shell = shell;
    const { connect_ms = CONNECT_MS, timeout_ms } = this.#options;
    if (
      !shell.progress.begun && !await this.#hear(shell, connect_ms, () => shell.progress.begun && shell.heard(null))
    ) {
      return await this.#broken(shell, connect_ms);
    }
    let code: number | null = null;
    const ask = () => {
      [shell.lines, shell.bytes] = [[], 0];
      shell.process.write("\n");
    };
    if (!await this.#hear(shell, timeout_ms + SPARE_MS, ask, (found) => code = found)) {
      return await this.#broken(shell, timeout_ms);
    }
    this.#wait_ms = this.#options.retry_ms ?? RETRY_MS;
    if (shell.bytes > MAX_PAGE_BYTES) return failed(`it is larger than ${formatBytes(MAX_PAGE_BYTES)}`);
    return code === 0
      ? { kind: "page", text: `${shell.lines.join("\n")}\n` }
      : failed(this.#fetchFailed(shell.lines, code));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#shell?.process.stop();
  }

  /** Whether the shell answers in time and lives. */
  async #hear(
    shell: Shell,
    limit_ms: number,
    ask: () => void,
    take: (code: number | null) => void = () => {},
  ): Promise<boolean> {
    const answer = new Promise<boolean>((resolve) => {
      shell.heard = (code) => {
        take(code);
        resolve(true);
      };
    });
    ask();
    const first = Promise.race([answer, shell.process.ended.then(() => false)]);
    return await within(limit_ms, first) && await first;
  }

  /** The way there is gone, or nothing comes of it: it begins anew, later. */
  async #broken(shell: Shell, limit_ms: number): Promise<PageReply> {
    this.#shell = null;
    const { process, progress } = shell;
    progress.say(process.rest);
    const silent = !await within(0, process.ended);
    await process.stop();
    const said = progress.said.join(" ");
    const program = JSON.stringify(this.#options.via[0]);
    if (this.#closed) return failed("it was closed");
    this.#next_ms = performance.now() + this.#wait_ms;
    this.#wait_ms = Math.min(2 * this.#wait_ms, RETRY_MAX_MS);
    this.#why = said !== ""
      ? `${program} says: "${said}"`
      : silent
      ? `${program} does not answer within ${writeDuration(limit_ms * 1000)}`
      : `${program} ended`;
    if (!progress.begun && isRefusal(said)) this.#hopeless = `${this.#why}; june-load does not try again`;
    return failed(this.#hopeless ?? this.#why);
  }

  #fetchFailed(lines: readonly string[], code: number | null): string {
    if (code === 127) return 'neither "curl" nor "wget" is there';
    const words = lines.filter((line) => line.trim() !== "").slice(-3).join(" ").slice(0, 200);
    return words === ""
      ? `the program that fetches it ends with exit code ${code}`
      : `it cannot be fetched: "${words}"`;
  }

  #start(): Shell | string {
    const shell = { lines: [] as string[], bytes: 0, heard: (_: number | null) => {} };
    const onLine = (line: string) => {
      if (line.startsWith(END)) return shell.heard(Number(line.slice(END.length)));
      shell.bytes += line.length + 1;
      // What is too large is counted, and not kept.
      if (shell.bytes <= MAX_PAGE_BYTES) shell.lines.push(line);
    };
    const { url, via, timeout_ms } = this.#options;
    const input = fetching(url, timeout_ms);
    const started = startThere({ via }, { budget: BUDGET, input, onLine, onErrorLine() {} }, () => shell.heard(null));
    return typeof started === "string" ? started : Object.assign(shell, started);
  }
}

const failed = (why: string): PageReply => ({ kind: "failed", why });

/** A word for the shell. */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/** The program there: a page for each line of its input, with what the fetching program says in the same stream. */
function fetching(url: string, timeout_ms: number): string {
  const limit_s = Math.max(1, Math.ceil(timeout_ms / 1000));
  const where = quoted(url);
  return answering(
    "",
    `if command -v curl >/dev/null 2>&1; then
curl -gfsS --max-time ${limit_s} -H 'accept: text/plain;version=0.0.4' ${where} </dev/null 2>&1
elif command -v wget >/dev/null 2>&1; then
wget -q -T ${limit_s} -O - ${where} </dev/null 2>&1
else
(exit 127)
fi
code=$?
echo
echo "${END}$code"`,
  );
}
