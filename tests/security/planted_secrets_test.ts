/** Secrets in every place where a user can put one, servers that quote them all, and no trace of them in any output. */
import assert from "node:assert/strict";
import { unpackData } from "../../lib/report/html/page/data.ts";
import { certificates, removeCertificates } from "../conformance/certificates.ts";
import { filesBelow, inFolder, runFolder, start } from "../end_to_end/cli.ts";
import { type Echo, withEcho } from "./echo.ts";
import { withProxy } from "./proxy.ts";
import { granted, withEndpoint } from "./token_endpoint.ts";

Deno.test.afterAll(removeCertificates);

/** Is part of every secret. */
const MARK = "pl4nted";
const secret = (name: string) => `${MARK}-${name}-8f3a61c2`;
/** Of values that are told only in another form. */
const DISGUISED = [btoa(`me:${secret("proxy")}`), btoa(`june:${secret("client")}`), encodeURIComponent(`${MARK}/`)];

const ENV = {
  METADATA_TOKEN: secret("metadata"),
  HEADER_KEY: secret("header"),
  BEARER_TOKEN: secret("bearer"),
  CLIENT_SECRET: secret("client"),
  PROXY_PASSWORD: secret("proxy"),
  QUERY_TOKEN: `${MARK}/query=8f3a61c2`,
  LOGIN_PASSWORD: secret("login"),
  BODY_PASSWORD: secret("body"),
  DENO_NO_UPDATE_CHECK: "1",
};

function assertClean(what: string, text: string): void {
  for (const word of [MARK, ...DISGUISED]) {
    const at = text.indexOf(word);
    assert.ok(at < 0, `${what} holds a secret: ...${text.slice(Math.max(0, at - 200), at + 60)}...`);
  }
}

/** Runs a command; nothing it writes may hold a secret. */
async function june(...args: string[]) {
  const ended = await start(args, { env: ENV }).finished;
  assertClean(`june-load ${args.join(" ")} (standard output)`, ended.stdout);
  assertClean(`june-load ${args.join(" ")} (standard error)`, ended.stderr);
  assert.doesNotMatch(ended.stderr, /^\s+at .*\.ts:\d+/m, `a stack trace:\n${ended.stderr}`);
  return ended;
}

/** Every file below a folder; none may hold a secret, its name neither. */
async function assertCleanFiles(dir: string): Promise<string[]> {
  const files = await filesBelow(dir);
  for (const name of files) {
    assertClean("a file's name", name);
    const text = new TextDecoder("latin1").decode(await Deno.readFile(`${dir}/${name}`));
    assertClean(name, text);
    // A page holds its data compressed.
    const [, packed] = /<script type="application\/gzip;base64" id="data">([^<]+)</.exec(text) ?? [];
    assert.equal(packed === undefined, !name.endsWith(".html"), name);
    if (packed !== undefined) assertClean(`the data of ${name}`, JSON.stringify(await unpackData(packed)));
  }
  return files;
}

interface Around {
  echo: Echo;
  proxy: string;
  tokens: string;
  dir: string;
}

/** A scenario that sends secrets in every way there is. */
const scenarioOf = ({ echo, proxy, tokens, dir }: Around) => ({
  services: {
    grpc: {
      llm: { host: echo.grpc, metadata: { authorization: "Bearer ${METADATA_TOKEN}", "x-key": "${HEADER_KEY}" } },
      stt: {
        host: echo.grpc,
        pacing: "fast",
        auth: { bearer_file: `${dir}/token` },
        proxy: `http://me:\${PROXY_PASSWORD}@${proxy}`,
      },
      tts: {
        protocol: "openai",
        host: `http://${echo.http}/v1`,
        model: "m",
        auth: {
          oauth2: { token_url: `http://${tokens}/token`, client_id: "june", client_secret: "${CLIENT_SECRET}" },
        },
        headers: { "x-key": "${HEADER_KEY}" },
      },
    },
    calls: {
      raw: {
        protocol: "grpc",
        host: echo.grpc,
        auth: { bearer: "${BEARER_TOKEN}" },
        metadata: { "x-key": "${HEADER_KEY}" },
        exchanges: [{ method: "a.B/C", raw: `${dir}/raw.bin`, call: "unary" }],
      },
      web: {
        protocol: "rest",
        host: `http://${echo.http}`,
        auth: { bearer: "${BEARER_TOKEN}" },
        exchanges: [
          { path: "/a?api_key=${QUERY_TOKEN}&page=1", headers: { "x-key": "${HEADER_KEY}" } },
          { path: "/b", json: { password: "${BODY_PASSWORD}", list: [{ token: "${BODY_PASSWORD}" }] } },
        ],
      },
      shop: {
        protocol: "rest",
        host: `http://${echo.http}`,
        login: "/login?password=${LOGIN_PASSWORD}",
        exchanges: [{ path: "/c", requires_auth: true, name: "shop c" }],
      },
      sock: {
        protocol: "websocket",
        host: `ws://${echo.http}`,
        path: "/ws?token=${QUERY_TOKEN}",
        headers: { "x-key": "${HEADER_KEY}" },
        auth: { bearer: "${BEARER_TOKEN}" },
        exchanges: [{ json: { password: "${BODY_PASSWORD}" } }],
      },
    },
  },
  scenarios: { planted: { users: 8, spawn_rate: 8, duration: "2s", think_time: "10ms" } },
});

