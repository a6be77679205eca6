import assert from "node:assert/strict";
import { ExitCode } from "../../lib/cli/exit_codes.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
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

/** The same, until the GPU is lost. */
const DYING_NVIDIA_SMI = FAKE_NVIDIA_SMI.replace(
  /while :;.*$/m,
  `for tick in 1 2 3 4 5 6; do echo "$row"; sleep 0.3; done
echo "Unable to determine the device handle for GPU0000:B3:00.0: GPU is lost."
exit 15`,
);

const LONGER = `scenarios:
  longer: { users: 1, duration: 9s, tasks: { llm.chat: 1 }, thresholds: [gpu.memory_used < 70GiB] }
`;

Deno.test("a rule on a GPU that was lost during the run is open, in the nvidia-smi's own words", async () => {
  await inFolder(async (dir) => {
    await Deno.mkdir(`${dir}/bin`);
    await Deno.writeTextFile(`${dir}/bin/nvidia-smi`, DYING_NVIDIA_SMI, { mode: 0o755 });
    await Deno.writeTextFile(`${dir}/longer.yaml`, LONGER);
    const env = { PATH: `${dir}/bin:${Deno.env.get("PATH")}` };
    const { code } = await start(["run", `${dir}/longer.yaml`, "--sim", "--output-dir", dir], { env }).finished;
    assert.equal(code, ExitCode.INVALID);
    const { rules: [found] } = evaluate(await readResult(await runFolder(dir, "longer")));
    assert.ok(found?.undecided?.kind === "partial readings", JSON.stringify(found));
    const { read_ms, of_ms, device, why } = found.undecided;
    assert.ok(read_ms < 5000 && of_ms === 9000, `${read_ms} of ${of_ms}`);
    assert.equal(device, "GPU 0 (NVIDIA H100 80GB HBM3)");
    assert.match(why ?? "", /a GPU has fallen off the bus/);
  });
});

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
