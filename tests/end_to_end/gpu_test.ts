import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { filesBelow, inFolder, runFolder, SMOKE, start } from "./cli.ts";

/** Prints rows as nvidia-smi does: the fields that were asked for, in their order; the values are invented. */
const FAKE_NVIDIA_SMI = `#!/bin/sh
for word in "$@"; do case $word in --query-gpu=*) fields=\${word#--query-gpu=} ;; esac; done
row=
IFS=,
for field in $fields; do
  case $field in
    timestamp) value="2026/11/23 14:00:00.000" ;;
    index) value=0 ;;
    uuid) value=GPU-1c7d0f5e-2b9a-4d21-9c3e-8f60aa41b7d2 ;;
    name) value="NVIDIA H100 80GB HBM3" ;;
    utilization.gpu) value="87 %" ;;
    memory.used) value="61544 MiB" ;;
    memory.total) value="81559 MiB" ;;
    power.draw) value="412.30 W" ;;
    temperature.gpu) value=49 ;;
    *) value="[N/A]" ;;
  esac
  row="$row\${row:+, }$value"
done
while :; do echo "$row"; sleep 0.3; done
`;

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
    const [reading] = run.gpu;
    assert.deepEqual(
      [reading?.utilization_percent, reading?.memory_used_bytes, reading?.power_w, reading?.sm_clock_mhz],
      [87, 61_544 * 2 ** 20, 412.3, null],
    );
    const page = (await filesBelow(folder)).find((name) => name.endsWith(".html"))!;
    assert.match(await Deno.readTextFile(`${folder}/${page}`), /NVIDIA H100/);
  });
});
