/** What strangers try: each on a real socket, and none may change or learn anything. */
import assert from "node:assert/strict";
import { ROUTES } from "../../lib/live/routes.ts";
import { COMMAND, type OpenPage, raw, statusOf, withPage } from "./open_page.ts";

const PATHS = ["/", "/assets/live.js", "/api/state", "/api/events", "/api/history", "/compare?base=a&new=b"];
const COMMANDS = ["/api/plan", "/api/check", "/api/start", "/api/steer", "/api/stop", "/api/abort"];

/** A request, byte by byte. */
function request(line: string, headers: Record<string, string>, body = ""): string {
  const all = body === "" ? headers : { ...headers, "content-length": String(body.length) };
  return `${line} HTTP/1.1\r\n${Object.entries(all).map(([k, v]) => `${k}: ${v}\r\n`).join("")}\r\n${body}`;
}

const START = JSON.stringify({ scenario: "0-0", yaml: null });
/** Nothing was begun, and nothing went wrong. */
const untouched = ({ board, faults }: OpenPage) => {
  assert.deepEqual([board.state.phase, board.state.run, faults], ["before", null, []]);
};

Deno.test("a foreign Host is refused on every path, as DNS rebinding would bring it", () =>
  withPage({}, async (page) => {
    const { port } = page;
    const hosts = [
      `evil.example:${port}`,
      "evil.example",
      "127.0.0.1.evil.example",
      "127.0.0.2",
      "0.0.0.0",
      "10.0.0.7",
      "x y",
      "",
    ];
    for (const host of hosts) {
      for (const path of PATHS) {
        assert.equal(
          statusOf(await raw(port, request(`GET ${path}`, { host }))),
          host === "" ? 421 : 421,
          `${host} ${path}`,
        );
      }
      for (const path of COMMANDS) {
        const reply = await raw(port, request(`POST ${path}`, { host, ...COMMAND }, START));
        assert.equal(statusOf(reply), 421, `${host} ${path}`);
      }
    }
    assert.ok([400, 421].includes(statusOf(await raw(port, `GET /api/state HTTP/1.1\r\n\r\n`))), "no Host at all");
    const two = `GET /api/state HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nhost: evil.example\r\n\r\n`;
    assert.ok([400, 421].includes(statusOf(await raw(port, two))), "two Hosts");
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "localhost:9999"]) {
      assert.equal(statusOf(await raw(port, request("GET /api/state", { host }))), 200, host);
    }
    untouched(page);
  }));

Deno.test("a page of another origin can neither read nor command", () =>
  withPage({}, async (page) => {
    const { port } = page;
    const host = `127.0.0.1:${port}`;
    const origins = [
      "http://evil.example",
      "null",
      `http://localhost:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://${host}.evil.example`,
    ];
    for (const origin of origins) {
      for (const path of COMMANDS) {
        const reply = await raw(port, request(`POST ${path}`, { host, origin, ...COMMAND }, START));
        assert.equal(statusOf(reply), 403, `${origin} ${path}`);
        assert.doesNotMatch(reply, /access-control-allow/i);
      }
      for (const path of PATHS) {
        assert.equal(statusOf(await raw(port, request(`GET ${path}`, { host, origin }))), 403, origin);
      }
      const asks = {
        host,
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-june-load",
      };
      assert.equal(statusOf(await raw(port, request("OPTIONS /api/start", asks))), 403);
    }
    const site = { host, "sec-fetch-site": "cross-site" };
    for (const mode of ["no-cors", "cors", "websocket"]) {
      assert.equal(
        statusOf(await raw(port, request("GET /api/state", { ...site, "sec-fetch-mode": mode }))),
        403,
        mode,
      );
    }
    const link = { ...site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    assert.equal(statusOf(await raw(port, request("GET /", link))), 200, "a link to the page opens it");
    const frame = { ...link, "sec-fetch-dest": "iframe" };
    assert.equal(statusOf(await raw(port, request("GET /", frame))), 403, "a frame does not");
    untouched(page);
  }));

Deno.test("commands need their header and JSON, which no form can send", () =>
  withPage({}, async (page) => {
    const { port } = page;
    const host = `127.0.0.1:${port}`;
    for (const path of COMMANDS) {
      const send = async (headers: Record<string, string>) =>
        statusOf(await raw(port, request(`POST ${path}`, { host, ...headers }, START)));
      assert.equal(await send({ "content-type": "application/json" }), 403, path);
      assert.equal(await send({ ...COMMAND, "x-june-load": "0" }), 403, path);
      for (
        const type of [
          "text/plain",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "text/json",
          "",
        ]
      ) {
        assert.equal(await send({ ...COMMAND, "content-type": type }), 400, `${path} ${type}`);
      }
    }
    untouched(page);
  }));

Deno.test("nothing is changed by GET, HEAD and other methods", () =>
  withPage({}, async (page) => {
    const { port } = page;
    const host = `127.0.0.1:${port}`;
    assert.deepEqual(
      COMMANDS.length,
      ROUTES.filter(({ method }) => method === "POST").length,
      "every command is tried",
    );
    for (const path of COMMANDS) {
      for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"]) {
        const reply = await raw(port, request(`${method} ${path}?scenario=0-0`, { host, ...COMMAND }));
        assert.equal(statusOf(reply), 405, `${method} ${path}`);
        assert.match(reply, /allow: POST/i);
      }
    }
    for (const path of ["/", "/api/state", "/api/history"]) {
      assert.equal(statusOf(await raw(port, request(`HEAD ${path}`, { host }))), 200, path);
      assert.equal(statusOf(await raw(port, request(`POST ${path}`, { host, ...COMMAND }, "{}"))), 405, path);
    }
    untouched(page);
  }));

