import assert from "node:assert/strict";
import { renderJunit } from "../../../lib/report/forms/junit.ts";
import type { Run } from "../../../lib/result/run.ts";
import { assertGolden } from "../../golden/golden.ts";
import { makePlan, makeRun } from "../../result/make_run.ts";
import { rule } from "../../plans.ts";
import { hostileRun, incompleteRun, SMALL_CASES, usualRun, verdictOf } from "../cases.ts";
import { elements, parseXml } from "./xml.ts";

const read = (run: Run) => parseXml(renderJunit(run, verdictOf(run)));

Deno.test("renderJunit() is the golden document", async () => {
  const run = usualRun();
  await assertGolden("report/junit.xml", renderJunit(run, verdictOf(run)));
});

Deno.test("renderJunit() has a case for each threshold, and one for whether there is a verdict", () => {
  const run = usualRun();
  const names = elements(read(run), "testcase").map(({ attributes }) => attributes.name);
  assert.deepEqual(names, ["the run carries a verdict", ...run.plan.thresholds.map(({ source }) => source)]);
});

Deno.test("renderJunit() is well-formed for every case, counts what it holds, and is red exactly without a PASS", () => {
  for (const [name, make] of SMALL_CASES) {
    const run = make();
    const root = read(run);
    const count = (kind: string) => elements(root, kind).length;
    const red = count("failure") + count("error") > 0;
    assert.equal(red, verdictOf(run).status !== "PASS", name);
    const { tests, failures, errors, skipped } = root.attributes;
    const counted = ["testcase", "failure", "error", "skipped"].map(count);
    assert.deepEqual([tests, failures, errors, skipped].map(Number), counted, name);
  }
});

Deno.test("renderJunit() says what was observed of a broken rule", () => {
  const [failure] = elements(read(makeRun({ errors: 0.3 })), "failure");
  assert.match(failure!.attributes.message!, /^broken: 3\d(\.\d)? %/);
  assert.match(failure!.text, /^error_rate < 1%\nbroken: .*\ninterval_95: /m);
});

Deno.test("renderJunit() is red for an INVALID run even where every rule holds", () => {
  const root = read(incompleteRun());
  const [error] = elements(root, "error");
  assert.equal(error?.attributes.type, "INVALID");
  assert.match(error!.attributes.message!, /broke off/);
});

Deno.test("renderJunit() passes a rule that only warns, with a note", () => {
  const plan = makePlan({ thresholds: [rule("error_rate < 1% else warn")] });
  const root = read(makeRun({ plan, errors: 0.3 }));
  assert.deepEqual(elements(root, "failure"), []);
  assert.match(elements(root, "system-out")[0]!.text, /^warning: broken, a warning only: 3/);
});

Deno.test("renderJunit() keeps what no XML may hold out of the document", () => {
  const run = hostileRun();
  run.plan.scenario = "half \ud800, none \uffff, bell \u0007, ]]> and &amp;";
  const [suite] = elements(read(run), "testsuite");
  assert.equal(suite!.attributes.name, "half \ufffd, none \ufffd, bell  , ]]> and &amp;");
});
