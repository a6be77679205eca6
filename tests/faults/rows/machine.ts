/** The machine that june-load runs on, and its own threads. */
import assert from "node:assert/strict";
import type { EventKind } from "../../../lib/result/event_kinds.ts";
import { endThread, freeze, freezeThread, NO_ENDING, NO_THREADS, threadNamed } from "../../trust/kit/processes.ts";
import { makeClock } from "../kit/clock.ts";
import { chats } from "../kit/loads.ts";
import type { Came, Expected, Place, Row, Tree } from "../kit/row.ts";
import { serve, serveInNetwork } from "../kit/services.ts";

/** Many users over HTTP/1.1, each with a connection of its own. */
function crowd(host: string): Tree {
  const service = { protocol: "openai", model: "june-sim-llm", host: `http://${host}/v1` };
  return chats(host, { service, scenario: { users: 80, think_time: "0s", thresholds: ["error_rate < 1%"] } });
}

/** It is right to say that june-load stood still, or that this touched nothing; never that the service failed. */
const NOT_THE_SERVICE: Expected = {
  exit: [0, 5],
  blames: ["nobody", "june-load's machine"],
  outcomes: { ok: "some", failed: "none", timed_out: "none" },
  says: [/^(PASS|INVALID)/],
};

function tells(kind: EventKind): (came: Came) => void {
  return ({ run }) => {
    const kinds = run?.events.map((event) => event.kind) ?? [];
    assert.ok(kinds.includes(kind), `no event ${kind} among ${kinds.join(", ") || "none"}`);
  };
}

/** A program named nvidia-smi that says nothing and never ends, before all others. */
async function silentNvidiaSmi({ dir }: Place): Promise<string> {
  await Deno.mkdir(`${dir}/bin`);
  await Deno.writeTextFile(`${dir}/bin/nvidia-smi`, "#!/bin/sh\nexec sleep 1000\n", { mode: 0o755 });
  return `export PATH=${dir}/bin:$PATH`;
}

