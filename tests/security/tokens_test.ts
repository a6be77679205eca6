/** Tokens on their way: from a file that is rotated, onto gRPC calls and HTTP requests. */
import assert from "node:assert/strict";
import { authorizedOpen } from "../../lib/driver/rpc/authorized_channel.ts";
import { AuthorizedHttp } from "../../lib/driver/http/authorized_http.ts";
import { openCredentials, TokenFile } from "../../lib/driver/auth/credentials.ts";
import { redactedService } from "../../lib/driver/auth/redacted.ts";
import { UserError } from "../../lib/plan/errors.ts";
import { task } from "../plans.ts";
import { Secrets } from "../../lib/driver/auth/secrets.ts";
import type { NoToken, Token, TokenSource } from "../../lib/driver/core/tokens.ts";
import { CHANNEL_DEFAULTS, ConnectError, type MethodSpec, type Status } from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import type { HttpHeaders } from "../../lib/transport/http/channel.ts";
import { FakeChannel } from "../driver/fake_channel.ts";
import { SERVICES } from "../driver/workbench.ts";
import { ask, Told, withChannel, withServer } from "../transport/http/peers.ts";
import { inFolder } from "../end_to_end/cli.ts";
import { serviceWith } from "./token_endpoint.ts";

/** A source whose token the test sets. */
class HandSource implements TokenSource {
  current: Token | NoToken = { authorization: "Bearer one" };
  readonly refused: Token[] = [];
  waited = 0;
  closed = 0;

  ready(): Promise<void> {
    this.waited++;
    return Promise.resolve();
  }

  token(): Token | NoToken {
    return this.current;
  }

