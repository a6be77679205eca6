import assert from "node:assert/strict";
import type { Health } from "../../../lib/driver/driver.ts";
import { openOpenAi } from "../../../lib/driver/openai/open.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import { task } from "../../plans.ts";
import { type Answer, call, json, servicePlan, type Setup, withAnswers } from "./bench.ts";

const MISSING: Answer = { status: 404, pieces: ["Not Found"] };

/** Asks the health of a server that has these paths. */
async function healthOf(paths: Record<string, Answer>, setup: Setup = {}): Promise<Health> {
  let health: Health | null = null;
  await withAnswers(({ path }) => paths[path] ?? MISSING, async (target) => {
    const opened = await openOpenAi(servicePlan("llm", target, setup));
    await opened.connect();
    health = await opened.health(2000);
    await opened.close();
  });
  return health as unknown as Health;
}

const models = (...ids: string[]) => json({ object: "list", data: ids.map((id) => ({ id, object: "model" })) });

Deno.test("a list of models tells whether the one asked for is there", async () => {
  assert.deepEqual(await healthOf({ "/v1/models": models("m0", "m1") }), {
    state: "serving",
    asked: "GET /v1/models",
    details: "model m1",
  });
  const other = await healthOf({ "/v1/models": models("a", "b", "c", "d", "e", "f") });
  assert.deepEqual(
    [other.state, other.details],
    ["doubtful", 'it does not list the model "m1"; it lists a, b, c, d and 2 more'],
  );
  assert.match(other.remedy ?? "", /Set `model` to one of those/);
  const any = await healthOf({ "/v1/models": models("a") }, { settings: { model: "" } });
  assert.deepEqual([any.state, any.details], ["serving", "models: a"]);
  assert.equal((await healthOf({ "/v1/models": json([]) })).state, "connected");
});

Deno.test("without a list, health paths are asked; without those, it is connected", async () => {
  assert.equal((await healthOf({ "/health": {} })).asked, "GET /health");
  assert.equal((await healthOf({ "/v1/health/ready": {} })).asked, "GET /v1/health/ready");
  const loading = await healthOf({ "/health": json({ error: { message: "Loading model" } }, 503) });
  assert.deepEqual(
    [loading.state, loading.details],
    ["unhealthy", "HTTP 503: the server is overloaded or still loading: Loading model"],
  );
  assert.equal((await healthOf({})).state, "connected");
});

Deno.test("a key that is not accepted, a server that is loading, and one that hangs", async () => {
  const health = await healthOf({ "/v1/models": json({ error: "bad key" }, 401) });
  assert.deepEqual(
    [health.state, health.details],
    ["failed", "HTTP 401: the key is missing or not accepted: bad key"],
  );
  assert.match(health.remedy ?? "", /key or token: `auth: \{ bearer: /);
  assert.equal((await healthOf({ "/v1/models": { status: 503 } })).state, "unhealthy");
  const cut = await healthOf({ "/v1/models": { pieces: ["x"], cut: true } });
  assert.equal(cut.state, "failed");
});

Deno.test("health as a task", async () => {
  const well = await call("llm.health", models("m1"));
  assert.deepEqual([well.end.outcome, well.seen.path, well.seen.method], ["ok", "/v1/models", "GET"]);
  assert.equal((await call("tts.health", { status: 503 })).end.type, "HTTP 503");
});

Deno.test("a task of another kind is refused, as settings of another protocol are", async () => {
  const service = servicePlan("llm", "127.0.0.1:9");
  const opened = await openOpenAi(service);
  const inputs = { kind: "llm", prompts: ["x"], chats: [] } as const;
  assert.throws(() => opened.operation(task("stt.recognize"), inputs), TypeError);
  assert.throws(() => opened.operation(task("call"), { kind: "call" }), TypeError);
  await opened.close();
  await assert.rejects(openOpenAi({ ...service, settings: null }), TypeError);
});

Deno.test("headers and paths that cannot be sent are refused before any load, without telling a value", async () => {
  const refused = async (setup: Setup): Promise<string> => {
    const opening = openOpenAi(servicePlan("llm", "127.0.0.1:9", setup));
    const error = await opening.then(() => null, (error: unknown) => error);
    assert.ok(error instanceof UserError);
    return error.message;
  };
  const header = await refused({ service: { metadata: [{ key: "authorization", value: "Bearer secret\nx: y" }] } });
  assert.match(header, /^Cannot send requests to service llm: The value of header "authorization" has a line break/);
  assert.ok(!header.includes("secret"));
  assert.match(await refused({ settings: { base_path: "/a b" } }), /Cannot ask for the path "\/a b\/"/);
});

Deno.test("a key that may not list models says nothing of calls: a warning", async () => {
  const health = await healthOf({ "/v1/models": json({ error: { message: "Missing scopes" } }, 403) });
  assert.equal(health.state, "doubtful");
  assert.match(health.remedy ?? "", /may not ask this; that says nothing of calls/);
});

Deno.test("the query of the address goes with every request", async () => {
  const setup: Setup = { settings: { query: "api-version=2024-10-21" } };
  const { seen } = await call(
    "llm.chat",
    json({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] }),
    setup,
  );
  assert.equal(seen.path, "/v1/chat/completions?api-version=2024-10-21");
  const health = await healthOf({ "/v1/models?api-version=2024-10-21": models("m1") }, setup);
  assert.deepEqual([health.state, health.asked], ["serving", "GET /v1/models"]);
});
