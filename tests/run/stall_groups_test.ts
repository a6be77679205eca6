import assert from "node:assert/strict";
import { StallGroups } from "../../lib/run/stall_groups.ts";

Deno.test("StallGroups makes one event of the stalls of a second, with their number and the longest", () => {
  const groups = new StallGroups(2);
  groups.add({ kind: "process_stalled", start_ms: 1000, length_ms: 60, workers: [0, 1] });
  groups.add({ kind: "process_stalled", start_ms: 1300, length_ms: 300, workers: [0, 1] });
  groups.add({ kind: "worker_stalled", start_ms: 1500, length_ms: 80, workers: [1] });
  assert.deepEqual(groups.take(1900), []);
  assert.deepEqual(groups.take(2000).map(({ t_ms, text, stalls }) => [t_ms, text, stalls]), [[
    1000,
    "june-load as a whole stood still 2 times, for 300 ms at the longest; calls that it touched are judged apart",
    { count: 2, longest_ms: 300 },
  ]]);
  const [worker, ...more] = groups.take(Infinity);
  assert.match(worker?.text ?? "", /^worker 2 of 2 was blocked for 80\.0 ms; calls that it touched/);
  assert.deepEqual(more, []);
});

Deno.test("StallGroups says that a stall of the main thread touched no call", () => {
  const groups = new StallGroups(1);
  groups.add({ kind: "main_stalled", start_ms: 0, length_ms: 250 });
  const [event] = groups.take(Infinity);
  assert.equal(
    event?.text,
    "june-load's main thread stood still for 250 ms; calls run in the workers and were not touched",
  );
});

Deno.test("StallGroups gives few events of ten minutes that stall all the time, and loses none of the stalls", () => {
  const groups = new StallGroups(1);
  for (let start_ms = 0; start_ms < 600_000; start_ms += 500) {
    groups.add({ kind: "worker_stalled", start_ms, length_ms: 100 + start_ms / 10_000, workers: [0], starved: true });
  }
  const events = groups.take(Infinity);
  assert.ok(events.length > 8 && events.length < 60, `${events.length} events`);
  assert.equal(events.reduce((sum, { stalls }) => sum + stalls!.count, 0), 1200);
  assert.ok(events.every(({ t_ms }, i) => i === 0 || t_ms > events[i - 1]!.t_ms));
});
