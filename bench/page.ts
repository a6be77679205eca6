/**
 * What the report's page weighs, what writing it costs, and how long Chromium takes to open it where there is one:
 * `deno task bench:page`. Processor time of this process, without the making of the run and of the verdict; the quickest of
 * three openings, until every chart in sight is drawn. Limits: 1.5 MB for 30 minutes of 10 operations, 3 MB for 4 hours of
 * 20, 1.5 s to write and 2 s to open either.
 */
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { Series } from "../lib/measure/series.ts";
import { noGenerator } from "../lib/measure/generator.ts";
import type { Plan } from "../lib/plan/plan.ts";
import type { HeaderRecord, IntervalRecord, ResultRecord } from "../lib/result/record.ts";
import { Run } from "../lib/result/run.ts";
import { evaluate } from "../lib/verdict/evaluate.ts";
import { renderHtml } from "../lib/report/html/page.ts";
import { defaultTask, rule } from "../tests/plans.ts";
import { makeHeader, makePlan, noise } from "../tests/result/make_run.ts";

const CALLS = 12;
const KINDS = ["llm", "stt", "tts"] as const;
/** Seconds that are made up; a run repeats them. */
const MADE = 300;

/** A run of several stages whose operations answer at rates and speeds of their own. */
export function longRunOf(count: number, seconds: number): Run {
  const header = longHeader(count, seconds);
  const run = new Run(header);
  for (const record of longRecords(header, seconds)) run.add(record);
  return run;
}

/** The first line of such a run. */
export function longHeader(count: number, seconds: number): HeaderRecord {
  const names = Array.from({ length: count }, (_, at) => `${KINDS[at % 3]}.operation_${at}`);
  const tasks = names.map((operation, at) => ({ ...defaultTask(KINDS[at % 3]!, 1), operation }));
  const cuts = [0, 0.05, 0.4, 0.6, 1].map((part) => Math.round(part * seconds) * 1000);
  const stages = ["warm-up", "before", "spike", "after"].map((name, at) => ({
    name,
    load: 0,
    start_ms: cuts[at]!,
    end_ms: cuts[at + 1]!,
    warm_up: at === 0,
  }));
  const thresholds = ["p95(response_time, llm.*) < 2s", "p95(response_time, stt.*) < 2s", "error_rate < 1%"].map(rule);
  return makeHeader(makePlan({ duration_ms: seconds * 1000, stages, tasks, thresholds }));
}

/** All lines after the first. */
export function* longRecords({ plan }: HeaderRecord, seconds: number): Generator<Exclude<ResultRecord, HeaderRecord>> {
  const names = plan.tasks.map(({ operation }) => operation);
  const random = noise(5);
  const made = Array.from({ length: MADE }, () => names.map((_, at) => madeSeries(at, random)));
  for (let index = 0; index < seconds; index++) {
    const stage = plan.stages.findIndex(({ end_ms }) => index * 1000 < end_ms);
    const series = names.map((name, at) => made[index % MADE]![at]!.toData(name, stage));
    yield intervalOf(plan, index, series);
    yield { ...HOST, t_ms: index * 1000 };
  }
  yield { type: "end", t_ms: seconds * 1000, reason: "completed", text: "", unaccounted: 0 };
}

const HOST = {
  type: "host",
  cpu_percent: 40,
  memory_used_bytes: 2 ** 33,
  memory_total_bytes: 2 ** 35,
  own_memory_bytes: 2 ** 28,
  own_cpu_percent: 30,
} as const;

function madeSeries(at: number, random: () => number): Series {
  const one = new Series();
  one.issued = CALLS;
  const base_us = 100_000 * (1 + at % 7);
  for (let call = 0; call < CALLS; call++) {
    const latency_us = Math.round(base_us * (0.6 + random() + random() ** 8 * 5));
    if (random() < 0.003) {
      one.outcomes.failed++;
      continue;
    }
    one.outcomes.ok++;
    for (const  of of["latency", "response_time", "service_time"] as const) one.histogram(of).record(latency_us);
    one.histogram("start_delay").record(300);
    one.histogram("first_message").record(Math.round(latency_us / 3));
    one.histogram("gap").record(Math.round(20_000 + 10_000 * random()));
    one.histogram("token_time").record(Math.round(20_000 + 10_000 * random()));
  }
  return one;
}

function intervalOf(plan: Plan, index: number, series: IntervalRecord["series"]): IntervalRecord {
  const connections = plan.services.map(({ name }) => ({
    service: name,
    connections: 4,
    streams_in_flight: 20 + index % 9,
    waiting: 0,
    reconnects_total: 0,
    moves_total: 0,
  }));
  const rest = { failures: [], users: 40, in_flight: 60 + index % 11, generator: noGenerator(), turns: [] };
  return { type: "interval", index, series, connections, ...rest };
}

/** Processor time of this process so far; milliseconds. */
function processor_ms(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Until the page says that it is ready; the quickest of three in milliseconds, null without a browser. */
async function opening_ms(page: string): Promise<number | null> {
  const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] })
    .catch(() => null);
  if (browser === null) return null;
  const dir = await Deno.makeTempDir();
  try {
    const path = join(dir, "report.html");
    await Deno.writeTextFile(path, page);
    const spent: number[] = [];
    for (let time = 0; time < 3; time++) {
      const opened = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const before_ms = performance.now();
      await opened.goto(pathToFileURL(path).href);
      await opened.locator("html[data-ready]").waitFor({ state: "attached" });
      spent.push(performance.now() - before_ms);
      await opened.close();
    }
    return Math.min(...spent);
  } finally {
    await browser.close();
    await Deno.remove(dir, { recursive: true });
  }
}

if (import.meta.main) {
  for (const [count, seconds] of [[10, 1800], [20, 14_400]] as const) {
    const run = longRunOf(count, seconds);
    const verdict = evaluate(run);
    const before_ms = processor_ms();
    const page = renderHtml(run, verdict, { version: "bench" });
    const spent_ms = processor_ms() - before_ms;
    const bytes = new TextEncoder().encode(page).length;
    const what = `${count} operations, ${seconds / 60} min`;
    const opened_ms = await opening_ms(page);
    const opens = opened_ms === null ? "no Chromium to open it" : `opens in ${(opened_ms / 1000).toFixed(2)} s`;
    console.log(
      `${what}: ${(bytes / 1e6).toFixed(2)} MB, ${(spent_ms / 1000).toFixed(2)} s of processor time, ${opens}`,
    );
  }
}
