import assert from "node:assert/strict";
import { parseOffsets } from "../../lib/schedule/replay.ts";

const offsetsOf = (text: string) => {
  const recording = parseOffsets(text);
  assert.ok(recording.ok, JSON.stringify(recording));
  return [...recording.offsets];
};
const fault = (text: string) => {
  const recording = parseOffsets(text);
  assert.ok(!recording.ok);
  return `${recording.line}: ${recording.error}`;
};

Deno.test("parseOffsets() reads seconds and durations, to the microsecond", () => {
  assert.deepEqual(offsetsOf("0\n0.25\n0.250001\n1.5s\n1500ms\n2e0\n1m\n"), [
    ...[0, 250_000, 250_001, 1_500_000, 1_500_000, 2_000_000, 60_000_000],
  ]);
});

Deno.test("parseOffsets() passes over comments, empty lines and Windows line ends", () => {
  assert.deepEqual(offsetsOf("# recorded on Monday\r\n\r\n0.1 # first\r\n0.2\r\n"), [100_000, 200_000]);
});

Deno.test("parseOffsets() names the line of a fault and what to do", () => {
  assert.equal(
    fault("0\nsoon\n"),
    '2: Cannot read the offset "soon": write seconds such as "12.5", or a duration such as "250ms"',
  );
  assert.match(fault("-1\n"), /^1: Cannot read the offset "-1"/);
  assert.match(fault(`${"x".repeat(100)}\n`), /^1: Cannot read the offset "x{40}\.\.\."/);
  assert.equal(
    fault("1\n\n0.5\n"),
    '3: The offset "0.5" is smaller than the one before it: put the lines in rising order',
  );
  assert.equal(fault("# nothing\n"), "1: The file holds no offsets");
});

Deno.test("parseOffsets() refuses more than two million offsets", () => {
  assert.equal(fault("1\n".repeat(2_000_001)), "2000001: The file holds more than 2,000,000 offsets");
});
