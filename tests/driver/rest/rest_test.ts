import assert from "node:assert/strict";
import { openRest } from "../../../lib/driver/rest/open.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import type { RestExchange } from "../../../lib/plan/protocols.ts";
import { withRawPeer } from "../../transport/http/peers.ts";
import { CallMarks, REAL_CLOCK } from "../call_marks.ts";
import { callStart } from "../call_start.ts";
import { answered, call, CALL_TASK, restService, textOf, withRest, withSeen } from "./bench.ts";

const ok = () => ({ body: '{"status":"ok","items":[{"id":7}]}' });

Deno.test("a request carries its method, path, headers and those of the service", async () => {
  await withSeen(ok, async (address, seen) => {
    const given = { method: "PUT", path: "/a?b=c", headers: [{ key: "X-One", value: "1" }] };
    const more = { metadata: [{ key: "Authorization", value: "Bearer key" }] };
    await withRest(restService(address, [given], { base_path: "/v1" }, more), async (service) => {
      const end = await call(service);
      assert.equal(end.outcome, "ok");
      assert.deepEqual(end.names, ["sent", "end"]);
      assert.equal(end.received_bytes, ok().body.length);
    });
    const [{ method, path, headers }] = seen as [typeof seen[0]];
    assert.deepEqual([method, path], ["PUT", "/v1/a?b=c"]);
    assert.equal(headers["x-one"], "1");
    assert.equal(headers.authorization, "Bearer key");
  });
});

Deno.test("bodies are sent as what they are", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "<a/>");
  const cases: [RestExchange["body"], string, string][] = [
    [{ kind: "json", value: { a: [1, "ä"] } }, "application/json", '{"a":[1,"ä"]}'],
    [{ kind: "text", text: "plain", content_type: "text/plain" }, "text/plain", "plain"],
    [{ kind: "file", path: file, content_type: "application/xml" }, "application/xml", "<a/>"],
  ];
  try {
    for (const [body, type, text] of cases) {
      const { end, request } = await answered(ok, { method: "POST", body });
      assert.equal(end.outcome, "ok");
      assert.equal(request?.headers["content-type"], type);
      assert.equal(textOf(request?.body as Uint8Array), text);
      assert.equal(end.sent_bytes, request?.body.length);
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a content type of the scenario wins", async () => {
  const headers = [{ key: "Content-Type", value: "application/vnd.api+json" }];
  const { request } = await answered(ok, { method: "POST", headers, body: { kind: "json", value: {} } });
  assert.equal(request?.headers["content-type"], "application/vnd.api+json");
});

