/**
 * How long june-load takes to begin and to end: `deno task bench:start [--rounds N] [--base DIR]`.
 *
 * - `--help`, beside an empty script under the same Deno;
 * - the first call of a run: from the start of the command to its arrival at a server in a process of its own;
 * - `report`, the whole command: processor time for a minute of three operations, as the demo. What writing four hours
 *   costs is in `deno task bench:page`: here reading 300 MB would be most of it.
 *
 * With `--base` another checkout takes turns with this one, on the same results. Medians and ranges; wall times hold for a
 * machine that has nothing else to do. Needs Go, for the meter.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { V8_FLAGS } from "../deploy/v8_flags.ts";
import { EchoProcess } from "../lib/calibrate/echo_process.ts";
import { ExitCode } from "../lib/cli/exit_codes.ts";
import { startSelf } from "../lib/cli/calibrate/self.ts";
import { now_us } from "../lib/sim/echo/log.ts";
import { PATHS } from "../proto/llm.ts";
import { longHeader, longRecords } from "./page.ts";
import { measure, type Usage } from "./peers/child.ts";
import { buildMeter, PROGRAMS } from "./peers/programs.ts";
import { judge, median, short, table } from "./peers/table.ts";

/** A checkout of june-load. */
interface Checkout {
  name: string;
  root: string;
  /** V8's flags that it starts with. */
  v8: string;
}

const { values } = parseArgs({
  args: Deno.args,
  options: { rounds: { type: "string", default: "5" }, base: { type: "string" } },
});
const rounds = Number(values.rounds);

const tool = (
  { root, v8 }: Checkout,
  ...args: string[]
) => [PROGRAMS.deno, "run", "-A", v8, join(root, "main.ts"), ...args];

async function checkouts(): Promise<Checkout[]> {
  const here = { name: "here", root: PROGRAMS.root, v8: V8_FLAGS };
  if (values.base === undefined) return [here];
  const root = await Deno.realPath(values.base);
  const { V8_FLAGS: v8 } = await import(`file://${root}/deploy/v8_flags.ts`) as { V8_FLAGS: string };
  return [{ name: "base", root, v8 }, here];
}

/** What several commands used, each run in turn. */
async function inTurns<T>(commands: readonly (() => Promise<T>)[]): Promise<T[][]> {
  const found = commands.map((): T[] => []);
  // The first of each fills caches and does not count.
  for (const command of commands) await command();
  for (let round = 0; round < rounds; round++) {
    for (const [at, command] of commands.entries()) found[at]?.push(await command());
  }
  return found;
}

const spread = (list: readonly number[], scale = 1000) =>
  `${short(median(list) * scale)} (${short(Math.min(...list) * scale)}-${short(Math.max(...list) * scale)})`;

async function help(all: readonly Checkout[], dir: string): Promise<string> {
  const empty = join(dir, "empty.ts");
  await Deno.writeTextFile(empty, "");
  const commands = [[PROGRAMS.deno, "run", "-A", empty], ...all.map((one) => tool(one, "--help"))];
  const found: Usage[][] = await inTurns(commands.map((command) => () => measure(command)));
  const names = ["an empty script", ...all.map(({ name }) => `--help, ${name}`)];
  const rows = names.map((name, at) => {
    const runs = found[at] ?? [];
    return [name, spread(runs.map(({ wall_s }) => wall_s)), spread(runs.map(({ cpu_s }) => cpu_s))];
  });
  const wall_ms = (at: number) => median((found[at] ?? []).map(({ wall_s }) => wall_s)) * 1000;
  const more = judge("--help beyond an empty script, ms", wall_ms(all.length) - wall_ms(0), 60);
  return [table(["", "ms", "CPU ms"], rows), "", more].join("\n");
}

/** From the start of `run` until its first call is there; seconds. */
async function firstCall(one: Checkout, dir: string, echo: EchoProcess): Promise<number> {
  const scenario = {
    services: { grpc: { llm: { host: echo.address } } },
    scenarios: { start: { users: 1, duration: "1s", think_time: "100ms", tasks: { "llm.generate_stream": 1 } } },
    reports: { output_dir: join(dir, "reports"), format: ["json"], include_charts: false },
  };
  // JSON is YAML.
  await Deno.writeTextFile(join(dir, "start.yaml"), JSON.stringify(scenario));
  await echo.take();
  const began_us = now_us();
  await measure(tool(one, "run", join(dir, "start.yaml"), "--quiet"), [ExitCode.OK, ExitCode.INVALID]);
  const first = (await echo.take())[PATHS.generateStream]?.[0];
  if (first === undefined) throw new Error("No call arrived");
  return (first.arrived_us - await echo.clockOffset() - began_us) / 1e6;
}

async function firstCalls(all: readonly Checkout[], dir: string): Promise<string> {
  const echo = await EchoProcess.start(startSelf);
  try {
    const found = await inTurns(all.map((one) => () => firstCall(one, dir, echo)));
    const rows = all.map(({ name }, at) => [`run, ${name}`, spread(found[at] ?? [])]);
    const ours_ms = median(found.at(-1) ?? []) * 1000;
    return [table(["", "ms to the first call"], rows), "", judge("first call, ms", ours_ms, 400)].join("\n");
  } finally {
    await echo.close();
  }
}

async function reports(all: readonly Checkout[], dir: string): Promise<string> {
  const seconds = 60;
  const header = longHeader(3, seconds);
  const lines = [header, ...longRecords(header, seconds)].map((record) => `${JSON.stringify(record)}\n`);
  await Deno.writeTextFile(join(dir, "result.ndjson"), lines.join(""));
  const good = Object.values(ExitCode).filter((code) => code !== ExitCode.INTERNAL);
  const write = (one: Checkout) => measure(tool(one, "report", dir, "--output-dir", join(dir, "out"), "--quiet"), good);
  const found: Usage[][] = await inTurns(all.map((one) => () => write(one)));
  const cpus_s = (at: number) => (found[at] ?? []).map(({ cpu_s }) => cpu_s);
  const rows = all.map(({ name }, at) => [`report, ${name}`, spread(cpus_s(at), 1)]);
  return [table(["", "CPU s"], rows), "", judge("CPU of report, s", median(cpus_s(all.length - 1)), 1.5)].join("\n");
}

await buildMeter();
const all = await checkouts();
const dir = await Deno.makeTempDir({ prefix: "start_" });
try {
  for (const part of [help, firstCalls, reports]) {
    const load = Deno.loadavg()[0]?.toFixed(1);
    console.log(`${await part(all, dir)}\n\nload average ${load} before\n`);
  }
} finally {
  await Deno.remove(dir, { recursive: true });
}
