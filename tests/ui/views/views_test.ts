import assert from "node:assert/strict";
import { liveView } from "../../../lib/ui/views/live_view.ts";
import { summaryView } from "../../../lib/ui/views/summary_view.ts";
import { renderLive } from "../../../lib/ui/terminal/live.ts";
import { renderProgressLine } from "../../../lib/ui/terminal/progress_lines.ts";
import { paint } from "../../../lib/ui/terminal/style.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { noGenerator } from "../../../lib/measure/generator.ts";
import { openRun } from "../../report/speech_cases.ts";
import type { HeaderRecord } from "../../../lib/result/record.ts";
import { Run } from "../../../lib/result/run.ts";
import { makeRecords, makeRun } from "../../result/make_run.ts";

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
  for (const lines of [renderLive(view, space).body, [renderProgressLine(view)]]) {
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

Deno.test("liveView() shows the events with their instants, but not that there is no GPU", () => {
  const run = makeRun({ seconds: 5, complete: false });
  run.add({ type: "event", t_ms: 0, kind: "gpu_absent", text: "no GPU" });
  for (let i = 1; i <= 4; i++) run.add({ type: "event", t_ms: i, kind: "gpu_message", text: `note ${i}` });
  run.add({ type: "event", t_ms: 9, kind: "gpu_absent", text: "no GPU" });
  const notes = liveView(run, evaluate(run), 5000, false).news.filter(({ tone }) => tone === "warn");
  assert.deepEqual(notes.map(({ t_ms, text }) => [t_ms, text]), [1, 2, 3, 4].map((i) => [i, `note ${i}`]));
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
    const { news } = liveView(run, evaluate(run), 1000 * index, false);
    return news.filter(({ tone }) => tone === "warn").map(({ text }) => text.split(";")[0]);
  };
  assert.deepEqual([second(5), second(6)], [
    ["No local port is free (EADDRNOTAVAIL): 3 calls waited for a connection since 0:05"],
    ["No local port is free (EADDRNOTAVAIL): 6 calls waited for a connection since 0:05"],
  ]);
});

Deno.test("liveView() tells what the report finds, in the order of time, and not what only the end can tell", () => {
  const run = makeRun({ seconds: 60, slowFrom: 20, slowTo: 40, complete: false });
  const { news } = liveView(run, evaluate(run), 60_000, false);
  assert.deepEqual(news.map(({ t_ms }) => t_ms), news.map(({ t_ms }) => t_ms).toSorted((a, b) => a - b));
  const over = news.find(({ text }) => text.startsWith("llm.chat_stream is over its limit of 2 s"));
  assert.equal(over?.tone, "fail");
  assert.equal(over.t_ms, 20_000);
  assert.doesNotMatch(news.map(({ text }) => text).join(), /before the load ends/);
});

Deno.test("liveView() gives the rate of each second, what failed, and further figures where they are asked for", () => {
  const run = makeRun({ seconds: 20, errors: 0.1 });
  const view = liveView(run, evaluate(run), 20_000, false);
  assert.equal(view.rate_history.length, run.slots.length);
  const ended = view.rate_history.reduce((sum, rate) => sum + rate, 0);
  assert.equal(
    Math.round(ended),
    run.operations.reduce((sum, name) => sum + (run.total({ operations: name }, true).issued), 0),
  );
  assert.ok(
    view.failures.length > 0 && view.failures.every(({ count, last_ms, first_ms }) => count > 0 && last_ms >= first_ms),
  );
  assert.deepEqual(view.details, []);
  assert.ok(liveView(run, evaluate(run), 20_000, false, { details: true }).details.length > 0);
});

Deno.test("liveView() says how much of each limit is used up, whichever side of it is the right one", () => {
  const run = makeRun({ seconds: 20 });
  for (const { source, used, holds, state } of liveView(run, evaluate(run), 20_000, false).rules) {
    assert.equal(holds, source.includes("<") ? "below" : "above");
    if (state === "pass") assert.ok(used !== null && used <= 1, source);
  }
});

Deno.test("summaryView() does not know june-load's memory where it could not be read", () => {
  const [header, ...records] = makeRecords({ seconds: 5 });
  const run = new Run(header as HeaderRecord);
  for (const record of records) run.add(record.type === "host" ? { ...record, own_memory_bytes: null } : record);
  const { machine } = summaryView(run, evaluate(run), OUTCOME);
  assert.match(machine.join(), /memory unknown/);
});
