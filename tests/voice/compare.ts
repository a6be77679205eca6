/** Figures of june-load beside a server's own of the same calls. */
import assert from "node:assert/strict";

/** Furthest that any figure may be from the server's; a share of it. */
const NEAR = 0.02;
/**
 * ... and of a time, in seconds: what lies between a server's look at its clock before a write and the client's after the
 * read. That is 0.4 to 1 ms here: the kernel, two event loops, and 200 KB of a recording to be read from the socket.
 */
const BETWEEN_S = 0.002;
/** The same of a single call: an event with 300 KB of audio has come when all of it has. */
const BETWEEN_OF_ONE_S = 0.005;

/** One figure, as both sides have it. */
export interface Pair {
  figure: string;
  /** `s between`: a time between two instants of one message each; `s`: any other. */
  unit: "s between" | "s" | "ratio" | "count";
  /** Of each call, or of all together. */
  ours: number[];
  theirs: number[];
  /** How late one of both processes was at most, during each call; seconds. Its instants are no truer than that. */
  late_s?: number[];
}

/** Writes a table with a line for each figure, and fails where one is too far from the server's. */
export function holdTogether(title: string, pairs: readonly Pair[]): void {
  console.log(`\n${title}\n\n| figure | june-load | server | differ by | of a call, at most |`);
  console.log("| --- | --- | --- | --- | --- |");
  for (const pair of pairs) console.log(line(pair));
  assert.deepEqual(pairs.flatMap(faults), []);
}

function line({ figure, unit, ours, theirs }: Pair): string {
  const [a, b] = [mean(ours), mean(theirs)];
  const differ = a === b ? "0 %" : `${((a / b - 1) * 100).toFixed(2)} %`;
  const worst = Math.max(...ours.map((value, at) => Math.abs(value - theirs[at]!)));
  return `| ${
    [figure, shown(a, unit), shown(b, unit), differ, ours.length === 1 ? "" : shown(worst, unit)].join(" | ")
  } |`;
}

/** Calls may be off by a process's lateness, too; their mean may not. */
function faults({ figure, unit, ours, theirs, late_s = [] }: Pair): string[] {
  if (ours.length === 0 || ours.length !== theirs.length) {
    return [`${figure}: ${ours.length} and ${theirs.length} calls`];
  }
  const near = (a: number, b: number, between_s: number) =>
    Math.abs(a - b) <= Math.max(NEAR * Math.abs(b), unit === "s between" ? between_s : 0);
  const told = (a: number, b: number) => `${shown(a, unit)}, and ${shown(b, unit)} by the server`;
  const [a, b] = [mean(ours), mean(theirs)];
  return [
    ...near(a, b, BETWEEN_S) ? [] : [`${figure}: ${told(a, b)}`],
    ...ours.flatMap((value, at) =>
      near(value, theirs[at]!, BETWEEN_OF_ONE_S + (late_s[at] ?? 0))
        ? []
        : [`${figure} of call ${at + 1}: ${told(value, theirs[at]!)}`]
    ),
  ];
}

/** NaN of nothing. */
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function shown(value: number, unit: Pair["unit"]): string {
  if (unit === "ratio") return value.toFixed(4);
  return unit === "count" ? value.toFixed(2) : `${(value * 1000).toFixed(1)} ms`;
}
