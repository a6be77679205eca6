/** Starts programs, here or behind a command prefix; a text says why one cannot be started. */
import { shortageOf, SHORTAGES } from "../../plan/shortages.ts";
import { startFailure } from "./find_program.ts";
import { LineProcess, type LineProcessOptions } from "./line_process.ts";
import type { Place } from "./place.ts";
import { viaCommand, ViaProgress } from "./via.ts";

/** A process that was started; behind a prefix with how far the way there came. */
export interface Started {
  process: LineProcess;
  progress: ViaProgress | null;
}

/** A process behind a prefix. */
export interface StartedThere extends Started {
  progress: ViaProgress;
}

/** Starts a program of this machine. */
export function startHere(options: LineProcessOptions): Started | string {
  try {
    return { process: new LineProcess(options), progress: null };
  } catch (error) {
    const errno = shortageOf(error);
    if (errno === null) return startFailure(options.program, error);
    return `cannot start "${options.program}" (${SHORTAGES[errno].means}, ${errno}: ${SHORTAGES[errno].remedy})`;
  }
}

/** What a program there gets to do, and who takes what it prints. */
export type ThereOptions = Omit<LineProcessOptions, "program" | "args" | "env"> & { input: string };

/**
 * Starts a shell at a place with the text of its program.
 * @param onBegin called when it runs
 */
export function startThere(
  place: Pick<Place, "via">,
  options: ThereOptions,
  onBegin = () => {},
): StartedThere | string {
  const command = viaCommand(place.via);
  if ("missing" in command) return command.missing;
  const progress = new ViaProgress();
  const onLine = (line: string) => {
    const { begun } = progress;
    if (progress.take(line)) options.onLine(line);
    else if (!begun && progress.begun) onBegin();
  };
  const onErrorLine = (line: string) => {
    progress.say(line);
    if (progress.begun) options.onErrorLine(line);
  };
  const started = startHere({ ...options, ...command, onLine, onErrorLine });
  return typeof started === "string" ? started : { ...started, progress };
}
