import assert from "node:assert/strict";
import { liveView } from "../../../lib/ui/views/live_view.ts";
import { summaryView } from "../../../lib/ui/views/summary_view.ts";
import { renderLive } from "../../../lib/ui/terminal/live.ts";
import { renderProgressLine } from "../../../lib/ui/terminal/progress_lines.ts";
import { paint } from "../../../lib/ui/terminal/style.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { noGenerator } from "../../../lib/measure/generator.ts";
import { openRun } from "../../report/speech_cases.ts";
import { makeRun } from "../../result/make_run.ts";

const OUTCOME = { report_path: "reports/page.html", exit_code: 0, exit_meaning: "", advice: [] };

Deno.test("liveView() and summaryView() are plain data: they survive a message and JSON unchanged", () => {
  const run = makeRun({ seconds: 20, errors: 0.1 });
  const verdict = evaluate(run);
  for (const view of [liveView(run, verdict, 20_000, false), summaryView(run, verdict, OUTCOME)]) {
    assert.deepEqual(structuredClone(view), view);
    assert.deepEqual(JSON.parse(JSON.stringify(view)), view);
  }
});

Deno.test("a live view of an open load speaks of calls in flight, never of users", () => {
  const run = openRun();
  const view = { ...liveView(run, evaluate(run), 20_000, false), in_flight: 7 };
  assert.equal(view.users, null);
  const space = { columns: 160, rows: 40 };
  for (const lines of [renderLive(view, space), [renderProgressLine(view)]]) {
    const text = lines.map((line) => paint(line, "none")).join("\n");
    assert.match(text, /7 in flight/);
    assert.doesNotMatch(text, /users/);
  }
  const closed = makeRun({ seconds: 20 });
  assert.equal(liveView(closed, evaluate(closed), 20_000, false).users, 20);
});

Deno.test("liveView() is stopping when it is told so, and from the planned end on", () => {
  const run = makeRun({ seconds: 20, complete: false });
  const phaseAt = (elapsed_ms: number, stopping: boolean) => liveView(run, evaluate(run), elapsed_ms, stopping).phase;
  assert.deepEqual([phaseAt(20_000, false), phaseAt(20_000, true), phaseAt(60_000, false)], [
    "running",
    "stopping",
    "stopping",
  ]);
});

Deno.test("liveView() shows the last events, but not that there is no GPU", () => {
  const run = makeRun({ seconds: 5, complete: false });
  run.add({ type: "event", t_ms: 0, kind: "gpu_absent", text: "no GPU" });
  for (let i = 1; i <= 4; i++) run.add({ type: "event", t_ms: i, kind: "gpu_message", text: `note ${i}` });
  run.add({ type: "event", t_ms: 9, kind: "gpu_absent", text: "no GPU" });
  assert.deepEqual(liveView(run, evaluate(run), 5000, false).notes, ["note 2", "note 3", "note 4"]);
});

Deno.test("liveView() counts the calls that wait for a port on from second to second, in one note", () => {
  const run = makeRun({ seconds: 5, complete: false });
  const text = "No local port is free (EADDRNOTAVAIL): 3 calls waited";
  run.add({ type: "event", t_ms: 1, kind: "local_shortage", text });
  const second = (index: number) => {
    const shortages = [{ errno: "EADDRNOTAVAIL" as const, calls: 3, spoilt: 0, first_ms: 5000, last_ms: 5000 }];
    const generator = { ...noGenerator(), shortages };
    run.add({
      type: "interval",
      index,
      series: [],
      failures: [],
      users: 1,
      in_flight: 1,
      connections: [],
      generator,
      turns: [],
    });
    return liveView(run, evaluate(run), 1000 * index, false).notes.map((note) => note.split(";")[0]);
  };
  assert.deepEqual([second(5), second(6)], [
    ["No local port is free (EADDRNOTAVAIL): 3 calls waited for a connection since 0:05"],
    ["No local port is free (EADDRNOTAVAIL): 6 calls waited for a connection since 0:05"],
  ]);
});

Deno.test("summaryView() does not know june-load's memory where it could not be read", () => {
  const run = makeRun({ seconds: 5 });
  for (const sample of run.host) sample.own_memory_bytes = null;
  const { machine } = summaryView(run, evaluate(run), OUTCOME);
  assert.match(machine.join(), /memory unknown/);
});
