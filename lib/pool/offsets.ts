/** Recorded arrivals, read where they are replayed. */
import { UserError } from "../plan/errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { Offsets } from "../schedule/arrivals.ts";
import { parseOffsets } from "../schedule/replay.ts";

/**
 * Reads every replay file of a plan.
 * @throws {UserError} for a file that cannot be read, or is no longer the one the plan was made with
 */
export async function readOffsets({ loads }: Plan): Promise<Offsets> {
  const courses = loads.flatMap(({ courses }) => courses).filter((course) => course.kind === "replay");
  const read = await Promise.all(courses.map(async ({ file, arrivals }) => {
    const text = await Deno.readTextFile(file.path).catch((error: Error) => {
      throw new UserError("config", `${file.at}: Cannot read the recorded arrivals: ${error.message}`);
    });
    const recording = parseOffsets(text);
    if (!recording.ok || recording.offsets.length !== arrivals) {
      throw new UserError(
        "config",
        `${file.at}: "${file.path}" was changed while the run was prepared: start it again`,
      );
    }
    return [file.path, recording.offsets] as const;
  }));
  const byPath = new Map(read);
  return ({ path }) => byPath.get(path) ?? new Float64Array(0);
}
