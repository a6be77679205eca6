/** The earlier result a run is compared with. */
import { readResult } from "../../result/file.ts";
import type { Run } from "../../result/run.ts";

/** A result to compare with, and how it was named. */
export interface Baseline {
  run: Run;
  name: string;
}

/** Where a baseline was looked for in vain. */
export interface NoBaseline {
  missing: string;
}

/**
 * Finds what `comparison_baseline` or --compare names: a result or its folder, or, as June has it, a scenario whose newest
 * result below the output directory is meant.
 * @returns `missing` when a scenario has no result yet, which is no mistake before its first run
 * @throws {UserError} kind `input` for a path that holds no readable result
 */
export async function findBaseline(named: string, outputDir: string): Promise<Baseline | NoBaseline> {
  if (await exists(named)) return { run: await readResult(named), name: named };
  const folder = `${outputDir}/${named}`;
  if (!/^[\w-]+$/.test(named)) return { run: await readResult(named), name: named };
  const newest = await exists(folder) ? await newestResult(folder) : null;
  if (newest === null) return { missing: `no result of the scenario "${named}" in ${outputDir} yet` };
  return { run: await readResult(newest), name: newest };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Folders are named by their time, so the last name is the newest. */
async function newestResult(folder: string): Promise<string | null> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) if (isDirectory) names.push(name);
  for (const name of names.sort().reverse()) {
    if (await exists(`${folder}/${name}/result.ndjson`)) return `${folder}/${name}`;
  }
  return null;
}
