/**
 * A long run of many calls: does june-load grow, and does it start its calls as precisely in the end?
 *
 *   deno task bench:soak [--minutes 30] [--calls 2000] [--streams 500] [--speeches 100] [--write]
 *
 * `--calls` unary calls a second (`full`: as many as fifty users get), `--streams` streams in flight and `--speeches` users
 * who speak in real time, all at the same time, against the simulator in processes of its own. 0 leaves one out. The machine
 * should have nothing else to do; what june-load and the services take of its cores is printed. `--write` writes the chart
 * and the figures into docs. Exits with 1 when something grows. Linux.
 */
import { parseArgs } from "node:util";
import { V8_FLAGS } from "../deploy/v8_flags.ts";
import { Histogram } from "../lib/measure/histogram.ts";
import { readResult } from "../lib/result/file.ts";
import type { ResultRecord } from "../lib/result/record.ts";
import type { Run } from "../lib/result/run.ts";
import { evaluate } from "../lib/verdict/evaluate.ts";
import { soakChart } from "./soak/chart.ts";
import { type Condition, judgeSoak, type Lateness } from "./soak/judge.ts";
import { type Rates, soakFile, startServices } from "./soak/load.ts";
import { readProcess, type Sample } from "./soak/process.ts";
import { table } from "./peers/table.ts";

const EVERY_MS = 5000;
const MAIN = new URL("../main.ts", import.meta.url).pathname;
const DOCS = new URL("../docs/", import.meta.url);

const { values } = parseArgs({
  args: Deno.args,
  options: {
    minutes: { type: "string", default: "30" },
    calls: { type: "string", default: "2000" },
    streams: { type: "string", default: "500" },
    speeches: { type: "string", default: "100" },
    write: { type: "boolean", default: false },
  },
});
const minutes = Number(values.minutes);
const rates: Rates = {
  calls_per_s: values.calls === "full" ? "full" : Number(values.calls),
  streams: Number(values.streams),
  speeches: Number(values.speeches),
};

/** `2,000 calls/s`. */
function callsText(): string {
  const { calls_per_s } = rates;
  return calls_per_s === "full" ? "calls at full rate" : `${calls_per_s.toLocaleString("en")} calls/s`;
}

/** What was seen of the processes. */
interface Watched {
  tool: Sample[];
  /** Cores that june-load and the services took on average. */
  cores: Record<string, number>;
}

/** Samples june-load until it ends. */
async function watch(tool: Deno.ChildProcess, services: Record<string, number>): Promise<Watched> {
  const begun_ms = performance.now();
  const samples: Sample[] = [];
  const others = new Map<string, Sample[]>();
  const over = tool.status.then(() => true);
  do {
    const t_s = (performance.now() - begun_ms) / 1000;
    const own = await readProcess(tool.pid, t_s);
    if (own !== null) samples.push(own);
    for (const [name, pid] of Object.entries(services)) {
      const other = await readProcess(pid, t_s);
      if (other !== null) others.set(name, [...others.get(name) ?? [], other]);
    }
  } while (!await Promise.race([over, new Promise<false>((resolve) => setTimeout(() => resolve(false), EVERY_MS))]));
  const cores = [["june-load", samples] as const, ...others].map(([name, list]) => [name, coresOf(list)]);
  return { tool: samples, cores: Object.fromEntries(cores) };
}

function coresOf(samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  return first === undefined || last === undefined ? NaN : (last.cpu_s - first.cpu_s) / (last.t_s - first.t_s);
}

/** How late calls started, second by second. */
async function latenessOf(path: string, run: Run): Promise<Lateness[]> {
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as ResultRecord).flatMap((record) => {
    if (record.type !== "interval" || record.index * 1000 >= run.load_end_ms) return [];
    const lag = Histogram.from(record.generator.start_lag);
    return lag.count === 0 ? [] : [{ t_s: record.index, p99_us: lag.percentile(99) }];
  });
}

