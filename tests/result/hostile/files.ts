/** Results that no june-load wrote: each with what its reader must say. */
import type { HeaderRecord, IntervalRecord, ResultRecord } from "../../../lib/result/record.ts";
import type { HistogramData, SeriesData } from "../../../lib/measure/interval.ts";
import type { Plan } from "../../../lib/plan/plan.ts";
import { holdStage, rule } from "../../plans.ts";
import { makePlan, makeRecords } from "../make_run.ts";

/** A file and the answer to it. */
export interface HostileFile {
  name: string;
  text: string;
  /** `refused`: nothing is reported; a number: the line that breaks the result off. */
  answer: "refused" | number;
  words: RegExp;
}

const PLAN: Partial<Plan> = {
  duration_ms: 4000,
  stages: [holdStage(4000)],
  thresholds: [rule("error_rate < 1%")],
};

/** The lines of a sound result of four seconds: a header, then a second, a host and a GPU each, and the end mark. */
export const soundLines = (): string[] => soundRecords().map((record) => JSON.stringify(record));

const soundRecords = (): ResultRecord[] => structuredClone(makeRecords({ seconds: 4, plan: makePlan(PLAN) }));

/** The line of the third second: two seconds come before it. */
export const THIRD = 8;
const LAST = 14;

/** A value that has the type of nothing in particular, so that tests can break it. */
// deno-lint-ignore no-explicit-any -- hostile records have no type
type Loose = Record<string, any>;

function withLine(line: number, change: (record: Loose) => void): string {
  const records = soundRecords();
  change(records[line - 1] as unknown as Loose);
  return textOf(records.map((record) => JSON.stringify(record)));
}

const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

/** The sound lines with others in place of some. */
function spliced(line: number, remove: number, ...lines: string[]): string {
  const all = soundLines();
  all.splice(line - 1, remove, ...lines);
  return textOf(all);
}

const raw = (name: string, text: string, answer: HostileFile["answer"], words: RegExp): HostileFile => ({
  name,
  text,
  answer,
  words,
});

/** A header that is wrong: nothing can be reported. */
const header = (name: string, change: (header: Loose & HeaderRecord) => void, words: RegExp): HostileFile =>
  raw(`header: ${name}`, withLine(1, change as (record: Loose) => void), "refused", words);

const plan = (name: string, change: (plan: Loose & Plan) => void, words: RegExp): HostileFile =>
  header(`plan: ${name}`, ({ plan }) => change(plan), words);

/** A third second that is wrong. */
const second = (name: string, change: (interval: Loose & IntervalRecord) => void, words: RegExp): HostileFile =>
  raw(`second: ${name}`, withLine(THIRD, change as (record: Loose) => void), THIRD, words);

const series = (name: string, change: (series: Loose & SeriesData) => void, words: RegExp): HostileFile =>
  second(`series: ${name}`, ({ series }) => change(series[0] as SeriesData), words);

const buckets = (name: string, value: unknown, words: RegExp): HostileFile =>
  series(`buckets: ${name}`, ({ histograms }) => {
    (histograms.latency as HistogramData).buckets = value as number[];
  }, words);

const line = (name: string, at: number, change: (record: Loose) => void, words: RegExp): HostileFile =>
  raw(name, withLine(at, change), at, words);

const NO_HEADER = /line 1: it is not a june-load result \(no header line\)/;
const many = <T>(length: number, make: (at: number) => T): T[] => Array.from({ length }, (_, at) => make(at));
const nested = (depth: number) => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown;

const NO_RESULTS: HostileFile[] = [
  raw("an empty file", "", "refused", /it is not a june-load result/),
  raw("only blank lines", "\n \n\r\n", "refused", /it is not a june-load result/),
  raw("a map that is no record", '{"hello": 1}\n{}\n', "refused", NO_HEADER),
  raw("a list", "[null]\n", "refused", NO_HEADER),
  raw("a list of records", `[${soundLines().join(",")}]\n`, "refused", NO_HEADER),
  raw("null", "null\n", "refused", NO_HEADER),
  raw("a number", "1e999\n", "refused", NO_HEADER),
  raw("a text", '"header"\n', "refused", NO_HEADER),
  raw("no header", spliced(1, 1), "refused", NO_HEADER),
  raw("a header that breaks off", (soundLines()[0] as string).slice(0, 900), "refused", NO_HEADER),
  raw("HTML", "<!doctype html>\n<p>Not found\n", "refused", NO_HEADER),
  raw("zero bytes", "\0".repeat(100_000), "refused", NO_HEADER),
  raw("a type of an object", '{"type": "constructor"}\n', "refused", NO_HEADER),
  raw("100,000 levels", "[".repeat(100_000) + "\n", "refused", NO_HEADER),
];

