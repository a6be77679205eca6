import assert from "node:assert/strict";
import { isInForeground, type JobNumbers, jobNumbers, mayComeBack } from "../../../lib/ui/terminal/device/job.ts";

const numbers = (parent: number, group: number, session: number, foreground = group): JobNumbers => ({
  parent,
  group,
  session,
  foreground,
});

Deno.test("jobNumbers() reads this process, and no text that is none", () => {
  const own = jobNumbers(Deno.readTextFileSync("/proc/self/stat"));
  assert.equal(own?.parent, Deno.ppid);
  assert.equal(jobNumbers(""), null);
});

Deno.test("isInForeground() where the terminal is this group's, or nobody knows", () => {
  assert.equal(isInForeground(numbers(10, 20, 10)), true);
  assert.equal(isInForeground(numbers(10, 20, 10, 10)), false);
  assert.equal(isInForeground(numbers(10, 20, 10, -1)), false);
  assert.equal(isInForeground(null), true);
});

Deno.test("mayComeBack() where a shell of this session waits, also behind programs of the same job", () => {
  const shell = numbers(1, 10, 10);
  const of = (table: Record<string, JobNumbers>) => (pid: number | "self") => table[pid] ?? null;
  assert.equal(mayComeBack(of({ self: numbers(10, 20, 10), 10: shell })), true);
  assert.equal(mayComeBack(of({ self: numbers(20, 20, 10), 20: numbers(10, 20, 10), 10: shell })), true);
  assert.equal(mayComeBack(of({ self: numbers(5, 20, 20), 5: numbers(1, 5, 5) })), false, "a terminal's only program");
  assert.equal(mayComeBack(of({ self: numbers(1, 20, 20) })), false);
  assert.equal(mayComeBack(of({ self: numbers(20, 20, 20), 20: numbers(20, 20, 20) })), false, "a ring");
  assert.equal(mayComeBack(of({})), true, "no /proc");
});
