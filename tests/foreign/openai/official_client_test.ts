import assert from "node:assert/strict";
import { instantModels } from "../../sim/instant_models.ts";
import { OPENAI_DEFAULTS } from "../../../lib/sim/http/openai_behaviour.ts";
import { startInWorker } from "../../../lib/sim/worker/start_in_worker.ts";
import { transcriptOf } from "../../../lib/sim/model/transcripts.ts";
import { sound, wav } from "../../sim/sounds.ts";
import { pythonWith } from "../python.ts";

const SOURCE = new URL("./", import.meta.url).pathname;
const KEY = "sk-of-this-test";

Deno.test("OpenAI's own client understands the simulator: chats, streams, speech, errors", async () => {
  const python = await pythonWith("openai", SOURCE);
  const pcm = sound(2900, 1);
  const simulator = await startInWorker({
    ports: { llm: 0, stt: 0, tts: 0 },
    http_port: 0,
    models: instantModels(),
    openai: { ...OPENAI_DEFAULTS, key: KEY },
    transcripts: [transcriptOf(pcm, "one two three")],
  });
  const file = await Deno.makeTempFile({ suffix: ".wav" });
  try {
    await Deno.writeFile(file, wav(pcm));
    const args = [`${SOURCE}client.py`, `http://${simulator.http_address}/v1`, KEY, file];
    const { success, stdout, stderr } = await new Deno.Command(python, { args }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const understood = JSON.parse(new TextDecoder().decode(stdout));
    const { speech_bytes, wrong_model, wrong_key, ...rest } = understood;
    assert.deepEqual(rest, {
      models: ["june-sim-llm"],
      chat: { whole_tokens: 5, whole_words: 5, pieces: 5, stream_tokens: 5, finish: "length" },
      completion: 4,
      embedding: 384,
      transcript: "one two three",
    });
    assert.ok(speech_bytes > 24_000 && speech_bytes % 2 === 0);
    assert.deepEqual(wrong_model.slice(0, 2), ["NotFoundError", 404]);
    assert.match(wrong_model[2], /The model `gpt` does not exist/);
    assert.deepEqual(wrong_key.slice(0, 2), ["AuthenticationError", 401]);
  } finally {
    await Deno.remove(file);
    await simulator.close();
  }
});
