import assert from "node:assert/strict";
import { compareSides } from "../../lib/compare/compare.ts";
import { holdGates, parseGate } from "../../lib/compare/gate.ts";
import { headlineOf } from "../../lib/compare/headline.ts";
import { PAIRS } from "../../lib/compare/items.ts";
import { noGenerator } from "../../lib/measure/generator.ts";
import { Series } from "../../lib/measure/series.ts";
import type { IntervalRecord } from "../../lib/result/record.ts";
import { renderComparisonCsv, renderComparisonJson } from "../../lib/report/compare/data.ts";
import { renderComparisonMarkdown } from "../../lib/report/compare/markdown.ts";
import { renderComparisonPage } from "../../lib/report/compare/page.ts";
import { renderComparisonText } from "../../lib/report/compare/text.ts";
import { duetTrials } from "./duet_trials.ts";
import { type DuetBehaviour, duetSides, simulatedDuet } from "./simulated_duet.ts";

/** What a machine does that others use, too: waves, a drift, jobs that come and go. */
const BUSY = { seconds: 0.1, correlation: 0.9, drift: 1.3, bursts: { per_minute: 2, seconds: 5, factor: 1.8 } };

const EMPTY_SECOND: Omit<IntervalRecord, "index" | "series"> = {
  type: "interval",
  failures: [],
  users: 0,
  in_flight: 0,
  connections: [],
  generator: noGenerator(),
  turns: [],
};

function pairingOf(...behaviours: DuetBehaviour[]) {
  const [base, other] = duetSides(...behaviours.map(simulatedDuet));
  const comparison = compareSides(base, [other]);
  return { base, other, comparison, pairing: comparison.pairings[0]! };
}

Deno.test("a duet on a busy machine finds 3 % that two runs apart cannot, and nothing where there is nothing", () => {
  const busy = { alone: true, seconds: 480, noise: BUSY };
  const slow = duetTrials({ ...busy, slow: 1.03 }, 5, 40);
  assert.deepEqual([slow.found, slow.foundApart], [5, 0]);
  assert.ok(slow.margins.p95_apart > 3 * slow.margins.p95, JSON.stringify(slow.margins));
  assert.deepEqual(duetTrials(busy, 5, 80).called, 0);
});

