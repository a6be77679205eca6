import assert from "node:assert/strict";
import { compareSides } from "../../lib/compare/compare.ts";
import { directionOf, type FigureDifference } from "../../lib/compare/figures.ts";
import { headlineOf } from "../../lib/compare/headline.ts";
import { differenceText } from "../../lib/compare/words.ts";
import { Series } from "../../lib/measure/series.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { Run } from "../../lib/result/run.ts";
import { makeHeader, makeInterval, makePlan, makeRun } from "../result/make_run.ts";
import { openRun } from "../report/speech_cases.ts";
import { reportOf, sideOf } from "./sides.ts";
import { simulatedRun } from "./simulated.ts";

const MODEL = "llm.chat_stream";
const FAST = { seconds: 120, rate_per_s: 15 };

const pairOf = (base: Run, other: Run) => {
  const [pairing] = reportOf(base, other).comparison.pairings;
  return pairing ?? assert.fail("no pairing");
};
const figure = (figures: FigureDifference[], id: string, operation = MODEL) =>
  figures.find((one) => one.id === id && one.operation === operation) ?? assert.fail(`no ${id} of ${operation}`);

Deno.test("a run compared with itself is the same in every figure", () => {
  const run = simulatedRun({ ...FAST, seed: 1 });
  const pairing = pairOf(run, run);
  assert.equal(headlineOf(pairing).status, "NO CHANGE SEEN");
  for (const one of [...pairing.figures, ...pairing.machines]) {
    if (one.change === null) continue;
    assert.ok(Math.abs(one.change.value) < 1e-12, one.id);
    assert.equal(one.certainty, "none", one.id);
  }
  assert.ok(pairing.mismatches.some(({ what }) => what === "run") === false, "the paths differ");
});

Deno.test("two runs too short for any interval of a response time are no claim that nothing changed", () => {
  const short = { seconds: 12, rate_per_s: 1 };
  const { status, sentence } = headlineOf(
    pairOf(simulatedRun({ ...short, seed: 1 }), simulatedRun({ ...short, seed: 1, slow: 3 })),
  );
  assert.equal(status, "CANNOT TELL");
  assert.match(sentence, /P95 of \S+ was \S+ m?s and is \S+ m?s\. Longer or more runs would tell\.$/);
});

Deno.test("a planted slowdown is found in each figure it moves, by about what was planted, and nowhere else", () => {
  const pairing = pairOf(simulatedRun({ ...FAST, seed: 1 }), simulatedRun({ ...FAST, seed: 2, slow: 1.3 }));
  for (const id of ["p50(response_time)", "p50(first_message)", "p50(gap)"]) {
    const one = figure(pairing.figures, id);
    assert.equal(one.certainty, "certain", id);
    assert.ok(one.change !== null && one.change.low < 0.3 && one.change.high > 0.3, id);
    assert.equal(directionOf(one), "worse");
  }
  const others = pairing.figures.filter(({ operation }) => operation !== MODEL);
  assert.ok(others.length > 10 && others.every(({ certainty }) => certainty !== "certain"));
  const { status, sentence } = headlineOf(pairing);
  assert.equal(status, "SLOWER");
  assert.match(sentence, /^llm\.chat_stream is slower by \d+ % ± /);
});

Deno.test("sides that are swapped give the inverse, with the same certainty", () => {
  const [a, b] = [simulatedRun({ ...FAST, seed: 3 }), simulatedRun({ ...FAST, seed: 4, slow: 1.1, errors: 0.01 })];
  const [there, back] = [pairOf(a, b), pairOf(b, a)];
  for (const one of there.figures) {
    const other = figure(back.figures, one.id, one.operation as string);
    assert.equal(other.certainty, one.certainty, one.id);
    if (one.change === null || other.change === null) continue;
    const together = one.change.scale === "ratio"
      ? (1 + one.change.value) * (1 + other.change.value) - 1
      : one.change.value + other.change.value;
    assert.ok(Math.abs(together) < 1e-9, one.id);
  }
});

Deno.test("all times of a side in another unit change no ratio", () => {
  const [a, b] = [simulatedRun({ ...FAST, seed: 5 }), simulatedRun({ ...FAST, seed: 6 })];
  const [c, d] = [simulatedRun({ ...FAST, seed: 5, slow: 4 }), simulatedRun({ ...FAST, seed: 6, slow: 4 })];
  const [plain, scaled] = [a, c].map((run, i) => figure(pairOf(run, i === 0 ? b : d).figures, "p95(response_time)"));
  assert.ok(plain?.change && scaled?.change);
  for (const end of ["value", "low", "high"] as const) {
    assert.ok(Math.abs(plain.change[end] - scaled.change[end]) < 0.005, end);
  }
});

Deno.test("an operation without answers any more is worse, not unknown", () => {
  const base = simulatedRun({ ...FAST, seed: 1 });
  const dead = simulatedRun({ ...FAST, seed: 2, errors: 1 });
  const pairing = pairOf(base, dead);
  assert.equal(differenceText(figure(pairing.figures, "p95(response_time)")), "not measured any more");
  const { status, sentence } = headlineOf(pairing);
  assert.equal(status, "WORSE");
  assert.match(sentence, /llm\.chat_stream has no answers any more/);
});

Deno.test("errors are compared in points, also from none at all", () => {
  const one = figure(
    pairOf(makeRun(), makeRun({ errors: 0.05, seed: 9 })).figures,
    "error_rate",
  );
  assert.equal(one.change?.scale, "difference");
  assert.equal(one.certainty, "certain");
  assert.ok(one.change.low > 0 && one.change.high < 0.15);
});

