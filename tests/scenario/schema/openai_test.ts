import assert from "node:assert/strict";
import { loadScenario } from "../../../lib/scenario/load.ts";

/** Loads one service with OpenAI's interface; returns its settings, or the first fault. */
function settingsOf(keys: string, kind = "llm") {
  try {
    const { plan } = loadScenario({
      text:
        `services: { grpc: { ${kind}: { protocol: openai, ${keys} } } }\nscenarios: { s: { users: 1, duration: 1s } }`,
      file: "x.yaml",
      dir: ".",
      env: {},
      cores: 1,
      overrides: {},
    });
    const { settings } = plan.services[0]!;
    return settings?.protocol === "openai" ? settings : null;
  } catch (error) {
    return (error as Error).message;
  }
}

Deno.test("a query of the address is kept apart from its path", () => {
  const settings = settingsOf('model: m, host: "https://x.example.net/openai/deployments/m?api-version=1&a=b"');
  assert.ok(settings !== null && typeof settings === "object");
  assert.deepEqual([settings.base_path, settings.query], ["/openai/deployments/m", "api-version=1&a=b"]);
  assert.match(String(settingsOf('model: m, host: "http://x#y"')), /ends in a fragment/);
});

Deno.test("the address of one method is told from that of a service", () => {
  for (const method of ["chat/completions", "completions", "embeddings", "audio/speech", "audio/transcriptions"]) {
    const said = String(settingsOf(`model: m, host: "http://x.example.net/v1/${method}"`));
    assert.match(said, new RegExp(`ends in "/${method}".*end it with "/v1"`));
  }
});

Deno.test("speech services take more fields, and all leave out what they are told to", () => {
  for (const kind of ["stt", "tts"]) {
    const settings = settingsOf("extra: { speed: 1.2, stream_format: sse }, without: [voice]", kind);
    assert.ok(settings !== null && typeof settings === "object", String(settings));
    assert.deepEqual([settings.extra, settings.without], [{ speed: 1.2, stream_format: "sse" }, ["voice"]]);
  }
});
