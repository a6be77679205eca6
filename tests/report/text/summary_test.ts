import assert from "node:assert/strict";
import { renderSummary } from "../../../lib/report/text/summary.ts";
import { assertGolden } from "../../golden/golden.ts";
import {
  allFailedRun,
  CASES,
  emptyRun,
  hostileRun,
  incompleteRun,
  killedRun,
  unfinishedRun,
  usualRun,
  verdictOf,
} from "../cases.ts";

const summaryOf = (run: ReturnType<typeof usualRun>) => renderSummary(run, verdictOf(run));

Deno.test("renderSummary() is the golden page of text", async () => {
  await assertGolden("report/summary.txt", summaryOf(usualRun()));
});

Deno.test("renderSummary() of an empty run keeps the planned operations, without a time", () => {
  const text = summaryOf(emptyRun());
  assert.match(text, /^llm\.chat_stream +0 +0 % +0\/s +0 % +– +–/m);
  assert.match(text, /0 issued = 0 ended \(none\) \+ 0 unaccounted/);
});

Deno.test("renderSummary() of an outage shows 100 % errors and no time", () => {
  assert.match(summaryOf(allFailedRun()), /^Aggregated +[\d,]+ +100 % +0\/s +100 % +–/m);
});

Deno.test("renderSummary() says that a result broke off", () => {
  assert.match(summaryOf(incompleteRun()), /^INCOMPLETE: the result breaks off at 0:12$/m);
});

Deno.test("renderSummary() has verdict and sentence on the first screen of 80 columns and 24 rows", () => {
  for (const [name, make] of CASES) {
    const run = make();
    const { status, sentence } = verdictOf(run);
    const rows = summaryOf(run).split("\n").flatMap((line) => line.match(/.{1,80}/gu) ?? [""]);
    const screen = rows.slice(0, 24).join("");
    assert.ok(screen.includes(`${status}: ${sentence.slice(0, 1000)}`), name);
  }
});

Deno.test("renderSummary() lets no terminal escape through", () => {
  for (const [, make] of [...CASES, ["", hostileRun] as const]) {
    const text = summaryOf(make());
    for (const character of ["\u001b", "\u202e", "\r"]) assert.ok(!text.includes(character));
  }
});

Deno.test("renderSummary() lists unfinished calls with each operation, and what a killed run had in flight", () => {
  const text = summaryOf(unfinishedRun());
  assert.match(text, /^operation .* errors +unfinished/m);
  assert.match(text, /^llm\.chat_stream .* 9 /m);
  assert.match(text, /ended \(\d+ ok \+ 9 unfinished\) \+ 0 unaccounted/);
  assert.match(summaryOf(killedRun()), /issued = .* ended .* \+ 3 in flight when it broke off$/m);
  assert.doesNotMatch(summaryOf(usualRun()), /unfinished/);
});
