/** What is compared; each case prints a table and how its figures stand to their targets. */
import { measure, startServer } from "./child.ts";
import type { Client, Figures, Load } from "./load.ts";
import { ghz, ghzRun, grpcGo, h2load, h2loadMedian, k6, k6Run } from "./others.ts";
import { bareWire, juneLoad, juneLoadGrpcJs, toolFigures, toolRun } from "./ours.ts";
import { PROGRAMS } from "./programs.ts";
import { clientTable, cpu, judge, type Measured, median, short, table } from "./table.ts";

/** A case by name. */
export interface Case {
  brief: string;
  run(rounds: number): Promise<string>;
}

/** Runs all clients in turn, several times over, against one server. */
async function interleave(clients: readonly Client[], load: Load, rounds: number): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const client of clients) {
    const bases = [await client.run(load, true), await client.run(load, true)];
    const base = bases.reduce((least, next) => next.cpu_s < least.cpu_s ? next : least);
    all.push({ name: client.name, base, runs: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [at, client] of clients.entries()) all[at]?.runs.push(await client.run(load, false));
  }
  return all;
}

type Target = readonly [ours: Client, theirs: Client, limit: number];

function judgeAll(all: readonly Measured[], targets: readonly Target[]): string[] {
  const of = ({ name }: Client) => cpu(all.find((measured) => measured.name === name) as Measured);
  return targets.map(([ours, theirs, limit]) =>
    judge(`CPU of ${ours.name} / ${theirs.name}`, of(ours) / of(theirs), limit)
  );
}

async function withServer<T>(gap: string, use: (address: string) => Promise<T>): Promise<T> {
  const server = await startServer(gap);
  try {
    return await use(server.address);
  } finally {
    await server.stop();
  }
}

const CLIENTS = [h2load, bareWire, juneLoad, grpcGo, ghz, k6, juneLoadGrpcJs];

const unary: Case = {
  brief: "unary calls, 50 in flight, 64 bytes each way",
  run: (rounds) =>
    withServer("0s", async (address) => {
      const all = await interleave(CLIENTS, { address, stream: false, in_flight: 50 }, rounds);
      const targets: Target[] = [
        [juneLoad, h2load, 3],
        [juneLoad, grpcGo, 0.5],
        [juneLoad, ghz, 0.1],
        [juneLoad, k6, 0.1],
        [bareWire, h2load, 1.5],
      ];
      return [clientTable("call", all), "", ...judgeAll(all, targets)].join("\n");
    }),
};

const stream: Case = {
  brief: "50 server streams at once, 200 messages of 64 bytes each, every gap recorded by june-load",
  run: (rounds) =>
    withServer("0s", async (address) => {
      const all = await interleave(CLIENTS, { address, stream: true, in_flight: 50 }, rounds);
      const targets: Target[] = [[juneLoad, grpcGo, 1], [juneLoad, ghz, 1 / 3], [juneLoad, k6, 0.1]];
      const ours = cpu(all[CLIENTS.indexOf(juneLoad)] as Measured);
      const each = judge("CPU us of june-load per message", ours, 0.8);
      return [clientTable("message", all), "", each, ...judgeAll(all, targets)].join("\n");
    }),
};

const one: Case = {
  brief: "one unary call in flight",
  run: (rounds) =>
    withServer("0s", async (address) => {
      const load: Load = { address, stream: false, in_flight: 1 };
      const theirs_us: number[] = [];
      const watched: Client = {
        ...h2load,
        async run(...asked) {
          theirs_us.push(await h2loadMedian(load));
          return await h2load.run(...asked);
        },
      };
      const all = await interleave([watched, ...CLIENTS.slice(1)], load, rounds);
      const ours_us = median((all[CLIENTS.indexOf(juneLoad)] as Measured).runs.map(({ p50_us }) => p50_us ?? NaN));
      const latency = judge(
        `median time of a call, june-load ${short(ours_us)} us / h2load ${short(median(theirs_us))} us`,
        ours_us / median(theirs_us),
        1.1,
      );
      return [clientTable("call", all), "", latency, ...judgeAll(all, [[juneLoad, h2load, 1]])].join("\n");
    }),
};

const PACED_S = 20;
const PACED_PER_S = 2000;

