/** Edited texts and fields: their faults at their lines, and nothing of this machine that the files given do not name. */
import assert from "node:assert/strict";
import type { PlanProblem } from "../../lib/ui/web/api.ts";
import { inFolder } from "../end_to_end/cli.ts";
import { type OpenPage, type PageOptions, withPage } from "./open_page.ts";

const SECRETS = { literal: "sk-literal-4711x", variable: "tok-zebra-0815-qx", password: "pa55-w0rd-zebra" };

const FILE = `# my own file; the key is ${SECRETS.literal}
services:
  grpc:
    llm:
      protocol: openai
      host: https://llm.example.net/v1
      model: chat
      auth: { bearer: "\${LLM_TOKEN}" }
      tls: { ca: ca.pem }
    stt: { host: "stt.example.net:50052" }
  calls:
    shop:
      protocol: rest
      host: http://shop.example.net:8080
      headers: { x-api-key: ${SECRETS.literal} }
      exchanges:
        - path: /items
        - path: /login
          json: { user: bob, password: "${SECRETS.password}" }
          method: POST
scenarios:
  mine:
    description: the first
    users: 4
    duration: 30s
    tasks: { llm.chat: 1, stt.recognize: 1, call: 1 }
metrics:
  remote:
    gpu-host: { via: [ssh, gpu-host] }
`;

