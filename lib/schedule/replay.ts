/** Files of recorded arrivals: one offset per line, from the start of the stage that replays them; or traces. */
import { formatCount, parseDuration } from "../plan/units.ts";
import { isTrace, traceArrivals } from "./trace.ts";

/** Largest file of recorded arrivals; bytes. */
export const MAX_REPLAY_BYTES = 64 * 1024 * 1024;

/** Most arrivals of one file: every worker reads it and needs about 70 MiB per million. */
const MAX_OFFSETS = 2_000_000;

/** Latest offset: no run lasts longer. Microseconds. */
const MAX_OFFSET_US = 7 * 86_400e6;
const TOO_LATE = "more than 7d after the first instant, and no run lasts longer: are its units right?";

/** The offsets of a file in microseconds, in rising order, or its first fault with its line, from 1. */
export type Recording = { ok: true; offsets: Float64Array } | { ok: false; line: number; error: string };

/**
 * Reads offsets such as `12.5` (seconds) or `250ms`, in rising order. Ignores empty lines and text after a `#`. Rounds
 * offsets to whole microseconds. The arrivals of a trace count from its first one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const read = parseOffsets("0\n250ms # a burst\n12.5\n");
 * assert.deepEqual(read.ok && [...read.offsets], [0, 250_000, 12_500_000]);
 * const refused = parseOffsets("2\n1\n");
 * assert.equal(!refused.ok && refused.line, 2);
 * ```
 */
export function parseOffsets(text: string): Recording {
  if (isTrace(text)) return parseTrace(text);
  const offsets: number[] = [];
  for (const [i, written] of text.split("\n").entries()) {
    const word = written.replace(/#.*/, "").trim();
    if (word === "") continue;
    const fault = (error: string): Recording => ({ ok: false, line: i + 1, error });
    const offset_us = readOffset(word);
    if (typeof offset_us === "string") return fault(offset_us);
    if (offset_us > MAX_OFFSET_US) return fault(`The offset "${shown(word)}" is ${TOO_LATE}`);
    if (offset_us < (offsets.at(-1) ?? 0)) {
      return fault(`The offset "${shown(word)}" is smaller than the one before it: put the lines in rising order`);
    }
    if (offsets.push(offset_us) > MAX_OFFSETS) {
      return fault(`The file holds more than ${formatCount(MAX_OFFSETS)} offsets`);
    }
  }
  if (offsets.length === 0) return { ok: false, line: 1, error: "The file holds no offsets" };
  return { ok: true, offsets: Float64Array.from(offsets) };
}

function parseTrace(text: string): Recording {
  const offsets: number[] = [];
  let first_us = 0;
  for (const { line, at_us } of traceArrivals(text)) {
    if (typeof at_us === "string") return { ok: false, line, error: at_us };
    if (offsets.length === 0) first_us = at_us;
    const offset_us = at_us - first_us;
    // Written so that what is no number is refused, too.
    if (!(offset_us <= MAX_OFFSET_US)) return { ok: false, line, error: `The timestamp is ${TOO_LATE}` };
    if (offset_us < (offsets.at(-1) ?? 0)) {
      return { ok: false, line, error: "The timestamp is smaller than the one before it: sort the trace by timestamp" };
    }
    if (offsets.push(offset_us) > MAX_OFFSETS) {
      return { ok: false, line, error: `The file holds more than ${formatCount(MAX_OFFSETS)} arrivals` };
    }
  }
  if (offsets.length === 0) return { ok: false, line: 1, error: "The trace holds no arrivals" };
  return { ok: true, offsets: Float64Array.from(offsets) };
}

/** The offset in microseconds, or why the word is no offset. */
function readOffset(word: string): number | string {
  if (/^\d+(\.\d*)?([eE][-+]?\d+)?$/.test(word)) return Math.round(Number(word) * 1e6);
  const parsed = parseDuration(word);
  if (parsed.ok) return Math.round(parsed.value);
  return `Cannot read the offset "${shown(word)}": write seconds such as "12.5", or a duration such as "250ms"`;
}

function shown(word: string): string {
  return word.length > 40 ? `${word.slice(0, 40)}...` : word;
}
