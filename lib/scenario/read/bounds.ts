/**
 * What a scenario's text may use of this machine. A text of the user's own may use all; one that was edited in a page only
 * what the files given name: whoever reaches the page must not read variables and files, or aim load, by editing.
 */

/** Decides on each use, where it stands in the text; a text says why it is refused, null that it is not. */
export interface Bounds {
  /** A value with variables, before they are filled in, at the path of its key. */
  variables(path: string, text: string): string | null;
  /** An absolute path, and what it is the path of: `a PEM file`. */
  file(path: string, what: string): string | null;
  /** `host:port` and the like: something is sent there. */
  address(address: string): string | null;
  /** The words of a command that is run. */
  command(words: readonly string[]): string | null;
}

/** Items of a list may move. */
const anyItem = (path: string) => path.replaceAll(/\[\d+\]/g, "[]");

/**
 * Remembers what a trusted text uses, and keeps others to that.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const used = new UsedByFiles();
 * used.variables("services.grpc.llm.auth.bearer", "${TOKEN}");
 * assert.equal(used.only(false).variables("services.grpc.llm.auth.bearer", "${TOKEN}"), null);
 * assert.notEqual(used.only(false).variables("scenarios.spike.description", "${TOKEN}"), null);
 * ```
 */
export class UsedByFiles implements Bounds {
  readonly #variables = new Set<string>();
  readonly #files = new Set<string>();
  readonly #commands = new Set<string>();

  /** @param addresses those of all files together, which share them */
  constructor(readonly addresses: Set<string> = new Set()) {}

  variables(path: string, text: string): null {
    this.#variables.add(`${anyItem(path)}\n${text}`);
    return null;
  }

  file(path: string, what: string): null {
    this.#files.add(`${what}\n${path}`);
    return null;
  }

  address(address: string): null {
    this.addresses.add(address.toLowerCase());
    return null;
  }

  command(words: readonly string[]): null {
    this.#commands.add(JSON.stringify(words));
    return null;
  }

  /** The bounds of a text that is not trusted. */
  only(anyAddress: boolean): Bounds {
    return {
      variables: (path, text) => this.#variables.has(`${anyItem(path)}\n${text}`) ? null : VARIABLE,
      file: (path, what) => this.#files.has(`${what}\n${path}`) ? null : FILE,
      command: (words) => this.#commands.has(JSON.stringify(words)) ? null : COMMAND,
      address: (address) => anyAddress || this.addresses.has(address.toLowerCase()) ? null : ADDRESS,
    };
  }
}

const VARIABLE = "An edited text may use a variable only where the file does, and written as there: " +
  "write the value itself, or change the file";
const FILE = "An edited text may name only files that the file names here: change the file to use another";
const COMMAND = "An edited text may run only commands that the file runs, word by word: " +
  "change the file to run another";
const ADDRESS = "This address is not one of the files given, and whoever reaches this page could send load there: " +
  "give june-load its scenario file or --target, or start it with --any-target";
