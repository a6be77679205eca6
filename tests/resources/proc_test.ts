import assert from "node:assert/strict";
import {
  cpuPercent,
  parseCgroupNumber,
  parseCgroupPath,
  parseCpuTimes,
  parseInactiveFile,
  parseMemoryInfo,
  parseOpenFilesLimit,
  parsePortRange,
} from "../../lib/resources/proc.ts";

Deno.test("parseCpuTimes() counts steal as busy, idle and iowait as not, guest once", () => {
  const stat = "cpu  100 20 30 400 50 6 7 8 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5\n";
  assert.deepEqual(parseCpuTimes(stat), { busy: 171, stolen: 8, total: 621 });
});

Deno.test("parseCpuTimes() reads the four columns of old kernels and refuses other text", () => {
  assert.deepEqual(parseCpuTimes("cpu 1 2 3 4\n"), { busy: 6, stolen: null, total: 10 });
  assert.equal(parseCpuTimes("cpu0 1 2 3 4\n"), null);
  assert.equal(parseCpuTimes("cpu  1 2\n"), null);
  assert.equal(parseCpuTimes(""), null);
});

Deno.test("cpuPercent() stays within 0 and 100", () => {
  const share = (from: number, to: number, total: number) =>
    cpuPercent("busy", { busy: from, stolen: 0, total: 100 }, { busy: to, stolen: 0, total });
  assert.deepEqual([share(10, 35, 200), share(10, 10, 100), share(10, 25, 110), share(10, 9, 110)], [25, null, 100, 0]);
});

Deno.test("cpuPercent() knows no steal of a kernel that does not tell it", () => {
  const [before, after] = [parseCpuTimes("cpu 1 2 3 4\n")!, parseCpuTimes("cpu 9 2 3 8\n")!];
  assert.equal(cpuPercent("stolen", before, after), null);
  assert.ok(cpuPercent("busy", before, after)! > 0);
});

Deno.test("parseMemoryInfo() reads kB as KiB and needs both lines", () => {
  const text = "MemTotal:       1000 kB\nMemFree:  10 kB\nMemAvailable:    400 kB\n";
  assert.deepEqual(parseMemoryInfo(text), { total_bytes: 1_024_000, available_bytes: 409_600 });
  assert.equal(parseMemoryInfo("MemTotal:       1000 kB\n"), null);
});

Deno.test("parseCgroupPath() finds the version 2 line among version 1 lines", () => {
  assert.equal(parseCgroupPath("4:memory:/old\n0::/user.slice/app\n"), "/user.slice/app");
  assert.equal(parseCgroupPath("4:memory:/old\n"), null);
});

Deno.test("parseCgroupNumber() takes max as no limit", () => {
  assert.equal(parseCgroupNumber("4194304\n"), 4194304);
  assert.equal(parseCgroupNumber("max\n"), null);
  assert.equal(parseCgroupNumber(""), null);
});

Deno.test("parseInactiveFile() is 0 where the line is missing", () => {
  assert.equal(parseInactiveFile("anon 5\ninactive_file 77\nactive_file 8\n"), 77);
  assert.equal(parseInactiveFile("anon 5\n"), 0);
});

Deno.test("parseOpenFilesLimit() and parsePortRange() read what the kernel writes, and nothing else", () => {
  const limits = "Limit                     Soft Limit           Hard Limit           Units     \n" +
    "Max processes             96365                96365                processes \n" +
    "Max open files            unlimited            unlimited            files     \n";
  assert.equal(parseOpenFilesLimit(limits), Infinity);
  assert.equal(parseOpenFilesLimit(limits.replace("unlimited", "60")), 60);
  assert.equal(parseOpenFilesLimit(""), null);
  assert.deepEqual(["32768\t60999\n", "50000 50040", "", "a b"].map(parsePortRange), [
    { first: 32_768, last: 60_999 },
    { first: 50_000, last: 50_040 },
    null,
    null,
  ]);
});
