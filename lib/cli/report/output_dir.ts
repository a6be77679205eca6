/** The folder of one run: `<dir>/<scenario>/<YYYYMMDD_HHMMSS>/`, as in June. */
import { createFolder, makeParents } from "../../result/output_file.ts";

/** A run's folder, and the timestamp in the names of its files. */
export interface OutputDir {
  path: string;
  stamp: string;
}

/** `20261123_140000` for an instant, in UTC. */
export function stampOf(instant: Date): string {
  return instant.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "_");
}

/**
 * Makes the folder; a second run within the same second gets the suffix `_2`.
 * @throws {UserError} kind `output` when it cannot be made
 */
export async function makeOutputDir(dir: string, scenario: string, now: Date): Promise<OutputDir> {
  const parent = `${dir}/${scenario}`;
  await makeParents(parent);
  for (let attempt = 1;; attempt++) {
    const stamp = stampOf(now) + (attempt === 1 ? "" : `_${attempt}`);
    if (await createFolder(`${parent}/${stamp}`)) return { path: `${parent}/${stamp}`, stamp };
  }
}
