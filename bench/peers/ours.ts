/** june-load itself: the whole tool as a user starts it, and its bare transport. */
import { ExitCode } from "../../lib/cli/exit_codes.ts";
import { V8_FLAGS } from "../../deploy/v8_flags.ts";
import { endedCalls } from "../../lib/measure/series.ts";
import type { TransportName } from "../../lib/plan/plan.ts";
import { readResult } from "../../lib/result/file.ts";
import type { Run } from "../../lib/result/run.ts";
import { type Finished, measure } from "./child.ts";
import { type Client, type Figures, type Load, PARAMS, PROMPT } from "./load.ts";
import { PROGRAMS } from "./programs.ts";

/** A run of the whole tool. */
export interface ToolLoad extends Load {
  seconds: number;
  /** Pause of each user between two calls, as scenario files write it; or arrivals instead of users. */
  pace: { think_time: string } | { rate_per_s: number };
  transport: TransportName;
  connections?: number;
  /** How long calls in flight may take at the end. */
  grace?: string;
}

/** The command line and scenario file of a run, under `dir`. */
export async function toolCommand(load: ToolLoad, dir: string): Promise<string[]> {
  const prompts = `${dir}/prompts.txt`;
  await Deno.writeTextFile(prompts, PROMPT);
  const { pace } = load;
  const scenario = {
    services: {
      grpc: { llm: { host: load.address, prompts, ...PARAMS, timeout: "5m", connections: load.connections ?? 1 } },
    },
    scenarios: {
      bench: {
        ...("rate_per_s" in pace
          ? { rate: `${pace.rate_per_s}/s` }
          : { users: load.in_flight, spawn_rate: 100_000, ...pace }),
        duration: `${load.seconds}s`,
        grace: load.grace ?? "10s",
        tasks: { [load.stream ? "llm.generate_stream" : "llm.generate"]: 1 },
        thresholds: ["error_rate <= 0% else warn"],
      },
    },
    reports: { output_dir: `${dir}/reports`, format: ["json"] },
  };
  // JSON is YAML.
  await Deno.writeTextFile(`${dir}/bench.yaml`, JSON.stringify(scenario));
  const flags = ["--workers", "1", "--transport", load.transport];
  return [PROGRAMS.deno, "run", "-A", V8_FLAGS, `${PROGRAMS.root}main.ts`, "run", `${dir}/bench.yaml`, ...flags];
}

/** Runs the whole tool and reads the result it saved. */
export async function toolRun(load: ToolLoad): Promise<Finished & { run: Run }> {
  const dir = await Deno.makeTempDir({ prefix: "bench_" });
  try {
    // A run at full rate is limited by june-load itself, as is meant here; its verdict says so.
    const finished = await measure(await toolCommand(load, dir), [ExitCode.OK, ExitCode.INVALID]);
    return { ...finished, run: await savedRun(dir) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The one run that was saved under `dir`. */
export async function savedRun(dir: string): Promise<Run> {
  const entries = await Array.fromAsync(Deno.readDir(`${dir}/reports/bench`));
  const entry = entries.find(({ isDirectory }) => isDirectory);
  return await readResult(`${dir}/reports/bench/${entry?.name}`);
}

/** A run of the tool as the other clients' figures. */
export function toolFigures({ run, cpu_s, rss_bytes }: Finished & { run: Run }, stream: boolean): Figures {
  const total = run.total();
  const calls = endedCalls(total.outcomes);
  if (total.outcomes.ok !== calls) throw new Error(`${calls - total.outcomes.ok} of ${calls} calls did not end well`);
  const units = stream ? total.messages : calls;
  const p50_us = total.histogram("service_time").percentile(50);
  return { units, per_s: units / (run.load_end_ms / 1000), cpu_s, rss_bytes, p50_us };
}

function tool(name: string, transport: TransportName, seconds: number): Client {
  return {
    name,
    async run(load, base) {
      // A base run's users make one call each and think until it is over.
      const length = base ? { seconds: 1, pace: { think_time: "1h" } } : { seconds, pace: { think_time: "0ms" } };
      return toolFigures(await toolRun({ ...load, ...length, transport }), load.stream);
    },
  };
}

/** The whole tool: schedule, users, marks, histograms, protobuf, a line of the result each second, and its report. */
export const juneLoad: Client = tool("june-load", "wire", 10);

/** The same over grpc-js. */
export const juneLoadGrpcJs: Client = tool("june-load, grpc-js", "grpc-js", 4);

/** The wire transport alone; see bench/peers/bare.ts. */
export const bareWire: Client = {
  name: "bare wire transport",
  async run(load, base) {
    const { stream, address, in_flight } = load;
    const calls = base ? in_flight : stream ? 8000 : in_flight === 1 ? 40_000 : 400_000;
    const args = [stream ? "stream" : "unary", address, `${calls}`, `${in_flight}`];
    const command = [PROGRAMS.deno, "run", "-A", `${PROGRAMS.root}bench/peers/bare.ts`, ...args];
    const { stdout, ...used } = await measure(command);
    const told = JSON.parse(stdout) as { messages: number; per_s: number };
    return { ...used, units: told.messages, per_s: told.per_s, p50_us: null };
  },
};
