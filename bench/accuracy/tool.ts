/** The whole tool as a user starts it, against a simulator that keeps its instants to some microseconds. */
import type { LoadPlan } from "../../lib/plan/plan.ts";
import { readResult } from "../../lib/result/file.ts";
import type { Run } from "../../lib/result/run.ts";
import { arrivals } from "../../lib/schedule/arrivals.ts";
import type { SimulatorOptions } from "../../lib/sim/options.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** What is run. */
export interface ToolRun {
  /** The scenario, in the words of a scenario file. */
  scenario: Record<string, unknown>;
  /** Options of its one service, a language model. */
  service?: Record<string, unknown>;
  simulator: Partial<SimulatorOptions>;
  workers?: number;
}

/**
 * Runs the tool in a process of its own and reads the result it saved. The simulator has a thread of this process.
 * @throws {Error} with the tool's words when there is no whole result, or a call did not end well
 */
export async function runTool({ scenario, service = {}, simulator, workers = 1 }: ToolRun): Promise<Run> {
  const dir = await Deno.makeTempDir({ prefix: "june_load_accuracy_" });
  const server = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 }, precise: true, ...simulator });
  try {
    const file = {
      services: { grpc: { llm: { host: server.addresses.llm, timeout: "5m", ...service } } },
      scenarios: { accuracy: { grace: "1m", thresholds: ["error_rate <= 0% else warn"], ...scenario } },
      reports: { output_dir: `${dir}/reports`, format: ["json"] },
    };
    // JSON is YAML.
    await Deno.writeTextFile(`${dir}/accuracy.yaml`, JSON.stringify(file));
    const told = await start([`${dir}/accuracy.yaml`, "--workers", `${workers}`]);
    return checked(await readResult(await folderOf(dir, told)), told);
  } finally {
    await server.close();
    await Deno.remove(dir, { recursive: true });
  }
}

/** Runs to the end, whatever the verdict; returns what was printed. */
async function start(args: readonly string[]): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", MAIN, "run", ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr } = await child.output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

async function folderOf(dir: string, told: string): Promise<string> {
  const found = await Array.fromAsync(Deno.readDir(`${dir}/reports/accuracy`)).catch(() => []);
  const entries = found.filter(({ isDirectory }) => isDirectory);
  if (entries.length !== 1) throw new Error(`The run left no result:\n${told}`);
  return `${dir}/reports/accuracy/${entries[0]?.name}`;
}

function checked(run: Run, told: string): Run {
  const { issued, outcomes } = run.total({}, true);
  if (run.end?.reason !== "completed") throw new Error(`The run ended early:\n${told}`);
  if (outcomes.ok !== issued) throw new Error(`${issued - outcomes.ok} of ${issued} calls did not end well:\n${told}`);
  return run;
}

/** The intended starts of a run's one open load, from the plan it saved; microseconds. */
export function arrivalsOf({ plan }: Run): number[] {
  const [load] = plan.loads as [LoadPlan];
  if (load.kind !== "open") throw new Error("The run's load is not open");
  const schedule = arrivals(load, plan.seed, () => []);
  const list: number[] = [];
  for (let due_us = schedule.next(); due_us !== null; due_us = schedule.next()) list.push(due_us);
  return list;
}