Deno.test("a multipart body carries texts, files and a clip as WAV", async () => {
  const file = await Deno.makeTempFile({ suffix: ".bin" });
  await Deno.writeFile(file, Uint8Array.of(1, 2, 3));
  try {
    const { request, end } = await answered(ok, {
      method: "POST",
      body: {
        kind: "multipart",
        parts: [
          { name: "language", kind: "text", text: "en {{seq}}" },
          { name: "data", kind: "file", path: file, content_type: "application/octet-stream" },
          { name: "audio", kind: "clip" },
        ],
      },
    });
    const init = { headers: { "content-type": request?.headers["content-type"] ?? "" } };
    const form = await new Response(new Uint8Array(request?.body as Uint8Array), init).formData();
    assert.equal(form.get("language"), "en 1");
    assert.deepEqual(end.names, ["sent", "speech_end", "end"], "its final latency counts from its last byte");
    assert.deepEqual(await (form.get("data") as File).bytes(), Uint8Array.of(1, 2, 3));
    const audio = form.get("audio") as File;
    assert.deepEqual([audio.name, audio.type], ["clip.wav", "audio/wav"]);
    assert.equal(textOf((await audio.bytes()).subarray(0, 4)), "RIFF");
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("each call fills its templates in, whatever it puts into a path; the rest is encoded once", async () => {
  await withSeen(ok, async (address, seen) => {
    const varied: Partial<RestExchange> = {
      name: "varied",
      method: "POST",
      path: "/user/{{prompt}}?n={{seq}}",
      headers: [{ key: "x-call", value: "{{seq}}" }],
      body: { kind: "json", value: { n: "{{seq}}", text: "call {{seq}}" } },
    };
    const fixed: Partial<RestExchange> = { name: "fixed", method: "POST", body: { kind: "json", value: { a: 1 } } };
    await withRest(restService(address, [varied, fixed]), async (service) => {
      const operation = service.operation({ ...CALL_TASK, operation: "varied" }, { kind: "call" });
      for (let count = 0; count < 2; count++) {
        const marks = new CallMarks();
        operation.start(callStart(REAL_CLOCK, marks));
        assert.equal((await marks.over).outcome, "ok");
      }
      assert.equal((await call(service, "fixed")).outcome, "ok");
    });
    const [first, second, third] = seen;
    assert.match(first?.path ?? "", /^\/user\/[!-~]*%20[!-~]*\?n=1$/);
    assert.match(second?.path ?? "", /\?n=2$/);
    assert.equal(second?.headers["x-call"], "2");
    assert.deepEqual(JSON.parse(textOf(second?.body as Uint8Array)), { n: 2, text: "call 2" });
    assert.equal(textOf(third?.body as Uint8Array), '{"a":1}');
  });
});

Deno.test("a status that was not expected fails the call under its number, in plain words", async () => {
  const cases: [number, Record<string, string>, string, string][] = [
    [401, {}, '{"detail":"Not authenticated"}', "HTTP 401: the key is missing or not accepted: Not authenticated"],
    [429, { "retry-after": "7" }, "", "HTTP 429: too many requests; try again after 7 s"],
    [503, {}, "loading", "HTTP 503: the server is overloaded or still loading: loading"],
    [
      302,
      { location: "/other" },
      "",
      "HTTP 302: a redirect to /other, which june-load does not follow: give that address",
    ],
  ];
  for (const [status, headers, body, details] of cases) {
    const { end } = await answered(() => ({ status, headers, body }));
    assert.equal(end.outcome, "failed");
    assert.equal(end.type, `HTTP ${status}`);
    assert.equal(end.details, details);
  }
  for (const status of [403, 404, 500]) {
    assert.equal((await answered(() => ({ status }))).end.type, `HTTP ${status}`);
  }
});

Deno.test("the scenario says which statuses are good", async () => {
  const statuses = [404, 200];
  assert.equal((await answered(() => ({ status: 404 }), { statuses })).end.outcome, "ok");
  assert.equal((await answered(() => ({ status: 201 }), { statuses })).end.type, "HTTP 201");
  assert.equal((await answered(() => ({ status: 201 }))).end.outcome, "ok");
});

Deno.test("what a reply must hold decides whether its call is ok", async () => {
  const check = (path: string, equals: RestExchange["checks"][0]["equals"]) => ({
    checks: [{ path, equals, matches: null }],
  });
  assert.equal((await answered(ok, check("items[0].id", 7))).end.outcome, "ok");
  const { end } = await answered(ok, check("status", "done"));
  assert.deepEqual([end.outcome, end.type, end.code], ["failed", "semantic:check", 0]);
  assert.equal(end.details, 'The reply\'s status is "ok", not "done"');
  const text = await answered(() => ({ body: "no JSON" }), check("status", "done"));
  assert.match(text.end.details, /not JSON/);
});

Deno.test("a service that is gone, hangs or cuts its reply off fails each call as that", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  await withRest(restService(address, [{}]), async (service) => {
    const end = await call(service);
    assert.deepEqual([end.outcome, end.type], ["failed", "UNAVAILABLE"]);
    assert.match(end.details, /Nobody listens/);
  });
  await withRawSilence(async (silent) => {
    await withRest(restService(silent, [{}], {}, { timeout_ms: 50 }), async (service) => {
      const end = await call(service);
      assert.deepEqual([end.outcome, end.type], ["timed_out", "DEADLINE_EXCEEDED"]);
    });
    await withRest(restService(silent, [{}]), async (service) => {
      const marks = new CallMarks();
      const running = service.operation(CALL_TASK, { kind: "call" }).start(callStart(REAL_CLOCK, marks));
      running.cancel();
      assert.equal((await marks.over).outcome, "cancelled");
    });
  });
  await withRawPeer(async (conn) => {
    await conn.read(new Uint8Array(4096));
    await conn.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"));
  }, async (cut) => {
    await withRest(restService(cut, [{}]), async (service) => {
      const end = await call(service);
      assert.deepEqual([end.outcome, end.type], ["failed", "semantic:truncated"]);
    });
  });
});

/** A peer that takes connections and says nothing until the client goes. */
async function withRawSilence(body: (address: string) => Promise<void>): Promise<void> {
  await withRawPeer(async (conn) => {
    const into = new Uint8Array(4096);
    while (await conn.read(into) !== null);
  }, body);
}

Deno.test("what cannot be sent is found out when the service is opened, or fails the one call", async () => {
  const bad: Partial<RestExchange>[] = [
    { path: "no-slash" },
    { method: "GE T" },
    { headers: [{ key: "bad name", value: "x" }] },
    { headers: [{ key: "host", value: "x" }] },
    { headers: [{ key: "x", value: "two\nlines" }] },
    { path: "/{{nothing}}" },
    { method: "POST", body: { kind: "file", path: "/nowhere/at/all", content_type: "text/plain" } },
    { checks: [{ path: "a[", equals: null, matches: null }] },
  ];
  for (const exchange of bad) {
    await assert.rejects(openRest(restService("127.0.0.1:1", [exchange])), UserError, JSON.stringify(exchange));
  }
  await assert.rejects(openRest(restService("127.0.0.1:1", [{}], { login_path: "no-slash" })), UserError);
  const lines = await Deno.makeTempFile();
  await Deno.writeTextFile(lines, "snow \u2603\n");
  try {
    const { end } = await answered(ok, { headers: [{ key: "x", value: `{{pick ${lines}}}` }] });
    assert.deepEqual([end.outcome, end.type], ["failed", "INVALID_ARGUMENT"]);
    assert.match(end.details, /header "x"/);
  } finally {
    await Deno.remove(lines);
  }
});

Deno.test("a task the service lacks is refused", async () => {
  await withRest(restService("127.0.0.1:1", [{}]), (service) => {
    assert.throws(() => service.operation({ ...CALL_TASK, operation: "other" }, { kind: "call" }), TypeError);
    return Promise.resolve();
  });
});