/** The machine that june-load runs on, and its own threads. */
export const MACHINE_ROWS: readonly Row[] = [
  {
    title: "local ports exhausted",
    how: "41 local ports in a network namespace for 80 connections",
    async plant(place) {
      const made = await serveInNetwork(place, { http_port: 0 });
      if (typeof made === "string") return made;
      const { service, network } = made;
      if (!await network.run('sysctl -qw net.ipv4.ip_local_port_range="50000 50040"')) return "sysctl is not here";
      return { file: crowd(service.http_address ?? ""), before: network.enter };
    },
    expect: {
      exit: [5],
      blames: ["june-load's machine"],
      outcomes: { ok: "some" },
      says: [/^INVALID/, /EADDRNOTAVAIL/],
      check: tells("local_shortage"),
    },
  },
  {
    title: "descriptors exhausted",
    how: "`ulimit -n 70` for 80 connections",
    async plant(place) {
      const { http_address } = await serve(place, { http_port: 0 });
      return { file: crowd(http_address ?? ""), before: "ulimit -n 70" };
    },
    expect: {
      exit: [5],
      blames: ["june-load's machine"],
      outcomes: { ok: "some" },
      says: [/INVALID/, /EMFILE/, /ulimit -n/],
      check: tells("local_shortage"),
    },
  },
  ...[["back", -3600], ["forth", 86_400]].map(([way, by_s]): Row => ({
    title: `clock of day set ${way}`,
    how: `${by_s} s at the second second, by a preloaded library`,
    ...(way === "forth" && { long: true as const }),
    async plant(place) {
      const clock = await makeClock(place.dir);
      if (typeof clock === "string") return clock;
      const { addresses } = await serve(place);
      return { file: chats(addresses.llm), before: clock.before, after_s: 1, act: () => clock.step(Number(by_s)) };
    },
    expect: {
      exit: [0],
      blames: ["nobody"],
      outcomes: { ok: "some", failed: "none", timed_out: "none", unfinished: "none" },
      says: [/^PASS/],
      check({ run }) {
        // Far from the hour or the day by which the clock was set.
        assert.ok(run !== null && run.slots.length < 600, `${run?.slots.length} seconds were written`);
        assert.equal(run.end?.reason, "completed");
        const { clock_step_ms } = run.generator;
        assert.ok(
          Math.abs(clock_step_ms - 1000 * Number(by_s)) < 5000,
          `the clock was seen to step ${clock_step_ms} ms`,
        );
      },
    },
  })),
  {
    title: "nvidia-smi hangs",
    how: "an nvidia-smi that says nothing and never ends, and a rule on the GPU",
    long: true,
    async plant(place) {
      const { addresses } = await serve(place);
      // It is given ten seconds.
      const scenario = { users: 1, duration: "12s", thresholds: ["gpu.memory_used < 70GiB"] };
      return { file: chats(addresses.llm, { scenario }), before: await silentNvidiaSmi(place) };
    },
    expect: {
      exit: [5],
      blames: ["june-load's machine"],
      outcomes: { ok: "some", failed: "none", timed_out: "none" },
      says: [/^INVALID/, /gpu\.memory_used/, /nvidia-smi/],
    },
  },
  {
    title: "worker killed",
    how: "the thread of the only user pool makes the system call `exit`",
    async plant(place) {
      if (NO_ENDING !== null) return NO_ENDING;
      const { addresses } = await serve(place);
      const act = async ({ pid }: { pid: number }) => await endThread(await threadNamed(pid, "worker-1"));
      return { file: chats(addresses.llm, { scenario: { duration: "6s" } }), after_s: 1, act };
    },
    expect: {
      exit: [1],
      blames: ["june-load"],
      outcomes: { ok: "some", unfinished: "some", failed: "none" },
      says: [/^INVALID/, /worker/],
      check: tells("worker_failed"),
    },
  },
  {
    title: "worker blocked for a while",
    how: "the thread of the user pool is stopped for 1 s",
    async plant(place) {
      if (NO_THREADS !== null) return NO_THREADS;
      const { addresses } = await serve(place);
      const act = async ({ pid }: { pid: number }) => await freezeThread(await threadNamed(pid, "worker-1"), 1000);
      return { file: chats(addresses.llm), after_s: 1, act };
    },
    expect: { ...NOT_THE_SERVICE, check: tells("worker_stalled") },
  },
  {
    title: "worker blocked for ever",
    how: "the same until the run is over",
    long: true,
    async plant(place) {
      if (NO_THREADS !== null) return NO_THREADS;
      const { addresses } = await serve(place);
      const act = async ({ pid }: { pid: number }) => await freezeThread(await threadNamed(pid, "worker-1"), 25_000);
      return { file: chats(addresses.llm, { scenario: { duration: "8s" } }), after_s: 1, act };
    },
    expect: {
      exit: [1],
      blames: ["june-load"],
      outcomes: { ok: "some", unfinished: "some", failed: "none" },
      says: [/^INVALID/, /worker/],
      check: tells("worker_failed"),
    },
  },
  {
    title: "main thread blocked",
    how: "the main thread alone is stopped for 5 s",
    async plant(place) {
      if (NO_THREADS !== null) return NO_THREADS;
      const { addresses } = await serve(place);
      return {
        file: chats(addresses.llm, { scenario: { duration: "8s" } }),
        after_s: 1,
        // The main thread has the number of its process.
        act: ({ pid }) => freezeThread(pid, 5000),
      };
    },
    expect: { ...NOT_THE_SERVICE, check: tells("main_stalled") },
  },
  {
    title: "SIGSTOP",
    how: "june-load is stopped for 4 s, as a suspended machine is; the deadlines are of 2 s",
    async plant(place) {
      const { addresses } = await serve(place);
      return { file: chats(addresses.llm), after_s: 1, act: ({ pid }) => freeze(pid, 4000) };
    },
    expect: { ...NOT_THE_SERVICE, check: tells("process_stalled") },
  },
];
