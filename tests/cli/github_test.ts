import assert from "node:assert/strict";
import { actionsLog, annotations, ANNOTATIONS_MAX, STEP_SUMMARY_MAX_BYTES } from "../../lib/cli/github.ts";
import type { CliContext } from "../../lib/cli/context.ts";
import { formOptions } from "../../lib/cli/report/write_report.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { inFolder } from "../end_to_end/cli.ts";
import { rule } from "../plans.ts";
import { reportOf } from "../compare/sides.ts";
import { hostileRun, manyOperations } from "../report/cases.ts";
import { makePlan, makeRun } from "../result/make_run.ts";

function contextWith(env: Record<string, string>): { context: CliContext; out: () => string[]; err: () => string } {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) => ({
    write: (text: string) => void (written[name] += text),
    lost: null,
  });
  const process = { stdout: stream("stdout"), stderr: stream("stderr"), env, exitCode: null };
  return { context: { process }, out: () => written.stdout.split("\n").slice(0, -1), err: () => written.stderr };
}

const ALONE = () => formOptions(null);
const ACTIONS = { GITHUB_ACTIONS: "true" };

Deno.test("actionsLog() writes nothing outside GitHub Actions", async () => {
  const { context, out } = contextWith({});
  const log = actionsLog(context);
  log.fold("run");
  log.unfold();
  await log.finish(makeRun(), evaluate(makeRun()), ALONE);
  log.close();
  assert.deepEqual(out(), []);
});

Deno.test("actionsLog() folds the log, and has GitHub obey no line between its own", async () => {
  const { context, out } = contextWith(ACTIONS);
  const log = actionsLog(context);
  const print = (text: string) => context.process.stdout.write(`${text}\n`);
  log.fold("june-load run smoke");
  print("::error::said by a server");
  log.unfold();
  print("::add-mask::said by a server");
  const run = makeRun();
  await log.finish(run, evaluate(run), ALONE);
  log.close();
  let deaf = "";
  const obeyed: string[] = [];
  for (const line of out()) {
    if (deaf !== "") {
      if (line === `::${deaf}::`) deaf = "";
      continue;
    }
    deaf = /^::stop-commands::(.+)$/.exec(line)?.[1] ?? "";
    obeyed.push(line.replace(/(stop-commands::).*/, "$1"));
  }
  assert.equal(deaf, "");
  assert.deepEqual(obeyed.slice(0, -1), [
    "::group::june-load run smoke",
    "::stop-commands::",
    "::endgroup::",
    "::stop-commands::",
  ]);
  assert.match(obeyed.at(-1)!, /^::notice title=june-load PASS%3A sample::All four objectives hold/);
});

Deno.test("a quiet actionsLog() leaves standard output to whoever reads it, and still writes the step's summary", () =>
  inFolder(async (dir) => {
    const { context, out } = contextWith({ ...ACTIONS, GITHUB_STEP_SUMMARY: `${dir}/summary.md` });
    const log = actionsLog(context, { quiet: true });
    log.unfold();
    await log.finish(makeRun(), evaluate(makeRun()), ALONE);
    assert.deepEqual(out(), []);
    assert.match(await Deno.readTextFile(`${dir}/summary.md`), /^## \S+ PASS: sample/);
  }));

Deno.test("actionsLog() ends the fold and the silence of a run that fails in between", () => {
  const { context, out } = contextWith(ACTIONS);
  const log = actionsLog(context);
  log.fold("june-load run smoke");
  log.close();
  log.close();
  const [, stop, ...rest] = out();
  assert.deepEqual(rest, [`::${stop!.split("::")[2]}::`, "::endgroup::"]);
});

Deno.test("annotations() names the verdict and the broken rules, at most ten of a kind, in one line each", () => {
  const texts = Array.from({ length: 15 }, (_, i) => [`error_rate < 0.${i}1%`, `error_rate < 0.${i}2% else warn`])
    .flat();
  const run = makeRun({ plan: makePlan({ thresholds: texts.map(rule) }), errors: 0.3 });
  const lines = annotations(run, evaluate(run));
  for (const kind of ["error", "warning"]) {
    assert.equal(lines.filter((line) => line.startsWith(`::${kind} `)).length, ANNOTATIONS_MAX, kind);
  }
  assert.match(
    lines[0]!,
    /^::error title=june-load FAIL%3A sample::[\d,]+ of [\d,]+ calls failed, 3\d(\.\d+)? %25 where/,
  );
  assert.match(lines[1]!, /^::error title=june-load FAIL%3A sample::error_rate < 0\.01%25: broken, 3/);
  for (const line of annotations(hostileRun(), evaluate(hostileRun()))) {
    for (const character of ["\r", "\n", "\u001b"]) assert.ok(!line.includes(character), line);
  }
});

Deno.test("the step's summary gets the report after what is in it, and never more than GitHub takes", () =>
  inFolder(async (dir) => {
    const file = `${dir}/summary.md`;
    const { context, err } = contextWith({ ...ACTIONS, GITHUB_STEP_SUMMARY: file });
    const run = manyOperations(60, 5);
    await Deno.writeTextFile(file, "before\n");
    await actionsLog(context).finish(
      run,
      evaluate(run),
      () => formOptions(reportOf(makeRun({ seconds: 10 }), run)),
    );
    const text = await Deno.readTextFile(file);
    assert.match(text, /^before\n\n## \S+ (PASS|FAIL|INVALID): sample\n/);
    assert.match(text, /### Compared with an earlier run/);
    await Deno.writeTextFile(file, "x".repeat(STEP_SUMMARY_MAX_BYTES - 3000));
    await actionsLog(context).finish(run, evaluate(run), ALONE);
    const { size } = await Deno.stat(file);
    assert.ok(size > STEP_SUMMARY_MAX_BYTES - 3000 && size <= STEP_SUMMARY_MAX_BYTES);
    assert.equal(err(), "");
    await Deno.writeTextFile(file, "x".repeat(STEP_SUMMARY_MAX_BYTES));
    await actionsLog(context).finish(run, evaluate(run), ALONE);
    assert.equal((await Deno.stat(file)).size, STEP_SUMMARY_MAX_BYTES);
    assert.match(err(), /^warning: the step's summary is full/);
  }));
