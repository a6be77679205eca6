/** The sides of a comparison as the command line names them. */
import { glob } from "node:fs/promises";
import { UserError } from "../../plan/errors.ts";
import { SIDE_NAMES } from "../../plan/duet.ts";
import { DuetRuns } from "../../result/duet.ts";
import { readSides } from "../../result/file.ts";
import type { Run } from "../../result/run.ts";
import type { Side, SideRun } from "../../compare/sides.ts";
import { evaluate } from "../../verdict/evaluate.ts";

const RESULT = "result.ndjson";
/** Folders below the one that is named: scenario, timestamp. */
const DEPTH = 3;
/** A side's runs are all kept in memory. */
const MAX_RUNS = 50;

/**
 * Reads one side: `[label=]what`, where `what` is a result, its folder, a folder that holds several runs, a glob of either,
 * or several of these with commas between them.
 * @throws {UserError} kind `input` for a path that holds no readable result, kind `usage` for too many runs
 */
export async function readSide(named: string): Promise<Side> {
  const { label, paths } = await pathsOf(named);
  const runs: SideRun[] = [];
  for (const path of paths) {
    const run = await readSides(path);
    if (run instanceof DuetRuns) throw new UserError("usage", `"${path}" is a duet, which holds both sides; ${ALONE}`);
    runs.push(asSide(run, path));
  }
  return { name: label, runs: inOrder(runs) };
}

const ALONE = "compare it by itself: june-load compare DUET";

/**
 * Reads the two sides of one duet or of several, named as in `readSide`.
 * @throws {UserError} as `readSide`, and kind `usage` for a run that is no duet
 */
export async function readDuet(named: string): Promise<[base: Side, other: Side]> {
  const { paths } = await pathsOf(named);
  const sides: [SideRun[], SideRun[]] = [[], []];
  let names: readonly [string, string] = SIDE_NAMES;
  for (const path of paths) {
    const duet = await readSides(path);
    if (!(duet instanceof DuetRuns)) {
      throw new UserError(
        "usage",
        `"${path}" is one run and no duet: name two results or more: june-load compare BASE NEW...`,
      );
    }
    names = duet.names;
    for (const side of [0, 1] as const) sides[side].push(asSide(duet.sides[side], path));
  }
  return [{ name: names[0], runs: inOrder(sides[0]) }, { name: names[1], runs: inOrder(sides[1]), paired: true }];
}

function asSide(run: Run, path: string): SideRun {
  return { run, verdict: evaluate(run), path };
}

function inOrder(runs: readonly SideRun[]): SideRun[] {
  return runs.toSorted((a, b) => a.run.header.started_at.localeCompare(b.run.header.started_at));
}

/** The paths of all runs that a word of the command line means. */
async function pathsOf(named: string): Promise<{ label: string; paths: string[] }> {
  const { label, what } = await labelled(named);
  const paths = (await Promise.all(what.split(",").filter((one) => one !== "").map((one) => findRuns(one)))).flat();
  const distinct = [...new Set(paths)];
  if (distinct.length === 0) {
    throw new UserError(
      "input",
      `Cannot read "${named}": no ${RESULT} there; name a result, its folder or a folder of runs`,
    );
  }
  if (distinct.length > MAX_RUNS) {
    throw new UserError("usage", `"${named}" holds ${distinct.length} runs; compare at most ${MAX_RUNS} a side`);
  }
  return { label, paths: distinct };
}

/** A path may itself hold an equals sign. */
async function labelled(named: string): Promise<{ label: string; what: string }> {
  const match = /^([\w.@:-]+)=(.+)$/.exec(named);
  if (match === null || await exists(named)) return { label: named.replace(/\/+$/, ""), what: named };
  return { label: match[1] as string, what: match[2] as string };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/**
 * The folders of all runs that a folder, file or glob means.
 * @throws {UserError} kind `input` for a path that does not exist
 */
export async function findRuns(path: string): Promise<string[]> {
  if (await exists(path)) return await resultsIn(path);
  if (!/[*?[{]/.test(path)) {
    throw new UserError(
      "input",
      `Cannot read "${path}": no such file or folder; name a ${RESULT} or a folder that holds one`,
    );
  }
  const found: string[] = [];
  for await (const one of glob(path)) found.push(String(one));
  return (await Promise.all(found.sort().map((one) => resultsIn(one)))).flat();
}

/** A file itself; the run of a folder; else all runs in the folders below it, but for links, which would count twice. */
async function resultsIn(path: string, depth = DEPTH): Promise<string[]> {
  if (!(await Deno.stat(path)).isDirectory) return [path];
  const folder = path.replace(/\/+$/, "");
  if (await exists(`${folder}/${RESULT}`)) return [folder];
  if (depth === 0) return [];
  const below: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) if (isDirectory) below.push(`${folder}/${name}`);
  return (await Promise.all(below.sort().map((one) => resultsIn(one, depth - 1)))).flat();
}
