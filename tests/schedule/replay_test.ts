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

Deno.test("parseOffsets() refuses instants that no run reaches, whatever their number", () => {
  for (const word of ["1e999", "1e300", "604801", "8d", "9".repeat(400)]) {
    assert.match(fault(`0\n${word}\n`), /^2: The offset "\w+(\.\.\.)?" is more than 7d after/, word);
  }
  for (const number of ["1e999", "1e300", "604800006"]) {
    assert.match(fault(`{"timestamp": 5}\n{"timestamp": ${number}}\n`), /^2: The timestamp is more than 7d/, number);
  }
  assert.match(fault('[{"timestamp": 1e999}]'), /^1: The timestamp is/);
  assert.deepEqual(offsetsOf("604800\n"), [604_800e6]);
});

/** Traces of other tools, and the offsets of their arrivals in milliseconds. */
const TRACES: Record<string, [text: string, offsets_ms: number[]]> = {
  "Mooncake, AIPerf": ['{"timestamp": 0, "input_length": 1}\n\n{"timestamp": 300.5}\n', [0, 300.5]],
  "a slice that begins late": ['\ufeff{"timestamp": 27482}\r\n{"timestamp": 27482}\r\n{"timestamp": 30000}', [
    0,
    0,
    2518,
  ]],
  "Bailian": ['{"chat_id": 1, "timestamp": 61.114}\n{"chat_id": 2, "timestamp": 61.5}\n', [0, 386]],
  "a list": ['[{"timestamp": 5},\n{"timestamp": 7}]', [0, 2]],
  "seconds by name": ['{"arrival_time": 1.5}\n{"arrival_time": 2}\n', [0, 500]],
  "BurstGPT": ["Timestamp,Model,Request tokens\n5,ChatGPT,472\n45,GPT-4,1087\n", [0, 40_000]],
  "Azure": [
    "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,374,44\r\n2023-11-16 18:17:04.0319600,396,109\r\n",
    [0, 52],
  ],
  "a European Excel": ["sep=;\ntimestamp;x\n0,5;1\n1,25;2\n", [0, 750]],
};

for (const [tool, [text, offsets_ms]] of Object.entries(TRACES)) {
  Deno.test(`parseOffsets() reads the arrivals of a trace: ${tool}`, () => {
    assert.deepEqual(offsetsOf(text), offsets_ms.map((ms) => ms * 1000));
  });
}

Deno.test("parseOffsets() names the line of a trace that is wrong", () => {
  assert.equal(fault('{"timestamp": 0}\n{"delay": 5}\n'), '2: The line has no "timestamp"');
  assert.equal(fault('{"timestamp": 0}\n{"timestamp"\n'), "2: The line is no JSON object");
  assert.match(fault("timestamp,x\n0,1\nsoon,2\n"), /^3: Cannot read the timestamp "soon": write a number or a date/);
  const order = "3: The timestamp is smaller than the one before it: sort the trace by timestamp";
  assert.equal(fault('{"timestamp": 1}\n{"timestamp": 2}\n{"timestamp": 1}'), order);
});

Deno.test("parseOffsets() refuses more than two million offsets", () => {
  assert.equal(fault("1\n".repeat(2_000_001)), "2000001: The file holds more than 2,000,000 offsets");
});
