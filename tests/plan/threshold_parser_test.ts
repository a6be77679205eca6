import assert from "node:assert/strict";
import fc from "fast-check";
import { DISTRIBUTION_NAMES, type Threshold } from "../../lib/plan/threshold.ts";
import { isThresholdError, parseThreshold } from "../../lib/plan/threshold_parser.ts";

function rule(text: string): Threshold {
  const result = parseThreshold(text);
  return isThresholdError(result) ? assert.fail(`${result.column}: ${result.error}`) : result;
}

function fault(text: string): [number, string] {
  const result = parseThreshold(text);
  return isThresholdError(result) ? [result.column, result.error] : assert.fail(`read as ${result.source}`);
}

Deno.test("parseThreshold() reads a percentile of the operations that match", () => {
  assert.deepEqual(rule("p95(latency, llm.*) < 2s"), {
    source: "p95(latency, llm.*) < 2s",
    measure: { kind: "percentile", percentile: 95, of: "latency" },
    operations: "llm.*",
    stage: null,
    comparison: "<",
    limit: 2_000_000,
    level: "fail",
  });
});

Deno.test("parseThreshold() tells all operations together from each on its own", () => {
  assert.equal(rule("p95(latency) < 2s").operations, null);
  assert.equal(rule("p95(latency, *) < 2s").operations, "*");
});

Deno.test("parseThreshold() reads a stage and a level", () => {
  const read = rule("p99.9(first_message) < 800ms in hold else warn");
  assert.equal(read.stage, "hold");
  assert.equal(read.level, "warn");
  assert.equal(read.limit, 800_000);
  assert.deepEqual(read.measure, { kind: "percentile", percentile: 99.9, of: "first_message" });
  assert.equal(rule("load >= 100% else warn").stage, null);
});

Deno.test("parseThreshold() reads every kind of measure in its own unit", () => {
  const cases: [string, Threshold["measure"], string | null, string, number][] = [
    ["mean(gap, llm.*) < 50ms", { kind: "mean", of: "gap" }, "llm.*", "<", 50_000],
    ["min(service_time) > 2us", { kind: "min", of: "service_time" }, null, ">", 2],
    ["max(start_delay) <= 1.5s", { kind: "max", of: "start_delay" }, null, "<=", 1_500_000],
    ["error_rate < 1%", { kind: "error_rate" }, null, "<", 0.01],
    ["error_rate(stt.*) <= 0.5%", { kind: "error_rate" }, "stt.*", "<=", 0.005],
    ["error_rate < 0.02", { kind: "error_rate" }, null, "<", 0.02],
    ["throughput > 20/s", { kind: "throughput" }, null, ">", 20],
    ["throughput(llm.chat) > 300/m", { kind: "throughput" }, "llm.chat", ">", 5],
    ["calls > 100", { kind: "calls" }, null, ">", 100],
    ["load >= 100%", { kind: "load" }, null, ">=", 1],
  ];
  for (const [text, measure, operations, comparison, limit] of cases) {
    const read = rule(text);
    assert.deepEqual([read.measure, read.operations, read.comparison, read.limit], [
      measure,
      operations,
      comparison,
      limit,
    ]);
    assert.equal(read.source, text);
  }
});

Deno.test("parseThreshold() writes its source in canonical spacing", () => {
  assert.equal(rule("  p95.0( latency ,llm.* )<2 S  in   hold ").source, "p95(latency, llm.*) < 2s in hold");
  assert.equal(rule("error_rate<1 %").source, "error_rate < 1%");
  assert.equal(rule("throughput>20 / s").source, "throughput > 20/s");
});

