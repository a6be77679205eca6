/** Which process a container of this machine is: docker, podman or nerdctl is asked, in the background. */
import { findProgram } from "./program/find_program.ts";
import { LineProcess, within } from "./program/line_process.ts";
import type { Container } from "./sources.ts";

/** Tools that know containers by name; the first that knows one counts. */
const TOOLS = ["docker", "podman", "nerdctl"];
/** What to ask them. */
export const INSPECT = ["inspect", "--type", "container", "--format", "{{.State.Pid}} {{.Id}}"];
/** A daemon that hangs is asked again later. */
const ASK_MS = 5000;
const BUDGET = { bytes: 64 * 1024, every_ms: ASK_MS };

/**
 * Reads what a tool prints of a container; null: it knows none, or the container does not run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseContainer("4711 0123456789abcdef"), { pid: 4711, id: "0123456789abcdef" });
 * assert.equal(parseContainer("0 0123456789abcdef"), null); // it has ended
 * ```
 */
export function parseContainer(line: string): Container | null {
  const [, pid, id = ""] = /^([1-9]\d{0,9}) ([0-9a-f]{12,64})$/.exec(line.trim()) ?? [];
  return pid === undefined ? null : { pid: Number(pid), id };
}

/** Asks for containers, one after another, each anew for every look. */
export class Containers {
  /** Answers that were not fetched yet. */
  readonly #answers = new Map<string, Container | null>();
  readonly #asking = new Set<string>();
  #process: LineProcess | null = null;
  #stopped = false;
  #last: Promise<void> = Promise.resolve();

  /** The answer, for one reading; undefined: it is being asked for. */
  find(name: string): Container | null | undefined {
    const answer = this.#answers.get(name);
    if (answer !== undefined) queueMicrotask(() => this.#answers.delete(name));
    if (answer === undefined && !this.#asking.has(name)) {
      this.#asking.add(name);
      this.#last = this.#last.then(() => this.#ask(name));
    }
    return answer;
  }

  /** Ends what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#process?.stop();
  }

  async #ask(name: string): Promise<void> {
    let found: Container | null = null;
    for (const tool of TOOLS) {
      if (this.#stopped) return;
      found ??= await this.#askTool(tool, name);
    }
    this.#asking.delete(name);
    this.#answers.set(name, found);
  }

  async #askTool(tool: string, name: string): Promise<Container | null> {
    const program = findProgram(tool);
    if (program.kind !== "found") return null;
    let found: Container | null = null;
    const onLine = (line: string) => void (found ??= parseContainer(line));
    try {
      const args = [...INSPECT, name];
      this.#process = new LineProcess({ program: program.path, args, onLine, onErrorLine() {}, budget: BUDGET });
    } catch {
      return null;
    }
    if (!await within(ASK_MS, this.#process.ended)) await this.#process.stop();
    this.#process = null;
    return found;
  }
}