Deno.test("the headline of a duet names the side, the interval and that it is of pairs", () => {
  const { pairing } = pairingOf({ seed: 3, alone: true, seconds: 480, noise: BUSY, slow: 1.05 });
  const { status, sentence } = headlineOf(pairing);
  assert.equal(status, "SLOWER");
  assert.match(sentence, /^B's llm\.chat_stream is slower by [\d.]+ % ± [\d.]+ %, pair by pair\./);
  const equal = headlineOf(pairingOf({ seed: 4, alone: true, seconds: 480, noise: BUSY }).pairing);
  assert.match(equal.sentence, /^No certain change\. Pair by pair a change of more than [\d.]+ % is ruled out\./);
});

Deno.test("figures that june-load itself decides, and those of the machine, are in no duet", () => {
  const { pairing } = pairingOf({ seed: 5, seconds: 60 });
  const ids = new Set(pairing.figures.map(({ id }) => id));
  assert.ok(ids.has(PAIRS.id) && ids.has("error_rate") && ids.has("p95(response_time)"));
  for (const id of ["throughput", "goodput", "token_rate", "dropped"]) assert.ok(!ids.has(id), id);
  assert.deepEqual(pairing.machines, []);
  assert.deepEqual(pairing.mismatches.filter(({ what }) => what === "order" || what === "run"), []);
  assert.equal(pairing.comparable, true);
  assert.ok(pairing.mismatches.some(({ what }) => what === "services.llm.address"));
});

Deno.test("errors of both sides at once say nothing; those of one side do", () => {
  const common = pairingOf({ seed: 6, alone: true, bothFail: 0.2 });
  const rate = (found: typeof common) => found.pairing.figures.find(({ id }) => id === "error_rate")!;
  const { change, unpaired, certainty } = rate(common);
  assert.equal(certainty, "none");
  const width = (one: typeof change) => one!.high - one!.low;
  assert.ok(width(change) < width(unpaired!) / 5, "a fifth of every call fails, and yet nothing differs");
  const own = rate(pairingOf({ seed: 6, alone: true, bothFail: 0.2, errors: 0.01 }));
  assert.equal(own.certainty, "certain");
  assert.ok(own.change!.low > 0);
});

Deno.test("several duets count as blocks", () => {
  const behaviour = { alone: true, seconds: 120, noise: BUSY, slow: 1.1 };
  const one = pairingOf({ ...behaviour, seed: 21 });
  const three = pairingOf(...[21, 22, 23].map((seed) => ({ ...behaviour, seed })));
  const pairs = (found: typeof one) => found.pairing.figures.find(({ id }) => id === PAIRS.id)!;
  assert.ok(pairs(three).base.n > 2.5 * pairs(one).base.n);
  assert.ok(pairs(three).change!.low > 0.05 && pairs(three).change!.high < 0.15);
});

Deno.test("a gate holds a duet to its pairs, and to any other figure", () => {
  const { base, other } = pairingOf({ seed: 9, alone: true, seconds: 480, noise: BUSY, slow: 1.06 });
  const states = ["pairs(response_time) +3%", "pairs(response_time, llm.*) +12%", "p50(response_time) +20%"]
    .map((rule) => holdGates([parseGate(rule)], base, other)[0]!.state);
  assert.deepEqual(states, ["broken", "holds", "holds"]);
  assert.equal(parseGate("pairs( response_time ,llm.* )+3%").source, "pairs(response_time, llm.*) +3%");
  assert.throws(() => parseGate("pairs(response_time) +3pp"), /write this change in %, ms or s/);
  const [apart] = holdGates([parseGate("pairs(response_time) +3%")], base, { ...other, paired: false });
  assert.equal(apart!.worst?.unpaired, undefined, "the figure is there, but its interval is not of pairs");
});

Deno.test("every form of a duet calls its columns by the sides, and says what pairing gained", () => {
  const { comparison } = pairingOf({ seed: 3, alone: true, seconds: 480, noise: BUSY, slow: 1.05 });
  const report = { comparison, gates: [], version: "0.1.0" };
  const text = renderComparisonText(report);
  assert.match(text, /^llm\.chat_stream +A +B +difference$/m);
  assert.match(
    text.replace(/\s+/g, " "),
    /Without pairs the intervals of response times would be [\d.]+ times as wide/,
  );
  const [pair] = JSON.parse(renderComparisonJson(report)).pairs;
  assert.equal(pair.duet, true);
  const p95 = pair.figures.find(({ measure }: { measure: string }) => measure === "p95(response_time)");
  assert.ok(p95.unpaired.high - p95.unpaired.low > 2 * (p95.change.high - p95.change.low));
  assert.match(renderComparisonCsv(report), /unpaired_low,unpaired_high\r\n(B,.*,[-\d.]+,[-\d.]+\r\n)+/);
  assert.match(renderComparisonMarkdown(report), /\| Operation \| Figure \| A \| B \| Difference \|/);
  const page = renderComparisonPage(report);
  assert.match(page, /<th scope="col" class="n">A<\/th><th scope="col" class="n">B<\/th>/);
  assert.doesNotMatch(page, />baseline</);
});

Deno.test("a duet whose one side never answered says so", () => {
  const { pairing } = pairingOf({ seed: 12, alone: true, seconds: 60, errors: 1 });
  const { status, sentence } = headlineOf(pairing);
  assert.notEqual(status, "NO CHANGE SEEN");
  assert.match(sentence, /^B's llm\.chat_stream has no answers/);
});

Deno.test("a duet in which neither side answered is no proof that nothing changed", () => {
  const { pairing } = pairingOf({ seed: 15, alone: true, seconds: 60, bothFail: 1 });
  const { status, sentence } = headlineOf(pairing);
  assert.equal(status, "NOT COMPARABLE");
  assert.match(sentence, /answers of A: none at all and answers of B: none at all/);
});

Deno.test("a duet that june-load itself spoilt is not comparable, and says which side is unfit", () => {
  const [base, other] = simulatedDuet({ seed: 14, alone: true, seconds: 60 });
  for (const run of [base, other]) Object.assign(run.end!, { reason: "stopped" });
  const [from, to] = duetSides([base, other]);
  const [pairing] = compareSides(from, [to]).pairings;
  const { status, sentence } = headlineOf(pairing!);
  assert.equal(status, "NOT COMPARABLE");
  assert.match(sentence, /verdict of A: INVALID and verdict of B: INVALID\. For what they are worth: /);
});

Deno.test("sums that a stranger made up give no figure, and no NaN", () => {
  const [base, other] = simulatedDuet({ seed: 13, alone: true, seconds: 60 });
  for (const run of [base, other]) {
    const series = new Series();
    Object.assign(series, { issued: 1 });
    series.outcomes.ok++;
    for (const name of ["pairs", "pairs_ok", "pairs_timed"] as const) series.count(name, 1);
    series.count("pair_log_time", 1e15);
    series.count("pairs_lost", 1e9);
    run.add({ ...EMPTY_SECOND, index: 60, series: [series.toData("llm.chat_stream", 0)] });
  }
  const [from, to] = duetSides([base, other]);
  const { figures } = compareSides(from, [to]).pairings[0]!;
  assert.ok(figures.some(({ id }) => id === "error_rate") && figures.every(({ id }) => id !== PAIRS.id));
  for (const { change, p } of figures) {
    for (const value of [change?.value, change?.low, change?.high, p]) assert.ok(!Number.isNaN(value ?? 0));
  }
});
