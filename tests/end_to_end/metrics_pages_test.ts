import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { inFolder, runFolder, start } from "./cli.ts";

const SCENARIO = `services:
  grpc:
    llm: { protocol: openai, host: http://127.0.0.1:1, model: june-sim-llm }
scenarios:
  paged: { users: 12, spawn_rate: 120, duration: 2s, think_time: 10ms, tasks: { llm.chat: 1 } }
`;

Deno.test("a run beside the simulator finds its page of metrics, keeps what it said, and says so", () =>
  inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/paged.yaml`, SCENARIO);
    await start(["run", `${dir}/paged.yaml`, "--sim", "--output-dir", dir]).finished;
    const run = await readResult(await runFolder(dir, "paged"));
    const found = run.events.filter(({ kind }) => kind.startsWith("metrics_"));
    assert.deepEqual(found.map(({ kind }) => kind), ["metrics_found"], JSON.stringify(found));
    assert.match(
      found[0]!.text,
      /^Reads the page of metrics beside llm \(june-load's simulator, http:\/\/127.0.0.1:\d+\/metrics\) once a second$/,
    );
    const samples = [...run.service];
    assert.ok(samples.length >= 2 && samples.every(({ source }) => source === "llm"), JSON.stringify(samples));
    const running = samples.map(({ values }) => values['running_requests{service="llm"}'] ?? 0);
    assert.ok(Math.max(...running) > 0 && Math.max(...running) <= 12, JSON.stringify(running));
  }));