const TRAVERSALS = [
  "../../../../etc/passwd",
  "..%2f..%2f..%2fetc%2fpasswd",
  "%2e%2e/%2e%2e/etc/passwd",
  "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
  "..%252f..%252fetc%252fpasswd",
  "..%c0%af..%c0%afetc/passwd",
  "..\\..\\etc\\passwd",
  "..%5c..%5cetc%5cpasswd",
  "....//....//etc/passwd",
  "/etc/passwd",
  "%00",
  "result.ndjson%00.html",
  "file:///etc/passwd",
  "__proto__",
  "constructor",
];

Deno.test("no path leads out of the reports, however it is written", () =>
  withPage({}, async (page) => {
    const { port } = page;
    const host = `127.0.0.1:${port}`;
    for (const path of TRAVERSALS) {
      for (const before of ["/assets/", "/reports/", "/reports/x/", "/", "/compare?new=x&base="]) {
        const reply = await raw(port, request(`GET ${before}${path}`, { host }));
        assert.ok([400, 404].includes(statusOf(reply)), `${before}${path}: ${reply.slice(0, 80)}`);
        assert.doesNotMatch(reply, /root:/);
      }
    }
    untouched(page);
  }));

Deno.test("with a token nobody comes in without it, whatever else he sends", () =>
  withPage({ token: "correct-horse-battery" }, async (page) => {
    const { port } = page;
    const host = `127.0.0.1:${port}`;
    const wrong: Record<string, string>[] = [
      {},
      { authorization: "Bearer correct-horse-batterx" },
      { authorization: "Bearer " },
      { authorization: "Basic correct-horse-battery" },
      { cookie: `june_load_${port}=correct-horse-battery` },
      { cookie: `june_load_${port}=` },
      { cookie: "june_load=x; june_load_1=correct-horse-battery" },
    ];
    for (const headers of wrong) {
      for (const path of [...PATHS, "/?token=wrong", "/api/state?token=correct-horse-battery"]) {
        assert.equal(statusOf(await raw(port, request(`GET ${path}`, { host, ...headers }))), 403, path);
      }
      for (const path of COMMANDS) {
        assert.equal(
          statusOf(await raw(port, request(`POST ${path}`, { host, ...COMMAND, ...headers }, START))),
          403,
          path,
        );
      }
    }
    assert.equal(
      statusOf(await raw(port, request("GET /?token=correct-horse-battery", { host: "evil.example" }))),
      421,
    );
    const entered = await raw(port, request("GET /?token=correct-horse-battery", { host }));
    assert.equal(statusOf(entered), 303);
    const cookie = /set-cookie: ([^;]+)(.*)/i.exec(entered);
    assert.match(cookie?.[2] ?? "", /HttpOnly/);
    assert.match(cookie?.[2] ?? "", /SameSite=Strict/);
    assert.doesNotMatch(entered, /correct-horse-battery/);
    assert.equal(statusOf(await raw(port, request("GET /api/state", { host, cookie: cookie?.[1] ?? "" }))), 200);
    const bearer = { host, authorization: "Bearer correct-horse-battery" };
    const state = await raw(port, request("GET /api/state", bearer));
    assert.equal(statusOf(state), 200);
    assert.doesNotMatch(state + page.told.join(), /correct-horse-battery/);
    for (const name of ["10.0.0.7", Deno.hostname(), `${Deno.hostname()}.example.net`]) {
      assert.equal(statusOf(await raw(port, request("GET /api/state", { ...bearer, host: name }))), 200, name);
    }
    untouched(page);
  }));