async function soak(dir: string): Promise<{ run: Run; watched: Watched; lateness: Lateness[] }> {
  const services = await startServices(rates.calls_per_s === "full");
  try {
    const file = await soakFile(dir, services, rates, Math.round(60 * minutes));
    // JSON is YAML.
    await Deno.writeTextFile(`${dir}/soak.yaml`, JSON.stringify(file));
    const tool = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check", V8_FLAGS, MAIN, "run", "soak", "--config", `${dir}/soak.yaml`],
        ...["--workers", "1", "--quiet", "--output-dir", `${dir}/reports`],
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).spawn();
    const watched = await watch(tool, { "language model": services.llm.pid, "speech to text": services.stt.pid });
    const [entry] = await Array.fromAsync(Deno.readDir(`${dir}/reports/soak`));
    const folder = `${dir}/reports/soak/${entry?.name}`;
    const run = await readResult(folder);
    return { run, watched, lateness: await latenessOf(`${folder}/result.ndjson`, run) };
  } finally {
    await services.stop();
  }
}

/** What the soak came to, in Markdown. */
function report(run: Run, { tool, cores }: Watched, conditions: readonly Condition[]): string {
  const { start_lag } = run.generator;
  const lag = new Histogram();
  lag.mergeData(start_lag);
  const { issued, outcomes } = run.total();
  const took = Object.entries(cores).map(([name, share]) => `${name} ${share.toFixed(2)}`).join(", ");
  const state = { true: "holds", false: "**missed**", null: "unknown" };
  return [
    `${minutes} minutes of ${callsText()}, ${rates.streams} streams in flight and ` +
    `${rates.speeches} users who speak in real time: ${issued.toLocaleString("en")} calls, ` +
    `${outcomes.ok.toLocaleString("en")} ok. They began ${lag.percentile(50)} us late in the middle, ` +
    `${lag.percentile(99)} us at the P99. Cores: ${took}, of ${navigator.hardwareConcurrency}; ` +
    `load average ${Deno.loadavg().map((one) => one.toFixed(1)).join(", ")}. Verdict: ${evaluate(run).status}.`,
    "",
    table(
      ["condition", "", "found"],
      conditions.map(({ what, holds, found }) => [what, state[`${holds}`], found]),
    ),
    "",
    `Largest resident memory: ${(Math.max(...tool.map(({ rss_bytes }) => rss_bytes)) / 1e6).toFixed(0)} MB.`,
  ].join("\n");
}

const BEGIN = "<!-- Written by deno task bench:soak --write -->";
const END = "<!-- The end of the soak -->";

async function writeDocs(text: string, svg: string): Promise<void> {
  await Deno.writeTextFile(new URL("soak.svg", DOCS), svg);
  const page = new URL("performance.md", DOCS);
  const old = await Deno.readTextFile(page);
  const picture = "![Memory, descriptors and lateness over time](soak.svg)";
  const section = [BEGIN, text, picture, END].join("\n\n");
  await Deno.writeTextFile(page, old.slice(0, old.indexOf(BEGIN)) + section + old.slice(old.indexOf(END) + END.length));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", page.pathname] }).output();
}

const dir = await Deno.makeTempDir({ prefix: "june_load_soak_" });
try {
  const { run, watched, lateness } = await soak(dir);
  // What follows the load is the report, which is made of all at once.
  const tool = watched.tool.filter(({ t_s }) => t_s * 1000 < run.load_end_ms);
  const conditions = judgeSoak(tool, lateness);
  const text = report(run, { ...watched, tool }, conditions);
  console.log(text);
  const title = `${minutes} minutes of ${callsText()}, ${rates.streams} streams and ${rates.speeches} speeches`;
  if (values.write) await writeDocs(text, soakChart(title, tool, lateness));
  if (conditions.some(({ holds }) => holds === false)) Deno.exitCode = 1;
} finally {
  await Deno.remove(dir, { recursive: true });
}
