import assert from "node:assert/strict";
import { createCpuLimitReader } from "../../lib/resources/cpu_limit.ts";
import { SYSTEM_SOURCES } from "../../lib/resources/sources.ts";

/** A reader over files, read twice; what the second reading finds in place of the first. */
function readTwice(files: Record<string, string>, then: Record<string, string> = {}) {
  let now = files;
  const read = createCpuLimitReader({ readText: (path) => now[path] ?? null });
  read();
  now = { ...files, ...then };
  return read();
}

const STAT = (periods: number, throttled: number) =>
  `usage_usec 5\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec 9\n`;

Deno.test("createCpuLimitReader() finds the limit of a group around this process, and counts since the reading before", () => {
  const files = {
    "/proc/self/cgroup": "0::/pod/app\n",
    "/sys/fs/cgroup/pod/app/cpu.max": "max 100000\n",
    "/sys/fs/cgroup/pod/app/cpu.stat": STAT(0, 0),
    "/sys/fs/cgroup/pod/cpu.max": "150000 100000\n",
    "/sys/fs/cgroup/pod/cpu.stat": STAT(1000, 500),
  };
  assert.deepEqual(readTwice(files, { "/sys/fs/cgroup/pod/cpu.stat": STAT(1010, 503) }), {
    cpu_limit_cores: 1.5,
    throttled_percent: 30,
  });
});

Deno.test("createCpuLimitReader() tells the tightest of several limits, and the one that held back most", () => {
  const files = {
    "/proc/self/cgroup": "0::/pod/app\n",
    "/sys/fs/cgroup/pod/app/cpu.max": "400000 100000\n",
    "/sys/fs/cgroup/pod/app/cpu.stat": STAT(0, 0),
    "/sys/fs/cgroup/pod/cpu.max": "50000 100000\n",
    "/sys/fs/cgroup/pod/cpu.stat": STAT(0, 0),
  };
  const then = {
    "/sys/fs/cgroup/pod/app/cpu.stat": STAT(10, 4),
    "/sys/fs/cgroup/pod/cpu.stat": STAT(10, 1),
  };
  assert.deepEqual(readTwice(files, then), { cpu_limit_cores: 0.5, throttled_percent: 40 });
});

Deno.test("createCpuLimitReader() reads version 1, too", () => {
  const files = {
    "/proc/self/cgroup": "7:cpu,cpuacct:/docker/x\n1:name=systemd:/\n0::/\n",
    "/sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us": "25000\n",
    "/sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us": "100000\n",
    "/sys/fs/cgroup/cpu/docker/x/cpu.stat": "nr_periods 4\nnr_throttled 1\nthrottled_time 7\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    "/sys/fs/cgroup/cpu/cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n",
  };
  const then = { "/sys/fs/cgroup/cpu/docker/x/cpu.stat": "nr_periods 14\nnr_throttled 11\nthrottled_time 7\n" };
  assert.deepEqual(readTwice(files, then), { cpu_limit_cores: 0.25, throttled_percent: 100 });
});

Deno.test("createCpuLimitReader() says 0 without a limit, and null where nobody knows", () => {
  const root = { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.stat": "usage_usec 1\n" };
  assert.deepEqual(readTwice(root), { cpu_limit_cores: null, throttled_percent: 0 });
  assert.deepEqual(readTwice({ "/proc/self/cgroup": "0::/\n" }), { cpu_limit_cores: null, throttled_percent: null });
  assert.deepEqual(readTwice({}), { cpu_limit_cores: null, throttled_percent: null });
  const limited = { ...root, "/sys/fs/cgroup/cpu.max": "100000 100000" };
  assert.deepEqual(readTwice(limited), { cpu_limit_cores: 1, throttled_percent: null });
});

Deno.test({
  name: "createCpuLimitReader() reads this machine's cgroups without a made-up figure",
  ignore: Deno.build.os !== "linux",
  fn() {
    const read = createCpuLimitReader(SYSTEM_SOURCES);
    read();
    const { cpu_limit_cores, throttled_percent } = read();
    assert.ok(cpu_limit_cores === null || cpu_limit_cores > 0);
    assert.ok(throttled_percent === null || (throttled_percent >= 0 && throttled_percent <= 100));
    if (cpu_limit_cores === null && throttled_percent !== null) assert.equal(throttled_percent, 0);
  },
});