Deno.test("a body is refused as soon as it is too large, told or not", () =>
  withPage({}, async (page) => {
    const { port } = page;
    const head = { host: `127.0.0.1:${port}`, ...COMMAND };
    const told = await raw(port, request("POST /api/plan", { ...head, "content-length": "104857600" }));
    assert.equal(statusOf(told), 413);
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(
      new TextEncoder().encode(request("POST /api/plan", { ...head, "transfer-encoding": "chunked" })),
    );
    const chunk = new TextEncoder().encode(`10000\r\n${"x".repeat(65_536)}\r\n`);
    let sent = 0;
    const sending = (async () => {
      for (; sent < 1600; sent++) await connection.write(chunk);
    })().catch(() => {});
    const bytes = new Uint8Array(4096);
    const read = await connection.read(bytes);
    const reply = new TextDecoder().decode(bytes.subarray(0, read ?? 0));
    connection.close();
    await sending;
    assert.equal(statusOf(reply), 413);
    assert.ok(sent < 1600, "most of the 100 MB were never taken");
    untouched(page);
  }));

Deno.test("bodies that are not what they should be are refused in words", () =>
  withPage({}, async (page) => {
    const bodies = ["", "[]", "null", "1", '"x"', "{", '{"scenario":1}', '{"scenario":"0-0","yaml":5}']
      .concat(['{"scenario":"0-0","fields":[]}', '{"scenario":"0-0","fields":{"users":"5"}}'])
      .concat(['{"scenario":"0-0","fields":{"users":1e999}}', '{"scenario":"0-0","fields":{"hosts":{"llm":1}}}'])
      .concat(['{"scenario":"0-0","fields":{"simulator":"yes"}}', '{"__proto__":{"scenario":"0-0"}}']);
    for (const body of bodies) {
      const response = await fetch(`http://127.0.0.1:${page.port}/api/start`, {
        method: "POST",
        headers: COMMAND,
        body,
      });
      const { message } = await response.json();
      assert.equal(response.status, 400, body);
      assert.match(message, /Cannot read this request|is not JSON/);
    }
    const unknown = await page.post("/api/start", { scenario: "9-9", yaml: null });
    assert.deepEqual([unknown.status, unknown.body.problems[0].message], [200, "There is no such scenario"]);
    const change = await page.post("/api/steer", { type: "target", load: null, target: 5, more: 1 });
    assert.equal(change.status, 400);
    untouched(page);
  }));

Deno.test("every reply keeps browsers from guessing, framing and telling where it came from", () =>
  withPage({}, async ({ get }) => {
    for (
      const path of ["/", "/assets/live.js", "/assets/live.css", "/api/state", "/api/history", "/none", "/api/start"]
    ) {
      const response = await get(path);
      await response.body?.cancel();
      const header = (name: string) => response.headers.get(name) ?? "";
      assert.equal(header("x-content-type-options"), "nosniff", path);
      assert.equal(header("referrer-policy"), "no-referrer", path);
      assert.match(header("content-security-policy"), /default-src 'none'.*frame-ancestors 'none'/, path);
      assert.doesNotMatch(header("content-security-policy"), /unsafe/, path);
      assert.equal(header("cross-origin-resource-policy"), "same-origin", path);
      assert.equal(header("access-control-allow-origin"), "", path);
    }
    const page = await (await get("/")).text();
    assert.doesNotMatch(page, /<script(?![^>]* src=)|<style| on\w+=| style=/, "nothing inline");
  }));
