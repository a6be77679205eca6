import assert from "node:assert/strict";
import type { RestExchange } from "../../../lib/plan/protocols.ts";
import { startSimulator } from "../../../lib/sim/simulator.ts";
import { instantModels } from "../../sim/instant_models.ts";
import { call, restService, withRest } from "./bench.ts";

const answers = { path: "text", equals: null, matches: "^[A-Z]" };

Deno.test("the simulator's gateway answers over HTTP/1.1 and HTTP/2 alike", async () => {
  const ports = { llm: 0, stt: 0, tts: 0 };
  const simulator = await startSimulator({ models: instantModels(), ports, http_port: 0 });
  const exchanges: Partial<RestExchange>[] = [
    { name: "status", path: "/status", checks: [{ path: "service", equals: "gateway", matches: null }] },
    {
      name: "generate",
      method: "POST",
      path: "/api/v1/llm/generate",
      body: { kind: "json", value: { prompt: "{{prompt}}" } },
      checks: [answers],
    },
    {
      name: "chat",
      method: "POST",
      path: "/chat",
      requires_auth: true,
      body: { kind: "json", value: { type: "text", text: "{{prompt}}" } },
      checks: [answers],
    },
    {
      name: "transcribe",
      method: "POST",
      path: "/api/v1/audio/transcribe",
      body: { kind: "multipart", parts: [{ name: "audio", kind: "clip" }] },
      checks: [{ path: "transcript", equals: null, matches: null }],
    },
    { name: "missing", path: "/missing" },
  ];
  try {
    for (const http_version of ["1.1", "2"] as const) {
      const settings = { http_version, login_path: "/auth/token?user_id=ann" };
      await withRest(restService(simulator.http_address ?? "", exchanges, settings), async (service) => {
        await service.connect();
        assert.equal((await service.health(1000)).details, "healthy");
        const names = ["status", "generate", "chat", "transcribe", "missing"];
        const ends = await Promise.all(names.map((name) => call(service, name)));
        assert.deepEqual(ends.map(({ type, details }) => type + details), [
          "",
          "",
          "",
          "",
          "HTTP 404HTTP 404: GET /missing: no such path or model: Not Found",
        ]);
      });
    }
  } finally {
    await simulator.close();
  }
});
