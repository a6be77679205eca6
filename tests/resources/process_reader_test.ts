import assert from "node:assert/strict";
import fc from "fast-check";
import type { ResourceNote } from "../../lib/measure/resource.ts";
import type { ProcessPlan } from "../../lib/plan/plan.ts";
import * as files from "../../lib/resources/process_files.ts";
import { createProcessReader } from "../../lib/resources/process_reader.ts";
import { type HostSources, SYSTEM_SOURCES } from "../../lib/resources/sources.ts";

/** A machine whose processes a test changes. */
class Machine implements HostSources {
  readonly files = new Map<string, string>();
  readonly links = new Map<string, string>();
  ownMemory_bytes = () => null;
  ownCpu_us = () => 0;
  readText = (path: string) => this.files.get(path) ?? null;
  readLink = (path: string) => this.links.get(path) ?? null;

  listNames = (path: string): string[] | null => {
    const below = [...this.files.keys(), ...this.links.keys()].filter((file) => file.startsWith(`${path}/`));
    return below.length === 0 ? null : [...new Set(below.map((file) => file.slice(path.length + 1).split("/")[0]!))];
  };

  run(pid: number, name: string, { parent = 1, ticks = 0, started = pid, kib = 1000, program = name } = {}): void {
    this.files.set(
      `/proc/${pid}/stat`,
      `${pid} (${name}) S ${parent} 0 0 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 2 0 ${started} 0`,
    );
    this.files.set(`/proc/${pid}/status`, `Name: ${name}\nVmRSS:\t  ${kib} kB\nThreads:\t2\n`);
    this.files.set(`/proc/${pid}/cmdline`, `/usr/bin/${program}\0--port\0`);
    this.files.set(`/proc/${pid}/cgroup`, "0::/stt\n");
    this.links.set(`/proc/${pid}/fd/0`, "/dev/null");
  }

  end(pid: number): void {
    for (const all of [this.files, this.links]) {
      for (const path of all.keys()) if (path.startsWith(`/proc/${pid}/`)) all.delete(path);
    }
  }
}

function reading(machine: Machine, by: ProcessPlan["by"]) {
  const notes: ResourceNote[] = [];
  const read = createProcessReader([{ name: "stt", by }], machine, (note) => notes.push(note));
  return { notes, read: (t_ms: number) => read.read(t_ms)[0]! };
}

Deno.test("createProcessReader() sums a process and its children, since the reading before", () => {
  const machine = new Machine();
  machine.run(7, "python3", { program: "stt-server", ticks: 100, kib: 2000 });
  machine.run(9, "worker", { parent: 7, ticks: 10, kib: 500 });
  machine.run(11, "other");
  const { notes, read } = reading(machine, { kind: "name", name: "stt-server" });
  assert.equal(read(0).cpu_percent, null);
  machine.run(7, "python3", { program: "stt-server", ticks: 180, kib: 2000 });
  machine.run(9, "worker", { parent: 7, ticks: 30, kib: 500 });
  assert.deepEqual(read(2000), {
    ...{ name: "stt", pid: 7, processes: 2, cpu_percent: 50, memory_bytes: 2500 * 1024, threads: 4 },
    ...{ descriptors: 2, restarts: 0 },
  });
  assert.deepEqual(notes, []);
});

Deno.test("createProcessReader() finds who listens on a port, and who is in a control group", () => {
  const machine = new Machine();
  machine.run(7, "stt");
  machine.run(8, "client");
  machine.files.set(
    "/proc/net/tcp6",
    "  0: 00000000:C384 00000000:0000 0A 0:0 00:0 0 0 0 4711 1\n  1: 0100007F:C384 0100007F:9999 01 0:0 00:0 0 0 0 4712 1\n",
  );
  machine.links.set("/proc/7/fd/5", "socket:[4711]");
  machine.links.set("/proc/8/fd/5", "socket:[4712]");
  assert.equal(reading(machine, { kind: "port", port: 50052 }).read(0).pid, 7);
  machine.files.set("/sys/fs/cgroup/stt/cgroup.procs", "8\n");
  assert.equal(reading(machine, { kind: "cgroup", path: "/stt" }).read(0).pid, 8);
  assert.equal(reading(machine, { kind: "pid", pid: 8 }).read(0).pid, 8);
});

Deno.test("createProcessReader() tells an end, a restart and a kill for lack of memory, once each", () => {
  const machine = new Machine();
  machine.run(7, "stt");
  machine.files.set("/sys/fs/cgroup/stt/memory.events", "low 0\noom 0\noom_kill 3\n");
  const { notes, read } = reading(machine, { kind: "name", name: "stt" });
  read(0);
  machine.files.set("/sys/fs/cgroup/stt/memory.events", "low 0\noom 1\noom_kill 4\n");
  machine.end(7);
  const gone = read(1000);
  assert.deepEqual([gone.pid, gone.processes, gone.memory_bytes], [null, 0, null]);
  read(2000);
  machine.run(70, "stt");
  for (let t_ms = 3000; t_ms < 9000; t_ms += 1000) read(t_ms);
  assert.equal(read(9000).restarts, 1);
  assert.deepEqual(notes.map(({ kind }) => kind), ["oom_killed", "process_gone", "process_restarted"]);
  assert.match(notes[0]!.text, /a process was killed for lack of memory in the control group of stt/);
});

Deno.test("createProcessReader() knows another process of the same number", () => {
  const machine = new Machine();
  machine.run(7, "stt", { started: 100 });
  const { notes, read } = reading(machine, { kind: "pid", pid: 7 });
  read(0);
  machine.run(7, "stt", { started: 900, ticks: 5 });
  assert.equal(read(1000).restarts, 1);
  assert.deepEqual(notes.map(({ kind }) => kind), ["process_restarted"]);
});

Deno.test("createProcessReader() says once that a service is not there, and finds it later", () => {
  const machine = new Machine();
  const { notes, read } = reading(machine, { kind: "port", port: 50052 });
  for (let t_ms = 0; t_ms < 5000; t_ms += 1000) read(t_ms);
  assert.deepEqual(notes.map(({ kind, text }) => [kind, /port 50052/.test(text)]), [["process_absent", true]]);
});

Deno.test("createProcessReader() reads a process of this machine", { ignore: Deno.build.os !== "linux" }, () => {
  const by = { kind: "pid", pid: Deno.pid } as const;
  const [sample] = createProcessReader([{ name: "own", by }], SYSTEM_SOURCES, () => {}).read(0);
  assert.ok(sample!.memory_bytes! > 1e6 && sample!.threads! >= 1 && sample!.descriptors! > 2);
});

Deno.test("the parsers of processes take any text", () => {
  fc.assert(fc.property(fc.string(), fc.nat({ max: 65_535 }), (text, port) => {
    files.parseListeners(text, port);
    for (const read of [files.parseProcessStat, files.parseProcessStatus, files.parseProgram, files.parseOomKills]) {
      read(text);
    }
  }));
});
