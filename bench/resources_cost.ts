/**
 * What the samplers cost: processor time of this process (getrusage) with them, less without, over a minute at the
 * default period. `deno run -A bench/resources_cost.ts [seconds]`; with a shell script in the place of nvidia-smi, whose
 * own cost is a driver's and is not counted; the page of metrics comes from a process of its own.
 */
import process from "node:process";
import { openPages } from "../lib/run/page_http.ts";
import { pageService } from "../lib/run/page_places.ts";
import { PageWatch } from "../lib/resources/metrics/page_watch.ts";
import type { Plan } from "../lib/plan/plan.ts";
import type { RemotePlan } from "../lib/plan/plan.ts";
import { startSampler } from "../lib/resources/sampler.ts";

const seconds = Number(Deno.args[0] ?? 60);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Prints eight GPUs a second, as they are asked for. */
const EIGHT_GPUS = `#!/bin/sh
case "$1" in
  --query-gpu=*) ;;
  *) exit 2 ;;
esac
fields=\${1#--query-gpu=}
while :; do
  for index in 0 1 2 3 4 5 6 7; do
    echo "$fields" | sed "s/timestamp/2026\\/07\\/14 08:12:53.353/; s/,index,uuid,/,$index,GPU-$index,/; s/,name,/,H100,/" |
      sed 's/,[a-z_]*[.][a-z_.]*/,87/g; s/,pstate/,P0/; s/,gpu_recovery_action/,None/; s/,/, /g'
  done
  sleep 1
done
`;

/** This machine once more, by way of a shell: what the shell and its grep use is another machine's to pay. */
const FAR: RemotePlan = {
  ...{ name: "far", via: ["env"], cpu: true, memory: true, gpu: false },
  processes: [{ name: "own there", by: { kind: "pid", pid: Deno.pid } }],
};

async function cost(
  sampled: { cpu: boolean; gpu: boolean; processes: boolean; page?: string; remote?: true } | null,
): Promise<number> {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dir}/nvidia-smi`, EIGHT_GPUS, { mode: 0o755 });
  let samples = 0;
  const sampler = sampled === null ? null : startSampler({
    cpu: sampled.cpu,
    memory: sampled.cpu,
    gpu: sampled.gpu,
    ...(sampled.processes && { processes: [{ name: "own", by: { kind: "pid", pid: Deno.pid } }] }),
    ...(sampled.remote && { remote: [FAR] }),
    interval_ms: 1000,
    now_ms: () => performance.now(),
    onSample: () => samples++,
    onNote: ({ text }) => console.error(text),
    nvidiaSmiPath: `${dir}/nvidia-smi`,
  });
  const now_ms = () => performance.now();
  const watch = sampled?.page === undefined ? null : new PageWatch({
    source: "llm",
    url: sampled.page,
    pages: openPages(pageService(pageAt(sampled.page), {} as Plan), "/metrics"),
    preset: null,
    series: [],
    interval_ms: 1000,
    now_ms,
    onSample: () => samples++,
    onNote: ({ text }) => console.error(text),
  });
  // Start and compilation are not the period's.
  await wait(5000);
  const before = process.resourceUsage();
  const start_ms = performance.now();
  await wait(seconds * 1000);
  const after = process.resourceUsage();
  const passed_us = (performance.now() - start_ms) * 1000;
  await sampler?.stop();
  await watch?.stop();
  await Deno.remove(dir, { recursive: true });
  const used_us = after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime;
  console.error(`${JSON.stringify(sampled)}: ${samples} samples`);
  return 100 * used_us / passed_us;
}

const pageAt = (address: string) => ({
  name: "llm",
  address,
  path: "/metrics",
  tls: null,
  headers: [],
  interval_ms: 1000,
  timeout_ms: 2000,
});

/** vLLM's page of eight models and what else it has, 2,000 lines; its counters rise. */
const SERVE_PAGE = `
const one = Deno.readTextFileSync("tests/resources/fixtures/pages/vllm_1.txt");
const models = Array.from({ length: 8 }, (_, i) => one.replaceAll("Qwen/Qwen3-8B", "model-" + i));
const rest = Array.from({ length: 2000 }, (_, i) => 'go_other_total{path="/v1/chat/completions",code="200",nth="' + i + '"} ' + i);
const lines = [...models.join("").split("\\n"), ...rest].slice(0, 2000);
let asked = 0;
const page = () => lines.map((line) => line.includes("vllm:") && !line.startsWith("#") ? line.replace(/[^ ]+$/, (n) => Number(n) + asked) : line);
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(port) }, () => {
  asked++;
  return new Response(page().join("\\n") + "\\n");
});
await server.finished;
`;
const child = new Deno.Command(Deno.execPath(), { args: ["eval", SERVE_PAGE], stdout: "piped" }).spawn();
const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
const page = `127.0.0.1:${(await lines.read()).value?.trim()}`;

const rows: Array<[name: string, percent: number]> = [
  ["nothing", await cost(null)],
  ["host", await cost({ cpu: true, gpu: false, processes: false })],
  ["host and a service", await cost({ cpu: true, gpu: false, processes: true })],
  ["host, a service and eight GPUs", await cost({ cpu: true, gpu: true, processes: true })],
  ["another machine and a service there", await cost({ cpu: false, gpu: false, processes: false, remote: true })],
  ["a page of 2,000 lines", await cost({ cpu: false, gpu: false, processes: false, page })],
  ["all of it", await cost({ cpu: true, gpu: true, processes: true, page, remote: true })],
];
child.kill();
await child.status;
await lines.cancel();
for (const [name, percent] of rows) console.log(`| ${name} | ${percent.toFixed(2)} % of a core |`);
