/** Runs the command line as a user would: in a process of its own, in a folder of its own. */
import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import type { Run } from "../../lib/result/run.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** A scenario named `smoke` whose runs end quickly. */
export const SMOKE = new URL("smoke.yaml", import.meta.url).pathname;

/** What a finished command left. */
export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** A command at work. */
export interface Running {
  child: Deno.ChildProcess;
  /** Resolves once standard output or error holds `text`. */
  until(text: string): Promise<void>;
  /** Standard output so far. */
  seen(): string;
  finished: Promise<Finished>;
}

/** Starts june-load with `args`. */
export function start(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Running {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", MAIN, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // Where the tests themselves are a step of GitHub Actions, what they start is none.
    env: { NO_COLOR: "1", GITHUB_ACTIONS: "", GITHUB_STEP_SUMMARY: "", ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).spawn();
  const waiters: { text: string; resolve: () => void }[] = [];
  const seen = { stdout: "", stderr: "" };
  const drain = async (stream: "stdout" | "stderr") => {
    for await (const chunk of child[stream].pipeThrough(new TextDecoderStream())) {
      seen[stream] += chunk;
      for (const { text, resolve } of waiters) if (seen[stream].includes(text)) resolve();
    }
  };
  const finished = Promise.all([child.status, drain("stdout"), drain("stderr")])
    .then(([{ code }]) => ({ code, ...seen }));
  const until = (text: string) =>
    Promise.race([
      new Promise<void>((resolve) => {
        if (seen.stdout.includes(text) || seen.stderr.includes(text)) return resolve();
        waiters.push({ text, resolve });
      }),
      finished.then(({ stdout, stderr }) => {
        if (!stdout.includes(text) && !stderr.includes(text)) {
          throw new Error(`The command ended without "${text}":\n${stdout}\n${stderr}`);
        }
      }),
    ]);
  return { child, until, seen: () => seen.stdout, finished };
}

/** Runs june-load with `args` to its end. */
export function june(...args: string[]): Promise<Finished> {
  return start(args).finished;
}

/** Runs `body` in a temporary folder that is gone afterwards. */
export async function inFolder(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "june_load_test_" });
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The only run folder below `dir/scenario`. */
export async function runFolder(dir: string, scenario: string): Promise<string> {
  const names = [];
  // `latest` is a link to one of them.
  for await (const { name, isDirectory } of Deno.readDir(`${dir}/${scenario}`)) if (isDirectory) names.push(name);
  if (names.length !== 1) throw new Error(`Expected one run folder, found ${names.join(", ")}`);
  return `${dir}/${scenario}/${names[0]}`;
}

/**
 * Runs a scenario against the simulator, to its end with exit `code`; what it left below `dir`, and what it told.
 * @param wanted a built-in scenario's name, or the file with the scenario `name`
 */
export async function runScenario(
  dir: string,
  { wanted, name, flags = [], code = 0 }: { wanted: string; name: string; flags?: readonly string[]; code?: number },
): Promise<Finished & { run: Run }> {
  const ended = await june("run", wanted, "--sim", "--output-dir", dir, ...flags);
  assert.equal(ended.code, code, ended.stdout + ended.stderr);
  return { ...ended, run: await readResult(await runFolder(dir, name)) };
}

/** Names of all files below `dir`, sorted; links are none. */
export async function filesBelow(dir: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(dir)) {
    if (entry.isDirectory) found.push(...await filesBelow(`${dir}/${entry.name}`, `${prefix}${entry.name}/`));
    else if (entry.isFile) found.push(prefix + entry.name);
  }
  return found.sort();
}

/** Waits until the run below `dir/scenario` has written `count` seconds; returns its folder. */
export async function secondsWritten(dir: string, scenario: string, count: number): Promise<string> {
  for (;;) {
    try {
      const folder = await runFolder(dir, scenario);
      const text = await Deno.readTextFile(`${folder}/result.ndjson`);
      if (text.split('"type":"interval"').length > count) return folder;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) && !/found $/.test((error as Error).message)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