const HEADERS: HostileFile[] = [
  header(
    "a later format",
    (h) => h.format = 99,
    /format 99 is newer than this june-load reads \(2\); use june-load 0\.1/,
  ),
  header(
    "an earlier format",
    (h) => h.format = 1,
    /it has format 1, and this june-load reads format 2; use the version/,
  ),
  header("a format that is no number", (h) => (h as Loose)["format"] = "2", /its format is "2"/),
  header("no format", (h) => delete (h as Loose)["format"], /its format is missing/),
  header("a tool that is no text", (h) => (h as Loose)["tool"] = [1], /tool must be a text, and is a list of 1/),
  header("a start that is no time", (h) => h.started_at = "nonsense", /started_at is not written as .* is "nonsense"/),
  header(
    "a start in month 13",
    (h) => h.started_at = "2026-13-40T25:00:00Z",
    /started_at "2026-13-40T25:00:00Z" is no time/,
  ),
  header("no host", (h) => delete (h as Loose)["host"], /host is missing/),
  header("no plan", (h) => delete (h as Loose)["plan"], /line 1: plan is missing/),
  header("a plan that is a text", (h) => (h as Loose)["plan"] = "p", /plan must be a map, and is "p"/),
  header("no services", (h) => delete (h as Loose)["services"], /services is missing/),
  header("deep nesting", (h) => (h as Loose)["later"] = nested(5000), /it is nested more than 64 levels deep/),
  header(
    "17 MiB",
    (h) => (h as Loose)["later"] = "x".repeat(17 * 2 ** 20),
    /line 1: it has \d+ bytes; a line of the type "header" has at most 16777216|more than 16777216 bytes/,
  ),
  plan("no stages", (p) => p.stages = [], /plan\.stages must hold at least 1 item, and is a list of 0/),
  plan("stages missing", (p) => delete (p as Loose)["stages"], /plan\.stages is missing/),
  plan(
    "100,000 stages",
    (p) => p.stages = many(100_000, (i) => ({ ...holdStage(1), name: `s${i}` })),
    /plan\.stages must hold at most 2000 items, and is a list of 100000/,
  ),
  plan(
    "two stages of a name",
    (p) => p.stages.push(holdStage(4000)),
    /plan\.stages\[1\]\.name "hold" is that of another stage/,
  ),
  plan(
    "a stage of no load",
    (p) => p.stages[0]!.load = 7,
    /plan\.stages\[0\]\.load must be below 1, the number of loads, and is 7/,
  ),
  plan(
    "a stage that ends before it starts",
    (p) => p.stages[0]!.start_ms = 9000,
    /plan\.stages\[0\] ends before it starts/,
  ),
  plan(
    "control characters in a name",
    (p) => p.stages[0]!.name = "\u001b[2Jgone",
    /plan\.stages\[0\]\.name is not written as june-load writes it, and is "\\u001b\[2Jgone"/,
  ),
  plan("a scenario with a line end", (p) => p.scenario = "a\nb", /plan\.scenario is not written as/),
  plan(
    "100,000 percentiles",
    (p) => p.percentiles = many(100_000, (i) => i / 1001 + 0.01),
    /plan\.percentiles must hold at most 100 items/,
  ),
  plan("a percentile of 0", (p) => p.percentiles = [0], /plan\.percentiles\[0\] must be more than 0, and is 0/),
  plan(
    "percentiles that fall",
    (p) => p.percentiles = [99, 50],
    /plan\.percentiles\[1\] must be above the one before, and is 50/,
  ),
  plan(
    "20,000 operations",
    (p) => p.tasks = many(20_000, (i) => ({ ...p.tasks[0]!, operation: `o${i}` })),
    /plan\.tasks must hold at most 2000 items/,
  ),
  plan("no tasks", (p) => p.tasks = [], /plan\.tasks must hold at least 1 item/),
  plan(
    "a task that does not exist",
    (p) => (p.tasks[0] as Loose)["name"] = "llm.sing",
    /plan\.tasks\[0\]\.name is nothing that june-load knows there, and is "llm\.sing"/,
  ),
  plan(
    "a task of no service",
    (p) => p.tasks[0]!.services = ["nobody"],
    /plan\.tasks\[0\] calls the service "nobody", which the plan does not have/,
  ),
  plan(
    "a task named as an object's own",
    (p) => (p.tasks[0] as Loose)["name"] = "constructor",
    /plan\.tasks\[0\]\.name is nothing/,
  ),
  plan("no loads", (p) => p.loads = [], /plan\.loads must hold at least 1 item/),
  plan(
    "a load of no kind",
    (p) => (p.loads[0] as Loose)["kind"] = "half",
    /plan\.loads\[0\] is nothing that june-load knows there, and is a map/,
  ),
  plan("a load without users", (p) => delete (p.loads[0] as Loose)["users"], /plan\.loads\[0\]\.users is missing/),
  plan(
    "a course of 1e18 ms",
    (p) => p.loads[0]!.courses[0]!.end_ms = 1e18,
    /plan\.loads\[0\]\.courses\[0\]\.end_ms must be at most 10000000000/,
  ),
  plan(
    "a protocol that does not exist",
    (p) => (p.services[0] as Loose)["protocol"] = "smtp",
    /plan\.services\[0\]\.protocol is nothing/,
  ),
  plan(
    "options of no kind",
    (p) => (p.services[0] as Loose)["options"] = null,
    /plan\.services\[0\]\.options (must be a map|is nothing that june-load knows there), and is null/,
  ),
  plan(
    "a service that is null",
    (p) => (p.services as unknown[])[0] = null,
    /plan\.services\[0\] must be a map, and is null/,
  ),
  plan(
    "a rule that is a text",
    (p) => (p.thresholds as unknown[])[0] = "p95 < 2s",
    /plan\.thresholds\[0\] must be a map, and is "p95 < 2s"/,
  ),
  plan(
    "a rule on nothing",
    (p) => (p.thresholds[0] as Loose)["measure"] = { kind: "luck" },
    /plan\.thresholds\[0\]\.measure is nothing/,
  ),
  plan(
    "a rule on a distribution of nothing",
    (p) => (p.thresholds[0] as Loose)["measure"] = { kind: "percentile", percentile: 95, of: "toString" },
    /plan\.thresholds\[0\]\.measure\.of is nothing that june-load knows there, and is "toString"/,
  ),
  plan(
    "a limit that is a text",
    (p) => (p.thresholds[0] as Loose)["limit"] = "NaN",
    /plan\.thresholds\[0\]\.limit must be a number, and is "NaN"/,
  ),
  plan(
    "10,000 rules",
    (p) => p.thresholds = many(10_000, () => p.thresholds[0]!),
    /plan\.thresholds must hold at most 100 items/,
  ),
  plan(
    "a duration of 1e300",
    (p) => p.duration_ms = 1e300,
    /plan\.duration_ms must be at most 10000000000, and is 1e\+300/,
  ),
  plan("a negative duration", (p) => p.duration_ms = -1, /plan\.duration_ms must be at least 0, and is -1/),
  plan(
    "a format of 1990",
    (p) => (p.output as Loose)["formats"] = ["xls"],
    /plan\.output\.formats\[0\] is nothing that june-load knows/,
  ),
  plan(
    "a text of a megabyte",
    (p) => p.description = "x".repeat(2 ** 20),
    /plan\.description must have at most 65536 characters, and is "x{40}\.\.\."/,
  ),
];