async function around(body: (around: Around & { path: string }) => Promise<void>): Promise<void> {
  await inFolder((dir) =>
    withEcho(secret("session"), (echo) =>
      withProxy({}, async (proxy) => {
        // Every token that the endpoint gives is one of its own, for it gives them out at run time.
        await withEndpoint((number) => granted(`${secret("granted")}-${number}`, 3600), async ({ target }) => {
          await Deno.writeTextFile(`${dir}/token`, `${secret("file")}\n`);
          await Deno.writeTextFile(`${dir}/raw.bin`, "");
          const given = { echo, proxy: proxy.address, tokens: target, dir };
          const path = `${dir}/planted.yaml`;
          await Deno.writeTextFile(path, JSON.stringify(scenarioOf(given), null, 2));
          await body({ ...given, path });
        });
      }))
  );
}

Deno.test("secrets that reach every service reach nothing that june-load writes", () =>
  around(async ({ path, dir, echo }) => {
    const out = `${dir}/out`;
    const dry = await june("run", path, "--dry-run");
    assert.equal(dry.code, 0, dry.stderr);
    const refused = await june("run", path, "--output-dir", out);
    assert.equal(refused.code, 3, refused.stderr);
    assert.match(refused.stderr, /no load was sent/);
    const ran = await june("run", path, "--no-preflight", "--output-dir", out);
    assert.equal(ran.code, 99, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /UNAUTHENTICATED|HTTP 401/);
    const files = await assertCleanFiles(out);
    for (const end of [".html", ".json", ".csv", "result.ndjson"]) {
      assert.ok(files.some((name) => name.endsWith(end)), `no ${end} among ${files}`);
    }
    // What was sent did hold them, and was quoted: else this test would prove nothing.
    const heard = echo.heard.join("\n");
    for (const name of ["header", "bearer", "login", "session", "body", "granted"]) {
      assert.ok(heard.includes(secret(name)), name);
    }
    const folder = await runFolder(out, "planted");
    const result = await Deno.readTextFile(`${folder}/result.ndjson`);
    assert.match(result, /you sent authorization: Bearer \*\*\*/);
    assert.match(result, /you sent \/a\?api_key=\*\*\*/);
    assert.match(result, /wrong credentials: authorization: Bearer \*\*\*/);
    const check = await june("check", path);
    assert.equal(check.code, 3);
    await june("report", `${folder}/result.ndjson`, "--output-dir", `${dir}/again`);
    await assertCleanFiles(out);
  }));

