import assert from "node:assert/strict";
import { transcriptsOf } from "../../lib/cli/sim/simulator.ts";
import type { Plan, ServicePlan } from "../../lib/plan/plan.ts";
import type { TaskName } from "../../lib/plan/tasks.ts";
import type { Run } from "../../lib/result/run.ts";
import { parseFault } from "../../lib/sim/fault/parser.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import { rivaService } from "../driver/riva/bench.ts";
import { SERVICES } from "../driver/workbench.ts";
import { closedLoad, constantPause, holdStage, task } from "../plans.ts";
import { runPlan } from "../pool/run_plan.ts";
import { makePlan } from "../result/make_run.ts";
import { inFolder, june, runScenario } from "./cli.ts";

/** The simulator's work of an interim result is never less; microseconds, less what a clock of milliseconds may take. */
const PARTIAL_US = 28_000;

interface Setup {
  tasks: TaskName[];
  pacing: "fast" | "real_time";
  transport?: Plan["transport"];
  faults?: string[];
  duration_ms?: number;
}

/** Runs tasks against the simulator's Riva services, and its language model in June's protocol. */
async function runRiva({ tasks, pacing, transport = "wire", faults = [], duration_ms = 2000 }: Setup): Promise<Run> {
  const stt = rivaService("stt", {}, { pacing });
  const services: ServicePlan[] = [stt, SERVICES.llm, rivaService("tts", { sample_rate_hz: 44_100 })];
  const simulator = await startInWorker({
    ports: { llm: 0, stt: 0, tts: 0 },
    transcripts: await transcriptsOf(stt),
    faults: faults.map(parseFault),
  });
  try {
    const plan = makePlan({
      services: services.map((service) => ({
        ...service,
        address: simulator.addresses[service.kind as "stt" | "llm" | "tts"],
      })),
      tasks: tasks.map((name) => task(name)),
      loads: [closedLoad(8, 100, duration_ms, constantPause(5))],
      duration_ms,
      grace_ms: 30_000,
      stages: [holdStage(duration_ms)],
      thresholds: [],
      transport,
      workers: 2,
    });
    return await runPlan(plan);
  } finally {
    await simulator.close();
  }
}

for (const transport of ["wire", "grpc-js"] as const) {
  Deno.test(`every task of Riva succeeds against the simulator over ${transport}`, async () => {
    const tasks: TaskName[] = [
      "stt.recognize",
      "stt.recognize_stream",
      "stt.health",
      "tts.synthesize",
      "tts.synthesize_stream",
      "tts.health",
    ];
    const run = await runRiva({ tasks, pacing: "fast", transport });
    assert.deepEqual(run.operations.toSorted(), tasks.toSorted());
    for (const operations of tasks) {
      const { outcomes, issued } = run.total({ operations });
      assert.ok(issued > 0);
      assert.equal(outcomes.ok, issued, operations);
    }
    for (const operations of ["stt.recognize", "stt.recognize_stream"]) {
      const heard = run.total({ operations });
      assert.equal(heard.counter("word_errors"), 0, "the simulator knows the clips by heart");
      assert.ok(heard.counter("reference_words") >= 2 * heard.issued);
      assert.equal(heard.histogram("real_time_factor").count, heard.issued);
    }
    const streamed = run.total({ operations: "stt.recognize_stream" });
    assert.ok(streamed.histogram("response_latency").count >= streamed.issued);
    assert.equal(streamed.histogram("first_partial").count, streamed.issued);
    const spoken = run.total({ operations: "tts.synthesize_stream" });
    assert.equal(spoken.counter("played_calls"), spoken.issued);
    assert.equal(spoken.histogram("real_time_factor").count, spoken.issued);
  });
}

Deno.test("paced speech: transcripts are held against the audio they cover, final ones against the end of speech", async () => {
  const run = await runRiva({ tasks: ["stt.recognize_stream"], pacing: "real_time" });
  const total = run.total();
  assert.equal(total.outcomes.ok, total.issued);
  assert.equal(total.counter("word_errors"), 0);
  const [response, final] = [total.histogram("response_latency"), total.histogram("final_latency")];
  assert.ok(response.count > total.issued, "interim results were asked for");
  assert.equal(final.count, total.issued);
  assert.ok(response.min >= PARTIAL_US, `${response.min} us`);
  assert.equal(total.histogram("real_time_factor").count, 0, "paced, it would say nothing");
});

Deno.test("a voice turn hears and speaks through Riva and is answered by June", async () => {
  const run = await runRiva({ tasks: ["voice_turn"], pacing: "fast", duration_ms: 1500 });
  const total = run.total();
  assert.ok(total.issued > 0);
  assert.equal(total.outcomes.ok, total.issued);
  for (const name of ["voice_to_voice", "turn_stt", "turn_llm", "turn_tts"] as const) {
    assert.equal(total.histogram(name).count, total.issued);
  }
  assert.equal(total.counter("word_errors"), 0);
});

Deno.test("a call that brings nothing fails in words of its own, task by task", async () => {
  const tasks: TaskName[] = ["stt.recognize", "stt.recognize_stream", "tts.synthesize", "tts.synthesize_stream"];
  const run = await runRiva({ tasks, pacing: "fast", faults: ["empty_rate=100%"], duration_ms: 500 });
  assert.equal(run.total().outcomes.failed, run.total().issued);
  const types = Object.fromEntries(run.failures.map(({ operation, type }) => [operation, type]));
  assert.deepEqual(types, {
    "stt.recognize": "semantic:empty_transcript",
    "stt.recognize_stream": "semantic:empty_transcript",
    "tts.synthesize": "semantic:empty_audio",
    "tts.synthesize_stream": "semantic:empty_audio",
  });
});

/** A scenario whose speech goes through Riva, with a language for its recognition. */
const scenario = (language: string) =>
  `services:
  grpc:
    stt: { protocol: riva, host: 127.0.0.1:1, pacing: fast, language: ${language} }
    llm: { host: 127.0.0.1:1 }
    tts: { protocol: riva, host: 127.0.0.1:1, voice: Simulator.Birch, sample_rate: 44100 }
scenarios:
  speech:
    users: 4
    spawn_rate: 40
    duration: 2s
    think_time: 20ms
    thresholds: [error_rate < 1%, wer < 1%, "p95(response_latency) < 10s"]
    tasks: { stt.recognize_stream: 1, tts.synthesize_stream: 1, voice_turn: 1 }
`;

Deno.test("a scenario file mixes Riva and June in one run", async () => {
  await inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/speech.yaml`, scenario("en-US"));
    const { run } = await runScenario(dir, { wanted: `${dir}/speech.yaml`, name: "speech" });
    assert.deepEqual(run.operations.toSorted(), ["stt.recognize_stream", "tts.synthesize_stream", "voice_turn"]);
    assert.equal(run.total().outcomes.ok, run.total().issued);
    assert.ok(run.total({ operations: "stt.recognize_stream" }).histogram("response_latency").count > 0);
  });
});

Deno.test("a language no model has is told before any load, with those there are", async () => {
  await inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/speech.yaml`, scenario("nl-NL"));
    const { code, stdout, stderr } = await june("run", `${dir}/speech.yaml`, "--sim", "--output-dir", dir);
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout + stderr, /it has no language "nl-NL"; it has en-US, en-GB, de-DE, es-US, fr-FR/);
    assert.match(stdout + stderr, /try: Use one of those in the scenario, or deploy the missing one/);
  });
});
