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

/** What is run, and what is done to it. */
export interface ToolRun {
  /** A scenario file, with `trust` as its scenario. */
  file: Record<string, unknown>;
  /** Done once `after_s` seconds are written. */
  act?: (tool: { pid: number; folder: string }) => Promise<void>;
  after_s?: number;
  /** Words of a shell that run before june-load, in its process. */
  before?: string;
  workers?: number;
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

/** Runs june-load to its end; the folder with the result is gone afterwards. */
export async function runTool(
  { file, act, after_s = 2, before = ":", workers = 1, flags = [] }: ToolRun,
): Promise<ToolResult> {
  const dir = await Deno.makeTempDir({ prefix: "june_load_trust_" });
  try {
    // JSON is YAML.
    await Deno.writeTextFile(`${dir}/trust.yaml`, JSON.stringify(file));
    await Deno.writeTextFile(`${dir}/monday.txt`, OFFSETS);
    await Deno.writeTextFile(`${dir}/trace.jsonl`, TRACE);
    const quiet = flags.includes("--quiet") ? [] : ["--quiet"];
    const tool = [Deno.execPath(), "run", "-A", "--no-check", "--quiet", MAIN, "run", `${dir}/trust.yaml`];
    const fixed = ["--workers", `${workers}`, "--output-dir", `${dir}/out`, ...quiet];
    const child = new Deno.Command("sh", {
      args: ["-c", `${before}; exec "$@"`, "sh", ...tool, ...flags, ...fixed],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = child.output();
    if (act !== undefined) {
      const folder = await Promise.race([secondsWritten(`${dir}/out`, "trust", after_s), output.then(() => null)]);
      if (folder !== null) await act({ pid: child.pid, folder });
    }
    const { code, stdout, stderr } = await output;
    const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const entries = await Array.fromAsync(Deno.readDir(`${dir}/out/trust`)).catch(() => []);
    const entry = entries.find(({ isDirectory }) => isDirectory);
    if (entry === undefined) throw new Error(`The run left no result:\n${told}`);
    const run = await readResult(`${dir}/out/trust/${entry.name}`);
    return { code, told, run, verdict: evaluate(run) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
