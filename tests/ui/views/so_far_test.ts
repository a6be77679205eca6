/** What a running test is told to come to. */
import assert from "node:assert/strict";
import { soFar } from "../../../lib/ui/views/so_far.ts";
import { evaluate } from "../../../lib/verdict/evaluate.ts";
import { makeRun } from "../../result/make_run.ts";

Deno.test("an objective that june-load itself left open makes no PASS of those that hold", () => {
  const verdict = evaluate(makeRun({ seconds: 30, complete: false }));
  assert.equal(soFar(verdict, []).status, "Would PASS");
  const rules = verdict.rules.map((rule, i) =>
    i === 0 ? { ...rule, undecided: { kind: "tainted calls", tainted: 3, calls: 9, clean_text: "1 s" } as const } : rule
  );
  const health = [{ name: "stalls", value: "up to 90 ms", state: "warn", advice: "" } as const];
  const { status, tone, sentence } = soFar({ ...verdict, rules }, health);
  assert.deepEqual([status, tone], ["Not decided yet", "warn"]);
  assert.match(sentence, /1 cannot be decided.* Stalls: up to 90 ms\.$/);
});
