/** The live page's server as a program: signals, half-open connections, and large bodies while a load runs. */
import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import type { UiState } from "../../lib/ui/web/api.ts";
import { inFolder, runFolder, type Running, start } from "../end_to_end/cli.ts";
import { listen } from "../live/listener.ts";
import { COMMAND } from "../live/open_page.ts";

const SCENARIO = `services: { grpc: { llm: {} } }
scenarios:
  short: { users: 4, spawn_rate: 50, duration: 60s, grace: 2s, think_time: 100ms, workers: 1, tasks: { llm.chat: 1 } }
`;

interface Program {
  running: Running;
  port: number;
  dir: string;
}

/** Runs june-load with a page over a short scenario; `use` must see it end. */
async function withProgram(args: (dir: string) => string[], use: (program: Program) => Promise<void>): Promise<void> {
  await inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/short.yaml`, SCENARIO);
    const running = start([...args(dir), "--sim", "--output-dir", dir, "--format", "json"]);
    try {
      await running.until("june-load's page: http://127.0.0.1:");
      const port = Number(/page: http:\/\/127\.0\.0\.1:(\d+)\//.exec(running.seen())?.[1]);
      await use({ running, port, dir });
    } finally {
      try {
        running.child.kill("SIGKILL");
      } catch {
        // It has ended, as it should.
      }
    }
  });
}

const ui = (dir: string) => ["ui", `${dir}/short.yaml`, "--port", "0"];

const post = (port: number, path: string, body: unknown) =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers: COMMAND, body: JSON.stringify(body) });

async function begin(port: number): Promise<void> {
  const response = await post(port, "/api/start", { scenario: "0-0", yaml: null });
  assert.equal(response.status, 202, await response.text());
  const page = await listen(port);
  await page.until(({ kind }) => kind === "seconds");
  await page.close();
}

async function stateOf(port: number): Promise<UiState> {
  return await (await fetch(`http://127.0.0.1:${port}/api/state`)).json();
}

Deno.test("Ctrl-C stops the run of a page that is closed, writes its report, and ends", () =>
  withProgram(ui, async ({ running, port, dir }) => {
    await begin(port);
    assert.equal((await stateOf(port)).phase, "running", "the page closed, the run goes on");
    running.child.kill("SIGINT");
    const { code, stderr } = await running.finished;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /Stopping: no new tasks/);
    const run = await readResult(await runFolder(dir, "short"));
    assert.equal(run.end?.reason, "stopped");
    assert.ok((await Deno.stat(`${await runFolder(dir, "short")}/analysis/summary.txt`)).isFile);
  }));

Deno.test("Ctrl-C without a run ends the page at once, with 0", () =>
  withProgram(ui, async ({ running }) => {
    running.child.kill("SIGINT");
    assert.equal((await running.finished).code, 0);
  }));

Deno.test("run --ui shows its run, and stays until the page is closed", () =>
  withProgram((dir) => ["run", "--ui=0", `${dir}/short.yaml`, "--duration", "3s"], async ({ running, port, dir }) => {
    const page = await listen(port);
    await page.until(({ kind }) => kind === "seconds");
    assert.equal((await post(port, "/api/start", { scenario: "0-0", yaml: null })).status, 409);
    const done = await page.until(({ kind, data }) => kind === "state" && data.phase === "done");
    assert.equal((await fetch(`http://127.0.0.1:${port}${done.data.run.report.html}`)).status, 200);
    await running.until("The page stays as long as it is open");
    await page.close();
    const { code } = await running.finished;
    assert.equal(code, done.data.run.exit_code);
    assert.equal((await readResult(await runFolder(dir, "short"))).end?.reason, "completed");
  }));

Deno.test("10,000 half-open connections and bodies of 100 MB neither stop the page nor the load", () =>
  withProgram(ui, async ({ running, port, dir }) => {
    await begin(port);
    const half = new TextEncoder().encode("POST /api/start HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    const open: Deno.Conn[] = [];
    for (let i = 0; i < 10_000; i++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      open.push(connection);
      if (i % 2 === 0) await connection.write(half);
    }
    const body = new Uint8Array(100 * 1024 * 1024);
    for (let i = 0; i < 3; i++) {
      const reply = await fetch(`http://127.0.0.1:${port}/api/plan`, { method: "POST", headers: COMMAND, body })
        .then((response) => response.status, () => "cut off");
      assert.ok(reply === 413 || reply === "cut off", String(reply));
    }
    const state = await stateOf(port);
    assert.equal(state.phase, "running");
    assert.equal((await post(port, "/api/stop", null)).status, 202);
    const page = await listen(port);
    await page.until(({ kind, data }) => kind === "state" && data.phase === "done");
    await page.close();
    for (const connection of open) connection.close();
    running.child.kill("SIGINT");
    assert.equal((await running.finished).code, 0);
    const run = await readResult(await runFolder(dir, "short"));
    assert.deepEqual([run.end?.reason, run.unaccounted, run.failures], ["stopped", 0, []]);
  }));

Deno.test("more connections than june-load may open end neither the page nor the load", () =>
  inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/short.yaml`, SCENARIO);
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const command = `ulimit -n 400; exec "$0" run -A --no-check --quiet ${main} ui ${dir}/short.yaml --port 0 --sim ` +
      `--output-dir ${dir} --format json`;
    const child = new Deno.Command("sh", { args: ["-c", command, Deno.execPath()], stdout: "piped", stderr: "inherit" })
      .spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("\n")) said += (await lines.read()).value ?? "";
    const port = Number(/:(\d+)\/\n/.exec(said)?.[1]);
    await begin(port);
    const open: Deno.Conn[] = [];
    for (let i = 0; i < 1000; i++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      open.push(connection);
      await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHo")).catch(() => {});
    }
    assert.equal((await stateOf(port)).phase, "running");
    for (const connection of open) connection.close();
    child.kill("SIGINT");
    assert.equal((await child.status).code, 130);
    await lines.cancel();
    const run = await readResult(await runFolder(dir, "short"));
    assert.deepEqual([run.end?.reason, run.unaccounted, run.failures], ["stopped", 0, []]);
  }));
