/** The REST and WebSocket drivers before FastAPI under uvicorn, which June's gateway was made of. */
import assert from "node:assert/strict";
import { builtInClips } from "../../../lib/driver/inputs/built_in.ts";
import type { RestExchange, WebSocketExchange } from "../../../lib/plan/protocols.ts";
import type { RunningServer } from "../../conformance/servers/server.ts";
import { newUser } from "../../driver/call_start.ts";
import { call as exchange, restService, withRest } from "../../driver/rest/bench.ts";
import { call as converse, HELLO, socketService, withSocket } from "../../driver/websocket/bench.ts";
import { pythonWith } from "../python.ts";
import { freePort, startDaemon } from "../servers/daemon.ts";

const HERE = new URL("./", import.meta.url).pathname;

async function withGateway(body: (address: string) => Promise<void>): Promise<void> {
  const python = await pythonWith("fastapi", HERE);
  const port = freePort();
  const server: RunningServer = await startDaemon(
    python,
    [`${HERE}server.py`, String(port)],
    port,
    `127.0.0.1:${port}`,
  );
  try {
    await body(server.target);
  } finally {
    await server.kill();
  }
}

/** How one exchange ends. */
async function ended(address: string, given: Partial<RestExchange>) {
  let end: Awaited<ReturnType<typeof exchange>> | null = null;
  await withRest(restService(address, [given], { login_path: "/auth/token?user_id=ann" }), async (service) => {
    end = await exchange(service);
  });
  return end as unknown as Awaited<ReturnType<typeof exchange>>;
}

const equals = (path: string, value: RestExchange["checks"][0]["equals"]) => ({ path, equals: value, matches: null });

Deno.test("uvicorn's replies are read, and FastAPI takes our bodies", async () => {
  await withGateway(async (address) => {
    await withRest(restService(address, [{}]), async (service) => {
      assert.deepEqual(await service.health(2000), { state: "serving", asked: "GET /health", details: "healthy" });
    });
    const json = { kind: "json", value: { prompt: "abc ä" } } as const;
    const made = await ended(address, {
      method: "POST",
      path: "/api/v1/llm/generate",
      body: json,
      checks: [equals("text", "ä cba")],
    });
    assert.equal(made.outcome, "ok", made.details);
    const [clip] = await builtInClips();
    assert.ok(clip);
    const heard = await ended(address, {
      method: "POST",
      path: "/api/v1/audio/transcribe",
      body: {
        kind: "multipart",
        parts: [{ name: "audio", kind: "clip" }, { name: "language", kind: "text", text: "de" }],
      },
      checks: [
        equals("transcript", `${clip.pcm.length / 2} frames`),
        equals("form", [1, 2, 16_000]),
        equals("language", "de"),
      ],
    });
    assert.equal(heard.outcome, "ok", heard.details);
  });
});

Deno.test("FastAPI's errors are told in plain words", async () => {
  await withGateway(async (address) => {
    const cases: [Partial<RestExchange>, string, RegExp][] = [
      [{ path: "/nowhere" }, "HTTP 404", /Not Found/],
      [{ path: "/chat" }, "HTTP 405", /Method Not Allowed/],
      [{ path: "/limited" }, "HTTP 429", /too many requests; try again after 7 s: Rate limit exceeded/],
      [{ path: "/loading" }, "HTTP 503", /still loading; try again after 20 s: the model is loading/],
      [{ method: "POST", path: "/api/v1/llm/generate", body: { kind: "json", value: {} } }, "HTTP 422", /prompt/],
      [{ method: "POST", path: "/chat", body: { kind: "json", value: {} } }, "HTTP 401", /Invalid or expired token/],
    ];
    for (const [given, type, words] of cases) {
      const end = await ended(address, given);
      assert.equal(end.type, type, end.details);
      assert.match(end.details, words);
    }
  });
});

Deno.test("tokens that run out after two calls are renewed without a failure", async () => {
  await withGateway(async (address) => {
    const given: Partial<RestExchange> = {
      method: "POST",
      path: "/chat",
      requires_auth: true,
      body: { kind: "json", value: { type: "text", text: "hello" } },
    };
    await withRest(restService(address, [given], { login_path: "/auth/token?user_id=ann" }), async (service) => {
      for (let count = 0; count < 7; count++) {
        const end = await exchange(service);
        assert.equal(end.outcome, "ok", end.details);
      }
    });
  });
});

Deno.test("WebSockets of uvicorn: answers, clips, its pings, its closes, its refusal", async () => {
  await withGateway(async (address) => {
    const ask: WebSocketExchange = {
      ...HELLO,
      send: { kind: "json", value: { type: "text", text: "hi {{seq}}" } },
      reply: [equals("type", "response")],
    };
    await withSocket(
      socketService(address, { path: "/ws/{{uuid}}", sessions: "kept", exchanges: [ask] }),
      async (service) => {
        assert.equal((await service.health(2000)).state, "serving");
        const ann = newUser();
        for (let count = 0; count < 10; count++) {
          const end = await converse(service, ann);
          assert.equal(end.outcome, "ok", end.details);
          assert.deepEqual(end.names.slice(-3), ["content", "content", "end"]);
        }
        assert.equal(service.stats().reconnects_total, 0);
      },
    );
    const speak: WebSocketExchange = {
      ...HELLO,
      send: { kind: "clip", field: null },
      reply: [equals("type", "transcription")],
    };
    await withSocket(socketService(address, { path: "/ws/ann", exchanges: [speak] }), async (service) => {
      assert.equal((await converse(service)).outcome, "ok");
    });
    const leave: WebSocketExchange = { ...ask, send: { kind: "json", value: { text: "leave" } } };
    await withSocket(socketService(address, { path: "/ws/ann", exchanges: [leave] }), async (service) => {
      const end = await converse(service);
      assert.deepEqual([end.type, end.details], [
        "INTERNAL",
        "The server closed the WebSocket with code 1011: the model has gone",
      ]);
    });
    await withSocket(socketService(address, { path: "/ws/nobody" }), async (service) => {
      assert.equal((await converse(service)).type, "HTTP 403");
      assert.equal((await service.health(2000)).state, "failed");
    });
  });
});