const SECONDS: HostileFile[] = [
  second("no series", (i) => delete (i as Loose)["series"], /series is missing/),
  second("series that are null", (i) => (i as Loose)["series"] = [null], /series\[0\] must be a map, and is null/),
  second("no generator", (i) => delete (i as Loose)["generator"], /generator is missing/),
  second("an index of -5", (i) => i.index = -5, /index must be at least 0, and is -5/),
  second("an index of 1.5", (i) => i.index = 1.5, /index must be a whole number, and is 1\.5/),
  second("an index of 1e12", (i) => i.index = 1e12, /index must be at most 10000000, and is 1000000000000/),
  second("an index that falls", (i) => i.index = 0, /index must be above that of the second before, 1, and is 0/),
  second("users below 0", (i) => i.users = -3, /users must be at least 0, and is -3/),
  second("4,000 operations", (i) => {
    const one = i.series[0]!;
    i.series = many(4000, (at) => ({ ...one, operation: `o${at}`, histograms: {} }));
  }, /series\[497\] is of one operation or stage too many: 500 and 5000 together are read/),
  second("failures that are a map", (i) => (i as Loose)["failures"] = {}, /failures must be a list, and is a map/),
  second(
    "a turn without spans",
    (i) => (i as Loose)["turns"] = [{ operation: "o", start_ms: 0, voice_to_voice_us: 1 }],
    /turns\[0\]\.spans is missing/,
  ),
  second(
    "a shortage of luck",
    (i) => (i.generator as Loose)["shortages"] = [{ errno: "ELUCK", calls: 1, spoilt: 1, first_ms: 0, last_ms: 0 }],
    /generator\.shortages\[0\]\.errno is nothing/,
  ),
  second(
    "a lag without buckets",
    (i) => delete (i.generator.start_lag as Loose)["buckets"],
    /generator\.start_lag\.buckets is missing/,
  ),
  series("no outcomes", (s) => delete (s as Loose)["outcomes"], /series\[0\]\.outcomes is missing/),
  series(
    "an outcome too few",
    (s) => delete (s.outcomes as Loose)["dropped"],
    /series\[0\]\.outcomes\.dropped is missing/,
  ),
  series("no histograms", (s) => delete (s as Loose)["histograms"], /series\[0\]\.histograms is missing/),
  series(
    "a count of 1e18",
    (s) => s.outcomes.timed_out = 1e18,
    /series\[0\]\.outcomes\.timed_out must be at most 1000000000, and is 1000000000000000000/,
  ),
  series(
    "issued: NaN",
    (s) => (s as Loose)["issued"] = "NaN",
    /series\[0\]\.issued must be a whole number, and is "NaN"/,
  ),
  series(
    "issued: null",
    (s) => (s as Loose)["issued"] = null,
    /series\[0\]\.issued must be a whole number, and is null/,
  ),
  series("half a call", (s) => s.issued = 0.5, /series\[0\]\.issued must be a whole number, and is 0\.5/),
  series(
    "a stage that does not exist",
    (s) => s.stage = 9,
    /series\[0\]\.stage must be below 1, the number of stages, and is 9/,
  ),
  series("a stage of -1", (s) => s.stage = -1, /series\[0\]\.stage must be at least 0, and is -1/),
  series(
    "an operation that is no text",
    (s) => (s as Loose)["operation"] = 5,
    /series\[0\]\.operation must be a text, and is 5/,
  ),
  series(
    "an operation with an escape",
    (s) => s.operation = "\u009b31mred",
    /series\[0\]\.operation is not written as june-load writes it, and is "\\u009b31mred"/,
  ),
  series(
    "an operation of a kilobyte",
    (s) => s.operation = "x".repeat(1024),
    /series\[0\]\.operation must have at most 256 characters/,
  ),
  series(
    "a counter that is a list",
    (s) => (s.counters as Loose)["good"] = [],
    /series\[0\]\.counters\.good must be a number, and is a list of 0/,
  ),
  series(
    "300 distributions",
    (s) => many(300, (i) => (s.histograms as Loose)[`d${i}`] = s.histograms.latency),
    /series\[0\]\.histograms must hold at most 200 entries/,
  ),
  series(
    "a count that the buckets do not have",
    (s) => s.histograms.latency!.count += 1,
    /series\[0\]\.histograms\.latency\.count must be the sum of the buckets, \d+, and is \d+/,
  ),
  series(
    "a minimum above the maximum",
    (s) => s.histograms.latency!.min = 1e9,
    /series\[0\]\.histograms\.latency\.min must be at most the maximum/,
  ),
  series(
    "a sum that is a text",
    (s) => (s.histograms.latency as Loose)["sum"] = "0",
    /series\[0\]\.histograms\.latency\.sum must be a number, and is "0"/,
  ),
  buckets("an index of -5", [-5, 4], /series\[0\]\.histograms\.latency\.buckets must rise by whole steps \(item 0\)/),
  buckets("an index of 1.5", [1.5, 4], /buckets must rise by whole steps \(item 0\)/),
  buckets("an index of 1e12", [1e12, 4], /buckets must end below slot \d+ \(item 0\)/),
  buckets("a step of 0", [5, 1, 0, 3], /buckets must rise by whole steps \(item 2\)/),
  buckets("half a value", [5, 0.5], /buckets must hold whole counts above 0 \(item 1\)/),
  buckets("a count below 0", [5, -4], /buckets must hold whole counts above 0 \(item 1\)/),
  buckets("a count of 1e18", [5, 1e18], /buckets must hold whole counts above 0 \(item 1\)/),
  buckets("half a pair", [5], /buckets must hold pairs/),
  buckets("a map", { 0: 5 }, /buckets must be a list/),
  buckets("texts", ["5", "4"], /buckets must rise by whole steps \(item 0\)/),
];

