/** The load test as a workflow: linted, and its shell steps run to a PASS, a FAIL and a run that never begins. */
import assert from "node:assert/strict";
import { filesBelow, inFolder } from "../../end_to_end/cli.ts";
import { elements, parseXml } from "../../report/forms/xml.ts";
import { build, CACHE, ROOT } from "../../foreign/servers/cache.ts";
import { type Action, expand, readYaml, runAction, runStep, type Scope, type Step, type StepEnd } from "./runner.ts";

const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

Deno.test("actionlint finds nothing in the workflows", async () => {
  await build("env", [`GOBIN=${CACHE}actionlint`, "go", "install", ACTIONLINT], ROOT);
  const ended = await new Deno.Command(`${CACHE}actionlint/actionlint`, {
    args: [".github/workflows/ci.yml", ".github/workflows/load_tests.yml"],
    cwd: ROOT,
  }).output();
  assert.equal(ended.code, 0, new TextDecoder().decode(ended.stdout) + new TextDecoder().decode(ended.stderr));
});

const CALM = new URL("calm.yaml", import.meta.url).pathname;

interface Workflow {
  jobs: { load_test: { env: Record<string, string>; steps: Step[] } };
}

/** Runs the job in `cwd`; steps of others, which fetch and keep files, are left out. */
async function runJob(inputs: Record<string, string>, vars: Record<string, string>, cwd: string): Promise<StepEnd> {
  const { jobs: { load_test } } = await readYaml<Workflow>(".github/workflows/load_tests.yml");
  const action = await readYaml<Action>("action.yml");
  const steps: Record<string, StepEnd> = {};
  const scope: Scope = { inputs, vars, steps, github: { run_id: "1" } };
  const env = Object.entries(load_test.env).map(([name, text]) => [name, expand(text, scope)]);
  scope.env = Object.fromEntries(env);
  for (const step of load_test.steps) {
    if (expand(step.if ?? "true", scope) === "false") continue;
    const given = Object.fromEntries(
      Object.entries(step.with ?? {}).map(([name, text]) => [name, expand(text, scope)]),
    );
    const ended = step.uses === "./"
      ? await runAction(action, given, cwd)
      : step.run === undefined
      ? null
      : await runStep(step, scope, cwd);
    if (ended === null) continue;
    if (step.id !== undefined) steps[step.id] = ended;
    if (ended.code !== 0) return steps.load ?? ended;
  }
  return steps.load!;
}

/** Times that a run is begun anew where the machine of the test was too busy to carry a verdict. */
const ATTEMPTS = 5;

/** Runs the job until the verdict is not INVALID, which must be as red as a FAIL. */
async function runDecided(inputs: Record<string, string>, cwd: string): Promise<StepEnd> {
  for (let attempt = 1;; attempt++) {
    const ended = await runJob(inputs, {}, cwd);
    if (ended.outputs.verdict !== "INVALID" || attempt === ATTEMPTS) return ended;
    assert.equal(ended.code, 5);
  }
}

Deno.test("the workflow passes against the simulator, and the next run is compared with it", () =>
  inFolder(async (dir) => {
    const first = await runDecided({ scenario: CALM, args: "" }, dir);
    assert.equal(first.code, 0, first.log);
    assert.deepEqual([first.outputs.verdict, first.outputs["exit-code"]], ["PASS", "0"]);
    assert.match(first.log, /Nothing to compare with yet/);
    assert.match(first.log, /^::group::june-load run calm$/m);
    assert.match(first.log, /^::notice title=june-load PASS%3A calm::/m);
    assert.match(first.summary, /^## \S+ PASS: calm\n/);
    assert.equal(first.summary, await Deno.readTextFile(`${dir}/${first.outputs.report}/report.md`));
    assert.deepEqual(
      await Deno.readFile(`${dir}/last_good/result.ndjson`),
      await Deno.readFile(`${dir}/${first.outputs.report}/result.ndjson`),
    );
    const second = await runDecided({ scenario: CALM, args: "" }, dir);
    assert.equal(second.code, 0, second.log);
    assert.match(second.summary, /### Compared with an earlier run/);
    assert.notEqual(second.outputs.report, first.outputs.report);
    assert.ok((await filesBelow(`${dir}/${second.outputs.report}`)).includes("comparison.txt"));
  }));

Deno.test("a run with flags of its own is compared, but is no last good one", () =>
  inFolder(async (dir) => {
    const { code, log, outputs } = await runDecided({ scenario: CALM, args: "--seed 3" }, dir);
    assert.equal(code, 0, log);
    assert.equal(outputs.verdict, "PASS");
    assert.deepEqual((await filesBelow(dir)).filter((name) => name.startsWith("last_good/")), []);
  }));

Deno.test("the workflow is red where a rule is broken, and keeps the last good run", () =>
  inFolder(async (dir) => {
    const args = "--fault llm.error_rate=100%:UNAVAILABLE\n--quiet";
    const { code, log, outputs, summary } = await runDecided({ scenario: CALM, args }, dir);
    assert.equal(code, 99, log);
    assert.deepEqual([outputs.verdict, outputs["exit-code"]], ["FAIL", "99"]);
    assert.match(log, /^::error title=june-load FAIL%3A calm::error_rate < 20%25: broken/m);
    assert.match(summary, /^## \S+ FAIL: calm\n/);
    const junit = parseXml(await Deno.readTextFile(`${dir}/${outputs.report}/junit.xml`));
    assert.ok(elements(junit, "failure").length > 0);
    assert.deepEqual((await filesBelow(dir)).filter((name) => name.startsWith("last_good/")), []);
  }));

Deno.test("the action takes inputs as words, never as shell, and says when no run took place", () =>
  inFolder(async (dir) => {
    const action = await readYaml<Action>("action.yml");
    const given = {
      scenario: "smoke; touch planted",
      targets: "llm=$(touch planted)\nstt=`touch planted`",
      args: "$(touch planted) && touch planted",
      thresholds: "error_rate < 1%\n\n$(touch planted)",
    };
    const { code, outputs } = await runAction(action, given, dir);
    assert.equal(code, 2);
    assert.deepEqual(outputs, { verdict: "", "exit-code": "2", report: "" });
    assert.deepEqual(await filesBelow(dir), []);
  }));

Deno.test("the action calls the targets with the rules that it was given", () =>
  inFolder(async (dir) => {
    const action = await readYaml<Action>("action.yml");
    const given = {
      targets: "llm=127.0.0.1:1 stt=127.0.0.1:2\ntts=127.0.0.1:3",
      thresholds: "p95(first_message, llm.*) < 800ms\n",
      args: "--dry-run",
    };
    const { code, log } = await runAction(action, given, dir);
    assert.equal(code, 0, log);
    for (const port of [1, 2, 3]) assert.match(log, new RegExp(`at 127\\.0\\.0\\.1:${port},`));
    assert.match(log, /p95\(first_message, llm\.\*\) < 800ms/);
  }));