/** A page over that file. */
async function withFile(
  use: (page: OpenPage, text: string) => Promise<void>,
  options: PageOptions = {},
): Promise<void> {
  await inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/mine.yaml`, FILE);
    await Deno.writeTextFile(`${dir}/ca.pem`, "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    await Deno.writeTextFile(`${dir}/other.txt`, "a prompt\n");
    const env = { LLM_TOKEN: SECRETS.variable, OTHER: "value-of-another", ...options.env };
    await withPage({ named: [`${dir}/mine.yaml`], ...options, env }, async (page) => {
      await use(page, page.board.state.scenarios[0]?.yaml ?? "");
    });
  });
}

async function planned(page: OpenPage, yaml: string | null, fields = {}) {
  const { status, body } = await page.post("/api/plan", { scenario: "0-0", yaml, fields });
  assert.equal(status, 200);
  return body as { problems?: PlanProblem[]; fields?: Record<string, unknown>; text?: string[] };
}

/** The faults of the text after a change, which must change something. */
async function faults(page: OpenPage, text: string, from: string, to: string): Promise<PlanProblem[]> {
  assert.ok(text.includes(from), from);
  return (await planned(page, text.replace(from, to))).problems ?? [];
}

Deno.test("a mistake is told at its line and column, with what to write in its place", () =>
  withFile(async (page, text) => {
    const [problem, ...more] = await faults(page, text, "description:", "descripton:");
    assert.deepEqual(more.length, 0, JSON.stringify([problem, more]));
    const line = text.split("\n").findIndex((one) => one.startsWith("    description")) + 1;
    assert.deepEqual([problem?.line, problem?.column, problem?.path], [line, 5, "scenarios.mine.descripton"]);
    assert.match(problem?.message ?? "", /^Unknown key "descripton"/);
    assert.deepEqual(problem?.fix, { old: "descripton", new: "description" });
    const broken = await faults(page, text, "scenarios:", "scenarios: {");
    assert.ok(broken.length > 0 && broken.every(({ line }) => (line ?? 0) > 0));
    assert.equal((await planned(page, text)).problems, undefined, "as it is shown, it is a plan");
    assert.equal((await planned(page, text.replace("users: 4", "users: 9"))).fields?.users, 9);
  }));

Deno.test("a mistake in a field is told at the field", () =>
  withFile(async (page) => {
    const problems = async (fields: object) => (await planned(page, null, fields)).problems?.map(({ path }) => path);
    assert.deepEqual(await problems({ users: -1 }), ["users"]);
    assert.deepEqual(await problems({ users: 1.5, duration_ms: 0 }), ["users", "duration_ms"]);
    assert.deepEqual(await problems({ hosts: { nothing: "x:1" } }), ["hosts.nothing"]);
    const { fields } = await planned(page, null, { users: 7, spawn_rate_per_s: 3, duration_ms: 45_000 });
    assert.deepEqual([fields?.users, fields?.spawn_rate_per_s, fields?.duration_ms], [7, 3, 45_000]);
  }));

Deno.test("an edited text reads no variable that its file does not name there", () =>
  withFile(async (page, text) => {
    const inDescription = await faults(page, text, "the first", "${OTHER}");
    assert.match(inDescription[0]?.message ?? "", /may use a variable only where the file does/);
    const moved = await faults(page, text, "the first", "${LLM_TOKEN}");
    assert.match(moved[0]?.message ?? "", /may use a variable only where/);
    const other = await faults(page, text, '"${LLM_TOKEN}"', '"${OTHER}"');
    assert.match(other[0]?.message ?? "", /may use a variable only where/);
    const anchor = await faults(
      page,
      text.replace("the first", "*token"),
      'bearer: "${LLM_TOKEN}"',
      'bearer: &token "${LLM_TOKEN}"',
    );
    assert.match(anchor[0]?.message ?? "", /may use a variable only where/);
    const hidden = text.match(/\$\{JUNE_LOAD_HIDDEN_\d\}/)?.[0] ?? "";
    assert.notEqual(hidden, "");
    assert.match((await faults(page, text, "the first", hidden))[0]?.message ?? "", /may use a variable only where/);
    for (const list of [inDescription, moved, other, anchor]) {
      assert.doesNotMatch(JSON.stringify(list), /value-of-another|tok-zebra/);
      assert.ok((list[0]?.line ?? 0) > 0);
    }
  }));

Deno.test("an edited text runs no command that its file does not run", () =>
  withFile(async (page, text) => {
    assert.equal((await planned(page, text.replace("the first", "another"))).problems, undefined);
    const told = async (from: string, to: string) => (await faults(page, text, from, to))[0]?.message ?? "";
    const refused = /may run only commands that the file runs, word by word/;
    assert.match(await told("[ssh, gpu-host]", "[sh, -c, 'touch /tmp/mine']"), refused);
    assert.match(await told("[ssh, gpu-host]", "[ssh, -o, ProxyCommand=sh, gpu-host]"), refused);
    assert.match(await told("[ssh, gpu-host]", "[ssh, other-host]"), refused);
    assert.match(await told("[ssh, gpu-host] }", "[ssh, gpu-host] }\n    other: { via: [./run.sh] }"), refused);
  }));

Deno.test("an edited text names no file that its file does not name there", () =>
  withFile(async (page, text) => {
    const told = async (from: string, to: string) => (await faults(page, text, from, to))[0]?.message ?? "";
    assert.match(await told("ca: ca.pem", "ca: /etc/passwd"), /may name only files that the file names/);
    assert.match(await told("ca: ca.pem", "ca: /no/such/file"), /may name only files that the file names/, "no oracle");
    assert.match(
      await told("users: 4", "users: 4\n    prompts: ca.pem").then(() =>
        told("model: chat", "model: chat\n      prompts: ca.pem")
      ),
      /may name only files/,
    );
    assert.match(
      await told('"stt.example.net:50052" }', '"stt.example.net:50052", clips: other.txt }'),
      /may name only files/,
    );
    assert.match(
      await told("- path: /items", '- { path: /up, text: "{{pick other.txt}}" }\n        - path: /items'),
      /may name only files/,
    );
    assert.match(
      await told('auth: { bearer: "${LLM_TOKEN}" }', "auth: { bearer_file: other.txt }"),
      /may name only files/,
    );
    assert.match(
      await told("scenarios:", "reports: { output_dir: /tmp/elsewhere }\nscenarios:"),
      /may not change this/,
    );
    assert.match(await told("scenarios:", "reports: { comparison_baseline: /etc }\nscenarios:"), /may not change this/);
  }));

Deno.test("load goes only to the addresses of the files and of --target", async () => {
  const attempts: [from: string, to: string][] = [
    ["https://llm.example.net/v1", "https://victim.example.net/v1"],
    ["https://llm.example.net/v1", "https://llm.example.net:444/v1"],
    ["stt.example.net:50052", "victim.example.net:50052"],
    ["stt.example.net:50052", "ipv4:10.0.0.1:50052,10.0.0.2:50052"],
    ["stt.example.net:50052", "unix:/run/other.sock"],
    ["http://shop.example.net:8080", "victim.example.net"],
    ['"stt.example.net:50052"', '"stt.example.net:50052", proxy: "http://victim.example.net:3128"'],
    ['{ host: "stt.example.net:50052" }', "{}"],
    [
      'auth: { bearer: "${LLM_TOKEN}" }',
      "auth: { oauth2: { token_url: 'https://victim.example.net/t', client_id: a, client_secret: bbbbbb } }",
    ],
  ];
  await withFile(async (page, text) => {
    for (const [from, to] of attempts) {
      const [problem] = await faults(page, text, from, to);
      assert.match(problem?.message ?? "", /not one of the files given/, `${to} ${JSON.stringify(problem)}`);
      const yaml = text.replace(from, to);
      const { body } = await page.post("/api/start", { scenario: "0-0", yaml });
      assert.ok(Array.isArray(body.problems), "and is not started");
      assert.ok(Array.isArray((await page.post("/api/check", { scenario: "0-0", yaml })).body.problems));
    }
    const { problems } = await planned(page, null, { hosts: { stt: "victim.example.net:50052" } });
    assert.deepEqual(problems?.map(({ path }) => path), ["hosts.stt"]);
    assert.equal((await planned(page, null, { hosts: { stt: "stt.example.net:50052" } })).problems, undefined);
    assert.equal(page.board.state.run, null);
  });
  await withFile(async (page, text) => {
    for (const [from, to] of attempts.slice(0, 7)) assert.deepEqual(await faults(page, text, from, to), [], to);
  }, { any_target: true });
  await withFile(async (page, text) => {
    assert.deepEqual(await faults(page, text, "stt.example.net:50052", "gpu-1:50052"), []);
  }, { flags: { target: ["stt=gpu-1:50052"] } });
});

Deno.test("no reply and no event holds a secret of the file or of the environment", () =>
  withFile(async (page, text) => {
    const { board } = page;
    const replies = [
      await planned(page, null),
      await planned(page, text),
      await planned(page, text.replace("users: 4", "users: four")),
      await faults(page, text, 'host: "stt', `metadata: { x-key: ${SECRETS.literal}a b }, host: "stt`),
      await page.state(),
      board.greeting(),
    ];
    for (const secret of Object.values(SECRETS)) {
      assert.ok(!JSON.stringify(replies.slice(0, 3)).includes(secret), secret);
    }
    for (const secret of Object.values(SECRETS)) assert.ok(!JSON.stringify(replies.slice(4)).includes(secret), secret);
    assert.match(text, /bearer: "\$\{LLM_TOKEN\}"/, "variables stay variables");
    assert.match(text, /x-api-key: "\$\{JUNE_LOAD_HIDDEN_\d\}"/);
    assert.match(text, /the key is \*\*\*/, "in comments, too");
  }));

Deno.test("texts of strangers arrive as JSON, whatever they hold", () =>
  inFolder(async (dir) => {
    const evil = `</script><img src=x onerror=alert(1)>`;
    const yaml = `services: { grpc: { llm: { protocol: openai, host: "h.example:1", model: "${evil}" } } }
scenarios: { s: { description: "${evil}", users: 1, duration: 5s, tasks: { llm.chat: 1 } } }
`;
    await Deno.writeTextFile(`${dir}/evil.yaml`, yaml);
    await withPage({ named: [`${dir}/evil.yaml`] }, async ({ get, post }) => {
      const state = await get("/api/state");
      assert.match(state.headers.get("content-type") ?? "", /^application\/json/);
      assert.equal((await state.json()).scenarios[0].description, evil);
      const { body } = await post("/api/plan", { scenario: "0-0", yaml: yaml.replace("users: 1", `"${evil}": 1`) });
      assert.ok(body.problems.some(({ message }: PlanProblem) => message.includes("onerror")));
      assert.ok(!(await (await get("/")).text()).includes("onerror"));
    });
  }));
