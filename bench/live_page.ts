/**
 * What the live page costs a run: `deno task bench:live [--rounds 2] [--seconds 40] [--users 500]`.
 *
 * The same load runs without the page, and with the page open in three browsers, in turns. The figure is the processor time
 * of the june-load process alone, start and report left out; services and browsers are processes of their own. Also counts
 * the bytes that opening the page takes. Needs Chromium. Limits: 2 % of a core, and 1 MB to open. Linux.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { V8_FLAGS } from "../deploy/v8_flags.ts";
import { endedCalls } from "../lib/measure/series.ts";
import { readResult } from "../lib/result/file.ts";
import { slotTotal } from "../lib/result/timeline.ts";
import { constant } from "../lib/sim/model/distribution.ts";
import { startService } from "../tests/trust/kit/service.ts";
import { median } from "./peers/table.ts";
import { readProcess } from "./soak/process.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    rounds: { type: "string", default: "2" },
    seconds: { type: "string", default: "40" },
    users: { type: "string", default: "500" },
  },
});
const [rounds, seconds, users] = [Number(values.rounds), Number(values.seconds), Number(values.users)];
const BROWSERS = 3;
/** Left out at both ends: users start, browsers open. */
const EDGE_S = 10;
const MAIN = new URL("../main.ts", import.meta.url).pathname;

const wait = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

/** Services that are never short of anything. */
function services() {
  const free = { slots: 1_000_000, queue_limit: 0 };
  const llm = { ...free, first_token_ms: constant(200), tokens_per_s: constant(40), output_tokens: constant(40) };
  const tts = { ...free, overhead_ms: constant(100), real_time_factor: 0 };
  return startService({ models: { llm, tts } });
}

/** A file with the load. */
function fileOf(addresses: Awaited<ReturnType<typeof services>>["addresses"]) {
  const load = {
    users,
    spawn_rate: users / 5,
    duration: `${seconds}s`,
    grace: "5s",
    think_time: "1s-3s",
    tasks: { "llm.chat_stream": 1, "tts.synthesize": 1 },
    thresholds: ["p95(response_time, llm.*) < 3s", "p95(response_time, tts.*) < 2s", "error_rate < 1%"],
  };
  const grpc = { llm: { host: addresses.llm }, tts: { host: addresses.tts } };
  return { services: { grpc }, scenarios: { live: load }, reports: { format: ["json"] } };
}

/** Starts june-load; with the page it says where that is. */
async function start(dir: string, page: boolean): Promise<{ child: Deno.ChildProcess; address: string | null }> {
  const flags = ["--config", "live.json", "--scenario", "live", "--quiet", ...(page ? ["--ui=0"] : [])];
  const args = ["run", "-A", "--no-check", V8_FLAGS, MAIN, "run", ...flags];
  const child = new Deno.Command(Deno.execPath(), { args, cwd: dir, stdout: "piped", stderr: "piped" }).spawn();
  if (!page) {
    for (const stream of [child.stdout, child.stderr]) void stream.pipeTo(new WritableStream()).catch(() => {});
    return { child, address: null };
  }
  const found = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    void stream.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write: (text) => {
          const address = /http:\/\/\S+/.exec(text)?.[0];
          if (address !== undefined) found.resolve(address);
        },
      }),
    ).catch(() => {});
  }
  return { child, address: await found.promise };
}

/** What was seen of a run. */
interface Seen {
  /** Cores that june-load took in its middle. */
  cores: number;
  /** A machine that is short of cores makes fewer calls, which cost less. */
  calls_per_s: number;
}

async function measure(dir: string, page: boolean): Promise<Seen> {
  const { from, to, cores } = await watch(dir, page);
  const [folder = ""] = (await foldersIn(`${dir}/reports/live`)).sort().reverse();
  const run = await readResult(`${dir}/reports/live/${folder}`);
  const calls = run.slots.filter(({ start_ms }) => start_ms >= from * 1000 && start_ms < to * 1000)
    .reduce((sum, slot) => sum + endedCalls(slotTotal(slot).outcomes), 0);
  return { cores, calls_per_s: calls / (to - from) };
}

async function foldersIn(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
}

/** Runs the load, and reads june-load's processor time at two instants; seconds since its start. */
async function watch(dir: string, page: boolean): Promise<{ from: number; to: number; cores: number }> {
  const { child, address } = await start(dir, page);
  const browser = address === null ? null : await chromium.launch({
    executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    for (let i = 0; browser !== null && i < BROWSERS; i++) {
      const opened = await (await browser.newContext()).newPage();
      await opened.goto(address ?? "");
      await opened.locator("html[data-ready=run] #load svg").waitFor();
    }
    await wait(EDGE_S);
    const [first, begun_ms] = [await readProcess(child.pid, 0), performance.now()];
    await wait(seconds - 2 * EDGE_S);
    const [last, ended_ms] = [await readProcess(child.pid, 0), performance.now()];
    if (first === null || last === null) throw new Error("june-load ended too soon: give it more --seconds");
    const cores = (last.cpu_s - first.cpu_s) / ((ended_ms - begun_ms) / 1000);
    return { from: EDGE_S, to: seconds - EDGE_S, cores };
  } finally {
    await browser?.close();
    await child.status;
  }
}

/** Bytes on the wire for the page and all that it loads; a run's points come on top. */
async function bytesToOpen(dir: string): Promise<number> {
  const { child, address } = await start(dir, true);
  const { hostname, port } = new URL(address ?? "");
  let sum = 0;
  for (const path of ["/", "/assets/live.css", "/assets/live.js", "/assets/echarts.js"]) {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head =
      `GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    sum += (await new Response(connection.readable).bytes()).length;
  }
  child.kill("SIGTERM");
  await child.status;
  return sum;
}

const percent = (cores: number) => `${(100 * cores).toFixed(1)} %`;
const write = (seen: Seen | undefined) => `${percent(seen?.cores ?? NaN)} at ${seen?.calls_per_s.toFixed(0)} calls/s`;

const service = await services();
const dir = await Deno.makeTempDir();
await Deno.writeTextFile(join(dir, "live.json"), JSON.stringify(fileOf(service.addresses)));
const [loadBefore = NaN] = Deno.loadavg();
const without: Seen[] = [];
const withPage: Seen[] = [];
try {
  const bytes = await bytesToOpen(dir);
  for (let round = 0; round < rounds; round++) {
    without.push(await measure(dir, false));
    withPage.push(await measure(dir, true));
    console.log(`round ${round + 1}: ${write(without.at(-1))} without, ${write(withPage.at(-1))} with`);
  }
  const cores = (seen: Seen[]) => median(seen.map((one) => one.cores));
  const row = (name: string, seen: Seen[]) =>
    `| ${name} | ${percent(cores(seen))} | ${seen.map((one) => percent(one.cores)).join(", ")} | ${
      median(seen.map(({ calls_per_s }) => calls_per_s)).toFixed(0)
    } |`;
  console.log(`
| ${users} users | june-load's share of a core | each run | calls/s |
| --- | ---: | ---: | ---: |
${row("without the page", without)}
${row(`with ${BROWSERS} browsers`, withPage)}

The page: ${percent(cores(withPage) - cores(without))} of a core, at most 2 %.
To open: ${(bytes / 1000).toFixed(0)} kB on the wire, at most 1,000 kB. Load average at the start: ${
    loadBefore.toFixed(1)
  }.`);
} finally {
  await service.stop();
  await Deno.remove(dir, { recursive: true });
}
