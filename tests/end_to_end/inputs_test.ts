import assert from "node:assert/strict";
import { join } from "node:path";
import { indexPlan } from "../../lib/pool/prepare.ts";
import { inputRecords } from "../../lib/run/input_records.ts";
import { DEFAULT_INPUT_PLAN, type InputPlan } from "../../lib/plan/inputs.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import { renderHtml } from "../../lib/report/html/page.ts";
import { preparePools } from "../../lib/pool/pools.ts";
import { Run } from "../../lib/result/run.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { inFolder } from "../driver/inputs/folder.ts";
import { SERVICES } from "../driver/workbench.ts";
import { closedLoad, constantPause, holdStage, task } from "../plans.ts";
import { runPlan } from "../pool/run_plan.ts";
import { makeHeader, makePlan } from "../result/make_run.ts";

const DURATION_MS = 1500;

/** Chats with the simulator's language model for a moment; lines are the prompts. */
async function runChats(prompts: readonly string[], plan: Partial<InputPlan>, workers: number): Promise<Run> {
  const simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 } });
  try {
    let run: Run | null = null;
    await inFolder({ "a.txt": prompts.join("\n"), "b/c.jsonl": '{"prompt": "last one"}\n' }, async (folder) => {
      const whole = planFor(folder, simulator.addresses.llm, { ...DEFAULT_INPUT_PLAN, ...plan }, workers);
      const indexes = await indexPlan(whole);
      const header = { ...makeHeader(whole), inputs: inputRecords(indexes) };
      run = await runPlan(whole, new Run(header), indexes);
    });
    assert.ok(run);
    return run;
  } finally {
    await simulator.close();
  }
}

function planFor(folder: string, address: string, input_plan: InputPlan, workers: number): Plan {
  const inputs = ["a.txt", "b"].map((name) => ({ path: join(folder, name), at: "load.yaml:1:1" }));
  return makePlan({
    services: [{ ...SERVICES.llm, address, inputs, input_plan }],
    tasks: [task("llm.chat")],
    loads: [closedLoad(16, 1000, DURATION_MS, constantPause(5))],
    duration_ms: DURATION_MS,
    grace_ms: 10_000,
    stages: [holdStage(DURATION_MS)],
    thresholds: [],
    transport: "wire",
    workers,
  });
}

const planText = (run: Run): string => {
  const page = renderHtml(run, evaluate(run), { version: "0.1.0" });
  return page.slice(page.indexOf('id="plan"')).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
};

for (const workers of [1, 8]) {
  Deno.test(`in sequence no entry comes twice before all have come, pools: ${workers}`, async () => {
    const entries = 40;
    const run = await runChats(Array.from({ length: entries - 1 }, (_, at) => `one of ${at}`), {
      order: "sequential",
    }, workers);
    const total = run.total();
    assert.ok(total.outcomes.ok > entries, `${total.outcomes.ok} calls`);
    assert.equal(total.counter("known_inputs"), total.outcomes.ok);
    assert.equal(total.counter("repeated_inputs"), total.outcomes.ok - entries);
    const lengths = total.histogram("input_length");
    assert.equal(lengths.count, total.outcomes.ok);
    assert.match(planText(run), /inputs llm a\.txt: 39 entries \(97\.5 ?%\), \d+ B · b: 1 entry \(2\.5 ?%\)/);
    assert.match(planText(run), /in sequence, each once before any comes again · [\d.]+ ?% of [\d,]+ calls sent what/);
  });
}

Deno.test("inputs that change under a run end it, and say so", async () => {
  const simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 } });
  try {
    await inFolder({ "a.txt": "one\ntwo\n", "b/c.txt": "three" }, async (folder) => {
      const pools = await preparePools(planFor(folder, simulator.addresses.llm, DEFAULT_INPUT_PLAN, 2));
      await Deno.remove(join(folder, "a.txt"));
      const { failure } = await pools.start(() => {}).done;
      assert.equal(failure?.name, "UserError");
      assert.match(failure.message, /^Cannot use ".*a\.txt" \(named at load\.yaml:1:1\): there is no such file/);
    });
  } finally {
    await simulator.close();
  }
});

Deno.test("a user's chats grow with the answers of the server, and begin anew", async () => {
  const run = await runChats(["one"], { history_turns: 3, unique: true, shared_prefix: { tokens: 100, groups: 2 } }, 2);
  const lengths = run.total().histogram("input_length");
  assert.ok(lengths.count > 50, `${lengths.count} calls`);
  const first = lengths.min;
  assert.ok(lengths.max > first + 3, `${first} to ${lengths.max}`);
  assert.equal(run.total().counter("repeated_inputs"), 0, "no prompt is sent twice");
  const text = planText(run);
  assert.match(text, /2 shared beginnings of 100 tokens · each told apart .* · chats that carry up to 3 earlier/);
});
