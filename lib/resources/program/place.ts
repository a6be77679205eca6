/** Another machine that is read through a command prefix: how it is called, and whether it still makes sense to try. */
import type { ResourceNote } from "../../measure/resource.ts";
import type { LineProcessEnd } from "./line_process.ts";
import { Tally } from "../tally.ts";
import type { ViaProgress } from "./via.ts";

/** What a prefix says where it would have to ask, so that trying again cannot help and may lock the user out. */
const REFUSED = /permission denied|host key verification failed|too many authentication failures|access denied/i;
const NO_SHELL = /executable file not found|sh: (?:command )?not found|no such file or directory.*\bsh\b/i;

/** Whether a prefix refuses june-load, in its words. */
export function isRefusal(words: string): boolean {
  return REFUSED.test(words);
}

const seconds = (ms: number) => `${Math.max(1, Math.round(ms / 1000))} s`;

/** What collectors of one place share: each fault of the way there is told once. */
export class Place {
  readonly tally: Tally;
  /** Tells something of the place. */
  readonly note: (note: ResourceNote) => void;
  /** No collector tries again. */
  refused = false;
  /** Since when nothing comes; null: something does. */
  #lost_ms: number | null = null;
  readonly #now_ms: () => number;

  /** @param name as the plan names it */
  constructor(
    readonly name: string,
    readonly via: readonly string[],
    now_ms: () => number,
    onNote: (note: ResourceNote) => void,
  ) {
    this.#now_ms = now_ms;
    this.note = (note) => onNote({ ...note, text: `${name}: ${note.text}`, host: name });
    this.tally = new Tally(this.note, now_ms);
  }

  /** Whether it is known that nothing comes, and told why. */
  get isLost(): boolean {
    return this.refused || this.#lost_ms !== null;
  }

  /** The prefix's program cannot be started. */
  missing(why: string): void {
    this.refused = true;
    this.tally.note("remote_unreachable", `not read: ${why}`);
  }

  /** The way to the place broke, or never led there. */
  broken({ begun, said }: ViaProgress, { code, signal }: LineProcessEnd): void {
    if (!begun && code === 0) return this.deaf();
    const words = said.join(" ");
    const program = this.via[0] ?? "";
    const ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
    const quote = said.length === 0 ? `"${program}" ended with ${ended}` : `"${program}" says: "${words}" (${ended})`;
    this.refused ||= !begun && isRefusal(words);
    this.#lose(`${begun ? "readings stop" : "not read"}: ${quote}; ${this.#remedy(words, begun)}`);
  }

  /** More was printed than a machine has to say. */
  flooded(bytes: number): void {
    const mebibytes = bytes / 1024 / 1024;
    this.#lose(`readings stop: more than ${mebibytes} MiB came in ten seconds; june-load starts it again`);
  }

  /** Nothing was heard for so long. */
  silent(ms: number, { begun, said }: ViaProgress): void {
    const words = said.length === 0 ? "says nothing" : `says: "${said.join(" ")}"`;
    const what = begun ? "does not answer" : `runs, but ${words}`;
    this.#lose(`no reading for ${seconds(ms)}: "${this.via[0] ?? ""}" ${what}; june-load starts it again`);
  }

  /** It ended because its standard input did, which june-load holds open. */
  deaf(): void {
    this.refused = true;
    const text = "not read: the command does not pass its standard input on, by which what runs there learns to end " +
      "(docker exec -i, kubectl exec -i, ssh without -n)";
    this.tally.note("remote_unreachable", text);
  }

  /** A reading came. */
  heard(): void {
    if (this.#lost_ms === null) return;
    const missing_ms = this.#now_ms() - this.#lost_ms;
    this.#lost_ms = null;
    this.tally.note("remote_back", `readings are back after ${seconds(missing_ms)}`, "");
  }

  #remedy(words: string, begun: boolean): string {
    if (this.refused) {
      return "june-load answers no question and does not try again: it needs a key that asks for nothing, and a host " +
        "that is known (connect once by hand)";
    }
    if (!begun && NO_SHELL.test(words)) return 'it needs a shell "sh" there; june-load tries again';
    return "june-load tries again";
  }

  #lose(text: string): void {
    this.#lost_ms ??= this.#now_ms();
    this.tally.note("remote_unreachable", text);
  }
}