  rejected(token: Token): void {
    this.refused.push(token);
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

Deno.test("a rotated file is seen within a second, as Kubernetes rotates it: by another file in its place", () =>
  inFolder(async (dir) => {
    const file = `${dir}/token`;
    let now_ms = 0;
    const secrets = new Secrets(SERVICES.llm);
    const source = new TokenFile(file, "llm", secrets, () => now_ms);
    const rotate = async (text: string) => {
      await Deno.writeTextFile(`${dir}/next`, text);
      await Deno.rename(`${dir}/next`, file);
    };
    await rotate("first-token\n");
    await source.ready();
    const first = source.token();
    assert.deepEqual(first, { authorization: "Bearer first-token" });
    await rotate("other-token\n");
    now_ms = 999;
    assert.equal(source.token(), first);
    now_ms = 1000;
    assert.deepEqual(source.token(), { authorization: "Bearer other-token" });
    const other = source.token();
    await rotate("other-token");
    now_ms = 2000;
    assert.equal(source.token(), other, "the same text is the same token");
    for (const bad of ["", "two words\n"]) {
      await rotate(bad);
      now_ms += 1000;
      assert.equal(source.token(), other, "what cannot be a token leaves the one known in use");
    }
    await Deno.remove(file);
    now_ms += 1000;
    assert.equal(source.token(), other);
    assert.equal(secrets.hide("first-token, other-token"), "***, ***");
  }));

Deno.test("a file that holds no token is told before any call", () =>
  inFolder(async (dir) => {
    const cases: [string | null, RegExp][] = [
      [null, /there is no such file; check the path$/],
      ["\n", /it is empty$/],
      ["a b", /it is not a token: a token is one line without blanks$/],
    ];
    for (const [text, words] of cases) {
      const file = `${dir}/${cases.length}token`;
      if (text !== null) await Deno.writeTextFile(file, text);
      const { source } = await openCredentials(serviceWith({ kind: "bearer_file", file }));
      await assert.rejects(source!.ready(), (error: Error) => {
        assert.equal(error.name, "UserError");
        assert.ok(error.message.startsWith(`Cannot read the token of service llm from "${file}": `));
        assert.match(error.message, words);
        return true;
      });
    }
  }));

const SPEC: MethodSpec = { path: "/a.B/C", request_stream: false, reply_stream: false, metadata: [["x-a", "1"]] };

/** Starts a call that tells how it ended. */
function callOf(channel: FakeChannel, source: TokenSource, spec: MethodSpec = SPEC) {
  let prepared = 0;
  const counting = new Proxy(channel, {
    get: (target, key) =>
      key === "method" ? (spec: MethodSpec) => (prepared++, target.method(spec)) : Reflect.get(target, key),
  });
  const open = authorizedOpen(() => counting, source)("fake:1", CHANNEL_DEFAULTS);
  const method = open.method(spec);
  const start = () => {
    const over = Promise.withResolvers<Status>();
    const call = method.start(new Uint8Array(0), 1000, { sent() {}, message() {}, end: over.resolve });
    return { call, over: over.promise };
  };
  return { open, start, prepared: () => prepared };
}

Deno.test("gRPC: every call carries the token of its start, and a method is prepared once for each token", async () => {
  const channel = new FakeChannel((call) => call.end());
  const source = new HandSource();
  const { open, start, prepared } = callOf(channel, source);
  await open.connect();
  assert.equal(source.waited, 1);
  for (let count = 0; count < 3; count++) start();
  assert.equal(prepared(), 1);
  source.current = { authorization: "Bearer two" };
  for (let count = 0; count < 3; count++) start();
  assert.equal(prepared(), 2);
  assert.deepEqual(
    channel.calls.map(({ spec }) => spec.metadata.map(([key, value]) => `${key}=${value}`).join()),
    [...Array(3).fill("x-a=1,authorization=Bearer one"), ...Array(3).fill("x-a=1,authorization=Bearer two")],
  );
});

Deno.test("gRPC: a refused token is told to its source, unless the refusal is our own; one that is missing ends the call", async () => {
  const channel = new FakeChannel();
  const source = new HandSource();
  const { start } = callOf(channel, source);
  for (const [code, origin] of [[StatusCode.UNAUTHENTICATED, "server"], [StatusCode.UNAVAILABLE, "server"]] as const) {
    start();
    channel.call.end(code, "no", origin);
  }
  assert.deepEqual(source.refused, [{ authorization: "Bearer one" }]);
  source.current = { missing: "the endpoint is down" };
  const { over } = start();
  const { code, details, origin } = await over;
  assert.deepEqual([code, details, origin], [StatusCode.UNAUTHENTICATED, "the endpoint is down", "local"]);
  const cancelled = start();
  cancelled.call.cancel();
  assert.equal((await cancelled.over).origin, "cancel");
  assert.equal(channel.calls.length, 2);
});

Deno.test("gRPC: metadata with an authorization of its own stays as it is", () => {
  const channel = new FakeChannel((call) => call.end());
  const { start } = callOf(channel, new HandSource(), { ...SPEC, metadata: [["authorization", "Basic x"]] });
  start();
  assert.deepEqual(channel.call.spec.metadata, [["authorization", "Basic x"]]);
});

Deno.test("HTTP: every request carries the token of its start; a 401 is told to its source; without one nothing is sent", () => {
  const seen: (string | undefined)[] = [];
  return withServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(seen.length === 2 ? 401 : 200).end();
  }, (target) =>
    withChannel(target, {}, async (inner) => {
      const source = new HandSource();
      const channel = new AuthorizedHttp(inner, source);
      await channel.connect();
      const headers: HttpHeaders = [["x-a", "1"]];
      assert.equal((await ask(channel, { headers })).status, 200);
      const two = source.current = { authorization: "Bearer two" };
      const refused = await ask(channel, { headers });
      assert.equal(refused.status, 401);
      assert.deepEqual(refused.names, ["sent", "uploaded", "headers", "end"]);
      assert.deepEqual(source.refused, [two]);
      assert.equal((await ask(channel, { headers: [["Authorization", "Basic x"]] })).status, 200);
      assert.deepEqual(seen, ["Bearer one", "Bearer two", "Basic x"]);
      source.current = { missing: "the endpoint is down" };
      const none = await ask(channel, { headers });
      assert.deepEqual(none.result, { reason: "connection", details: "the endpoint is down", trailers: [] });
      const told = new Told();
      channel.request({ method: "GET", path: "/", headers, body: null }, 1000, told).cancel();
      assert.equal((await told.over).reason, "cancel");
      assert.equal(seen.length, 3);
    }));
});

