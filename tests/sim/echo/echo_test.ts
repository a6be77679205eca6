import assert from "node:assert/strict";
import * as asr from "../../../proto/asr.ts";
import * as llm from "../../../proto/llm.ts";
import { Echo, STREAM_GAP_MS, STREAM_MESSAGES } from "../../../lib/sim/echo/echo.ts";
import { now_us } from "../../../lib/sim/echo/log.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";
import { ask, openChannel, start } from "../client.ts";

Deno.test("the echo notes when calls, messages and chunks came and went, in their order", async () => {
  const echo = new Echo();
  const channel = openChannel(openWireChannel, `127.0.0.1:${await echo.listen()}`);
  try {
    const before_us = now_us();
    const health = await ask(channel, llm.PATHS.healthCheck, llm.HealthRequest.encode({}));
    assert.equal(health.status.code, StatusCode.OK);
    const request = llm.GenerationRequest.encode({ prompt: "Hello", stream: true });
    const stream = await ask(channel, llm.PATHS.generateStream, request);
    assert.equal(stream.messages.length, STREAM_MESSAGES);
    assert.deepEqual(stream.messages.map((bytes) => llm.GenerationChunk.decode(bytes).is_final).filter(Boolean), [
      true,
    ]);
    const speech = start(channel, asr.PATHS.recognizeStream, null);
    for (let chunk = 0; chunk < 3; chunk++) speech.call.write(asr.AudioChunk.encode({ audio_data: new Uint8Array(2) }));
    speech.call.halfClose();
    assert.equal((await speech.end).messages.length, 1);
    const after_us = now_us();

    const log = echo.take();
    const counts = Object.entries(log).map(([path, [call]]) => [path, call?.heard_us.length, call?.sent_us.length]);
    assert.deepEqual(counts, [
      [llm.PATHS.healthCheck, 1, 1],
      [llm.PATHS.generateStream, 1, STREAM_MESSAGES],
      [asr.PATHS.recognizeStream, 3, 1],
    ]);
    const sent_us = log[llm.PATHS.generateStream]?.[0]?.sent_us ?? [];
    assert.ok(sent_us.at(-1)! - sent_us[0]! >= ((STREAM_MESSAGES - 1) * STREAM_GAP_MS - 1) * 1000);
    for (const { arrived_us, heard_us, sent_us } of Object.values(log).flat()) {
      const instants = [before_us, arrived_us, ...heard_us, ...sent_us, after_us];
      assert.deepEqual(instants, instants.toSorted((a, b) => a - b));
    }
    assert.deepEqual(echo.take(), {}, "what was taken is not told again");
  } finally {
    await channel.close();
    await echo.close();
  }
});
