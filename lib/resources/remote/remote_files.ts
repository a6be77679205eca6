/** Files of another machine: what readers ask for is noted, fetched together by a shell there, and then read. */
import { answering } from "../program/via.ts";
import { INSPECT, parseContainer } from "../containers.ts";
import type { Container, HostSources } from "../sources.ts";

/** What a reader asks for: a file, the names in a folder, who holds a socket, a container's first process. */
type Kind = "file" | "names" | "holders" | "container";

/** Files of so many processes are fetched by one pattern. */
const PATTERN_FROM = 16;
/** Words of one line to the shell there. */
const WORDS_MAX = 200;
/** More answers than any machine has for one reading. */
const ANSWERS_MAX = 60_000;
const ANSWER_LENGTH_MAX = 1024 * 1024;

const OF_PROCESS = /^\/proc\/\d+\/([a-z]+)$/;
const NAME = "june-load: name ";
const CONTAINER = "june-load: container ";
/** The last line of an answer. */
const DONE = "june-load: done";

/**
 * The text of the shell's program. Each line names what is wanted, with tabs between the words; "e" asks for the end of
 * the answer. `grep` writes the name of the file before each line, in one process for all files; without it the shell
 * does so itself, more slowly.
 */
export const FILE_PROGRAM = answering(
  `tab=$(printf '\\t')
if command -v grep >/dev/null 2>&1; then
  show() { grep -a '' /dev/null "$@" 2>/dev/null; }
else
  show() {
    for file; do
      { while IFS= read -r text || [ -n "$text" ]; do printf '%s:%s\\n' "$file" "$text"; done <"$file"; } 2>/dev/null
    done
  }
fi`,
  `  IFS=$tab
  set -f
  set -- $line
  unset IFS
  kind=$1
  [ $# -eq 0 ] || shift
  case $kind in
  f) show "$@" ;;
  g) set +f; show $1 ;;
  n) set +f
    for folder; do
      for name in "$folder"/*; do printf '${NAME}%s\\t%s\\n' "$folder" "\${name##*/}"; done
    done ;;
  s) set +f; ls -l /proc/[0-9]*/fd 2>/dev/null | grep -e '^/proc/' -e "socket:.$1]" ;;
  c)
    for tool in docker podman nerdctl; do
      command -v $tool >/dev/null 2>&1 || continue
      found=$($tool ${INSPECT.map((word) => `'${word}'`).join(" ")} "$1" 2>/dev/null </dev/null) || continue
      printf '${CONTAINER}%s\\t%s\\n' "$1" "$found"
      break
    done ;;
  e) echo '${DONE}' ;;
  esac`,
);

/** What is known of june-load's own process elsewhere: nothing, but for the control group of the shell there. */
const isOwn = (path: string) => path.startsWith("/proc/self/") && path !== "/proc/self/cgroup";
const keyOf = (kind: Kind, what: string) => `${kind}\t${what}`;

/**
 * Sources whose answers come later. A reading goes in turns: the readers ask; what they asked for and is not known is
 * fetched; they ask again, until all is known.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const files = new RemoteFiles();
 * assert.equal(files.readText("/proc/loadavg"), null);
 * assert.equal(files.wanted(), "f\t/proc/loadavg\ne\n");
 * files.take("/proc/loadavg:0.50 0.40 0.30 1/200 4711");
 * assert.equal(files.take("june-load: done"), true);
 * assert.equal(files.readText("/proc/loadavg"), "0.50 0.40 0.30 1/200 4711\n");
 * assert.equal(files.wanted(), null);
 * ```
 */
export class RemoteFiles implements HostSources {
  /** Answers; null: there is none. */
  #known = new Map<string, string[] | null>();
  #asked = new Set<string>();
  #usual = new Set<string>();
  #wanted = new Set<string>();
  #sent = new Set<string>();
  #holder: number | null = null;
  #answers = 0;

  ownMemory_bytes = () => null;
  ownCpu_us = () => null;

  readText(path: string): string | null {
    if (isOwn(path)) return null;
    const lines = this.#ask("file", path);
    return lines === null ? null : `${lines.join("\n")}\n`;
  }

  listNames(path: string): string[] | null {
    return isOwn(path) ? null : this.#ask("names", path);
  }

