import assert from "node:assert/strict";
import { finishRun } from "../../lib/cli/run/finish_run.ts";
import { processContext } from "../../lib/cli/context.ts";
import { actionsLog } from "../../lib/cli/github.ts";
import type { Interrupts } from "../../lib/cli/run/interrupts.ts";
import { filesBelow, inFolder } from "../end_to_end/cli.ts";
import { makeRun } from "../result/make_run.ts";

/** A run's end in `dir`; Ctrl-C is pressed `presses` times as its report begins. */
async function finished(dir: string, presses: number) {
  const said: string[] = [];
  const process = processContext().process;
  const context = { process: { ...process, stderr: { write: (text: string) => void said.push(text), lost: null } } };
  let closed = 0;
  const interrupts: Interrupts = {
    times: presses,
    act: (action) => {
      for (let times = 1; times <= presses; times++) action(times);
    },
    interrupt: () => {},
    close: () => void closed++,
  };
  const calls: string[] = [];
  const view = {
    details: false,
    update() {},
    onKey() {},
    toggle() {},
    say() {},
    print() {},
    leave() {},
    finish: () => void calls.push("finish"),
    close: () => void calls.push("close"),
  };
  await Deno.writeTextFile(`${dir}/result.ndjson`, "");
  const run = makeRun({ seconds: 5 });
  run.plan.output = { ...run.plan.output, formats: ["json"], include_charts: false };
  const end = { run, writeFailure: null, path: `${dir}/result.ndjson` };
  const log = actionsLog({ process: { ...context.process, env: {} } });
  const order = { baseline: null, forms: {}, collector: null };
  const { exit_code } = await finishRun({ context, view, interrupts, log }, end, order);
  return { code: exit_code, said: said.join(""), closed, calls, files: await filesBelow(dir) };
}

Deno.test("Ctrl-C while the report is written lets it be finished, and once more would end it", () =>
  inFolder(async (dir) => {
    const { code, said, closed, calls, files } = await finished(dir, 1);
    assert.equal(code, 130);
    assert.match(said, /^Writing the report; the result is whole in .+\. Ctrl-C again ends without a report\.\n$/);
    assert.equal(closed, 1, "the next one is the system's");
    assert.deepEqual(calls, ["close", "finish"], "and would find the terminal as it was");
    assert.ok(files.some((name) => name.endsWith(".json")) && files.includes("analysis/summary.txt"), files.join());
  }));