Deno.test("describe and init tell no secret, whatever they are given", () =>
  around(async ({ echo, dir }) => {
    const header = `authorization=Bearer ${secret("flag")}`;
    const described = await june("describe", echo.grpc, "--metadata", header);
    assert.notEqual(described.code, 0);
    await june("describe", `http://me:${secret("user")}@${echo.grpc}`);
    await june("describe", `grpc://me:${secret("user")}@${echo.grpc}/x?token=${secret("query")}`);
    for (const flag of ["--rest", "--openai", "--websocket"]) {
      const scheme = flag === "--websocket" ? "ws" : "http";
      await june("init", `${dir}/a${flag}.yaml`, flag, `${scheme}://me:${secret("user")}@${echo.http}/x`);
      await june("init", `${dir}/b${flag}.yaml`, flag, `${scheme}://${echo.http}/x?token=${secret("query")}`);
    }
    const written = await Deno.readTextFile(`${dir}/b--openai.yaml`);
    assert.match(written, /\/x\?token=\$\{TOKEN\}" # set TOKEN/);
    for (const name of await filesBelow(dir)) {
      if (/^[ab]--/.test(name)) assertClean(name, await Deno.readTextFile(`${dir}/${name}`));
    }
  }));

/** A scenario with one service and one key of it. */
const withService = (lines: string, more = "") =>
  `services:\n  grpc:\n    llm: { ${lines} }\nscenarios: { one: { users: 1, duration: 1s, ${more} } }\n`;

Deno.test("secrets in the wrong place are not quoted in what is said of it", () =>
  inFolder(async (dir) => {
    const { server } = await certificates();
    await Deno.writeTextFile(
      `${dir}/wrong.key`,
      `-----BEGIN PRIVATE KEY-----\n${secret("key")}\n-----END PRIVATE KEY-----\n`,
    );
    await Deno.writeTextFile(`${dir}/two`, `${secret("one")} ${secret("two")}\n`);
    const http = "protocol: openai, model: m";
    const cases = [
      withService(`host: "a:1"`, `think_time: "\${METADATA_TOKEN}"`),
      withService(`host: "me:\${METADATA_TOKEN}@h:1"`),
      withService(`timeout: "\${METADATA_TOKEN}"`),
      withService(`${http}, host: "http://me:\${METADATA_TOKEN}@h:1/v1"`),
      withService(`${http}, host: "http://h:1/v1?key=\${METADATA_TOKEN}"`),
      withService(`${http}, host: "http://me:\${METADATA_TOKEN}@h:port/v1"`),
      withService(`${http}, host: "ftp://me:\${METADATA_TOKEN}@h:1/v1?\${METADATA_TOKEN}"`),
      withService(`proxy: "\${METADATA_TOKEN}"`),
      withService(`proxy: "http://me:\${METADATA_TOKEN}@h:port"`),
      withService(`proxy: "http://me:\${METADATA_TOKEN}@h:1/path"`),
      withService(`proxy: "https://me:\${METADATA_TOKEN}@h:1"`),
      withService(`auth: "\${METADATA_TOKEN}"`),
      withService(`auth: { bearer: "\${METADATA_TOKEN} x\u00e9" }`),
      withService(`auth: { oauth2: "\${METADATA_TOKEN}" }`),
      withService(`auth: { oauth2: { token_url: "http://me:\${METADATA_TOKEN}@h/", client_id: a, client_secret: b } }`),
      withService(`metadata: "\${METADATA_TOKEN}"`),
      withService(`metadata: { "x-bin": "\${METADATA_TOKEN}!" }`),
      withService(`tls: { pin: "\${METADATA_TOKEN}" }`),
      withService(`tls: { server_name: { a: "\${METADATA_TOKEN}" } }`),
      withService(`host: "127.0.0.1:1", auth: { bearer_file: "${dir}/two" }`),
      withService(`host: "127.0.0.1:1", tls: { cert: "${server.cert_path}", key: "${dir}/wrong.key" }`),
    ];
    for (const [index, text] of cases.entries()) {
      await Deno.writeTextFile(`${dir}/${index}.yaml`, text);
      const { code, stderr } = await june("run", `${dir}/${index}.yaml`, "--output-dir", `${dir}/out`);
      assert.ok(code === 2 || code === 3, `${code} for ${text}: ${stderr}`);
    }
    const good = `${dir}/good.yaml`;
    await Deno.writeTextFile(good, withService(http));
    for (
      const address of [
        `http://me:${secret("user")}@h:1/v1`,
        `me:${secret("user")}@h:1`,
      ]
    ) {
      assert.equal((await june("run", good, "--target", `llm=${address}`, "--dry-run")).code, 2, address);
    }
    // The query belongs to every request; it is sent, and never shown.
    const query = await june("run", good, "--target", `llm=http://h:1/v1?key=${secret("query")}`, "--dry-run");
    assert.equal(query.code, 0, query.stderr);
    assertClean("the plan", query.stdout + query.stderr);
  }));
