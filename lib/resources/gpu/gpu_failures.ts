/** Turns nvidia-smi's last output into one note. Pure. */
import type { ResourceNote } from "../../measure/resource.ts";
import type { FoundProgram } from "../program/find_program.ts";

/** How the program ended. */
export interface GpuExit {
  code: number;
  /** Signal that ended it, or null. */
  signal: string | null;
  /** Lines of both pipes that were not rows, oldest first. */
  texts: readonly string[];
  /** Whether readings had arrived before. */
  had_rows: boolean;
}

/** Most characters of nvidia-smi's text quoted in a note. */
const QUOTE_MAX = 200;

const KNOWN: ReadonlyArray<readonly [pattern: RegExp, happened: string, remedy: string]> = [
  [/communicate with the NVIDIA driver/, "the NVIDIA driver is not running", "load the driver or restart the machine"],
  [/version mismatch/, "driver and driver library differ in version", "restart the machine or reload the driver"],
  [/Unable to determine the device handle/, "a GPU has fallen off the bus", "reset that GPU or restart the machine"],
  [/find libnvidia-ml/, "the driver library is missing", "in a container, allow the driver capability `utility`"],
  [/is not a valid field/, "the driver refuses every field june-load can do with", "update the driver"],
  [/Insufficient Permissions/i, "this user may not query the GPU", "run june-load as a user who may"],
];

/** Notes for nvidia-smi's exit codes, where its text is unknown. */
const CODES: Readonly<Record<number, string>> = {
  3: "the query is not available here",
  4: "this user may not query the GPU",
  6: "the query failed",
  8: "a GPU's power cables are not connected",
  9: "the NVIDIA driver is not running",
  10: "the driver has interrupt trouble",
  12: "the driver library is missing",
  13: "the driver library is too old",
  14: "the infoROM is damaged",
  15: "a GPU has fallen off the bus",
};

/** A note whose time is still to be said. */
export type Note = Omit<ResourceNote, "t_ms">;

/** The PCI bus id in `Unable to determine the device handle for GPU0000:17:00.0: ...`, or null. */
export function lostBusId(texts: readonly string[]): string | null {
  const found = texts.map((text) =>
    /device handle for (?:GPU ?)?([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f])/i.exec(text)
  );
  return found.find((match) => match !== null)?.[1] ?? null;
}

/**
 * The note for a program that cannot be started.
 * @param board the model in the device tree of an embedded board, or null
 * @param where it was looked for
 */
export function absentNote(
  program: string,
  found: Exclude<FoundProgram, { kind: "found" }>,
  board: string | null,
  where = "on this machine",
): Note {
  if (found.kind === "not executable") {
    const text = `No GPU readings: "${found.path}" is there, but may not be run: chmod +x "${found.path}"`;
    return { kind: "gpu_unavailable", text };
  }
  if (board !== null && /jetson|tegra|nvidia/i.test(board)) {
    const text = `No GPU readings: "${program}" was not found, as on every Jetson before Thor (this is "${
      board.slice(0, 80)
    }"); its GPU is told by tegrastats only`;
    return { kind: "gpu_absent", text };
  }
  return { kind: "gpu_absent", text: `No GPU readings: "${program}" was not found ${where}` };
}

/** The note for an end that june-load did not request: `gpu_absent`, `gpu_unavailable` or, during the run, `gpu_lost`. */
export function failureNote(exit: GpuExit): Note {
  const said = quoteOf(exit.texts);
  if (!exit.had_rows && /No devices were found/.test(said)) {
    return { kind: "gpu_absent", text: "No GPU readings: nvidia-smi found no GPU" };
  }
  const known = KNOWN.find(([pattern]) => pattern.test(said));
  const ended = exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
  const happened = known?.[1] ?? CODES[exit.code] ?? "nvidia-smi ended";
  const quote = said === "" ? ended : `${ended}, prints: "${said}"`;
  const remedy = known === undefined ? "" : `; ${known[2]}`;
  const start = exit.had_rows ? "GPU readings stop" : "No GPU readings";
  return { kind: exit.had_rows ? "gpu_lost" : "gpu_unavailable", text: `${start}: ${happened} (${quote})${remedy}` };
}

/**
 * The note for a program that runs and prints no row.
 * @param passed_ms since the last row, or since the start
 */
export function silenceNote(passed_ms: number, texts: readonly string[]): Note {
  const said = quoteOf(texts);
  const what = said === "" ? "prints nothing" : `prints: "${said}"`;
  return { kind: "gpu_silent", text: `No GPU reading for ${seconds(passed_ms)} s: nvidia-smi runs but ${what}` };
}

const seconds = (ms: number) =>
  ms < 10_000 ? (ms / 1000).toFixed(1).replace(/\.0$/, "") : String(Math.round(ms / 1000));

/** The same line again and again is quoted once. */
function quoteOf(texts: readonly string[]): string {
  return [...new Set(texts)].join(" ").slice(0, QUOTE_MAX);
}
