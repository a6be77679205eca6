import assert from "node:assert/strict";
import { comparability } from "../../lib/compare/comparability.ts";
import { headlineOf } from "../../lib/compare/headline.ts";
import { methodTexts } from "../../lib/report/figures/comparison.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import type { Run } from "../../lib/result/run.ts";
import { makePlan, makeRun } from "../result/make_run.ts";
import { emptyRun, incompleteRun } from "../report/cases.ts";
import { reportOf, sideOf } from "./sides.ts";
import { simulatedPlan, simulatedRun } from "./simulated.ts";

const SHORT = { seconds: 20, rate_per_s: 10 };

const between = (base: Run, other: Run) => comparability(sideOf("a", base), sideOf("b", other));
const changed = (change: Partial<Plan>) => simulatedRun({ ...SHORT, seed: 1, plan: change });
const plan = simulatedPlan(SHORT);
const base = simulatedRun({ ...SHORT, seed: 1 });

Deno.test("runs of one plan are comparable, whatever is shown of them", () => {
  const other = changed({ percentiles: [50], thresholds: [], description: "other words", strict: true });
  assert.deepEqual(between(base, other), []);
});

/** A change of the plan, what is said of it, and whether it forbids a comparison. */
const CASES: [name: string, change: Partial<Plan>, said: RegExp, blocks: boolean][] = [
  ["seed", { seed: 8 }, /seed 7 against 8/, false],
  ["transport", { transport: "wire" }, /transport grpc-js against wire/, false],
  ["scenario", { scenario: "other" }, /scenario sample against other/, false],
  ["rate", { loads: simulatedPlan({ ...SHORT, rate_per_s: 30 }).loads }, /load 10\/s against 30\/s/, true],
  [
    "spacing",
    { loads: plan.loads.map((load) => ({ ...load, spacing: "constant" })) as Plan["loads"] },
    /load of the new runs: of another shape/,
    true,
  ],
  ["stages", { stages: plan.stages.map((stage) => ({ ...stage, name: "other" })) }, /stages hold against other/, true],
  ["length of a level", { duration_ms: 40_000 }, /length 20s against 40s/, false],
  [
    "mix",
    { tasks: plan.tasks.map((task) => ({ ...task, weight: 1 })) },
    /tasks\.llm\.chat_stream\.weight 30 against 1/,
    true,
  ],
  [
    "answers",
    {
      services: plan.services.map((service) =>
        service.name === "llm" ? { ...service, options: { ...service.options, max_tokens: 9 } as never } : service
      ),
    },
    /services\.llm\.options\.max_tokens 128 against 9/,
    true,
  ],
  [
    "address",
    { services: plan.services.map((service) => ({ ...service, address: "gpu-2:1" })) },
    /services\.llm\.address 127\.0\.0\.1:50051 against gpu-2:1/,
    false,
  ],
];

for (const [name, change, said, blocks] of CASES) {
  Deno.test(`another ${name} is told, and ${blocks ? "forbids" : "does not forbid"} a comparison`, () => {
    const report = reportOf(base, changed(change));
    const [pairing] = report.comparison.pairings;
    assert.ok(pairing !== undefined);
    const texts = pairing.mismatches.map((one) =>
      one.base === "" ? `${one.what} of the new runs: ${one.other}` : `${one.what} ${one.base} against ${one.other}`
    );
    assert.ok(texts.some((text) => said.test(text)), texts.join("; "));
    assert.equal(pairing.comparable, !blocks);
    assert.equal(headlineOf(pairing).status === "NOT COMPARABLE", blocks);
  });
}

Deno.test("an INVALID, an incomplete and an empty run are never compared without a word", () => {
  for (const [run, said] of [[incompleteRun(), /INVALID/], [emptyRun(), /no call ended/]] as const) {
    for (const [from, to] of [[base, run], [run, base]] as const) {
      const mismatches = between(from, to).filter(({ blocks, kind }) => blocks && kind === "run");
      assert.ok(mismatches.some((one) => said.test(one.base + one.other)), JSON.stringify(mismatches));
      const [pairing] = reportOf(from, to).comparison.pairings;
      assert.match(headlineOf(pairing!).sentence, /^These runs cannot be compared: /);
    }
  }
});