Deno.test("what a server quotes is hidden: whole, encoded, cut off, and the words around it stay", () => {
  const secrets = new Secrets({
    ...SERVICES.llm,
    metadata: [
      { key: "authorization", value: "Bearer pl4nted/value=" },
      { key: "x-mode", value: "short" },
      { key: "accept", value: "application/json" },
    ],
    proxy: { address: "p:1", credentials: "me:proxy:password" },
    settings: {
      protocol: "rest",
      base_path: "",
      http_version: "1.1",
      login_path: "/login?password=log1n-pass&user=someone",
      exchanges: [{
        name: "x",
        method: "POST",
        path: "/x?api_key=query-key&page=numbers",
        headers: [{ key: "x-secret", value: "header-secret" }],
        requires_auth: false,
        body: { kind: "json", value: { password: "body-pass", list: [{ token: "inner-token" }], text: "prompt" } },
        statuses: [],
        checks: [],
      }],
    },
  });
  const cases = [
    ["key pl4nted/value= is wrong", "key *** is wrong"],
    ["key pl4nted%2Fvalue%3D is wrong", "key *** is wrong"],
    ["short application/json someone numbers prompt Bearer", "short application/json someone numbers prompt Bearer"],
    ["proxy:password log1n-pass query-key header-secret body-pass inner-token", "*** *** *** *** *** ***"],
    ["you sent pl4nted…", "you sent ***…"],
    ["you sent pl4nted/va", "you sent ***"],
    ["you sent pl4n…", "you sent ***…"],
    ["you sent pl4…", "you sent pl4…"],
    [btoa("me:proxy:password"), "***"],
  ];
  for (const [told, safe] of cases) assert.equal(secrets.hide(told!), safe);
});

Deno.test("a guarded service waits for its token, hides what it quotes, and closes the source of its tokens", async () => {
  const source = new HandSource();
  const secrets = new Secrets({ ...SERVICES.llm, metadata: [{ key: "x-key", value: "planted-key" }] });
  const service = redactedService({
    connect: () => Promise.reject(new ConnectError("other", "it said planted-key", "Look again.")),
    operation() {
      throw new UserError("config", "the value planted-key is wrong");
    },
    health: () =>
      Promise.resolve({ state: "failed", asked: "x", details: "planted-key is wanted", fault: "certificate_wanted" }),
    stats: () => ({ connections: 0, streams_in_flight: 0, waiting: 0, reconnects_total: 0, moves_total: 0 }),
    serverStatistics: () => Promise.resolve(source.waited === 1 ? [] : null),
    close: () => Promise.resolve(),
  }, { source, secrets });
  assert.deepEqual(await service.serverStatistics?.(), []);
  await assert.rejects(service.connect(), { name: "ConnectError", message: "it said ***", remedy: "Look again." });
  assert.throws(() => service.operation(task("llm.chat"), { kind: "call" }), {
    name: "UserError",
    kind: "config",
    message: "the value *** is wrong",
  });
  const { details, remedy } = await service.health(1000);
  assert.deepEqual([details, remedy], ["*** is wanted", "Give a client certificate and its key."]);
  assert.equal(service.hide?.("a planted-key"), "a ***");
  await service.close();
  assert.equal(source.closed, 1);
});

Deno.test("a call with a token lacks what the call without would lack", () => {
  const channel = new FakeChannel();
  const told: string[] = [];
  const spec: MethodSpec = { path: "/a.B/C", request_stream: false, reply_stream: false, metadata: [] };
  const events = { sent() {}, message() {}, end() {}, lacking: (errno: string) => void told.push(errno) };
  authorizedOpen(() => channel, new HandSource())("fake:1", CHANNEL_DEFAULTS).method(spec)
    .start(new Uint8Array(), 1000, events);
  channel.call.events.lacking?.("EMFILE");
  assert.deepEqual(told, ["EMFILE"]);
});

Deno.test("a call without a token says what this machine lacked to ask for one", async () => {
  const source = new HandSource();
  source.current = { missing: "no token", lacked: "EMFILE" };
  const channel = authorizedOpen(() => new FakeChannel(), source)("fake:1", CHANNEL_DEFAULTS);
  const told: string[] = [];
  await new Promise<void>((over) => {
    const events = {
      sent() {},
      message() {},
      lacking: (errno: string) => void told.push(errno),
      end: ({ details }: Status) => over(void told.push(details)),
    };
    channel.method({ path: "/a.B/C", request_stream: false, reply_stream: false, metadata: [] })
      .start(new Uint8Array(), 1000, events);
  });
  assert.deepEqual(told, ["EMFILE", "no token"]);
});
