/** Turns nvidia-smi's last output into one note. Pure. */
import type { ResourceNote } from "../measure/resource.ts";

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

/** The note for a program that is not installed. */
export function absentNote(program: string): Omit<ResourceNote, "t_ms"> {
  return { kind: "gpu_absent", text: `No GPU readings: "${program}" was not found on this machine` };
}

/** The note for an end that june-load did not request: `gpu_absent`, `gpu_unavailable` or, during the run, `gpu_lost`. */
export function failureNote(exit: GpuExit): Omit<ResourceNote, "t_ms"> {
  const said = exit.texts.join(" ").slice(0, QUOTE_MAX);
  if (!exit.had_rows && /No devices were found/.test(said)) {
    return { kind: "gpu_absent", text: "No GPU readings: nvidia-smi found no GPU on this machine" };
  }
  const known = KNOWN.find(([pattern]) => pattern.test(said));
  const ended = exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
  const happened = known?.[1] ?? CODES[exit.code] ?? "nvidia-smi ended";
  const quote = said === "" ? ended : `${ended}: "${said}"`;
  const remedy = known === undefined ? "" : `; ${known[2]}`;
  const start = exit.had_rows ? "GPU readings end here" : "No GPU readings";
  return { kind: exit.had_rows ? "gpu_lost" : "gpu_unavailable", text: `${start}: ${happened} (${quote})${remedy}` };
}
