import assert from "node:assert/strict";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { inFolder, runScenario, SMOKE } from "./cli.ts";

const FAULTY = ["--fault", "llm.error_rate=100%:UNAVAILABLE"];

Deno.test("a rule that aborts ends the run, which then fails by its name with exit 99", async () => {
  await inFolder(async (dir) => {
    const rule = "error_rate < 10% else abort after 2s";
    const flags = [...FAULTY, "--duration", "120s", "--threshold", rule];
    const { run, stdout } = await runScenario(dir, { wanted: SMOKE, name: "smoke", flags, code: 99 });
    assert.deepEqual([run.end?.reason, run.unaccounted], ["aborted", 0]);
    assert.equal(run.total().outcomes.unfinished, 0);
    assert.ok(run.load_end_ms >= 2000 && run.load_end_ms < 120_000, `the load ended at ${run.load_end_ms} ms`);
    const [event, ...more] = run.events.filter(({ kind }) => kind === "aborted_by_rule");
    assert.equal(event?.rule, rule, JSON.stringify(run.events));
    assert.deepEqual(more, []);
    const { status, sentence } = evaluate(run);
    assert.equal(status, "FAIL");
    assert.match(
      sentence,
      /^\d+ of \d+ calls failed, .+ where 10 % is allowed: UNAVAILABLE: simulated UNAVAILABLE\..+ The run was aborted by "error_rate < 10% else abort after 2s" after \d/,
    );
    assert.match(stdout.replaceAll(/\s+/g, " "), /The run was aborted by "error_rate < 10% else abort after 2s"/);
  });
});

Deno.test("neither a broken warning nor an abort rule whose time has not come ends a run", async () => {
  await inFolder(async (dir) => {
    const rules = ["--threshold", "error_rate < 10% else warn", "--threshold", "error_rate < 10% else abort after 1h"];
    const flags = [...FAULTY, "--duration", "2s", ...rules];
    const { run } = await runScenario(dir, { wanted: SMOKE, name: "smoke", flags, code: 99 });
    assert.deepEqual([run.end?.reason, run.events.filter(({ kind }) => kind === "aborted_by_rule")], ["completed", []]);
    const states = evaluate(run).rules.filter(({ threshold }) => threshold.source.startsWith("error_rate < 10%"));
    assert.deepEqual(states.map(({ passed, threshold }) => [threshold.level, passed]), [["warn", false], [
      "abort",
      false,
    ]]);
  });
});
