/** june-load as a user starts it, against a service of its own process, with something done to either meanwhile. */
import { readResult } from "../../../lib/result/file.ts";
import type { Run } from "../../../lib/result/run.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import type { Verdict } from "../../../lib/verdict/verdict.ts";
import { secondsWritten } from "../../end_to_end/cli.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

/** Five seconds of arrivals, which a scenario may replay. */
const OFFSETS = Array.from({ length: 50 }, (_, i) => `${i / 10}\n`).join("");

/** The same as a trace of another tool. */
const TRACE = Array.from(
  { length: 50 },
  (_, i) => `${JSON.stringify({ timestamp: 100 * i, input_length: 20, output_length: 5, hash_ids: [i] })}\n`,
).join("");

/** A run that takes longer will never end; milliseconds. */
const LONGEST_MS = 300_000;

/** What is run, and what is done to it. */
export interface ToolRun {
  /** A scenario file, with `trust` as its scenario. */
  file: Record<string, unknown>;
  /** Done once `after_s` seconds are written; 0: as soon as there is a result. */
  act?: (tool: { pid: number; folder: string }) => Promise<void>;
  after_s?: number;
  /** Words of a shell that run before june-load, in its process. */
  before?: string;
  workers?: number;
  /** Where results go; absent: into a folder that is gone afterwards. */
  out?: string;
  /** Draws the live view, too. */
  loud?: boolean;
  /** More flags. */
  flags?: readonly string[];
}

/** What a run left. */
export interface ToolResult {
  code: number;
  told: string;
  run: Run;
  verdict: Verdict;
}

/** What a command left. */
export interface Left {
  code: number;
  stdout: string;
  stderr: string;
  /** Of its result; null: there is none. */
  folder: string | null;
}

/** Runs june-load to its end; the folder with the result is gone afterwards. */
export function runTool(wanted: ToolRun): Promise<ToolResult> {
  return withTool(wanted, async ({ code, stdout, stderr, folder }) => {
    const told = stdout + stderr;
    if (folder === null) throw new Error(`The run left no result:\n${told}`);
    const run = await readResult(folder);
    return { code, told, run, verdict: evaluate(run) };
  });
}

/** Runs june-load to its end and hands on what it left, which is gone afterwards. */
export async function withTool<T>(
  { file, act, after_s = 2, before = ":", workers = 1, out, loud = false, flags = [] }: ToolRun,
  look: (left: Left) => Promise<T>,
): Promise<T> {
  const dir = await Deno.makeTempDir({ prefix: "june_load_trust_" });
  const results = out ?? `${dir}/out`;
  try {
    // JSON is YAML.
    await Deno.writeTextFile(`${dir}/trust.yaml`, JSON.stringify(file));
    await Deno.writeTextFile(`${dir}/monday.txt`, OFFSETS);
    await Deno.writeTextFile(`${dir}/trace.jsonl`, TRACE);
    const quiet = loud || flags.includes("--quiet") ? [] : ["--quiet"];
    const tool = [Deno.execPath(), "run", "-A", "--no-check", "--quiet", MAIN, "run", `${dir}/trust.yaml`];
    const fixed = ["--workers", `${workers}`, "--output-dir", results, ...quiet];
    const child = new Deno.Command("sh", {
      args: ["-c", `${before}; exec "$@"`, "sh", ...tool, ...flags, ...fixed],
      // Files that flags name without a folder land there.
      cwd: dir,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = child.output();
    const limit = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
    output.finally(() => clearTimeout(limit));
    if (act !== undefined) {
      const folder = await Promise.race([secondsWritten(results, "trust", after_s), output.then(() => null)]);
      try {
        if (folder !== null) await act({ pid: child.pid, folder });
      } catch (error) {
        child.kill("SIGKILL");
        await output;
        throw error;
      }
    }
    const { code, ...streams } = await output;
    const [stdout, stderr] = [streams.stdout, streams.stderr].map((bytes) => new TextDecoder().decode(bytes)) as [
      string,
      string,
    ];
    const entries = await Array.fromAsync(Deno.readDir(`${results}/trust`)).catch(() => []);
    const entry = entries.find(({ isDirectory }) => isDirectory);
    return await look({ code, stdout, stderr, folder: entry === undefined ? null : `${results}/trust/${entry.name}` });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
