import assert from "node:assert/strict";
import { createHostReader } from "../../lib/resources/host.ts";
import { createMachineReader } from "../../lib/resources/machine_reader.ts";
import { type HostSources, SYSTEM_SOURCES } from "../../lib/resources/sources.ts";

const MEMINFO = "MemTotal: 8388608 kB\nMemAvailable: 6291456 kB\n";
const GIB = 1024 ** 3;

/** Sources over files that a test may change between readings. */
function fakeSources(files: Record<string, string>): HostSources & { files: Record<string, string>; own_us: number } {
  return {
    files,
    own_us: 0,
    readText(path) {
      return this.files[path] ?? null;
    },
    ownMemory_bytes: () => 123,
    ownCpu_us() {
      return this.own_us;
    },
  };
}

Deno.test("createHostReader() counts shares of time since the reading before", () => {
  const sources = fakeSources({ "/proc/stat": "cpu 100 0 0 900 0 0 0 0\n", "/proc/meminfo": MEMINFO });
  const read = createHostReader({ cpu: true, memory: true }, sources);
  assert.equal(read(1000).cpu_percent, null);
  sources.files["/proc/stat"] = "cpu 175 0 0 925 0 0 0 0\n";
  sources.own_us = 750_000;
  assert.deepEqual(read(1500), {
    type: "host",
    t_ms: 1500,
    cpu_percent: 75,
    memory_used_bytes: 2 * GIB,
    memory_total_bytes: 8 * GIB,
    own_memory_bytes: 123,
    own_cpu_percent: 150,
    steal_percent: 0,
    cpu_limit_cores: null,
    throttled_percent: null,
    swapped_pages_per_s: null,
    own_major_faults_per_s: null,
    // What has no file here.
    ...Object.fromEntries(Object.keys(createMachineReader(sources)(0)).map((key) => [key, null])),
  });
});

Deno.test("createHostReader() tells steal and swap since the reading before", () => {
  const sources = fakeSources({ "/proc/stat": "cpu 0 0 0 0 0 0 0 0\n", "/proc/vmstat": "pswpin 10\npswpout 0\n" });
  const read = createHostReader({ cpu: true, memory: true }, sources);
  assert.deepEqual([read(0).steal_percent, read(0).swapped_pages_per_s], [null, null]);
  sources.files["/proc/stat"] = "cpu 20 0 0 60 0 0 0 20\n";
  sources.files["/proc/vmstat"] = "pswpin 210\npswpout 50\n";
  sources.files["/proc/self/stat"] = "7 (deno) S 1 7 7 0 -1 4194304 500 0 30 0 9 9";
  const { cpu_percent, steal_percent, swapped_pages_per_s, own_major_faults_per_s } = read(500);
  assert.deepEqual([cpu_percent, steal_percent, swapped_pages_per_s, own_major_faults_per_s], [40, 20, 500, null]);
  sources.files["/proc/self/stat"] = "7 (deno) S 1 7 7 0 -1 4194304 500 0 33 0 9 9";
  assert.equal(read(1000).own_major_faults_per_s, 6);
});

Deno.test("createHostReader() gives null where files cannot be read", () => {
  const read = createHostReader({ cpu: true, memory: true }, fakeSources({}));
  read(0);
  const { cpu_percent, memory_used_bytes, memory_total_bytes, own_cpu_percent } = read(1000);
  assert.deepEqual({ cpu_percent, memory_used_bytes, memory_total_bytes, own_cpu_percent }, {
    cpu_percent: null,
    memory_used_bytes: null,
    memory_total_bytes: null,
    own_cpu_percent: 0,
  });
});

Deno.test("createHostReader() leaves what is not wanted null", () => {
  const sources = fakeSources({ "/proc/stat": "cpu 1 0 0 9\n", "/proc/meminfo": MEMINFO });
  const cpuOnly = createHostReader({ cpu: true, memory: false }, sources)(0);
  assert.deepEqual([cpuOnly.memory_used_bytes, cpuOnly.own_memory_bytes], [null, null]);
  const memoryOnly = createHostReader({ cpu: false, memory: true }, sources);
  memoryOnly(0);
  assert.equal(memoryOnly(1000).own_cpu_percent, null);
});

Deno.test("createHostReader() takes the tightest cgroup limit around this process", () => {
  const read = createHostReader(
    { cpu: false, memory: true },
    fakeSources({
      "/proc/meminfo": MEMINFO,
      "/proc/self/cgroup": "0::/pod/app\n",
      "/sys/fs/cgroup/pod/app/memory.max": "max\n",
      "/sys/fs/cgroup/pod/memory.max": String(2 * GIB),
      "/sys/fs/cgroup/pod/memory.current": String(1.5 * GIB),
      "/sys/fs/cgroup/pod/memory.stat": `inactive_file ${GIB / 2}\n`,
    }),
  );
  const { memory_used_bytes, memory_total_bytes } = read(0);
  assert.deepEqual([memory_used_bytes, memory_total_bytes], [GIB, 2 * GIB]);
});

Deno.test("createHostReader() finds the limit of a container whose cgroup is its root", () => {
  const files = {
    "/proc/meminfo": MEMINFO,
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/memory.max": String(GIB),
    "/sys/fs/cgroup/memory.current": String(GIB / 4),
  };
  assert.equal(createHostReader({ cpu: false, memory: true }, fakeSources(files))(0).memory_used_bytes, GIB / 4);
});

Deno.test("createHostReader() ignores a limit above the machine's memory", () => {
  const files = {
    "/proc/meminfo": MEMINFO,
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/memory.max": String(64 * GIB),
    "/sys/fs/cgroup/memory.current": String(GIB / 4),
  };
  assert.equal(createHostReader({ cpu: false, memory: true }, fakeSources(files))(0).memory_total_bytes, 8 * GIB);
});

Deno.test("SYSTEM_SOURCES counts the time of workers as june-load's own", async () => {
  const program = "for (const end = performance.now() + 60; performance.now() < end;); self.postMessage(0);";
  const before_us = SYSTEM_SOURCES.ownCpu_us() ?? NaN;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(program)}`, { type: "module" });
  await new Promise((resolve) => worker.onmessage = resolve);
  worker.terminate();
  assert.ok((SYSTEM_SOURCES.ownCpu_us() ?? NaN) - before_us > 20_000);
  assert.ok((SYSTEM_SOURCES.ownMemory_bytes() ?? 0) > 1e6);
  assert.equal(SYSTEM_SOURCES.readText("/no/such/file"), null);
});

Deno.test("createHostReader() has no memory of its own where that cannot be read, and not 0", () => {
  const sources = { ...fakeSources({}), ownMemory_bytes: () => null };
  assert.equal(createHostReader({ cpu: true, memory: true }, sources)(0).own_memory_bytes, null);
});
