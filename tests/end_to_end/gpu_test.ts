import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { filesBelow, inFolder, runFolder, SMOKE, start } from "./cli.ts";
import { FAKE_NVIDIA_SMI } from "./nvidia_smi.ts";

Deno.test("an nvidia-smi that hangs delays neither the calls nor the end, and the run says so", async () => {
  await inFolder(async (dir) => {
    await Deno.mkdir(`${dir}/bin`);
    const script = `#!/bin/sh\ntrap '' TERM INT HUP\necho $$ >> "$0.pids"\nwhile :; do sleep 1; done\n`;
    await Deno.writeTextFile(`${dir}/bin/nvidia-smi`, script, { mode: 0o755 });
    const env = { PATH: `${dir}/bin:${Deno.env.get("PATH")}` };
    await start(["run", SMOKE, "--sim", "--output-dir", dir], { env }).finished;
    const run = await readResult(await runFolder(dir, "smoke"));
    assert.equal(run.end?.reason, "completed");
    // A busy machine may stand still meanwhile, and is told to have.
    const silent = run.events.filter(({ kind }) => kind.startsWith("gpu_"));
    assert.deepEqual(silent.map(({ kind }) => kind), ["gpu_silent"]);
    assert.match(silent[0]!.text, /^No GPU reading for [\d.]+ s: nvidia-smi runs but prints nothing$/);
    // The end mark comes when the last call has ended and samplers have stopped.
    const killed = (await Deno.readTextFile(`${dir}/bin/nvidia-smi.pids`)).trim().split("\n").map(Number);
    for (const pid of killed) assert.ok(!(await isAlive(pid)), `${pid} is alive`);
  });
});

async function isAlive(pid: number): Promise<boolean> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return status !== "" && !/^State:\s+Z/m.test(status);
}

Deno.test("a run beside nvidia-smi keeps the GPU's readings and shows them, missing ones as missing", async () => {
  await inFolder(async (dir) => {
    await Deno.mkdir(`${dir}/bin`);
    await Deno.writeTextFile(`${dir}/bin/nvidia-smi`, FAKE_NVIDIA_SMI, { mode: 0o755 });
    const env = { PATH: `${dir}/bin:${Deno.env.get("PATH")}` };
    const { stdout } = await start(["run", SMOKE, "--sim", "--output-dir", dir], { env }).finished;
    assert.match(stdout, /GPU 0 87 % 412 W/);
    const folder = await runFolder(dir, "smoke");
    const run = await readResult(folder);
    assert.ok(run.gpu.length >= 3, `${run.gpu.length} readings`);
    const [reading] = [...run.gpu];
    assert.deepEqual(
      [reading?.utilization_percent, reading?.memory_used_bytes, reading?.power_w, reading?.sm_clock_mhz],
      [87, 61_544 * 2 ** 20, 412.3, null],
    );
    const page = (await filesBelow(folder)).find((name) => name.endsWith(".html"))!;
    assert.match(await Deno.readTextFile(`${folder}/${page}`), /NVIDIA H100/);
  });
});
