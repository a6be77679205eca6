import assert from "node:assert/strict";
import fc from "fast-check";
import {
  DISTRIBUTION_NAMES,
  DISTRIBUTIONS,
  DRIFT_SUBJECTS,
  FIGURE_NAMES,
  FIGURES,
  hasDevices,
  measureUnit,
  RESOURCE_NAMES,
  RESOURCES,
  type Threshold,
} from "../../../lib/plan/threshold/threshold.ts";
import { isOfWholeRun } from "../../../lib/plan/threshold/figures.ts";
import type { MeasureUnit } from "../../../lib/plan/threshold/measure_units.ts";
import { DISTRIBUTION_SYNONYMS, MEASURE_SYNONYMS } from "../../../lib/plan/threshold/words.ts";
import { isThresholdError, parseThreshold } from "../../../lib/plan/threshold/parser.ts";
import { rule } from "../../plans.ts";

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

Deno.test("parseThreshold() reads operations with blanks in their names", () => {
  const read = rule("p95(latency, rest  GET /items/{id}) < 2s");
  assert.equal(read.operations, "rest GET /items/{id}");
  assert.equal(read.source, "p95(latency, rest GET /items/{id}) < 2s");
  assert.equal(rule("error_rate(websocket *) < 1%").operations, "websocket *");
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
    ["goodput > 20/s", { kind: "goodput" }, null, ">", 20],
    ["good_rate(voice_turn) > 95%", { kind: "good_rate" }, "voice_turn", ">", 0.95],
    ["wer < 12%", { kind: "wer" }, null, "<", 0.12],
    ["stalled < 1%", { kind: "stalled" }, null, "<", 0.01],
    ["dropped < 0.1%", { kind: "dropped" }, null, "<", 0.001],
    ["token_rate > 500/s", { kind: "token_rate" }, null, ">", 500],
    ["recovery_time < 30s", { kind: "recovery_time" }, null, "<", 30e6],
    ["p95(real_time_factor) < 0.5", { kind: "percentile", percentile: 95, of: "real_time_factor" }, null, "<", 500_000],
    ["p95(output_length) > 20", { kind: "percentile", percentile: 95, of: "output_length" }, null, ">", 20],
    ["mean(output_length) > 20.5", { kind: "mean", of: "output_length" }, null, ">", 20.5],
    ["p95(token_time) < 50ms", { kind: "percentile", percentile: 95, of: "token_time" }, null, "<", 50_000],
    ["drift(response_time) < 5%/h", { kind: "drift", of: "response_time" }, null, "<", 0.05],
    ["drift(gpu.memory_used) < 24%/d", { kind: "drift", of: "gpu.memory_used" }, null, "<", 0.01],
    ["drift(memory) > -1%/h", { kind: "drift", of: "memory" }, null, ">", -0.01],
    ["gpu.memory_used < 70GiB", { kind: "resource", shape: "max", of: "gpu.memory_used" }, null, "<", 70 * 1024 ** 3],
    ["gpu.utilization >= 30%", { kind: "resource", shape: "min", of: "gpu.utilization" }, null, ">=", 0.3],
    ["mean(gpu.utilization) < 95%", { kind: "resource", shape: "mean", of: "gpu.utilization" }, null, "<", 0.95],
    ["max(gpu.power) < 0.7kW", { kind: "resource", shape: "max", of: "gpu.power" }, null, "<", 700],
    ["mean(host.cpu) < 90%", { kind: "resource", shape: "mean", of: "host.cpu" }, null, "<", 0.9],
    ["host.memory < 80GB", { kind: "resource", shape: "max", of: "host.memory" }, null, "<", 80e9],
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

Deno.test("parseThreshold() reads a first token as the language model's first message, a first audio as speech synthesis'", () => {
  const { measure, operations, stage, source } = rule("p99(first_token) < 800ms in hold");
  assert.deepEqual([measure, operations, stage, source], [
    { kind: "percentile", percentile: 99, of: "first_message" },
    "llm.*",
    "hold",
    "p99(first_token) < 800ms in hold",
  ]);
  assert.equal(rule("mean(first_audio) < 1s").operations, "tts.*");
  assert.equal(rule("p50(first_token, llm.chat_stream) < 1s").operations, "llm.chat_stream");
});

Deno.test("parseThreshold() reads the three levels, and from when an abort rule is judged", () => {
  const levels = ["error_rate < 1%", "error_rate < 1% else warn", "error_rate < 1% else abort"].map(rule);
  assert.deepEqual(levels.map(({ level }) => level), ["fail", "warn", "abort"]);
  assert.ok(levels.every((level) => !("abort_after_ms" in level)));
  const delayed = rule("error_rate<1% in hold else  abort after 90S");
  assert.deepEqual([delayed.level, delayed.abort_after_ms, delayed.stage], ["abort", 90_000, "hold"]);
  assert.equal(delayed.source, "error_rate < 1% in hold else abort after 1m30s");
});

Deno.test("parseThreshold() writes its source in canonical spacing", () => {
  assert.equal(rule("  p95.0( latency ,llm.* )<2 S  in   hold ").source, "p95(latency, llm.*) < 2s in hold");
  assert.equal(rule("error_rate<1 %").source, "error_rate < 1%");
  assert.equal(rule("throughput>20 / s").source, "throughput > 20/s");
  assert.equal(rule("gpu.memory_used<70 gib").source, "gpu.memory_used < 70GiB");
  assert.equal(rule("gpu.memory_used<80gb").source, "gpu.memory_used < 80GB");
  assert.equal(rule("gpu.power<0.3KW").source, "gpu.power < 0.3kW");
  assert.equal(rule("drift( latency ) < 5 % / H").source, "drift(response_time) < 5%/h");
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
    ["p95(TTFT) < 2s", 5, 'Unknown distribution "TTFT"; did you mean "first_token"?'],
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
    ["load >= 100% else fail", 19, 'Expected "warn" or "abort" after "else", found "fail"'],
    ["load >= 100% else abort after", 30, "Expected a time such as 30s, found the end"],
    ["load >= 100% else abort after 30", 31, 'The duration "30" has no unit: did you mean "30s"?'],
    ["load >= 100% else abort 30s", 25, 'Expected the end or "after 30s", found "30s"'],
    ["load >= 100% else warn in hold", 24, 'Write "in STAGE" before "else"'],
    ["load >= 100% in hold", 14, '"load" is of the whole run: leave out "in hold"'],
    ["recovery_time < 30s in hold", 21, '"recovery_time" is of the whole run: leave out "in hold"'],
    [
      "calls > 100 in hold hold",
      21,
      'Expected the end, "in STAGE", "else warn" or "else abort", found "hold"',
    ],
    ["load(llm.*) >= 100%", 5, '"load" is of the whole run: write it without "("'],
    ["latency < 2s", 1, '"latency" has many values: say which, as in "p95(latency)"'],
    ["ttft < 800ms", 1, 'Unknown measure "ttft"; did you mean "p95(first_token)"?'],
    ["cer < 5%", 1, 'Unknown measure "cer"; did you mean "wer"?'],
    ["vram < 5GiB", 1, 'Unknown measure "vram"; did you mean "gpu.memory_used"?'],
    ["p99(tpot) < 5ms", 5, 'Unknown distribution "tpot"; did you mean "token_time"?'],
    ["p99(e2e) < 5ms", 5, 'Unknown distribution "e2e"; did you mean "response_time"?'],
    ["p99(wer) < 5%", 5, '"wer" stands by itself, without "p99": "wer < 12%"'],
    [
      "p99(host.cpu) < 5%",
      5,
      '"host.cpu" has no percentiles: write "mean(host.cpu)" or "max(host.cpu)"',
    ],
    ["drift < 5%/h", 7, 'Expected "(" after "drift", as in drift(response_time), found "<"'],
    [
      "drift(gap) < 5%/h",
      7,
      'Unknown subject of a drift "gap"; known are response_time, error_rate, memory, gpu.memory_used',
    ],
    ["drift(response_time) < 5%", 24, 'The drift "5%" has no time: did you mean "5%/h"?'],
    ["gpu.memory_used < 70", 19, 'The size "70" has no unit: did you mean "70GiB"?'],
    ["gpu.memory_used < 70G", 19, 'The size "70G" has an unknown unit "g": did you mean "70GiB"?'],
    ["gpu.power < 300", 13, 'Cannot read the power "300": write a number of watts, such as "300W"'],
    [
      "goodput > 95%",
      11,
      'Cannot read the rate "95%": write a number per second, minute or hour, such as "20/s" or "300/m"',
    ],
    ["p95(output_length) > 20s", 22, 'Cannot read the number "20s": write it without a unit, such as "20" or "0.5"'],
  ];
  for (const [text, column, message] of cases) assert.deepEqual(fault(text), [column, message], text);
  assert.equal(fault("p95(latency) < " + "1".repeat(400))[1], "The threshold is longer than 300 characters");
});

/** A limit of each unit, in every spelling that is allowed. */
const number = fc.integer({ min: 0, max: 9999 }).map((tenths) => String(tenths / 10));
const withUnit = (...units: string[]) => fc.tuple(number, fc.constantFrom(...units)).map(([n, unit]) => n + unit);
const LIMITS: Record<MeasureUnit, fc.Arbitrary<string>> = {
  us: withUnit("us", "ms", "s", "m", "h"),
  ppm: number,
  count: fc.nat({ max: 9999 }).map(String),
  calls: fc.nat({ max: 9999 }).map(String),
  ratio: withUnit("%"),
  per_s: withUnit("/s", "/m", "/h"),
  per_h: withUnit("%/h", "%/m", "%/d"),
  bytes: withUnit("B", "kib", "MiB", "gb", "TB"),
  watt: withUnit("W", "kw"),
  joule: withUnit("J", "kj", "mJ", "wh", "kWh"),
  bytes_per_s: withUnit("B/s", "kib/s", "MiB/S", "gb/s"),
  megahertz: withUnit("MHz", "ghz"),
  celsius: withUnit("C", "°c"),
};
const glob = fc.stringMatching(/^[a-z0-9_.*-]{1,12}$/);
const shapes = fc.oneof(
  fc.constantFrom("mean", "min", "max"),
  fc.integer({ min: 1, max: 1000 }).map((tenths) => `p${tenths / 10}`),
);
const called = (name: string, of: fc.Arbitrary<string>) =>
  fc.option(of).map((got) => got === null ? name : `${name}(${got})`);
const limited = (measure: fc.Arbitrary<string>, unit: MeasureUnit) => fc.tuple(measure, LIMITS[unit]);
const left = fc.oneof(
  fc.constantFrom(...DISTRIBUTION_NAMES).chain((of) =>
    limited(
      fc.tuple(shapes, fc.option(glob)).map(([shape, on]) => `${shape}(${on === null ? of : `${of}, ${on}`})`),
      DISTRIBUTIONS[of].unit,
    )
  ),
  fc.constantFrom(...FIGURE_NAMES).chain((name) =>
    limited(FIGURES[name].operations ? called(name, glob) : fc.constant(name), FIGURES[name].unit)
  ),
  fc.constantFrom(...RESOURCE_NAMES).chain((name) =>
    limited(
      fc.constantFrom(name, `mean(${name})`, `min(${name})`, `max(${name}${hasDevices(name) ? ", one" : ""})`),
      RESOURCES[name].unit,
    )
  ),
  limited(fc.constantFrom(...DRIFT_SUBJECTS).map((of) => `drift(${of})`), "per_h"),
  limited(fc.constantFrom("p95(first_token)", "p50(first_audio, tts.*)"), "us"),
);
/** Measures that take no stage. */
const WHOLE_RUN = new RegExp(`^(${["load", "recovery", "energy", ...FIGURE_NAMES.filter(isOfWholeRun)].join("|")})`);
const line = fc.tuple(
  left,
  fc.constantFrom("<", "<=", ">", ">="),
  fc.constantFrom("", " in hold", " in warm_up"),
  fc.constantFrom("", " else warn", " else abort", " else abort after 1.5s"),
).map(([[measure, limit], comparison, stage, level]) =>
  `${measure} ${comparison} ${limit}${WHOLE_RUN.test(measure) ? "" : stage}${level}`
);

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

Deno.test("each measure of one word is documented by an example that reads as a rule on it", () => {
  for (const name of FIGURE_NAMES) {
    const { measure } = rule(FIGURES[name].example);
    assert.deepEqual([measure.kind, measureUnit(measure)], [name, FIGURES[name].unit]);
  }
});

Deno.test("what is offered for a word of another tool is a word of this language", () => {
  /** Every word is known where the fault, if any, lies behind it. */
  const known = (text: string) => {
    const result = parseThreshold(text);
    return !isThresholdError(result) || !/^Unknown/.test(result.error);
  };
  for (const [word, meant] of MEASURE_SYNONYMS) {
    assert.ok(known(meant), `${word} -> ${meant}`);
    assert.ok(fault(`${word} < 1`)[1].endsWith(`did you mean "${meant}"?`), word);
  }
  for (const [word, meant] of DISTRIBUTION_SYNONYMS) {
    assert.ok(known(`p95(${meant})`), `${word} -> ${meant}`);
    assert.ok(fault(`p95(${word}) < 1s`)[1].endsWith(`did you mean "${meant}"?`), word);
  }
});

Deno.test("parseThreshold() reads a drift of latency, as it was called, as one of the response time", () => {
  assert.deepEqual(rule("drift(latency) < 5%/h"), rule("drift(response_time) < 5%/h"));
});
