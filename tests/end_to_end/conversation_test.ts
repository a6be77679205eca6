import assert from "node:assert/strict";
import type { Run } from "../../lib/result/run.ts";
import { inFolder, runScenario } from "./cli.ts";

/** Runs turns that last a second or so: clips are sent at once, and users hardly pause. */
async function quickTurns(dir: string, ...flags: string[]): Promise<Run> {
  await Deno.writeTextFile(
    `${dir}/quick.yaml`,
    `services:
  grpc:
    llm: { host: 127.0.0.1:1 }
    stt: { host: 127.0.0.1:1, pacing: fast }
    tts: { host: 127.0.0.1:1 }
scenarios:
  quick:
    users: 4
    spawn_rate: 40
    duration: 2s
    think_time: 20ms
    thresholds: [calls > 0]
    tasks: { voice_turn: 1 }
`,
  );
  return (await runScenario(dir, { wanted: `${dir}/quick.yaml`, name: "quick", flags })).run;
}

Deno.test("the conversation passes against the simulator, and each turn's legs add up exactly", async () => {
  await inFolder(async (dir) => {
    const flags = ["--duration", "8s"];
    const { run } = await runScenario(dir, { wanted: "conversation", name: "conversation", flags });
    assert.deepEqual(run.operations, ["voice_turn"]);
    const total = run.total({});
    const { ok } = total.outcomes;
    assert.ok(ok > 0);
    assert.equal(ok, total.issued);
    const [turn, ...legs] = (["voice_to_voice", "turn_stt", "turn_llm", "turn_tts"] as const)
      .map((name) => total.histogram(name));
    assert.deepEqual([turn, ...legs].map((one) => one?.count), [ok, ok, ok, ok]);
    assert.equal(legs.reduce((sum_us, leg) => sum_us + leg.sum, 0), turn?.sum);
    for (const leg of legs) assert.ok(leg.min > 0);
    // The simulator knows the clips by heart.
    assert.equal(total.counter("word_errors"), 0);
    assert.ok(total.counter("reference_words") >= 4 * ok);
    assert.ok(total.counter("audio_received_us") > 0);
    assert.equal(total.histogram("output_length").sum, total.counter("output_words"));
    assert.ok(total.counter("output_words") > ok);
    for (const name of ["token_time", "final_latency", "real_time_factor"] as const) {
      assert.equal(total.histogram(name).count, 0, `${name} says nothing of a turn`);
    }
    assert.ok(total.counter("played_calls") > 0);
  });
});

Deno.test("a result keeps example turns: what happened when, sentence by sentence", async () => {
  await inFolder(async (dir) => {
    const { turns } = await quickTurns(dir);
    const several = turns.find(({ spans }) => spans.length > 4);
    assert.ok(several, "no turn kept has two sentences");
    assert.deepEqual(several.spans.slice(0, 5).map(({ name }) => name), ["speech", "stt", "llm", "tts 1", "tts 2"]);
    const [speech, stt, llm, first] = several.spans;
    assert.ok(speech && stt && llm && first && first.first_us !== null && llm.first_us !== null);
    assert.ok(speech.end_us <= stt.end_us && stt.end_us <= llm.start_us);
    assert.ok(llm.first_us <= first.start_us, "the first sentence is spoken while the answer goes on");
    assert.equal(first.first_us - speech.end_us, several.voice_to_voice_us);
    for (const { start_us, first_us, end_us } of several.spans) {
      assert.ok(start_us <= (first_us ?? start_us) && (first_us ?? start_us) <= end_us);
    }
  });
});

Deno.test("a server that does not stream speech is asked for whole sentences", async () => {
  await inFolder(async (dir) => {
    const total = (await quickTurns(dir, "--profile", "june")).total({});
    assert.ok(total.issued > 0);
    assert.equal(total.outcomes.ok, total.issued);
    assert.equal(total.histogram("voice_to_voice").count, total.issued);
  });
});

for (
  const [fault, type, leg] of [
    ["stt.error_rate=100%:UNAVAILABLE", "UNAVAILABLE", "stt"],
    ["llm.empty_rate=100%", "semantic:empty_text", "llm"],
    ["tts.empty_rate=100%", "semantic:empty_audio", "tts"],
  ] as const
) {
  Deno.test(`a fault of one leg fails the turn under its name: ${fault}`, async () => {
    await inFolder(async (dir) => {
      const run = await quickTurns(dir, "--fault", fault);
      const { issued, outcomes } = run.total({});
      assert.ok(issued > 0);
      assert.equal(outcomes.failed, issued);
      for (const failure of run.failures) {
        assert.equal(failure.type, type);
        assert.ok(failure.example.startsWith(`${leg} leg: `), failure.example);
      }
    });
  });
}
