/** Recorded arrivals, read where they are replayed. */
import { errorText } from "../base/errors.ts";
import { readRegularText } from "../base/regular_file.ts";
import { UserError } from "../plan/errors.ts";
import type { InputFile, Plan } from "../plan/plan.ts";
import type { Offsets } from "../schedule/arrivals.ts";
import { MAX_REPLAY_BYTES, parseOffsets } from "../schedule/replay.ts";

/**
 * Reads every replay file of a plan.
 * @throws {UserError} for a file that cannot be read, or is no longer the one the plan was made with
 */
export async function readOffsets({ loads }: Plan): Promise<Offsets> {
  const courses = loads.flatMap(({ courses }) => courses).filter((course) => course.kind === "replay");
  const read = await Promise.all(courses.map(async ({ file, arrivals }) => {
    const recording = parseOffsets(await textOf(file));
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

async function textOf({ path, at }: InputFile): Promise<string> {
  try {
    return await readRegularText(path, MAX_REPLAY_BYTES);
  } catch (error) {
    throw new UserError(
      "config",
      `${at}: Cannot read ${JSON.stringify(path)}, the recorded arrivals: ${errorText(error)}`,
    );
  }
}