const paced: Case = {
  brief: `${PACED_PER_S} calls/s for ${PACED_S} s, whole processes`,
  run: (rounds) =>
    withServer("0s", async (address) => {
      const load: Load = { address, stream: false, in_flight: 50 };
      const limits = ["--rps", `${PACED_PER_S}`, "-z", `${PACED_S}s`, "-c", "50"];
      const pace = { executor: "constant-arrival-rate", rate: PACED_PER_S, duration: `${PACED_S}s` };
      const ours = { ...load, pace: { rate_per_s: PACED_PER_S }, seconds: PACED_S, transport: "wire" } as const;
      const clients: [string, () => Promise<Figures>][] = [
        ["june-load", async () => toolFigures(await toolRun(ours), false)],
        ["ghz", () => ghzRun(load, limits)],
        ["ghz --async", () => ghzRun(load, [...limits, "--async"])],
        ["k6", () => k6Run(load, { ...pace, timeUnit: "1s", preAllocatedVUs: 50, maxVUs: 200 })],
      ];
      const figures = clients.map((): Figures[] => []);
      for (let round = 0; round < rounds; round++) {
        for (const [at, [, run]] of clients.entries()) figures[at]?.push(await run());
      }
      const cpus_s = figures.map((runs) => median(runs.map(({ cpu_s }) => cpu_s)));
      const rows = clients.map(([name], at) => {
        const rate = median((figures[at] ?? []).map(({ per_s }) => per_s));
        const p50_us = median((figures[at] ?? []).map((run) => run.p50_us ?? NaN));
        return [name, short(rate), short(cpus_s[at] ?? NaN), short(p50_us)];
      });
      const [us = NaN, ...theirs] = cpus_s;
      const verdict = judge("CPU of june-load / ghz's cheaper mode", us / Math.min(...theirs.slice(0, 2)), 0.5);
      const off = Math.abs(median((figures[0] ?? []).map(({ per_s }) => per_s)) / PACED_PER_S - 1) * 100;
      const rate = judge("june-load's rate is off by, in %", off, 0.5);
      return [table(["client", "calls/s", "CPU s", "p50 us"], rows), "", verdict, rate].join("\n");
    }),
};

const many: Case = {
  brief: "1,000 connections, then 10,000 streams in flight; 10,000 users of the whole tool on 100 connections",
  run: () =>
    withServer("2s", async (address) => {
      const hold = async (connections: number, streams: number) => {
        const args = [address, `${connections}`, `${streams}`];
        const command = [PROGRAMS.deno, "run", "-A", `${PROGRAMS.root}bench/peers/hold.ts`, ...args];
        const { stdout } = await measure(command);
        return JSON.parse(stdout) as Record<"before_bytes" | "connected_bytes" | "streaming_bytes", number>;
      };
      const wide = await hold(1000, 10_000);
      const deep = await hold(1, 10_000);
      const tool = async (users: number) => {
        const load = { address, stream: true, in_flight: users, seconds: 10, pace: { think_time: "0ms" }, grace: "0s" };
        const { run } = await toolRun({ ...load, transport: "wire", connections: 100 });
        const own_bytes = Math.max(...run.host.column("own_memory_bytes").map(Number));
        return { own_bytes, in_flight: Math.max(...run.slots.map(({ in_flight }) => in_flight)) };
      };
      const [few, crowd] = [await tool(100), await tool(10_000)];
      const kb = (bytes: number, among: number) => `${short(bytes / 1000 / among)} kB`;
      return [
        `connection  ${kb(wide.connected_bytes - wide.before_bytes, 1000)} each (1,000 of one channel)`,
        `stream      ${kb(deep.streaming_bytes - deep.connected_bytes, 10_000)} each (10,000 on one connection), ` +
        `${kb(wide.streaming_bytes - wide.connected_bytes, 10_000)} (10 on each of 1,000)`,
        `user        ${
          kb(crowd.own_bytes - few.own_bytes, crowd.in_flight - few.in_flight)
        } each, its stream included ` +
        `(${crowd.in_flight} in flight on 100 connections; ${short(crowd.own_bytes / 1e6)} MB in all)`,
      ].join("\n");
    }),
};

/** All cases by name, in the order they run. */
export const CASES: Readonly<Record<string, Case>> = { unary, stream, one, paced, many };
