/** The file of a result while its run writes it: seen to be still in its place, and copied to another when it is not. */
import { outputError } from "./output_error.ts";
import { createFile } from "./output_file.ts";
import { UserError } from "../plan/errors.ts";

/** Makes a fresh folder and returns the path for the file in it. */
export type Elsewhere = () => Promise<string>;

/** Shortest time between two looks at the file's place; milliseconds. Lines come once a second. */
const LOOK_MS = 500;
/** How often a result moves before its run gives up: something removes whatever it writes. */
const MAX_MOVES = 5;
const COPY_BYTES = 256 * 1024;

/** The result has gone, or is whole no more; what it held is only in this process. */
export class LostResult extends UserError {
  constructor(path: string, why: string) {
    super("output", `The result "${path}" is lost: ${why}`);
  }
}

/** A place that a result left, and the one where it is now. */
export interface Move {
  from: string;
  to: string;
}

/** An open file that follows its run elsewhere. */
export class KeptFile {
  #path: string;
  #file: Deno.FsFile;
  /** Null: nobody watches its place. */
  readonly #elsewhere: Elsewhere | null;
  #written_bytes = 0;
  #looked_ms = performance.now();
  #moves = 0;

  /** @param file open for writing, and for reading where there is an `elsewhere` */
  constructor(path: string, file: Deno.FsFile, elsewhere: Elsewhere | null) {
    this.#path = path;
    this.#file = file;
    this.#elsewhere = elsewhere;
  }

  /** Where it is now. */
  get path(): string {
    return this.#path;
  }

  /** Writes all of `bytes` at its end. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    this.#written_bytes += bytes.length;
  }

  /** Puts what was written on the disk, but not yet all that the system keeps about the file. */
  async syncData(): Promise<void> {
    await this.#file.syncData();
  }

  /** Puts all on the disk. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** Closes it; what was written stays. */
  close(): void {
    this.#file.close();
  }

  /**
   * Looks whether the file is still in its place, at most every half second. Where it was removed or replaced, all that was
   * written is copied into a fresh folder: an open file outlives its name.
   * @param always however short ago the last look was
   * @returns the move, or null
   * @throws {LostResult} where it can go nowhere, or was cut short
   */
  async look(always = false): Promise<Move | null> {
    if (this.#elsewhere === null) return null;
    if (!always && performance.now() - this.#looked_ms < LOOK_MS) return null;
    this.#looked_ms = performance.now();
    if (await this.#isThere()) return null;
    const from = this.#path;
    if (this.#moves++ === MAX_MOVES) throw new LostResult(from, "it was removed again and again");
    let to = from;
    try {
      await this.#move(to = await this.#elsewhere());
    } catch (error) {
      const { message } = error instanceof UserError ? error : outputError(to, error);
      throw new LostResult(from, `it was removed or replaced. ${message}`);
    }
    return { from, to };
  }

  /** Whether its name still leads to it. A place that cannot be looked at counts as unchanged. */
  async #isThere(): Promise<boolean> {
    const open = await this.#file.stat();
    if (open.size < this.#written_bytes) throw new LostResult(this.#path, "another program has cut it short");
    try {
      const { dev, ino } = await Deno.lstat(this.#path);
      return dev === open.dev && ino === open.ino;
    } catch (error) {
      return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
    }
  }

  async #move(to: string): Promise<void> {
    const file = await createFile(to);
    try {
      await this.#file.seek(0, Deno.SeekMode.Start);
      const chunk = new Uint8Array(COPY_BYTES);
      for (let read = await this.#file.read(chunk); read !== null; read = await this.#file.read(chunk)) {
        for (let at = 0; at < read;) at += await file.write(chunk.subarray(at, read));
      }
      await file.sync();
    } catch (error) {
      file.close();
      throw error;
    }
    this.#file.close();
    this.#file = file;
    this.#path = to;
  }
}