  /** Processes that have one of some sockets open. */
  socketHolders(inodes: readonly string[]): number[] {
    return inodes.flatMap((inode) => this.#ask("holders", inode) ?? []).map(Number);
  }

  /** The first process of a container, and its id. */
  container(name: string): Container | null {
    return parseContainer(this.#ask("container", name)?.[0] ?? "");
  }

  /** Begins a reading: what each needs is fetched at once. */
  begin(): void {
    this.#known = new Map();
    this.#answers = 0;
    this.#wanted = new Set(this.#usual);
  }

  /** Remembers what is asked for meanwhile as what each reading needs. */
  asUsual(ask: () => void): void {
    this.#asked = new Set();
    ask();
    this.#usual = this.#asked;
    this.#wanted = new Set();
  }

  /** The lines that ask the shell there for what is not known; null: all is. */
  wanted(): string | null {
    if (this.#wanted.size === 0) return null;
    const wanted = this.#wanted;
    const of = (kind: Kind) => [...wanted].filter((key) => key.startsWith(`${kind}\t`)).map(whatOf);
    const files = of("file");
    const patterns = [...Map.groupBy(files, (path) => OF_PROCESS.exec(path)?.[1] ?? "")]
      .filter(([name, paths]) => name !== "" && paths.length > PATTERN_FROM).map(([name]) => name);
    const single = files.filter((path) => !patterns.includes(OF_PROCESS.exec(path)?.[1] ?? ""));
    this.#sent = wanted;
    this.#wanted = new Set();
    for (const key of wanted) this.#known.set(key, null);
    return [
      ...chunksOf(single).map((paths) => ["f", ...paths]),
      ...patterns.map((name) => ["g", `/proc/[0-9]*/${name}`]),
      ...chunksOf(of("names")).map((folders) => ["n", ...folders]),
      ...of("holders").map((inode) => ["s", inode]),
      ...of("container").map((name) => ["c", name]),
      ["e"],
    ].map((words) => `${words.join("\t")}\n`).join("");
  }

  /** Takes a line of the answer; true: it was the last. */
  take(line: string): boolean {
    if (line === DONE) return true;
    if (this.#answers++ > ANSWERS_MAX) return false;
    if (line.startsWith(NAME)) this.#takePair("names", line.slice(NAME.length));
    else if (line.startsWith(CONTAINER)) this.#takePair("container", line.slice(CONTAINER.length));
    else if (!this.#takeHolder(line)) this.#takeText(line);
    return false;
  }

  #ask(kind: Kind, what: string): string[] | null {
    const key = keyOf(kind, what);
    this.#asked.add(key);
    const known = this.#known.get(key);
    // Tabs and line ends are the shell's.
    if (known === undefined && !/[\t\n\r\0]/.test(what)) this.#wanted.add(key);
    return known ?? null;
  }

  #takePair(kind: Kind, text: string): void {
    const at = text.indexOf("\t");
    const value = text.slice(at + 1);
    // A pattern that nothing matches stands for itself.
    if (at > 0 && !(kind === "names" && value === "*")) this.#add(keyOf(kind, text.slice(0, at)), value);
  }

  #takeHolder(line: string): boolean {
    const [, pid] = /^\/proc\/(\d+)\/fd:$/.exec(line) ?? [];
    if (pid !== undefined) this.#holder = Number(pid);
    const [, inode] = / socket:\[(\d+)\]$/.exec(line) ?? [];
    if (inode === undefined || this.#holder === null) return pid !== undefined;
    this.#add(keyOf("holders", inode), String(this.#holder));
    return true;
  }

  /** `path:text`; paths may hold colons. */
  #takeText(line: string): void {
    for (let at = line.indexOf(":"), n = 0; at > 0 && n < 4; at = line.indexOf(":", at + 1), n++) {
      const path = line.slice(0, at);
      const key = keyOf("file", path);
      if (this.#sent.has(key) || OF_PROCESS.test(path)) return this.#add(key, line.slice(at + 1));
    }
  }

  #add(key: string, text: string): void {
    const lines = this.#known.get(key) ?? [];
    this.#known.set(key, lines);
    if (lines.length < ANSWER_LENGTH_MAX / 64) lines.push(text);
  }
}

const whatOf = (key: string) => key.slice(key.indexOf("\t") + 1);

function chunksOf(words: readonly string[]): string[][] {
  const count = Math.ceil(words.length / WORDS_MAX);
  return Array.from({ length: count }, (_, i) => words.slice(i * WORDS_MAX, (i + 1) * WORDS_MAX));
}
