/** A run that is looked at while it grows gives the figures of one that is read when it is over. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Change } from "../../lib/plan/steering.ts";
import type { ResultRecord } from "../../lib/result/record.ts";
import { Run, type Selection } from "../../lib/result/run.ts";
import { statisticsOf } from "../../lib/ui/views/statistics.ts";
import { makeHeader, makeInterval, makePlan, noise } from "./make_run.ts";

const PLAN = makePlan({
  duration_ms: 12_000,
  stages: [
    { name: "warm_up", load: 0, start_ms: 0, end_ms: 2000, warm_up: true },
    { name: "ramp", load: 0, start_ms: 2000, end_ms: 5000, warm_up: false, ramp: true },
    { name: "hold", load: 0, start_ms: 5000, end_ms: 12_000, warm_up: false },
  ],
});

const SELECTIONS: readonly Selection[] = [
  {},
  { operations: "llm.*" },
  { operations: "llm.chat_stream", without_ramps: true },
  { operations: "tts.synthesize" },
  { stage: "hold" },
  { stage: "warm_up", operations: "*" },
  { without_ramps: true },
];

type Look = { selection: Selection; warm: boolean };
type Step = { looks: Look[]; change: Change | null; statistics: boolean; host: boolean };

const step = fc.record<Step>({
  looks: fc.array(fc.record({ selection: fc.constantFrom(...SELECTIONS), warm: fc.boolean() }), { maxLength: 4 }),
  change: fc.option(
    fc.constantFrom<Change>({ type: "pause" }, { type: "resume" }, { type: "next_stage" }, {
      type: "scale",
      factor: 2,
    }),
    { freq: 6 },
  ),
  statistics: fc.boolean(),
  host: fc.boolean(),
});

const totalOf = (run: Run, { selection, warm }: Look) => run.total(selection, warm).toData("any", 0);

Deno.test("a run that is read as it grows has, at every second, the figures of one read only then", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 14 }), fc.nat(), (steps, seed) => {
      const random = noise(seed);
      const records: ResultRecord[] = [];
      const watched = new Run(makeHeader(PLAN));
      const take = (record: ResultRecord) => {
        records.push(record);
        watched.add(record);
      };
      for (const [index, { looks, change, statistics, host }] of steps.entries()) {
        take(makeInterval(watched.plan, index, random, 1 + random(), 0.1));
        if (change !== null) {
          const at_ms = (index + 1) * 1000 + 100;
          take({ type: "event", t_ms: at_ms, kind: "steered", text: "changed", change, at_ms });
        }
        if (host) take({ type: "event", t_ms: index * 1000, kind: "gpu_message", text: `note ${index}` });
        const fresh = new Run(makeHeader(PLAN));
        for (const record of records) fresh.add(record);
        for (const look of looks) assert.deepEqual(totalOf(watched, look), totalOf(fresh, look));
        if (statistics) assert.deepEqual(statisticsOf(watched), statisticsOf(fresh));
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("what comes after an end mark, or after one that was taken back, is counted once", () => {
  for (const breaksOff of [false, true]) {
    const random = noise(5);
    const [first, late] = [makeInterval(PLAN, 0, random), makeInterval(PLAN, 1, random)];
    const run = new Run(makeHeader(PLAN));
    run.add(first);
    run.add({ type: "end", t_ms: 1000, reason: "completed", text: "", unaccounted: 0 });
    const look = { selection: { operations: "llm.chat_stream", stage: "warm_up" }, warm: true };
    const before = totalOf(run, look).issued;
    if (breaksOff) run.breakOff({ line: 3, reason: "it was cut" });
    run.add(late);
    const llm = late.series.find(({ operation }) => operation === "llm.chat_stream");
    assert.equal(totalOf(run, look).issued, before + (llm?.issued ?? 0));
  }
});
