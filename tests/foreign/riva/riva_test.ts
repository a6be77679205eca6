import assert from "node:assert/strict";
import { openDriver } from "../../../lib/driver/registry.ts";
import type { Inputs } from "../../../lib/driver/inputs/inputs.ts";
import type { TaskName } from "../../../lib/plan/tasks.ts";
import { startSimulator } from "../../../lib/sim/simulator.ts";
import { transcriptOf } from "../../../lib/sim/model/transcripts.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";
import { startChild } from "../../conformance/servers/child.ts";
import { rivaService } from "../../driver/riva/bench.ts";
import { FakeClock } from "../../driver/fake_clock.ts";
import { clip, MarkList } from "../../driver/workbench.ts";
import { task } from "../../plans.ts";
import { sound, wav } from "../../sim/sounds.ts";
import { pythonWith } from "../python.ts";
import { callStart } from "../../driver/call_start.ts";

const SOURCE = new URL("./", import.meta.url).pathname;
const TEXT = "one two three four five six";

/** What NVIDIA's client understood. */
interface Understood {
  asr: { whole: [string, number][]; stream: [string, boolean, number][]; models: [string, string][] };
  tts: { voice: string; whole_bytes: number; online_bytes: number[]; two_texts_bytes: number };
}

Deno.test("NVIDIA's client understands the simulator: transcripts, audio, models", async () => {
  const python = await pythonWith("riva", SOURCE);
  const pcm = sound(2900, 1);
  const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 }, transcripts: [transcriptOf(pcm, TEXT)] });
  const file = await Deno.makeTempFile({ suffix: ".wav" });
  try {
    await Deno.writeFile(file, wav(pcm));
    const { stt, tts } = simulator.addresses;
    const command = new Deno.Command(python, { args: [`${SOURCE}client.py`, stt, tts, file] });
    const { success, stdout, stderr } = await command.output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const understood = JSON.parse(new TextDecoder().decode(stdout)) as Understood;
    assert.deepEqual(understood.asr.whole, [[TEXT, 2.9]]);
    assert.deepEqual(understood.asr.models, [["june-sim-asr-online", "online"], ["june-sim-asr-offline", "offline"]]);
    const { stream } = understood.asr;
    assert.ok(stream.length > 1);
    assert.deepEqual(stream.at(-1), [TEXT, true, 2.9]);
    for (const [text, is_final] of stream.slice(0, -1)) assert.ok(TEXT.startsWith(text) && !is_final);
    assert.equal(understood.tts.voice, "Simulator.Amber");
    const { whole_bytes, online_bytes, two_texts_bytes } = understood.tts;
    assert.ok(whole_bytes > 44_100);
    assert.ok(online_bytes.length > 5);
    assert.equal(online_bytes.reduce((sum, bytes) => sum + bytes), whole_bytes);
    assert.equal(two_texts_bytes, 2 * whole_bytes);
  } finally {
    await Deno.remove(file);
    await simulator.close();
  }
});

const INPUTS = {
  stt: { kind: "stt", clips: [{ ...clip(450, 250), text: null }] },
  tts: { kind: "tts", sentences: ["Good day."] },
} as const satisfies Record<string, Inputs>;

Deno.test("code NVIDIA generated understands the driver, and the driver its replies", async () => {
  const heard: string[] = [];
  const python = await pythonWith("riva", SOURCE);
  const readPort = (line: string): number | null => {
    heard.push(line);
    return line.startsWith("listening ") ? Number(line.slice(10)) : null;
  };
  const server = await startChild(python, [`${SOURCE}server.py`], readPort, (port) => `127.0.0.1:${port}`);
  /** Makes one call; tells its marks at its end. */
  const call = async (name: TaskName): Promise<MarkList> => {
    const kind = name.startsWith("stt") ? "stt" : "tts";
    const settings = { model: "echo", automatic_punctuation: true };
    const options = kind === "stt" ? { pacing: "fast" as const } : { voice: "Echo.High" };
    const plan = { ...rivaService(kind, settings, options), address: server.target };
    const service = await openDriver(plan, openWireChannel);
    try {
      await service.connect();
      const health = await service.health(5000);
      assert.equal(health.state, "serving", health.details);
      const operation = service.operation(task(name), INPUTS[kind]);
      const marks = new MarkList(new FakeClock(), true);
      const done = Promise.withResolvers<void>();
      const { end } = marks;
      marks.end = (result) => {
        end.call(marks, result);
        done.resolve();
      };
      operation.start(callStart(marks.clock, marks));
      await done.promise;
      return marks;
    } finally {
      await service.close();
    }
  };
  try {
    const config = [1, 16_000, "en-US", 1, 1, true, "echo"];
    const recognised = (await call("stt.recognize")).pieces.map((piece) => JSON.parse(piece));
    assert.deepEqual(recognised, [[...config, 14_400]]);
    const streamed = await call("stt.recognize_stream");
    const [words] = streamed.pieces.map((piece) => JSON.parse(piece));
    assert.deepEqual(words, [...config, true, ["audio_content"], "streaming_config", 14_400]);
    assert.equal(streamed.responses_us.length, 2, "the interim and the final one tell their audio");
    const spoken = await call("tts.synthesize");
    assert.deepEqual(spoken.audio_us, [900_000]);
    assert.deepEqual((await call("tts.synthesize_stream")).audio_us, [900_000, 900_000]);
    assert.equal((await call("tts.health")).result?.outcome, "ok");
    const asked = heard.filter((line) => line.startsWith("[")).map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(asked, Array(3).fill(["Good day.", "en-US", 1, 22_050, "Echo.High"]));
  } finally {
    await server.kill();
  }
});
