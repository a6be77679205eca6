import assert from "node:assert/strict";
import fc from "fast-check";
import { readProxy } from "../../lib/plan/credentials.ts";
import { createRedactor, redactAuth, redactProxy } from "../../lib/plan/redact.ts";

Deno.test("complaints lose users, passwords, queries and secret variables, and nothing else", () => {
  const hide = createRedactor({
    API_TOKEN: "hush-hush",
    MY_PASSWORD: "short",
    TOKEN_FILE: "/var/run/token",
    HOME: "/home/someone",
  });
  const cases = [
    [`found "hush-hush"`, `found "\${API_TOKEN}"`],
    [`the URL "http://me:pa/ss@host:1/v1" has a user`, `the URL "http://***@host:1/v1" has a user`],
    [`the address "me:hush@host:1" cannot be read`, `the address "***@host:1" cannot be read`],
    [`--target: llm=me:hush@host:1`, `--target: llm=***@host:1`],
    [`ask "https://host/v1?key=hush&a=b" again`, `ask "https://host/v1?***" again`],
  ];
  for (const [told, safe] of cases) assert.equal(hide(told!), safe);
  for (
    const plain of [
      "a short word, /var/run/token and /home/someone stay",
      "load.yaml:3:5: scenarios.one.tasks: p95(latency, llm.chat@llm_b) < 2s",
      `did you mean "--users=5"? Or: what = this?`,
      "[::1]:50051 and http://host:1/v1 and unix:/run/stt.sock",
    ]
  ) assert.equal(hide(plain), plain);
});

Deno.test("users of addresses are found as patterns over the whole text find them", () => {
  const hide = createRedactor({});
  const whole = (text: string) =>
    text
      .replace(/:\/\/[^\s"]*@/g, "://***@")
      .replace(/(^|[\s"'=])[^\s"'=:@/]+:(?!\/\/)[^\s"'@]*@/gm, "$1***@")
      .replace(/\?[^\s"'?=]+=[^\s"']*/g, "?***");
  const texts = fc.string({ unit: fc.constantFrom("a", "b", "://", ":", "/", "@", "=", "?", " ", '"', "'", "\n") });
  fc.assert(fc.property(texts, (text) => assert.equal(hide(text), whole(text))), { numRuns: 3000, seed: 13 });
});

Deno.test("a long text is searched for addresses in time that grows with its length", () => {
  const hide = createRedactor({});
  // At the pace of a search that begins again at each place these take an hour.
  for (const piece of ["://", "=a:", "a@", "?a="]) {
    const long = piece.repeat(500_000);
    assert.equal(hide(`${long} http://me:hush@host`).slice(-16), " http://***@host", piece);
  }
});

Deno.test("what is saved of tokens and proxies is where they are", () => {
  const tls = null;
  assert.deepEqual(redactAuth({ kind: "bearer", token: "hush" }), { kind: "bearer", token: "***" });
  assert.deepEqual(redactAuth({ kind: "bearer_file", file: "/t" }), { kind: "bearer_file", file: "/t" });
  const asked = { kind: "oauth2", address: "login:443", scope: "a", audience: "b", send_as: "basic", tls } as const;
  assert.deepEqual(redactAuth({ ...asked, path: "/t?key=hush", client_id: "hush", client_secret: "hush" }), {
    ...asked,
    path: "/t?***",
    client_id: "***",
    client_secret: "***",
  });
  assert.deepEqual(redactProxy({ address: "p:1", credentials: "me:hush" }), { address: "p:1", credentials: "***" });
  assert.deepEqual(redactProxy({ address: "p:1", credentials: null }), { address: "p:1", credentials: null });
});

Deno.test("a proxy is read as it is written, and what is wrong with it is told without its password", () => {
  const cases: [string, ReturnType<typeof readProxy>][] = [
    ["http://p:3128", { address: "p:3128", credentials: null }],
    ["http://p", { address: "p:80", credentials: null }],
    ["HTTP://me:a%40b:%zz@[::1]:1/", { address: "[::1]:1", credentials: "me:a@b:%zz" }],
    ["http://me:a%40b@p:1", { address: "p:1", credentials: "me:a@b" }],
    ["http://me@p:1", { address: "p:1", credentials: "me:" }],
  ];
  for (const [text, proxy] of cases) assert.deepEqual(readProxy(text), proxy);
  for (
    const wrong of ["p:1", "https://me:hush@p", "http://me:hush@p:1/x", "http://me:hush@p?x", "socks5://me:hush@p"]
  ) {
    const told = readProxy(wrong);
    assert.ok(typeof told === "string" && /http:\/\/user:password@host:port/.test(told), wrong);
    assert.doesNotMatch(told, /hush/);
  }
});