Deno.test("the machine that made the load, june-load's version and what the servers say are told", () => {
  const other = makeRun({ seconds: 20 });
  Object.assign(other.header, {
    host: { ...other.header.host, name: "bench-2" },
    tool: "june-load 0.2.0",
    services: other.header.services.map((service) => ({ ...service, details: "model sim, version 0.3.0" })),
  });
  const what = between(makeRun({ seconds: 20 }), other).map((one) => one.what);
  assert.deepEqual(what, ["generator host", "june-load", "llm says", "stt says", "tts says"]);
});

Deno.test("inputs are told apart by what is in them, not by where their files lie", () => {
  const inputs = (path: string, entries: number) => {
    const services = makePlan().services.map((one) => ({ ...one, inputs: [{ path, at: `${path}:1:1` }] }));
    const run = simulatedRun({ ...SHORT, seed: 1, plan: { services } });
    Object.assign(run.header, { inputs: [{ service: "llm", path, files: 1, entries, bytes: entries * 100 }] });
    return run;
  };
  assert.ok(between(inputs("/home/a/chats.jsonl", 10), inputs("/ci/chats.jsonl", 10)).every(({ blocks }) => !blocks));
  const [first] = between(inputs("/ci/chats.jsonl", 10), inputs("/ci/chats.jsonl", 12));
  assert.deepEqual([first?.what, first?.blocks], ["inputs of llm", true]);
});

Deno.test("several runs of one side before all of the other are told", () => {
  const at = (minute: number) =>
    simulatedRun({ ...SHORT, seed: minute, started_at: `2026-11-23T14:${10 + minute}:00.000Z` });
  const said = (base: number[], other: number[]) =>
    comparability(sideOf("a", ...base.map(at)), sideOf("b", ...other.map(at))).map(({ what }) => what);
  assert.deepEqual(said([1, 2], [3, 4]), ["order"]);
  assert.deepEqual(said([1, 3], [2, 4]), []);
});

Deno.test("runs of each side that vary alike make no difference of the sides, and many values are counted", () => {
  const seeds = (...all: number[]) => all.map((seed) => changed({ seed }));
  const said = (from: Run[], to: Run[]) => comparability(sideOf("a", ...from), sideOf("b", ...to));
  assert.deepEqual(said(seeds(1, 2, 3), seeds(3, 2, 1)), []);
  const [one, ...more] = said(seeds(1, 2), seeds(3, 4, 5, 6, 7));
  assert.deepEqual([one?.what, one?.base, one?.other, more.length], ["seed", "1, 2", "3, 4, 5 and 2 more", 0]);
  const mixed = [changed({}), changed({ loads: simulatedPlan({ ...SHORT, rate_per_s: 30 }).loads })];
  assert.ok(said(mixed, mixed).some(({ what, blocks }) => what === "load" && blocks), "two loads on one side");
});

Deno.test("ports of the built-in simulator are no difference; that one side had it, and addresses of others, are", () => {
  const at = (port: number, simulated: boolean) =>
    changed({
      services: plan.services.map((one, i) => ({
        ...one,
        address: `127.0.0.1:${port + i}`,
        ...(simulated && { simulated: true as const }),
      })),
    });
  assert.deepEqual(between(at(41_000, true), at(52_000, true)), []);
  assert.match(JSON.stringify(between(at(41_000, false), at(52_000, false))), /127\.0\.0\.1:41000/);
  const mixed = between(at(41_000, true), at(41_000, false));
  assert.ok(mixed.length > 0 && mixed.every(({ what, blocks }) => /\.simulated$/.test(what) && !blocks));
});

Deno.test("a comparison of runs of unequal length says how they are compared", () => {
  const longer = simulatedRun({ ...SHORT, seconds: 40, seed: 2 });
  assert.match(methodTexts(reportOf(base, longer)).join(" "), /not of the same length.*the whole of its own run/);
  assert.doesNotMatch(methodTexts(reportOf(base, base)).join(" "), /length/);
});
