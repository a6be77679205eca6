/** A command prefix that leads to another machine or container, and the programs of a shell there. */
import { findProgram } from "./find_program.ts";

/** A command to start here, and what makes it start another there. */
export interface ViaCommand {
  /** Where the prefix's program is. */
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** Programs of containers whose `exec` leaves out standard input unless it is asked for. */
const CONTAINERS: ReadonlySet<string> = new Set(["docker", "podman", "nerdctl", "kubectl", "oc", "docker-compose"]);
/** No window that asks for a password. */
const NO_PROMPT = { SSH_ASKPASS_REQUIRE: "never" };

const nameOf = (word: string) => word.split(/[/\\]/).at(-1)?.replace(/\.exe$/i, "") ?? "";

/**
 * The words of a prefix with a shell behind them that reads its program from standard input: so nothing has to be quoted,
 * for ssh, which joins its words with blanks, as little as for docker, which does not. ssh is told to ask nothing, and
 * the `exec` of containers to pass standard input on, whose end is how the shell there learns to end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(shellWords(["ssh", "gpu-host"]), ["ssh", "-o", "BatchMode=yes", "gpu-host", "sh", "-s"]);
 * assert.deepEqual(shellWords(["docker", "exec", "stt"]), ["docker", "exec", "-i", "stt", "sh", "-s"]);
 * assert.deepEqual(shellWords(["kubectl", "exec", "-i", "stt", "--"]), ["kubectl", "exec", "-i", "stt", "--", "sh", "-s"]);
 * ```
 */
export function shellWords(via: readonly string[]): string[] {
  const words = [...via];
  const container = words.findIndex((word) => CONTAINERS.has(nameOf(word)));
  const exec = container < 0 ? -1 : words.findIndex((word, at) => at > container && word === "exec");
  if (exec >= 0) words.splice(exec + 1, 0, ...missingSwitches(words, container, exec));
  const ssh = words.findIndex((word) => nameOf(word) === "ssh");
  if (ssh >= 0 && !words.some((word) => /BatchMode/i.test(word))) words.splice(ssh + 1, 0, "-o", "BatchMode=yes");
  return [...words, "sh", "-s"];
}

function missingSwitches(words: readonly string[], container: number, exec: number): string[] {
  const given = words.slice(exec + 1).filter((word) => word.startsWith("-"));
  const has = (letter: string, long: string) =>
    given.some((word) => word === long || word.startsWith(`${long}=`) || new RegExp(`^-[a-zA-Z]*${letter}`).test(word));
  // Compose passes standard input on, through a terminal that is not there.
  if (words.slice(container, exec).includes("compose") || nameOf(words[container] ?? "") === "docker-compose") {
    return has("T", "--no-TTY") ? [] : ["-T"];
  }
  return has("i", "--interactive") || has("i", "--stdin") ? [] : ["-i"];
}

/** The command to start, or why there is none. */
export function viaCommand(via: readonly string[]): ViaCommand | { missing: string } {
  const [program = "", ...args] = shellWords(via);
  const found = findProgram(program);
  switch (found.kind) {
    case "found":
      return { program: found.path, args, env: NO_PROMPT };
    case "absent":
      return { missing: `Cannot find "${program}" on this machine, install it or give its path` };
    case "not executable":
      return { missing: `"${found.path}" may not be run by this user: chmod +x "${found.path}"` };
  }
}

/** Lines with which the programs there speak of themselves. */
const BEGIN = "june-load: begins";
const ABSENT = "june-load: absent";
const END = "june-load: ends ";

/** A word for the shell. */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * The text of a shell's program that runs a program until it ends, or until standard input does: neither ssh nor docker
 * ends what they started when they are ended themselves.
 *
 * In braces, since a shell that reads its program from standard input must have read all of it before it begins.
 */
export function supervised(program: string, args: readonly string[]): string {
  return `{
PATH="$PATH:/usr/lib/wsl/lib:/usr/local/nvidia/bin"
LC_ALL=C
export PATH LC_ALL
echo '${BEGIN}'
command -v ${quoted(program)} >/dev/null 2>&1 || { echo '${ABSENT}'; exit 127; }
exec 3<&0
${[program, ...args].map(quoted).join(" ")} 3<&- </dev/null &
child=$!
(while read -r line; do :; done; kill "$child") <&3 >/dev/null 2>&1 &
watch=$!
wait "$child"
code=$?
kill "$watch" 2>/dev/null
echo "${END}$code"
exit "$code"
}
`;
}

/** The text of a shell's program: `body` runs line by line of standard input, and `before` once. */
export function answering(before: string, body: string): string {
  return `{
LC_ALL=C
export LC_ALL
${before}
echo '${BEGIN}'
while IFS= read -r line; do
${body}
done
echo '${END}0'
exit 0
}
`;
}

/** Most lines kept of what a prefix says before the shell begins, and behind its back. */
const SAID_MAX = 8;
const SAID_LENGTH_MAX = 200;

/** How far a shell there came, told by the lines that arrive from it. */
export class ViaProgress {
  /** The shell runs. Before, a prefix may print greetings and errors. */
  begun = false;
  /** The program is not there. */
  absent = false;
  /** With which the program ended; null: it did not, so that the way to it broke. */
  code: number | null = null;
  /** What else was said: the prefix's own words. */
  readonly #said = new Set<string>();

  /** The last of it. */
  get said(): readonly string[] {
    return [...this.#said];
  }

  /** Whether a line is the program's. */
  take(line: string): boolean {
    // A greeting may end without a line end.
    if (!this.begun && line.endsWith(BEGIN)) this.begun = true;
    else if (!this.begun) this.say(line);
    else if (line === ABSENT) this.absent = true;
    else if (line.startsWith(END)) this.code = Number(line.slice(END.length));
    else return true;
    return false;
  }

  /** Keeps what stands on the error output, the last lines. */
  say(line: string): void {
    const text = line.trim().slice(0, SAID_LENGTH_MAX);
    if (text === "") return;
    this.#said.add(text);
    const [oldest = ""] = this.#said;
    if (this.#said.size > SAID_MAX) this.#said.delete(oldest);
  }
}
