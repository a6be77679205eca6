import assert from "node:assert/strict";
import { createMachineReader } from "../../lib/resources/machine_reader.ts";
import { createHostReader } from "../../lib/resources/host.ts";
import { type HostSources, SYSTEM_SOURCES } from "../../lib/resources/sources.ts";

function sourcesOf(files: Record<string, string>): HostSources {
  const names = (path: string) =>
    [
      ...new Set(
        Object.keys(files).filter((file) => file.startsWith(`${path}/`)).map((file) => file.slice(path.length + 1)),
      ),
    ]
      .map((rest) => rest.split("/")[0]!);
  return {
    readText: (path) => files[path] ?? null,
    listNames: (path) => names(path).length === 0 ? null : [...new Set(names(path))],
    ownMemory_bytes: () => null,
    ownCpu_us: () => 0,
  };
}

Deno.test("createMachineReader() tells cores, traffic, disks and threads since the reading before", () => {
  const files: Record<string, string> = {
    "/proc/stat": "cpu  0 0 0 0\ncpu0 0 0 0 0\ncpu1 0 0 0 0\n",
    "/proc/net/dev": "eth0: 1000 1 0 0 0 0 0 0 500 1 0 0 0 0 0 0\n",
    "/proc/diskstats": "8 0 sda 1 0 8 1 2 0 16 1 0 100 2\n",
    "/proc/net/snmp": "Tcp: RetransSegs\nTcp: 5\n",
    "/proc/loadavg": "0.50 0.40 0.30 1/100 7\n",
    "/proc/self/task/7/stat": "7 (deno) S 1 7 7 0 -1 0 0 0 0 0 100 0 0",
    "/proc/self/task/8/stat": "8 (worker-1) S 1 7 7 0 -1 0 0 0 0 0 100 50 0",
    "/proc/self/fd/0": "",
    "/proc/self/fd/1": "",
    "/sys/class/thermal/thermal_zone0/temp": "41000\n",
    "/sys/class/thermal/thermal_zone1/temp": "47500\n",
    "/sys/class/thermal/cooling_device0/type": "fan",
  };
  const read = createMachineReader(sourcesOf(files));
  const first = read(0);
  assert.deepEqual([first.core_percent, first.network_sent_bytes_per_s, first.own_threads], [null, null, null]);
  files["/proc/stat"] = "cpu  0 0 0 0\ncpu0 75 0 0 25\ncpu1 0 0 0 100\n";
  files["/proc/net/dev"] = "eth0: 3000 1 0 0 0 0 0 0 900 1 0 0 0 0 0 0\n";
  files["/proc/diskstats"] = "8 0 sda 1 0 16 1 2 0 32 1 0 1100 2\n";
  files["/proc/net/snmp"] = "Tcp: RetransSegs\nTcp: 25\n";
  files["/proc/self/task/8/stat"] = "8 (worker-1) S 1 7 7 0 -1 0 0 0 0 0 200 100 0";
  const second = read(2000);
  assert.deepEqual(second.core_percent, [75, 0]);
  assert.deepEqual([second.network_received_bytes_per_s, second.network_sent_bytes_per_s], [1000, 200]);
  assert.deepEqual([second.disk_read_bytes_per_s, second.disk_written_bytes_per_s], [2048, 4096]);
  assert.deepEqual([second.disk_busy_percent, second.tcp_retransmits_per_s, second.load_1m], [50, 10, 0.5]);
  assert.deepEqual(second.own_threads, [{ name: "worker-1", threads: 1, cpu_percent: 75 }], "idle ones are left out");
  assert.deepEqual([second.own_descriptors, second.temperature_c, second.swap_used_bytes], [2, 47.5, null]);
});

Deno.test("createMachineReader() has no rate of a counter that began anew, and none of what cannot be read", () => {
  const files: Record<string, string> = { "/proc/net/dev": "eth0: 1000 1 0 0 0 0 0 0 500 1 0 0 0 0 0 0\n" };
  const read = createMachineReader(sourcesOf(files));
  read(0);
  files["/proc/net/dev"] = "eth0: 10 1 0 0 0 0 0 0 900 1 0 0 0 0 0 0\n";
  const { network_received_bytes_per_s, network_sent_bytes_per_s, ...rest } = read(1000);
  assert.deepEqual([network_received_bytes_per_s, network_sent_bytes_per_s], [null, 400]);
  assert.deepEqual(new Set(Object.values(rest)), new Set([null]));
});

Deno.test("createHostReader() asks the runtime where there is no /proc", () => {
  let busy = 100;
  const sources: HostSources = {
    ...sourcesOf({}),
    runtime: {
      cores: () => [{ busy, total: 2 * busy }, { busy: 0, total: 2 * busy }],
      memory: () => ({ total_bytes: 8e9, available_bytes: 5e9 }),
      load_1m: () => 1.5,
    },
  };
  const read = createHostReader({ cpu: true, memory: true }, sources);
  read(0);
  busy = 200;
  const { cpu_percent, core_percent, memory_used_bytes, memory_total_bytes, load_1m, steal_percent } = read(1000);
  assert.deepEqual([cpu_percent, core_percent, steal_percent, load_1m], [25, [50, 0], null, 1.5]);
  assert.deepEqual([memory_used_bytes, memory_total_bytes], [3e9, 8e9]);
});

Deno.test("createMachineReader() reads this machine", { ignore: Deno.build.os !== "linux" }, () => {
  const read = createMachineReader(SYSTEM_SOURCES);
  read(0);
  const now = read(1000);
  assert.ok(now.core_percent!.length >= 1);
  assert.ok(now.own_descriptors! > 2 && now.sockets! > 0 && now.load_1m! >= 0);
  assert.ok(Array.isArray(now.own_threads));
});
