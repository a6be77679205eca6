import assert from "node:assert/strict";
import type { OpenService } from "../../../lib/driver/driver.ts";
import { withRawPeer } from "../../transport/http/peers.ts";
import { CallMarks, REAL_CLOCK } from "../call_marks.ts";
import { callStart } from "../call_start.ts";
import { type Answer, call, CALL_TASK, restService, withRest, withSeen } from "./bench.ts";

/** A gateway whose tokens are `token-1`, `token-2`, ...; `good` says which are accepted. */
function gateway(good: (token: string) => boolean): Answer {
  let made = 0;
  return ({ method, path, headers }) => {
    if (path.startsWith("/auth/token")) {
      if (method !== "POST") return { status: 405 };
      return { body: JSON.stringify({ access_token: `token-${++made}`, token_type: "bearer" }) };
    }
    const token = /^Bearer (.*)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    return good(token) ? { body: "{}" } : { status: 401, body: `{"detail":"Invalid token ${token}"}` };
  };
}

const SECURED = { requires_auth: true };

async function withLogin(
  answer: Answer,
  body: (service: OpenService, paths: () => string[]) => Promise<void>,
): Promise<void> {
  await withSeen(answer, async (address, seen) => {
    const settings = { login_path: "/auth/token?user_id=u{{seq}}" };
    const plan = restService(address, [{ ...SECURED, path: "/chat" }, { name: "open", path: "/open" }], settings, {
      timeout_ms: 1000,
    });
    await withRest(plan, (service) => body(service, () => seen.map(({ path }) => path)));
  });
}

Deno.test("one login serves all calls that need it, and only those", async () => {
  await withLogin(gateway(() => true), async (service, paths) => {
    assert.equal((await call(service, "open")).outcome, "ok");
    assert.deepEqual(paths(), ["/open"]);
    const ends = await Promise.all(Array.from({ length: 5 }, () => call(service)));
    assert.ok(ends.every(({ outcome }) => outcome === "ok"));
    assert.deepEqual(paths().filter((path) => path !== "/chat"), ["/open", "/auth/token?user_id=u1"]);
  });
});

Deno.test("a token that has run out is renewed, once for all, and the call sent again", async () => {
  let expired = "";
  await withLogin(gateway((token) => token !== expired), async (service, paths) => {
    assert.equal((await call(service)).outcome, "ok");
    expired = "token-1";
    const ends = await Promise.all(Array.from({ length: 3 }, () => call(service)));
    assert.deepEqual(ends.map(({ outcome }) => outcome), ["ok", "ok", "ok"]);
    assert.deepEqual(ends.map(({ names }) => names.join()), Array(3).fill("sent,end"));
    assert.equal(paths().filter((path) => path.startsWith("/auth")).length, 2);
  });
});

Deno.test("a token that never worked is not asked for again and again: the 401 is the answer", async () => {
  await withLogin(gateway(() => false), async (service, paths) => {
    for (let count = 0; count < 3; count++) {
      const end = await call(service);
      assert.equal(end.type, "HTTP 401");
      assert.match(end.details, /Invalid token \*\*\*/);
    }
    assert.equal(paths().filter((path) => path.startsWith("/auth")).length, 1);
  });
});

Deno.test("a renewed token that does not help ends the call with the 401", async () => {
  let good = true;
  await withLogin(gateway(() => good), async (service) => {
    assert.equal((await call(service)).outcome, "ok");
    good = false;
    assert.equal((await call(service)).type, "HTTP 401");
  });
});

Deno.test("a login that fails fails the calls that wait for it, and the next call tries again", async () => {
  let body = "{}";
  let status = 200;
  await withLogin(({ path }) => path.startsWith("/auth") ? { status, body } : { body: "{}" }, async (service) => {
    const [first, second] = await Promise.all([call(service), call(service)]);
    assert.deepEqual([first.type, second.type], ["semantic:login", "semantic:login"]);
    assert.deepEqual(first.names, ["end"]);
    body = '{"access_token":"two\\nlines"}';
    assert.equal((await call(service)).type, "semantic:login");
    status = 422;
    body = '{"detail":"user_id: field required"}';
    const refused = await call(service);
    assert.equal(refused.type, "HTTP 422");
    assert.equal(
      refused.details,
      "The login failed: HTTP 422: the server says that the request is invalid: user_id: field required",
    );
    status = 200;
    body = '{"access_token":"good"}';
    assert.equal((await call(service)).outcome, "ok");
  });
});

Deno.test("a login that hangs ends the calls that wait for it at their deadlines, or when they are cancelled", async () => {
  await withRawPeer(async (conn) => {
    const into = new Uint8Array(4096);
    while (await conn.read(into) !== null);
  }, async (address) => {
    const plan = restService(address, [SECURED], { login_path: "/auth" }, { timeout_ms: 100 });
    await withRest(plan, async (service) => {
      const end = await call(service);
      assert.deepEqual([end.outcome, end.type, end.names.join()], ["timed_out", "DEADLINE_EXCEEDED", "end"]);
      const marks = new CallMarks();
      const running = service.operation(CALL_TASK, { kind: "call" }).start(callStart(REAL_CLOCK, marks));
      running.cancel();
      running.cancel();
      assert.equal((await marks.over).outcome, "cancelled");
    });
  });
});
