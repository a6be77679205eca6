import assert from "node:assert/strict";
import type { ResourceNote, ResourceSample } from "../../lib/measure/resource.ts";
import { createHostReader } from "../../lib/resources/host.ts";
import { createProcessReader } from "../../lib/resources/process_reader.ts";
import { startSampler } from "../../lib/resources/sampler.ts";
import type { Container, HostSources } from "../../lib/resources/sources.ts";
import { DOCKER, elsewhere } from "./remote/prefix.ts";

const ID = "0123456789abcdef".repeat(4);
const SELF = { ownMemory_bytes: () => null, ownCpu_us: () => null };

/** A machine with a container of two processes and another process. */
function machine(cgroups: Record<number, string>, more: Record<string, string> = {}): HostSources {
  const files: Record<string, string> = { ...more };
  for (const [pid, cgroup] of Object.entries(cgroups)) {
    files[`/proc/${pid}/stat`] = `${pid} (stt) S 1 0 0 0 -1 0 0 0 0 0 5 0 0 0 20 0 2 0 ${pid} 0`;
    files[`/proc/${pid}/status`] = "VmRSS:\t 1000 kB\nThreads:\t2\n";
    files[`/proc/${pid}/cgroup`] = cgroup;
  }
  const listNames = (path: string) => path === "/proc" ? Object.keys(cgroups) : [];
  return { ...SELF, readText: (path) => files[path] ?? null, listNames };
}

function read(sources: HostSources, name: string) {
  const notes: ResourceNote[] = [];
  const reader = createProcessReader(
    [{ name: "stt", by: { kind: "container", name } }],
    sources,
    (note) => notes.push(note),
  );
  const [first] = reader.read(0);
  return { pid: first!.pid, processes: first!.processes, notes, reader };
}

Deno.test("a container is found by its first process, with all in its control group, in either version", () => {
  const container = () => ({ pid: 7, id: ID });
  const [v2, v1] = [`/system.slice/docker-${ID}.scope`, `/docker/${ID}`];
  const procs = { [`/sys/fs/cgroup${v2}/cgroup.procs`]: "7\n9\n" };
  const cgroups = { 7: `0::${v2}\n`, 9: `0::${v2}\n`, 11: "0::/\n" };
  const found = read({ ...machine(cgroups, procs), container }, "compose-stt-1");
  assert.deepEqual([found.pid, found.processes, found.notes], [7, 2, []]);
  const old = { [`/sys/fs/cgroup/memory${v1}/cgroup.procs`]: "7\n9\n" };
  const oldGroups = { 7: `4:memory:${v1}\n`, 9: `4:memory:${v1}\n`, 11: "4:memory:/\n" };
  assert.equal(read({ ...machine(oldGroups, old), container }, "compose-stt-1").processes, 2);
});

Deno.test("without docker a container is found by its id alone, in the paths that runtimes make of it", () => {
  const paths = [
    `/docker/${ID}`,
    `/system.slice/docker-${ID}.scope`,
    `/libpod-${ID}.scope`,
    `/kubepods/pod1/cri-containerd-${ID}.scope`,
  ];
  for (const path of paths) {
    const sources = machine({ 7: `0::${path}\n`, 11: "0::/system.slice/other.service\n" });
    assert.equal(read(sources, ID.slice(0, 12)).pid, 7, path);
    assert.equal(read(sources, ID).pid, 7, path);
  }
  const { pid, notes: [note] } = read(machine({ 7: `0::/docker/${ID}\n` }), "compose-stt-1");
  assert.equal(pid, null);
  assert.match(note!.text, /stt: no container "compose-stt-1" runs that docker, podman or nerdctl on the PATH know of/);
});

Deno.test("a container is awaited, not called absent, while its name is being asked for", () => {
  let answer: Container | null | undefined = undefined;
  const sources = { ...machine({ 7: `0::/docker/${ID}\n` }), container: () => answer };
  const { pid, notes, reader } = read(sources, "compose-stt-1");
  assert.deepEqual([pid, notes], [null, []]);
  answer = { pid: 7, id: ID };
  assert.equal(reader.read(100)[0]!.pid, 7);
});

/** A docker that knows one container: this test. */
const DOCKER_TOOL = `#!/bin/sh
[ "$1" = inspect ] && [ "$6" = compose-stt-1 ] || { echo "Error: No such container" >&2; exit 1; }
echo "${Deno.pid} ${ID}"
`;

Deno.test("docker on the PATH is asked for a container's process", { ignore: Deno.build.os !== "linux" }, async () => {
  const folder = await Deno.makeTempDir();
  const path = Deno.env.get("PATH") ?? "";
  await Deno.writeTextFile(`${folder}/docker`, DOCKER_TOOL, { mode: 0o755 });
  Deno.env.set("PATH", `${folder}:${path}`);
  const found = Promise.withResolvers<ResourceSample>();
  const sampler = startSampler({
    ...{ cpu: false, memory: false, gpu: false, interval_ms: 20, now_ms: () => performance.now() },
    processes: [{ name: "stt", by: { kind: "container", name: "compose-stt-1" } }],
    onSample: (sample) => sample.type === "host" && sample.processes![0]!.pid !== null && found.resolve(sample),
    onNote: ({ text }) => found.reject(new Error(text)),
  });
  try {
    const sample = await found.promise;
    assert.ok(sample.type === "host" && sample.processes![0]!.pid === Deno.pid);
  } finally {
    Deno.env.set("PATH", path);
    await sampler.stop();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docker of another machine is asked there", { ignore: Deno.build.os !== "linux" }, async () => {
  const script = `cat > "$folder/bin/docker" <<'EOF2'
${DOCKER_TOOL}EOF2
chmod +x "$folder/bin/docker"
${DOCKER}`;
  const processes = [{ name: "stt", by: { kind: "container" as const, name: "compose-stt-1" } }];
  await elsewhere({ program: "docker", script, words: ["exec", "far"], plan: { processes } }, async (machine) => {
    await machine.until(() => machine.samples.length > 0);
    const [sample] = machine.samples;
    assert.ok(sample?.type === "host");
    assert.equal(sample.processes![0]!.pid, Deno.pid);
    assert.deepEqual(machine.notes, []);
  });
});

Deno.test("createHostReader() counts memory by the limit of cgroup version 1", () => {
  const files: Record<string, string> = {
    "/proc/meminfo": "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n",
    "/proc/self/cgroup": "5:cpu,cpuacct:/pod/app\n4:memory:/pod/app\n",
    "/sys/fs/cgroup/memory/pod/app/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/memory/pod/memory.limit_in_bytes": "2000000000\n",
    "/sys/fs/cgroup/memory/pod/memory.usage_in_bytes": "1500000000\n",
    "/sys/fs/cgroup/memory/pod/memory.stat": "inactive_file 100\ntotal_inactive_file 300000000\n",
  };
  const sources = { ...SELF, readText: (path: string) => files[path] ?? null };
  const reading = () => createHostReader({ cpu: false, memory: true }, sources)(0);
  const { memory_used_bytes, memory_total_bytes } = reading();
  assert.deepEqual([memory_used_bytes, memory_total_bytes], [1_200_000_000, 2_000_000_000]);
  // Without a limit, which is a number that no machine has, the machine's counts.
  files["/sys/fs/cgroup/memory/pod/memory.limit_in_bytes"] = "9223372036854771712\n";
  assert.equal(reading().memory_total_bytes, 16_384_000_000);
});