Deno.test("a percentile behind a deadline forms no change and says at least", () => {
  const operations = [MODEL];
  const pairing = pairOf(openRun({ operations }), openRun({ timeouts: 1, operations }));
  const p99 = figure(pairing.figures, "p99(response_time)");
  assert.deepEqual([p99.change, p99.base.at_least, p99.other.at_least], [null, false, true]);
  assert.match(differenceText(p99), /timed out/);
});

Deno.test("times below 0 are compared by their difference", () => {
  const early = (shift_us: number) => {
    const run = new Run(
      makeHeader(makePlan({ stages: [{ name: "hold", load: 0, start_ms: 0, end_ms: 60_000, warm_up: false }] })),
    );
    for (let index = 0; index < 60; index++) {
      const series = new Series();
      for (let call = 0; call < 10; call++) {
        series.issued++;
        series.outcomes.ok++;
        series.histogram("response_time").recordSigned(-50_000 + shift_us + 7_000 * ((index * 3 + call * 7) % 11));
      }
      run.add({ ...makeInterval(run.plan, index, () => 0), series: [series.toData("stt.recognize_stream", 0)] });
    }
    run.add({ type: "end", t_ms: 60_000, reason: "completed", text: "", unaccounted: 0 });
    return run;
  };
  const one = figure(pairOf(early(0), early(20_000)).figures, "p50(response_time)", "stt.recognize_stream");
  assert.equal(one.change?.scale, "difference");
  assert.ok(Math.abs(one.change.value - 20_000) < 200, String(one.change.value));
  assert.equal(differenceText(one).slice(0, 14), "slower by 20.0");
});

Deno.test("a load that changes is compared batch by batch of the same time", () => {
  const loads: Plan["loads"] = [{
    kind: "open",
    name: "load",
    spacing: "poisson",
    max_in_flight: 9,
    max_wait_ms: 0,
    courses: [{ kind: "linear", start_ms: 0, end_ms: FAST.seconds * 1000, from: 1, to: 30 }],
  }];
  const rising = (seed: number, slow: number) => simulatedRun({ ...FAST, seed, slow, plan: { loads } });
  const p50 = figure(pairOf(rising(1, 1), rising(2, 1.3)).figures, "p50(response_time)");
  assert.equal(p50.certainty, "certain");
  assert.ok(p50.change !== null && p50.change.low < 0.3 && p50.change.high > 0.3);
  assert.equal(headlineOf(pairOf(rising(3, 1), rising(4, 1))).status, "NO CHANGE SEEN");
});

Deno.test("with several runs a side what differs from run to run is no change", () => {
  const runs = (first: number, slow: number) =>
    [0, 1, 2].map((i) => simulatedRun({ ...FAST, seed: first + i, slow: slow * [0.9, 1, 1.12][i]! }));
  const p50 = (slow: number) => {
    const { pairings } = compareSides(sideOf("a", ...runs(1, 1)), [sideOf("b", ...runs(11, slow))]);
    return figure(pairings[0]!.figures, "p50(response_time)");
  };
  const slightly = p50(1.1);
  assert.notEqual(slightly.certainty, "certain");
  assert.equal(p50(3).certainty, "certain");
  assert.equal(slightly.base.n, slightly.base.n | 0);
});

Deno.test("answers that are longer are told, since they take longer", () => {
  const base = simulatedRun({ ...FAST, seed: 1 });
  const longer = new Run(base.header);
  const source = simulatedRun({ ...FAST, seed: 2 });
  for (let index = 0; index < FAST.seconds; index++) {
    const series = new Series();
    for (let call = 0; call < 5; call++) {
      series.issued++;
      series.outcomes.ok++;
      series.histogram("response_time").record(700_000 + 1000 * ((index * 7 + call * 13) % 100));
      series.histogram("output_length").record(80 + (index + call) % 9);
    }
    longer.add({ ...makeInterval(source.plan, index, () => 0), series: [series.toData(MODEL, 0)] });
  }
  longer.add({ type: "end", t_ms: FAST.seconds * 1000, reason: "completed", text: "", unaccounted: 0 });
  assert.match(headlineOf(pairOf(base, longer)).sentence, /Mind: llm\.chat_stream has longer answers/);
});

Deno.test("a run too short for an interval still shows the plain change, and says that it tells nothing", () => {
  const [base, other] = [makeRun({ seconds: 4 }), makeRun({ seconds: 4, slowTo: 4, seed: 9 })];
  const pairing = pairOf(base, other);
  assert.match(
    differenceText(figure(pairing.figures, "p50(response_time)")),
    /^\+\d+(\.\d+)? %, but too (short|few values) to tell$/,
  );
});

Deno.test("several short runs a side have enough values together, and one of each has not", () => {
  const short = (first: number, slow: number) =>
    Array.from({ length: 4 }, (_, i) => simulatedRun({ seconds: 20, rate_per_s: 15, seed: first + i, slow }));
  const [base, other] = [short(1, 1), short(11, 2)];
  const p95 = (some: number) => {
    const { pairings } = compareSides(sideOf("a", ...base.slice(0, some)), [sideOf("b", ...other.slice(0, some))]);
    return figure(pairings[0]!.figures, "p95(response_time)");
  };
  assert.equal(p95(1).unknown, "too few values");
  const together = p95(4);
  assert.ok(together.change !== null && together.change.low < 1 && together.change.high > 1);
  assert.ok((together.p ?? 1) < 0.01);
});
