/** The folder of one run: `<dir>/<scenario>/<YYYYMMDD_HHMMSS>/`, as in June. */
import { basename, dirname, join } from "node:path";
import { outputError } from "../../result/output_error.ts";
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

/** Beside the folders of a scenario's runs: a link to that of the newest. */
const LATEST = "latest";

/**
 * Points `<dir>/<scenario>/latest` to the folder of a run. Whoever reads it during this sees the old one or the new one.
 * @returns why it could not be done, in words; null when it was. The report is whole either way.
 */
export async function pointLatest(runDir: string): Promise<string | null> {
  const link = join(dirname(runDir), LATEST);
  const made = join(dirname(runDir), `.${LATEST}.${basename(runDir)}`);
  try {
    const before = await Deno.lstat(link).catch(() => null);
    if (before !== null && !before.isSymlink) return `"${link}" is not a link, and is left as it is`;
    await Deno.symlink(basename(runDir), made, { type: "dir" });
    await Deno.rename(made, link);
    return null;
  } catch (error) {
    return outputError(link, error).message;
  }
}
