import assert from "node:assert/strict";
import type { Change } from "../../lib/plan/steering.ts";
import { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { rule } from "../plans.ts";
import { steering } from "../../lib/run/steering.ts";
import { makeHeader, makeRecords, makeRun } from "../result/make_run.ts";
import { closedLoad, linear, openLoad, planOf, staged } from "./plans.ts";
import { comparability } from "../../lib/compare/comparability.ts";
import { findingsOf } from "../../lib/report/html/findings/findings.ts";
import { renderJson } from "../../lib/report/json.ts";
import { renderMarkdown } from "../../lib/report/forms/markdown.ts";
import { renderSummary } from "../../lib/report/text/summary.ts";

const steered = (at_ms: number, change: Change) => (
  {
    type: "event",
    t_ms: at_ms - 200,
    kind: "steered",
    text: `the user made a change of type ${change.type}`,
    change,
    at_ms,
  } as const
);

/** Sixty made-up seconds of 20 users, with changes in their places. */
function steeredRun(...changes: [at_ms: number, change: Change][]): Run {
  const records = makeRecords();
  const [header, ...rest] = records;
  assert.equal(header?.type, "header");
  const run = new Run(header as ConstructorParameters<typeof Run>[0]);
  const events = changes.map(([at_ms, change]) => steered(at_ms, change));
  for (const record of rest) {
    const now_ms = record.type === "interval" ? record.index * 1000 : Infinity;
    while (events.length > 0 && events[0]!.t_ms <= now_ms) run.add(events.shift()!);
    run.add(record);
  }
  return run;
}

const TO_40: Change = { type: "target", load: null, target: 40 };

Deno.test("a run knows the steered plan, its stages and its length, and the plan that it began with", () => {
  const run = steeredRun([3000, { type: "next_stage" }], [20_000, TO_40], [30_000, { type: "pause" }], [35_000, {
    type: "resume",
  }]);
  assert.deepEqual(run.plan.stages.map(({ end_ms }) => end_ms), [3000, 63_000]);
  assert.equal(run.plan.duration_ms, 63_000);
  assert.equal(run.header.plan.duration_ms, 60_000);
  const [load] = run.plan.loads;
  assert.equal(load?.kind === "closed" && load.users, 40);
  assert.equal(run.window_ms({ stage: "hold" }), 60_000 - 3000 - 5000, "the pause counts for nothing");
  assert.equal(run.steered.length, 4);
});

Deno.test("while a run is paused its stage goes on, and its time does not", () => {
  const run = steeredRun([57_000, { type: "pause" }]);
  assert.equal(run.plan.duration_ms, 63_000);
  assert.deepEqual(run.plan.pauses, [{ start_ms: 57_000, end_ms: 60_000 }]);
  assert.equal(run.window_ms(), 57_000);
});

Deno.test("changes that june-load would have refused, out of order or too many change nothing", () => {
  const run = steeredRun(
    [10_000, TO_40],
    [9000, { type: "pause" }],
    [11_000, { type: "resume" }],
    [12_000, { type: "target", load: "no such load", target: 5 }],
    [13_000, { type: "scale", factor: 0 }],
    [14_000, { type: "reset_statistics" }],
  );
  assert.deepEqual(run.steered.map(({ change }) => change), [TO_40]);
  assert.equal(run.plan.duration_ms, 60_000);
  assert.equal(run.events.filter(({ kind }) => kind === "steered").length, 6);
});

Deno.test("`load` asks for the users that the steered plan has", () => {
  const plain = evaluate(makeRun()).rules.find(({ threshold }) => threshold.source === "load >= 100%");
  assert.equal(plain?.observed, 1);
  const more = evaluate(steeredRun([20_000, TO_40])).rules.find(({ threshold }) => threshold.source === "load >= 100%");
  assert.equal(more?.observed, 0.5, "20 of 40 users ran");
  assert.equal(rule("load >= 100%").limit, 1);
});

Deno.test("verdict, summary, Markdown, JSON and findings say that a run was steered, and a run that was not says nothing", () => {
  const run = steeredRun([12_000, TO_40], [30_000, { type: "pause" }], [35_000, { type: "resume" }]);
  const verdict = evaluate(run);
  const words = "0:12 to 40 users, 0:30 paused, 0:35 resumed";
  assert.ok(
    verdict.sentence.endsWith(`The load was steered by hand, and is judged as steered: ${words}.`),
    verdict.sentence,
  );
  assert.ok(renderSummary(run, verdict).includes(`\nsteered by hand: ${words}\n`));
  assert.ok(renderMarkdown(run, verdict, { comparison: null }).includes("steered by hand"));
  const { told, rest } = findingsOf(run);
  const pause = [...told, ...rest].find(({ text }) => text.endsWith("of type pause."));
  assert.deepEqual([pause?.from_s, pause?.to_s, pause?.tone], [30, 35, ""]);
  const json = JSON.parse(renderJson(run, verdict));
  assert.deepEqual(json.steered[0], { at_ms: 12_000, change: TO_40 });
  const plain = makeRun();
  assert.ok(!evaluate(plain).sentence.includes("steered"));
  assert.equal(JSON.parse(renderJson(plain, evaluate(plain))).steered, undefined);
});

Deno.test("a steered run is compared with no other, unless the same was done at the same instants", () => {
  const side = (run: Run, path: string) => ({ name: path, runs: [{ run, verdict: evaluate(run), path }] });
  const [plain, one, same] = [makeRun(), steeredRun([12_000, TO_40]), steeredRun([12_000, TO_40])];
  const found = comparability(side(plain, "a"), side(one, "b")).find(({ what }) => what === "steering");
  assert.deepEqual([found?.blocks, found?.base, found?.other], [true, "as planned", "steered at 0:12 to 40 users"]);
  assert.equal(comparability(side(same, "a"), side(one, "b")).find(({ what }) => what === "steering"), undefined);
});

Deno.test("the event of each change says in words what was changed, and to what", () => {
  const texts = (run: Run, changes: Change[]) =>
    changes.map((change, i) => {
      const steered = steering(run, change, 12_000 + 1000 * i);
      assert.ok("event" in steered, JSON.stringify(steered));
      run.add(steered.event);
      return steered.event.text;
    });
  const { courses, stages } = staged(0, [[linear(20), 30_000], [linear(40), 30_000]]);
  const closed = planOf([closedLoad(courses)], stages);
  const all: Change[] = [TO_40, { type: "scale", factor: 0.9 }, { type: "pause" }, { type: "resume" }, {
    type: "next_stage",
  }];
  assert.deepEqual(texts(new Run(makeHeader(closed)), [...all, { type: "reset_statistics" }]), [
    "the user changed the load from 20 to 40 users from 0:12 on",
    "the user set all that is to come to 90 % from 0:13 on: the load from 40 to 36 users",
    "the user paused the run at 0:14: no new task starts",
    "the user resumed the run at 0:15; the load ends at 1:01",
    "the user skipped the rest of the stage at 0:16; the load ends at 0:46",
    "the user set statistics back: views may count from here",
  ]);
  const both = planOf([closedLoad(courses), openLoad(courses)], [
    ...stages,
    ...stages.map((one) => ({ ...one, load: 1 })),
  ]);
  const [text] = texts(new Run(makeHeader(both)), [{ type: "target", load: "open", target: 12.5 }]);
  assert.equal(text, "the user changed the load open from 20.0/s to 12.5/s from 0:12 on");
});