const OTHERS: HostileFile[] = [
  line("a host without a time", 3, (r) => delete r["t_ms"], /t_ms is missing/),
  line("a reading that is a text", 3, (r) => r["cpu_percent"] = "97", /cpu_percent must be a number, and is "97"/),
  line(
    "a reading of 1e300",
    3,
    (r) => r["memory_used_bytes"] = 1e300,
    /memory_used_bytes must be at most 1000000000000000000/,
  ),
  line(
    "a host of a megabyte",
    3,
    (r) => r["later"] = "x".repeat(2 ** 20),
    /it has \d+ bytes; a line of the type "host" has at most 4096/,
  ),
  line("a GPU that is null", 4, (r) => r["index"] = null, /index must be a whole number, and is null/),
  line("an end without a reason", LAST, (r) => delete r["reason"], /reason is missing/),
  line(
    "an end for no reason",
    LAST,
    (r) => r["reason"] = "bored",
    /reason is nothing that june-load knows there, and is "bored"/,
  ),
  line("an end at NaN", LAST, (r) => r["t_ms"] = "NaN", /t_ms must be a number, and is "NaN"/),
  raw("no JSON in the middle", spliced(THIRD, 0, "{half"), THIRD, /it is no JSON/),
  raw("NaN as JavaScript writes it", spliced(THIRD, 1, '{"type":"interval","index":NaN}'), THIRD, /it is no JSON/),
  raw("null in the middle", spliced(THIRD, 0, "[null]"), THIRD, /it is no record: its type is missing/),
  raw(
    "a record of no type",
    spliced(THIRD, 0, '{"type":"__proto__"}'),
    THIRD,
    /it is no record: its type is "__proto__"/,
  ),
  raw("a second header", spliced(THIRD, 0, soundLines()[0] as string), THIRD, /it is a second header/),
  raw(
    "a second after the end mark",
    spliced(LAST + 1, 0, soundLines()[THIRD - 1] as string),
    LAST + 1,
    /it comes after the end mark/,
  ),
  raw("two end marks", spliced(LAST + 1, 0, soundLines()[LAST - 1] as string), LAST + 1, /it comes after the end mark/),
  raw(
    "half a line after the end mark",
    textOf(soundLines()) + '{"type":"inter',
    LAST + 1,
    /it comes after the end mark/,
  ),
  raw(
    "an event whose text is no text",
    spliced(THIRD, 0, '{"type":"event","t_ms":1,"kind":"gpu_lost","text":{"a":1}}'),
    THIRD,
    /text must be a text, and is a map/,
  ),
  raw(
    "an event of no kind",
    spliced(THIRD, 0, '{"type":"event","t_ms":1,"kind":7,"text":""}'),
    THIRD,
    /kind must be a text, and is 7/,
  ),
  raw(
    "a change of no kind",
    spliced(THIRD, 0, '{"type":"event","t_ms":1,"kind":"steered","text":"","at_ms":2,"change":{"type":"double"}}'),
    THIRD,
    /change/,
  ),
  raw(
    "a change to fewer than no users",
    spliced(
      THIRD,
      0,
      '{"type":"event","t_ms":1,"kind":"steered","text":"","at_ms":2,"change":{"type":"target","load":null,"target":-1}}',
    ),
    THIRD,
    /change/,
  ),
  raw(
    "a change before the run",
    spliced(THIRD, 0, '{"type":"event","t_ms":1,"kind":"steered","text":"","at_ms":-2,"change":{"type":"pause"}}'),
    THIRD,
    /at_ms/,
  ),
  raw(
    "10,001 events",
    spliced(THIRD, 0, ...many(10_001, (i) => JSON.stringify({ type: "event", t_ms: i, kind: "gpu_lost", text: "" }))),
    THIRD + 10_000,
    /it is event 10001; at most 10000 are read/,
  ),
  raw(
    "300 GPUs",
    spliced(5, 0, ...many(300, (i) => (soundLines()[3] as string).replace('"index":0', `"index":${i}`))),
    5 + 256,
    /only 256 GPUs are read/,
  ),
  raw(
    "statistics without models",
    spliced(THIRD, 0, '{"type":"service_statistics","t_ms":0,"service":"llm","when":"before"}'),
    THIRD,
    /models is missing/,
  ),
  raw(
    "zero bytes after a crash",
    textOf(soundLines().slice(0, THIRD - 1)) + "\0".repeat(5000) + "\n",
    THIRD,
    /it is no JSON/,
  ),
];

/** All of them. */
export const HOSTILE_FILES: readonly HostileFile[] = [...NO_RESULTS, ...HEADERS, ...SECONDS, ...OTHERS];