Deno.test("parseThreshold() says what is wrong and in which column", () => {
  const cases: [string, number, string][] = [
    ["", 1, "Expected a measure such as p95, mean, error_rate or load, found the end"],
    ["p95th(latency) < 2s", 1, 'Unknown measure "p95th"; did you mean "p95"?'],
    ["avg(latency) < 2s", 1, 'Unknown measure "avg"; did you mean "mean"?'],
    ["p(95) < 2s", 1, 'Unknown measure "p"; did you mean "p95"?'],
    ["errorrate < 1%", 1, 'Unknown measure "errorrate"; did you mean "error_rate"?'],
    ["p0(latency) < 2s", 1, 'The percentile in "p0" must be above 0 and at most 100'],
    ["p101(latency) < 2s", 1, 'The percentile in "p101" must be above 0 and at most 100'],
    ["p95 < 2s", 5, 'Expected "(" after "p95", as in p95(latency), found "<"'],
    ["p95(latancy) < 2s", 5, 'Unknown distribution "latancy"; did you mean "latency"?'],
    ["p95(TTFT) < 2s", 5, 'Unknown distribution "TTFT"; did you mean "first_message"?'],
    ["p95(latency < 2s", 13, 'Expected ")", found "<"'],
    ["p95(latency, LLM;x) < 2s", 14, 'Expected an operation such as llm.chat_stream, llm.* or *, found "LLM;x"'],
    ["p95(latency) 2s", 14, 'Expected one of < <= > >=, found "2s"'],
    ["p95(latency) == 2s", 14, 'Expected one of < <= > >=, found "=="'],
    ["p95(latency) <", 15, "Expected a limit such as 2s, found the end"],
    ["error_rate < in hold", 14, 'Expected a limit such as 1%, found "in"'],
    ["p95(latency) < 2", 16, 'The duration "2" has no unit: did you mean "2s"?'],
    [
      "p95(latency) < 2s;",
      16,
      'Cannot read the duration "2s;": write numbers with units, such as "250ms", "30s", "5m" or "1h30m"',
    ],
    ["error_rate < 1", 14, 'The share "1" is not below 1 and has no "%": did you mean "1%" or "100%"?'],
    ["throughput > 20", 14, 'The rate "20" has no unit: did you mean "20/s"?'],
    ["calls > 1.5", 9, 'Cannot read the count "1.5": write a whole number such as "100"'],
    ["load >= 100% in", 16, "Expected the name of a stage, found the end"],
    ["load >= 100% in a/b", 17, 'Expected the name of a stage, found "a/b"'],
    ["load >= 100% else fail", 19, 'Expected "warn" after "else", found "fail"'],
    ["load >= 100% in hold hold", 22, 'Expected the end, "in STAGE" or "else warn", found "hold"'],
    ["load(llm.*) >= 100%", 5, 'Expected one of < <= > >=, found "("'],
  ];
  for (const [text, column, message] of cases) assert.deepEqual(fault(text), [column, message], text);
  assert.equal(fault("p95(latency) < " + "1".repeat(400))[1], "The threshold is longer than 300 characters");
});

const glob = fc.stringMatching(/^[a-z0-9_.*-]{1,12}$/);
const distribution = fc.tuple(
  fc.oneof(
    fc.constantFrom("mean", "min", "max"),
    fc.integer({ min: 1, max: 1000 }).map((tenths) => `p${tenths / 10}`),
  ),
  fc.constantFrom(...DISTRIBUTION_NAMES),
  fc.option(glob),
).map(([shape, of, operations]) => `${shape}(${operations === null ? of : `${of}, ${operations}`})`);
const duration = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom("us", "ms", "s", "m", "h"));
const ratio = fc.integer({ min: 0, max: 2000 }).map((tenths) => `${tenths / 10}%`);
const counted = fc.tuple(fc.constantFrom("error_rate", "load"), ratio);
const rates = fc.tuple(fc.constantFrom("throughput"), fc.integer({ min: 0, max: 999 }).map((n) => `${n}/s`));
const left = fc.oneof(fc.tuple(distribution, duration.map(([n, unit]) => `${n}${unit}`)), counted, rates);
const line = fc.tuple(
  left,
  fc.constantFrom("<", "<=", ">", ">="),
  fc.constantFrom("", " in hold", " in warm_up"),
  fc.constantFrom("", " else warn"),
).map(([[measure, limit], comparison, stage, level]) => `${measure} ${comparison} ${limit}${stage}${level}`);

Deno.test("parseThreshold() reads its own canonical source as the same rule", () => {
  fc.assert(fc.property(line, fc.constantFrom("", " ", "  "), (text, space) => {
    const first = rule(text.replaceAll(/([(),<>]=?)/g, `${space}$1${space}`).replaceAll("< =", "<="));
    assert.deepEqual(rule(first.source), first);
    assert.equal(first.source, rule(text).source);
  }));
});

Deno.test("parseThreshold() never throws and always points into the line", () => {
  fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => {
    const result = parseThreshold(text);
    if (isThresholdError(result)) assert.ok(result.column >= 1 && result.column <= text.length + 1);
  }));
});
