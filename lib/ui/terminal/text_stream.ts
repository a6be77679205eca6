/** Standard output or standard error as a stream of text that never throws: what it could not take is asked for later. */
import { errorOf } from "../../base/errors.ts";

/** Why a stream takes no more text. */
export type StreamLoss =
  /** Nobody reads any more: `| head` has ended, or the terminal is gone. */
  | { kind: "closed" }
  /** It cannot be written, as on a full disk. */
  | { kind: "failed"; error: Error };

/** A stream of text. */
export interface TextStream {
  write(text: string): void;
  /** Null as long as it took everything. */
  readonly lost: StreamLoss | null;
}

/** What is written to. */
interface Sink {
  writeSync(bytes: Uint8Array): number;
}

/** Longest wait for a pipe that is full and was opened not to block; milliseconds. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 5;

/**
 * A stream into `sink`. After its first fault it takes no more, so that no half line is followed by another.
 * @param filter changes every text, e.g. to hide secrets
 */
export function openTextStream(sink: Sink, filter: (text: string) => string = (text) => text): TextStream {
  const encoder = new TextEncoder();
  let lost: StreamLoss | null = null;
  return {
    get lost() {
      return lost;
    },
    write: (text) => {
      if (lost !== null) return;
      try {
        writeAll(sink, encoder.encode(filter(text)));
      } catch (error) {
        lost = lossOf(errorOf(error));
      }
    },
  };
}

function writeAll(sink: Sink, bytes: Uint8Array): void {
  let waited_ms = 0;
  for (let at = 0; at < bytes.length;) {
    try {
      at += sink.writeSync(bytes.subarray(at));
      waited_ms = 0;
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock) || waited_ms >= PATIENCE_MS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
      waited_ms += PAUSE_MS;
    }
  }
}

/** A terminal whose other end is gone gives an error of input and output. */
function lossOf(error: Error): StreamLoss {
  const isGone = error instanceof Deno.errors.BrokenPipe || "code" in error && error.code === "EIO";
  return isGone ? { kind: "closed" } : { kind: "failed", error };
}
