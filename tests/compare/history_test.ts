import assert from "node:assert/strict";
import { type History, historyOf, pastRun } from "../../lib/compare/history.ts";
import { unpackData } from "../../lib/report/html/page/data.ts";
import { renderHistoryPage } from "../../lib/report/compare/history_page.ts";
import { renderHistoryText } from "../../lib/report/compare/history_text.ts";
import type { Run } from "../../lib/result/run.ts";
import { incompleteRun } from "../report/cases.ts";
import { sideOf } from "./sides.ts";
import { simulatedRun } from "./simulated.ts";

const FAST = { seconds: 20, rate_per_s: 30 };

const at = (day: number) => `2026-11-${String(day).padStart(2, "0")}T02:00:00.000Z`;

/** Nightly runs; the language model is slower from some night on. */
function nights(count: number, slowFrom: number): Run[] {
  return Array.from(
    { length: count },
    (_, i) => simulatedRun({ ...FAST, seed: i + 1, slow: i < slowFrom ? 1 : 1.4, started_at: at(i + 1) }),
  );
}

function history(runs: readonly Run[]): History {
  const sides = runs.flatMap((run, i) => sideOf(`reports/sample/${i + 1}`, run).runs);
  const newest = sides.at(-1)!;
  return historyOf(newest, sides.map((one) => pastRun(one, newest)));
}

const usual = history(nights(14, 9));
const levelsOf = ({ figures }: History, operation: string, id: string) =>
  figures.find((one) => one.operation === operation && one.id === id)?.levels ?? assert.fail(id);

Deno.test("history() finds the night from which a figure changed, by how much, and no other", () => {
  const [before, after, ...more] = levelsOf(usual, "llm.chat_stream", "p50(response_time)");
  assert.ok(before !== undefined && after !== undefined && more.length === 0);
  assert.deepEqual([before.from, before.to, before.change], [0, 8, null]);
  assert.deepEqual([after.from, after.to, after.runs], [9, 13, 5]);
  assert.ok(after.change !== null && Math.abs(after.change - 0.4) < 0.08, String(after.change));
  assert.equal(levelsOf(usual, "stt.recognize_stream", "p50(response_time)").length, 1);
});

Deno.test("runs of another plan and broken ones are listed and left out", () => {
  const runs = nights(6, 6);
  const other = simulatedRun({ ...FAST, seed: 50, rate_per_s: 60, started_at: at(20) });
  const mixed = history([incompleteRun(), other, ...runs]);
  assert.deepEqual(mixed.runs.map(({ left_out }) => left_out.length > 0), [true, true, ...runs.map(() => false)]);
  for (const { points } of mixed.figures) assert.ok(points.every(({ run }) => run >= 2));
  assert.match(renderHistoryText(mixed), /left out: load 60\/s against 30\/s|left out: load 30\/s against 60\/s/);
});

Deno.test("the text says first what changed, with day and size, and lists each run", () => {
  const text = renderHistoryText(usual);
  assert.match(
    text,
    /levels that changed\n(.*\n)*? {2}llm\.chat_stream response time P50 +[▁-█]+ .* 2026-11-10: \+\d+(\.\d+)? %, 5 runs/,
  );
  assert.equal([...text.matchAll(/ calls {2}june-load/g)].length, 14);
});

Deno.test("the page draws each figure with its levels, in the report's own document", async () => {
  const page = renderHistoryPage(usual, "0.1.0");
  assert.equal([...page.matchAll(/<figure/g)].length, usual.figures.length);
  const steps = usual.figures.reduce((sum, { levels }) => sum + levels.length, 0);
  const { lines, runs, charts } = await unpackData(/id="data">([^<]*)</.exec(page)?.[1] ?? "");
  assert.equal(Object.keys(lines).filter((name) => /, level \d+$/.test(name)).length, steps);
  assert.deepEqual([runs?.length, Object.keys(charts).length], [14, usual.figures.length]);
  assert.match(page, /14 of 14 runs can be set side by side; the latest change: llm\.chat_stream/);
  const one = history(nights(1, 5));
  assert.match(renderHistoryPage(one, "0.1.0"), /too few to tell a change/);
  assert.match(renderHistoryText(one), /too few runs to tell a change/);
  assert.match(renderHistoryPage(history(nights(6, 9)), "0.1.0"), /no level changed/);
});
