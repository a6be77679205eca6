/** Starts this program once more, as a process of its own: the compiled file, or Deno with the source. */
import { fileURLToPath } from "node:url";
import type { StartSelf } from "../../calibrate/echo_process.ts";

/** The hidden command that is one of the processes beside a calibration. */
export const BESIDE = "__beside";

/** Starts the echo or the busy neighbour. */
export const startSelf: StartSelf = (part) =>
  new Deno.Command(Deno.execPath(), {
    args: [...(Deno.build.standalone ? [] : fromSource()), BESIDE, part],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();

const fromSource =
  () => ["run", "-A", "--no-check", "--quiet", fileURLToPath(new URL("../../../main.ts", import.meta.url))];
