/** A run of june-load against the engines, and what both sides have of it. */
import assert from "node:assert/strict";
import type { TaskName } from "../../lib/plan/tasks.ts";
import { readResult } from "../../lib/result/file.ts";
import type { Run } from "../../lib/result/run.ts";
import { inFolder, runFolder, start } from "../end_to_end/cli.ts";
import type { Clips } from "./clips.ts";
import { type Engines, type Logged, SENTENCES } from "./engines.ts";

/** What users do. */
export interface Load {
  tasks: readonly TaskName[];
  users: number;
  think_time: string;
  duration: string;
  /** More keys of the speech synthesis. */
  tts?: { [key: string]: unknown };
}

/** What came of it. */
export interface Measured {
  run: Run;
  /** Of the run's result. */
  folder: string;
  /** In the order of their arrival. */
  requests: Logged[];
}

/** Runs a load; every call must be ok. */
export async function measure(
  engines: Engines,
  clips: Clips,
  load: Load,
  look: (measured: Measured) => Promise<void>,
): Promise<void> {
  await inFolder(async (dir) => {
    // JSON is YAML.
    await Deno.writeTextFile(`${dir}/voice.yaml`, JSON.stringify(scenario(engines.url, clips.folder, load)));
    await engines.requests();
    const running = start(["run", `${dir}/voice.yaml`, "--output-dir", `${dir}/out`]);
    await prefer(running.child.pid);
    const { code, stdout, stderr } = await running.finished;
    // Of a busy machine the verdict may be INVALID; the figures are compared all the same.
    assert.ok(code === 0 || code === 5, stdout + stderr);
    const folder = await runFolder(`${dir}/out`, "voice");
    const run = await readResult(folder);
    const { issued, outcomes } = run.total();
    assert.deepEqual([outcomes.ok, run.failures], [issued, []]);
    await look({ run, folder, requests: await engines.requests() });
  });
}

function scenario(host: string, clips: string, { tasks, users, think_time, duration, tts = {} }: Load) {
  const service = { protocol: "openai", host, timeout: "60s" };
  const sentences = { files: SENTENCES, order: "sequential" };
  const llm = { max_tokens: 48, temperature: 0, prompts: sentences };
  return {
    services: {
      grpc: {
        stt: { ...service, model: "whisper-tiny.en", clips: { files: clips, order: "sequential" } },
        llm: { ...service, model: "smollm2-135m-instruct", ...llm },
        tts: { ...service, model: "piper-joe", texts: sentences, ...tts },
      },
    },
    scenarios: {
      voice: {
        users,
        spawn_rate: 100,
        duration,
        grace: "60s",
        think_time,
        tasks: Object.fromEntries(tasks.map((task) => [task, 1])),
        thresholds: ["calls > 0"],
      },
    },
  };
}

/**
 * Lets a process run before the engines, which use every processor: figures are compared here, not what a busy machine
 * does to them. Where the system does not allow it the process runs like any other.
 */
async function prefer(pid: number): Promise<void> {
  const args = ["--rr", "--all-tasks", "--pid", "1", `${pid}`];
  await new Deno.Command("chrt", { args, stdout: "null", stderr: "null" }).output().catch(() => {});
}
