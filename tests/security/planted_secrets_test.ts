/** Secrets on the command line and in the wrong place of a file: no trace of them in what is said. */
import assert from "node:assert/strict";
import { certificates, removeCertificates } from "../conformance/certificates.ts";
import { runCli } from "../../lib/cli/app.ts";
import { createRedactor } from "../../lib/plan/redact.ts";
import { filesBelow, type Finished, inFolder, start } from "../end_to_end/cli.ts";
import { withEcho } from "./echo.ts";

Deno.test.afterAll(removeCertificates);

/** Is part of every secret. */
const MARK = "pl4nted";
const secret = (name: string) => `${MARK}-${name}-8f3a61c2`;
const ENV = { METADATA_TOKEN: secret("metadata"), DENO_NO_UPDATE_CHECK: "1" };

function assertClean(what: string, text: string): void {
  for (const word of [MARK]) {
    const at = text.indexOf(word);
    assert.ok(at < 0, `${what} holds a secret: ...${text.slice(Math.max(0, at - 200), at + 60)}...`);
  }
}

/** Runs a command; nothing it writes may hold a secret. In this process, which costs a twentieth of one of its own. */
const june = async (...args: string[]) => assertSafe(args, await inThisProcess(args));

/** The same in a process of its own: one of each command, for what only a process writes. */
const juneApart = async (...args: string[]) => assertSafe(args, await start(args, { env: ENV }).finished);

async function inThisProcess(args: readonly string[]): Promise<Finished> {
  const written = { stdout: "", stderr: "" };
  const hide = createRedactor(ENV);
  const context = {
    process: {
      stdout: { write: (text: string) => void (written.stdout += text), lost: null },
      stderr: { write: (text: string) => void (written.stderr += hide(text)), lost: null },
      env: ENV,
      exitCode: null,
    },
  };
  return { code: await runCli(args, context), ...written };
}

function assertSafe(args: readonly string[], ended: Finished): Finished {
  assert.ok(ended.code === 0 || ended.stderr !== "", `june-load ${args.join(" ")} says nothing`);
  assertClean(`june-load ${args.join(" ")} (standard output)`, ended.stdout);
  assertClean(`june-load ${args.join(" ")} (standard error)`, ended.stderr);
  assert.doesNotMatch(ended.stderr, /^\s+at .*\.ts:\d+/m, `a stack trace:\n${ended.stderr}`);
  return ended;
}

Deno.test("describe and init tell no secret, whatever they are given", () =>
  inFolder((dir) =>
    withEcho(secret("session"), async (echo) => {
      const header = `authorization=Bearer ${secret("flag")}`;
      const described = await juneApart("describe", echo.grpc, "--metadata", header);
      assert.notEqual(described.code, 0);
      await june("describe", `http://me:${secret("user")}@${echo.grpc}`);
      await june("describe", `grpc://me:${secret("user")}@${echo.grpc}/x?token=${secret("query")}`);
      for (const flag of ["--rest", "--openai", "--websocket"]) {
        const scheme = flag === "--websocket" ? "ws" : "http";
        const command = flag === "--rest" ? juneApart : june;
        await command("init", `${dir}/a${flag}.yaml`, flag, `${scheme}://me:${secret("user")}@${echo.http}/x`);
        await june("init", `${dir}/b${flag}.yaml`, flag, `${scheme}://${echo.http}/x?token=${secret("query")}`);
      }
      const written = await Deno.readTextFile(`${dir}/b--openai.yaml`);
      assert.match(written, /\/x\?token=\$\{TOKEN\}" # set TOKEN/);
      for (const name of await filesBelow(dir)) {
        if (/^[ab]--/.test(name)) assertClean(name, await Deno.readTextFile(`${dir}/${name}`));
      }
    })
  ));

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
      const command = index === 0 ? juneApart : june;
      const { code, stderr } = await command("run", `${dir}/${index}.yaml`, "--output-dir", `${dir}/out`);
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
