import assert from "node:assert/strict";
import { Failures, MAX_GROUPS, type NewFailure, patternOf } from "../../lib/measure/failures.ts";

const failure = (details: string, at_ms = 0): NewFailure => ({
  operation: "llm.chat",
  outcome: "failed",
  code: 14,
  type: "UNAVAILABLE",
  details,
  at_ms,
});

Deno.test("patternOf() replaces numbers, ids and addresses", () => {
  assert.equal(
    patternOf("stream 7f9c24e8-3b12-4fef-91e0-6a5c1a2f7b3d to 127.0.0.1:50051 lost after 3.25 s (0xdeadbeef)"),
    "stream <id> to <address> lost after <n> s (<id>)",
  );
});

Deno.test("Failures groups by pattern, with first and last time and the first example", () => {
  const failures = new Failures();
  failures.add(failure("lost after 20 ms", 2000));
  failures.add(failure("lost after 10 ms", 1000));
  failures.add(failure("lost after 30 ms", 3000));
  const [group, ...others] = failures.list();
  assert.equal(others.length, 0);
  assert.deepEqual([group?.count, group?.first_ms, group?.last_ms, group?.example], [
    3,
    1000,
    3000,
    "lost after 10 ms",
  ]);
});

Deno.test("Failures keeps a bounded list and counts the rest", () => {
  const failures = new Failures();
  const letters = (i: number) => String.fromCharCode(97 + i % 26, 97 + Math.floor(i / 26) % 26);
  for (let i = 0; i < 3 * MAX_GROUPS; i++) failures.add(failure(`kind ${letters(i)}`));
  const list = failures.list();
  assert.equal(list.length, MAX_GROUPS + 1);
  assert.equal(list.reduce((sum, group) => sum + group.count, 0), 3 * MAX_GROUPS);
});
